"""Withdrawing an import: the people it registered are taken out again, as far as nothing was recorded since."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db import transaction

from guben.access import policy
from guben.accounts.models import User
from guben.audit import trail
from guben.imports.errors import NothingToWithdraw, StillSaving
from guben.imports.mends import upload_of
from guben.imports.scope import IMPORT, Scope
from guben.imports.withdrawable import RIGHT, WITHDRAWN, Registered, is_saving, registered_by
from guben.jobs.models import Job
from guben.members import actions as people


@transaction.atomic
def withdraw(job: Job, *, by: User) -> Registered:
    """Takes back everybody whom the file of this import registered and about whom nothing was recorded since, in one
    transaction. What the import changed about people who were known stays: the former values are not kept.

    Raises:
        StillSaving, NothingToWithdraw.
        PermissionDenied, Http404: no `imports.run` and `members.change` at the unit of the import any more.
        members.errors.RecordedSince: something was recorded at this very moment.
    """
    Scope.require(by, job.organisation, RIGHT)
    upload = Job.objects.select_for_update(no_key=True).filter(pk=upload_of(job)).first()
    if upload is None:
        raise PermissionDenied
    if is_saving(job):
        raise StillSaving
    found = registered_by(job, by)
    if not found.people:
        raise NothingToWithdraw
    people.withdraw_registrations(found.people, by=by)
    unit = job.organisation
    trail.record(
        WITHDRAWN,
        upload,
        by=by,
        organisation_id=unit.pk if unit else None,
        right=policy.under_which_right(by, IMPORT, unit) if unit else "",
        details={"count": len(found.people), "kept": found.staying},
    )
    return found

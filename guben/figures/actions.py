"""Long sums that a user asks for: each becomes a job that its owner alone sees. Nothing here changes a record."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from guben.access import policy
from guben.accounts.models import User
from guben.audit.remembering import LARGE_TREE
from guben.figures import what_if
from guben.figures.models import Snapshot
from guben.jobs import actions as jobs
from guben.jobs.models import Job
from guben.kit.paging import more_than
from guben.organisations.models import Organisation
from guben.organisations.queries import units_on
from guben.rulebook.sources import RuleFile

WHAT_IF = "figures.what_if"
DIAGNOSIS = "figures.diagnosis"
RESULT = "what-if.json"


def require_trier(user: User, at: Organisation) -> None:
    """Whoever may see the figures of a unit and read rules may try rules there.

    Raises:
        PermissionDenied, Http404: as `policy.require`.
    """
    policy.require(user, "figures.view", at)
    if not policy.may_anywhere(user, "rules.view"):
        raise PermissionDenied("rules.view")


def start_what_if(file: RuleFile, at: Organisation, *, on: date, snapshot: Snapshot | None, by: User) -> Job:
    """Tries a file's rules at and below a unit. Small trees are done when this returns, large ones wait for a worker.

    The file is kept with the job and expires with it. Nothing is installed.

    Raises:
        PermissionDenied, Http404: as `require_trier`.
        BrokenRulebook: the file has a mistake, or does not fit the installed rules.
    """
    require_trier(by, at)
    what_if.check([file])
    day = snapshot.on if snapshot else on
    title = _("试算“%(name)s”：%(unit)s") % {"name": file.name, "unit": at.short_name or at.name}
    arguments = {"on": day.isoformat(), "snapshot": snapshot.pk if snapshot else None, "name": file.name}
    job = jobs.start(WHAT_IF, title, by, at, arguments, upload=("rules.toml", file.text.encode()))
    if not more_than(units_on(day, at), LARGE_TREE):
        jobs.run(job.pk)
        job.refresh_from_db()
    return job


def start_diagnosis(at: Organisation, on: date, *, by: User) -> Job:
    """Works a large tree's diagnosis out as a job, or gives the user's job that is at it already.

    Raises:
        PermissionDenied, Http404: no `figures.view` at the unit.
    """
    policy.require(by, "figures.view", at)
    same = Job.objects.filter(kind=DIAGNOSIS, owner=by, organisation=at, arguments__on=on.isoformat())
    waiting = same.filter(state__in=jobs.OPEN).first()
    if waiting:
        return waiting
    title = _("诊断：%(unit)s，%(on)s") % {"unit": at.short_name or at.name, "on": on}
    return jobs.start(DIAGNOSIS, title, by, at, {"on": on.isoformat()})

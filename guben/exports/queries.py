"""Reading exports: the reader's own, and the units they may be of."""

from __future__ import annotations

import uuid

from django.db.models import QuerySet
from django.http import Http404

from guben.access import policy
from guben.accounts.models import User
from guben.exports.kinds import EXPORT, KIND
from guben.jobs.models import Job
from guben.jobs.queries import job_of, jobs_of
from guben.organisations.models import Organisation


def exports_of(user: User) -> QuerySet[Job]:
    """The user's own exports, newest first."""
    return jobs_of(user).filter(kind=KIND)


def export_of(user: User, pk: uuid.UUID) -> Job:
    """One of the user's own exports.

    Raises:
        Http404: there is none, or it is somebody else's.
    """
    job = job_of(user, pk)
    if job.kind != KIND:
        raise Http404
    return job


def units_to_export(user: User) -> list[Organisation]:
    """The outermost units the user may export from."""
    return list(Organisation.objects.filter(path__in=policy.reach(user, EXPORT), dissolved_on=None).order_by("path"))

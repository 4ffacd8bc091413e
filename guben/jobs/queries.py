"""Reading jobs: each user finds the own ones, nobody else's."""

from __future__ import annotations

import uuid

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404

from guben.accounts.models import User
from guben.jobs.models import Job


def jobs_of(user: User) -> QuerySet[Job]:
    """The user's own jobs, newest first."""
    return Job.objects.filter(owner=user).select_related("organisation").order_by("-created_at")


def job_of(user: User, pk: uuid.UUID) -> Job:
    """One of the user's own jobs.

    Raises:
        Http404: there is none, or it is somebody else's.
    """
    return get_object_or_404(jobs_of(user), pk=pk)

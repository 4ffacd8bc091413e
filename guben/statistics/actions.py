"""Working out the statistics of a large tree: a job that its owner alone sees. Nothing here changes a record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from django.utils.translation import gettext as _

from guben.access import policy
from guben.accounts.models import User
from guben.jobs import actions as jobs
from guben.jobs.models import Job
from guben.organisations.models import Organisation
from guben.statistics.queries import RIGHT

RECKONING = "statistics.reckoning"


def start_reckoning(at: Organisation, days: Sequence[date], standing: str, *, by: User, then: Mapping[str, str]) -> Job:
    """Works the figures of some days out as a job, or gives the user's job that is at it already. `then` is the page to
    which it leads: its name, key and query.

    Raises:
        PermissionDenied, Http404: no `figures.view` at the unit.
    """
    policy.require(by, RIGHT, at)
    wanted = {"days": sorted(day.isoformat() for day in days), "standing": standing}
    same = Job.objects.filter(kind=RECKONING, owner=by, organisation=at, state__in=jobs.OPEN)
    for job in same:
        if all(job.arguments[key] == value for key, value in wanted.items()):
            return job
    title = _("统计：%(unit)s") % {"unit": at.short_name or at.name}
    return jobs.start(RECKONING, title, by, at, {**wanted, "then": dict(then)})

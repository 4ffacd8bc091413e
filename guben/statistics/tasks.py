"""Long sums as jobs."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from guben.access import policy
from guben.jobs.models import Job
from guben.jobs.registry import job
from guben.jobs.report import Report
from guben.statistics.actions import RECKONING
from guben.statistics.errors import NoUnitToReckon
from guben.statistics.keeping import keep_reckoning
from guben.statistics.queries import RIGHT


@job(RECKONING, result_page="statistics:worked_out")
def reckon(job: Job, report: Report) -> dict[str, Any]:
    """Works the figures of some days out and keeps them in the database."""
    if job.organisation is None:
        raise NoUnitToReckon
    policy.require(job.owner, RIGHT, job.organisation)
    days = [date.fromisoformat(text) for text in job.arguments["days"]]
    units = 0
    for number, day in enumerate(days):
        report.stage(_("算%(day)s的数") % {"day": day})
        report.progress(number, len(days))
        units = keep_reckoning(job.organisation, day, job.arguments["standing"])
    return {"days": len(days), "units": units}

"""Exports as jobs."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from guben.accounts.installation import today
from guben.exports import actions
from guben.exports.kinds import EXPORT, KIND
from guben.exports.plans import plan_in
from guben.jobs import files
from guben.jobs.models import Job
from guben.jobs.registry import job
from guben.jobs.report import Report
from guben.organisations.queries import unit_for


@job(KIND, result_page="exports:result")
def write_sheet(job: Job, report: Report) -> dict[str, Any]:
    """Writes a sheet into the job's own file, notes it, then offers it."""
    plan = plan_in(job.arguments)
    unit = unit_for(job.owner, job.arguments["at"], EXPORT)
    report.stage(_("读记录"))
    name = plan.file_name(unit.code, today())
    with files.writing(job.pk, name) as file:
        rows = actions.write(plan, unit, file, by=job.owner, progress=report.progress)
    actions.note(plan, unit, rows, by=job.owner)
    report.offer(name)
    return {"rows": rows}

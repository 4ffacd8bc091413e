"""Imports as jobs: an upload is checked, or saved after it was checked."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from guben.accounts.database import refresh_statistics
from guben.imports import actions, mending, queries, workbooks
from guben.imports.mends import ROWS_FILE, mends_of, rows_file
from guben.imports.queries import FAULTS_FILE
from guben.jobs.models import Job
from guben.jobs.registry import job
from guben.jobs.report import Report
from guben.kit import collecting

IMPORTS = {"imports.members": actions.import_members, "imports.organisations": actions.import_organisations}


@job("imports.members", result_page="imports:result")
def import_members(job: Job, report: Report) -> dict[str, Any]:
    """Checks or saves a roster."""
    return _run(job, report)


@job("imports.organisations", result_page="imports:result")
def import_organisations(job: Job, report: Report) -> dict[str, Any]:
    """Checks or saves a list of units."""
    return _run(job, report)


@job(mending.WORKBOOK)
def write_workbook(job: Job, report: Report) -> dict[str, Any]:
    """All rows of a checked file as they were read, with the faults marked."""
    mending.require(job, job.owner)
    report.stage(_("读文件"))
    sheet = mending.sheet_of(job)
    result = queries.result_of(job.owner, UUID(job.arguments["check"]))
    report.stage(_("写工作簿"), len(sheet.rows))
    content = workbooks.marked(sheet, result, mending.kind_of(job), all_rows=True, progress=report.progress)
    name = _("标好的全部%(count)d行.xlsx") % {"count": len(sheet.rows)}
    report.keep_file(name, content, as_result=True)
    return {"rows": len(sheet.rows)}


@collecting.put_off()
def _run(job: Job, report: Report) -> dict[str, Any]:
    report.stage(_("读文件"))
    sheet = mending.sheet_of(job)
    known = {"job": job} if job.kind == "imports.members" else {}
    result = IMPORTS[job.kind](
        sheet,
        job.organisation,
        job.owner,
        dry_run=job.arguments["dry_run"],
        progress=report.progress,
        saved=report.saved,
        **known,
    )
    refresh_statistics()
    told = {
        "faults": [asdict(fault) for fault in result.faults],
        "checks": [asdict(check) for check in result.checks],
        "shown": {str(number): cells for number, cells in result.shown.items()},
    }
    report.keep_file(FAULTS_FILE, json.dumps(told, ensure_ascii=False).encode())
    report.keep_file(ROWS_FILE, rows_file(sheet, mending.kind_of(job), result.faults))
    if result.faults:
        name = _("要改的%(count)d行.xlsx") % {"count": result.rejected_rows}
        report.keep_file(name, workbooks.marked(sheet, result, mending.kind_of(job)), as_result=True)
    return {
        **result.counts(),
        "faults": len(result.faults),
        "checks": len(result.checks),
        "by_kind": result.by_kind(),
        "notes": list(result.notes),
        "sheet": sheet.name,
        "left_out": len(mends_of(job).left_out()),
        "dry_run": result.dry_run,
    }

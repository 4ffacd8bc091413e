"""Imports as jobs: an upload is checked, or saved after it was checked."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from guben.accounts.database import refresh_statistics
from guben.imports import actions, workbooks
from guben.imports.errors import UploadExpired
from guben.imports.queries import FAULTS_FILE
from guben.jobs import files
from guben.jobs.models import Job
from guben.jobs.registry import job
from guben.jobs.report import Report

IMPORTS = {"imports.members": actions.import_members, "imports.organisations": actions.import_organisations}


@job("imports.members", result_page="imports:result")
def import_members(job: Job, report: Report) -> dict[str, Any]:
    """Checks or saves a roster."""
    return _run(job, report)


@job("imports.organisations", result_page="imports:result")
def import_organisations(job: Job, report: Report) -> dict[str, Any]:
    """Checks or saves a list of units."""
    return _run(job, report)


def _run(job: Job, report: Report) -> dict[str, Any]:
    report.stage(_("读文件"))
    arguments = job.arguments
    content = files.read(UUID(arguments.get("upload_of") or str(job.pk)), arguments["upload"])
    if content is None:
        raise UploadExpired
    sheet = actions.read(content, arguments["name"])
    result = IMPORTS[job.kind](
        sheet, job.organisation, job.owner, dry_run=arguments["dry_run"], progress=report.progress
    )
    refresh_statistics()
    told = {
        "faults": [asdict(fault) for fault in result.faults],
        "checks": [asdict(check) for check in result.checks],
        "shown": {str(number): cells for number, cells in result.shown.items()},
    }
    report.keep_file(FAULTS_FILE, json.dumps(told, ensure_ascii=False).encode())
    if result.faults:
        name = _("要改的%(count)d行.xlsx") % {"count": result.rejected_rows}
        report.keep_file(name, workbooks.marked(sheet, result), as_result=True)
    return {
        **result.counts(),
        "faults": len(result.faults),
        "checks": len(result.checks),
        "by_kind": result.by_kind(),
        "notes": list(result.notes),
        "sheet": sheet.name,
        "dry_run": result.dry_run,
    }

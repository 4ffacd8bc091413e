"""Long sums as jobs."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from guben.access import policy
from guben.accounts.operator import acting_user
from guben.figures import actions, snapshots, what_if
from guben.figures.discretion import shown_trial
from guben.figures.errors import TrialExpired
from guben.figures.keeping import keep_diagnosis
from guben.figures.models import Snapshot
from guben.figures.trials import Trial
from guben.jobs import files
from guben.jobs.models import Job
from guben.jobs.registry import job
from guben.jobs.report import Report
from guben.jobs.schedule import nightly
from guben.rulebook.sources import RuleFile


@job(actions.WHAT_IF, result_page="figures:what_if_result")
def try_rules(job: Job, report: Report) -> dict[str, Any]:
    """Tries the file of the job; its answer is a file of the job."""
    if job.organisation is None:
        raise TrialExpired
    actions.require_trier(job.owner, job.organisation)
    content = files.read(job.pk, job.arguments["upload"])
    if content is None:
        raise TrialExpired
    report.stage(_("读制度和记录"))
    trial = _tried(job, RuleFile(job.arguments["name"], content.decode()), report)
    engine = "duckdb" if job.arguments["snapshot"] else "live"
    document = what_if.document(shown_trial(trial, job.owner), engine)
    report.keep_file(actions.RESULT, json.dumps(document, ensure_ascii=False).encode())
    return {**document["totals"], "rules": len(document["rules"]), "units": document["units"]}


def _tried(job: Job, file: RuleFile, report: Report) -> Trial:
    assert job.organisation is not None  # noqa: S101 - told before
    if job.arguments["snapshot"] is None:
        on = date.fromisoformat(job.arguments["on"])
        return what_if.on_live(job.organisation, on, [file], report.progress)
    snapshot = Snapshot.objects.filter(pk=job.arguments["snapshot"]).first()
    if snapshot is None:
        raise TrialExpired
    return what_if.on_snapshot(job.organisation, Path(snapshot.folder), [file], snapshot.on, report.progress)


@job(actions.DIAGNOSIS, result_page="figures:diagnosed")
def diagnose(job: Job, report: Report) -> dict[str, Any]:
    """Works the diagnosis of a large tree out and keeps it in the database."""
    if job.organisation is None:
        raise TrialExpired
    report.stage(_("按制度逐条计算"))
    on = date.fromisoformat(job.arguments["on"])
    policy.require(job.owner, "figures.view", job.organisation)
    found = keep_diagnosis(job.organisation, on, report.progress)
    return {"findings": len(found.findings), "units": len(found.top.units)}


@nightly("figures.forget_snapshots", hour=4)
def forget_snapshots() -> str:
    """Deletes the snapshots whose time is over."""
    return f"{snapshots.forget_expired(by=acting_user())} snapshots deleted"

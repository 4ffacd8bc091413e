"""What this app does in jobs and by night."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from guben.accounts.installation import today
from guben.jobs.models import Job
from guben.jobs.registry import job
from guben.jobs.report import Report
from guben.jobs.schedule import nightly
from guben.transfers import proving
from guben.transfers.actions import advance
from guben.transfers.actions.batches import KIND
from guben.transfers.models import Batch


@job(KIND)
def run_batch(job: Job, report: Report) -> dict[str, Any]:
    """Takes every row of a batch as far as its owner may."""
    batch = Batch.objects.select_related("organisation").get(pk=job.arguments["batch"])
    report.stage(_("逐人办转接"), batch.rows.count())
    return {"batch": batch.pk, **advance(batch, by=job.owner, progress=report.progress)}


@nightly("transfers.prove_responsibility", hour=3)
def prove() -> str:
    """Proves that each member has exactly one responsible unit."""
    proof = proving.prove(today())
    return f"{proof.members} members, {proof.left} left, {proof.wrong} wrong, {proof.milliseconds} ms"

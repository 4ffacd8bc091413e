"""What pages say of a job: its state as word and chip, how far it is, where its result is."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils import timezone

from guben.jobs import files
from guben.jobs.models import Job, JobState
from guben.jobs.registry import kind_of

CHIPS = {JobState.WAITING: "waiting", JobState.RUNNING: "waiting", JobState.DONE: "done", JobState.FAILED: "late"}


def shown(job: Job) -> dict[str, Any]:
    """The variables of `jobs/_progress.html` and of a row of the list."""
    kind = kind_of(job.kind)
    is_done = job.state == JobState.DONE
    return {
        "job": job,
        "is_open": job.state in (JobState.WAITING, JobState.RUNNING),
        "chip": CHIPS.get(JobState(job.state), "closed"),
        "seconds_left": seconds_left(job),
        "result_url": reverse(kind.result_page, args=[job.pk]) if is_done and kind and kind.result_page else "",
        "has_file": is_done and files.path(job.pk, job.result_file) is not None,
    }


def seconds_left(job: Job) -> int | None:
    """An estimate from what is done so far; None where nothing can be said."""
    if job.state != JobState.RUNNING or not job.started_at or not 0 < job.done < job.total:
        return None
    passed = (timezone.now() - job.started_at).total_seconds()
    return round(passed / job.done * (job.total - job.done))

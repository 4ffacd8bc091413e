"""The one background task: does a job by its id."""

from __future__ import annotations

from django_tasks import task

from guben.jobs import actions


@task()
def run_job(job_id: str) -> None:
    """Does a waiting job, then clears away what has expired."""
    if actions.run(job_id):
        actions.clean_expired()

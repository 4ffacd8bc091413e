"""What is done to jobs: start, run once, stop, clear away what has expired."""

from __future__ import annotations

import logging
import os
import secrets
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import override

from guben.jobs import files
from guben.jobs.errors import JobIsOver, Stopped
from guben.jobs.models import Job, JobState
from guben.jobs.registry import kind_of
from guben.jobs.report import SAVED, Report
from guben.kit.errors import DomainError
from guben.kit.logs import story

if TYPE_CHECKING:
    import uuid
    from collections.abc import Mapping

    from guben.accounts.models import User
    from guben.organisations.models import Organisation

KEPT_DAYS = 7
OPEN = (JobState.WAITING, JobState.RUNNING)
logger = logging.getLogger("guben.jobs")


@transaction.atomic
def start(
    kind: str,
    title: str,
    owner: User,
    organisation: Organisation | None = None,
    arguments: Mapping[str, Any] | None = None,
    *,
    upload: tuple[str, bytes] | None = None,
) -> Job:
    """Puts a job into the queue; row and task are written together or not at all.

    `arguments` are ids, codes and switches. An upload (name, content) becomes the job's own file; its kept name is the
    argument "upload". Rights are the caller's: a job belongs to its owner, and what it does checks again when it runs.
    """
    job = Job(kind=kind, title=title[:200], owner=owner, organisation=organisation, arguments=dict(arguments or {}))
    job.expires_on = _kept_until()
    if upload:
        job.arguments["upload"] = files.write(job.pk, *upload)
    job.save(force_insert=True)
    import_string("guben.jobs.tasks.run_job").enqueue(str(job.pk))  # by name: tasks stand above actions
    job.refresh_from_db()
    return job


def run(job_id: uuid.UUID | str) -> bool:
    """Does a waiting job; False where somebody else has it, or it is over. So a task may safely come twice."""
    claimed = Job.objects.filter(pk=job_id, state=JobState.WAITING).update(
        state=JobState.RUNNING, started_at=timezone.now()
    )
    if not claimed:
        return False
    job = Job.objects.select_related("owner", "organisation").get(pk=job_id)
    with override(job.owner.language or settings.LANGUAGE_CODE):
        try:
            _finish(job, JobState.DONE, result=_do(job))
        except Stopped:
            _finish(job, JobState.STOPPED, message=_("按要求停下了。%(saved)s") % {"saved": _what_is_saved(job)})
        except DomainError as error:
            _finish(job, JobState.FAILED, message=str(error))
        except (PermissionDenied, Http404):  # taken away while the job waited
            _finish(job, JobState.FAILED, message=_no_right(job))
        except Exception as error:  # noqa: BLE001 - the owner gets a number, the log the whole story
            _finish(job, JobState.FAILED, message=_fault_sentence(job, error))
        except BaseException:
            _finish(job, JobState.FAILED, message=_interrupted(job))
            raise
    return True


def _do(job: Job) -> dict[str, Any]:
    if job.stop_requested:
        raise Stopped
    kind = kind_of(job.kind)
    if kind is None:
        raise LookupError(f"Nobody registered for jobs of the kind {job.kind!r}.")
    return kind.run(job, Report(job))


def _finish(job: Job, state: JobState, *, message: str = "", result: dict[str, Any] | None = None) -> None:
    job.state, job.message, job.finished_at = state, message[:300], timezone.now()
    job.expires_on = _kept_until()
    if result is not None:
        job.result = result
        job.done = job.total
    job.log = f"{job.log}{timezone.localtime():%H:%M:%S} {job.get_state_display()} {message}".rstrip() + "\n"
    job.save(update_fields=["state", "message", "finished_at", "expires_on", "result", "done", "log"])


def _interrupted(job: Job) -> str:
    return _("任务中途被打断。%(saved)s重新办一次即可。") % {"saved": _what_is_saved(job)}


def _no_right(job: Job) -> str:
    return _("现在没有办这件事的权限。%(saved)s找给授权的人。") % {"saved": _what_is_saved(job)}


def _what_is_saved(job: Job) -> str:
    """Work that saves in batches has told how far it came; all other work is one transaction."""
    if count := job.result.get(SAVED):
        return _("已经保存%(count)d行，再办一次从断的地方接着。") % {"count": count}
    return _("什么都没有保存。")


def _fault_sentence(job: Job, error: BaseException) -> str:
    """Writes the whole story into an owner-only file and gives the sentence with the number to quote."""
    number = secrets.token_hex(4)
    place = Path(settings.DATA) / "logs" / "jobs.log"
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with open(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "a", encoding="utf-8") as log:
        log.write(f"{timezone.localtime().isoformat()} {number} {job.kind} {job.pk}\n{story(error)}\n")
    logger.error("job %s (%s) failed, number %s, see %s", job.pk, job.kind, number, place)
    told = {"number": number, "saved": _what_is_saved(job)}
    return _("程序出了错。%(saved)s把编号 %(number)s 告诉系统管理员。") % told


def request_stop(job: Job, *, by: User) -> Job:
    """Asks a job to stop: at once where it still waits, else at its next report.

    Raises:
        JobIsOver: it has already ended, or is not the asker's own.
    """
    mine = Job.objects.filter(pk=job.pk, owner=by)
    stopped = mine.filter(state=JobState.WAITING).update(
        state=JobState.STOPPED,
        stop_requested=True,
        finished_at=timezone.now(),
        message=_("还没开始就停下了，什么都没有保存。"),
    )
    if not stopped and not mine.filter(state=JobState.RUNNING).update(stop_requested=True):
        raise JobIsOver
    job.refresh_from_db()
    return job


def release_interrupted(*, silent_for: timedelta = timedelta(hours=6)) -> int:
    """Marks jobs as failed whose worker has gone without a word; returns how many.

    A worker that knows to be the only one calls it with no time when it starts. What such a job did was one
    transaction, so nothing of it is saved, or batches that it has told.
    """
    gone = list(Job.objects.filter(state=JobState.RUNNING, started_at__lte=timezone.now() - silent_for))
    for job in gone:
        job.state, job.finished_at, job.message = JobState.FAILED, timezone.now(), _interrupted(job)
        job.save(update_fields=["state", "finished_at", "message"])
    return len(gone)


def clean_expired() -> int:
    """Deletes the files of jobs whose time is over; the rows stay, with their counts. Returns how many jobs."""
    today = timezone.localtime().date()  # the real day: a demo's fixed day would keep files for ever
    expired = list(Job.objects.filter(expires_on__lt=today).exclude(state__in=OPEN).only("pk"))
    for job in expired:
        files.remove(job.pk)
    Job.objects.filter(pk__in=[job.pk for job in expired]).update(result_file="", expires_on=None, log="")
    for job_id in files.folders_older_than(days=1):
        if not Job.objects.filter(pk=job_id).exists():  # its row was rolled back
            files.remove(job_id)
    return len(expired)


def _kept_until() -> Any:
    return timezone.localtime().date() + timedelta(days=KEPT_DAYS)

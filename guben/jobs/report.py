"""How a running job tells its owner where it stands, and learns that it should stop."""

from __future__ import annotations

import time
import uuid

from django.utils import timezone

from guben.jobs import files
from guben.jobs.errors import Stopped
from guben.jobs.models import Job

SECONDS_BETWEEN_WRITES = 0.5
LOG_LIMIT = 20_000
SAVED = "saved"  # in the result of a job that saves in batches


class Report:
    """The pen of one running job. Progress is written at most twice a second, so call it as often as you like.

    On SQLite nothing of it shows, and no stop is seen, while the job holds a transaction open: report before.
    """

    def __init__(self, job: Job) -> None:
        self.job = job
        self._written_at = 0.0

    def progress(self, done: int, total: int | None = None, message: object = "") -> None:
        """So many of so many.

        Raises:
            Stopped: the owner asked for it.
        """
        self.job.done = done
        self.job.total = self.job.total if total is None else total
        if message:
            self.job.message = str(message)[:300]
        if time.monotonic() - self._written_at >= SECONDS_BETWEEN_WRITES:
            self._write()

    def stage(self, message: object, total: int = 0) -> None:
        """Begins a new piece of the work, at once visible and in the log."""
        self.job.done, self.job.total, self.job.message = 0, total, str(message)[:300]
        self.log(message)

    def log(self, line: object) -> None:
        """Adds a line with the time of day to the job's log."""
        self.job.log = f"{self.job.log}{timezone.localtime():%H:%M:%S} {line}\n"[-LOG_LIMIT:]
        self._write()

    def keep_file(self, name: str, content: bytes, *, as_result: bool = False) -> str:
        """Keeps an owner-only file that expires with the job; the result's file is the one offered for download."""
        kept = files.write(self.job.pk, name, content)
        if as_result:
            self.job.result_file = kept
            self.job.save(update_fields=["result_file"])
        return kept

    def offer(self, name: str) -> None:
        """Offers a file of the job, already written, for download."""
        self.job.result_file = files.safe_name(name)
        self.job.save(update_fields=["result_file"])

    def saved(self, count: int) -> None:
        """So many are saved for good, whatever becomes of the rest: told if the job does not come to its end."""
        self.job.result = {**self.job.result, SAVED: count}
        self.job.save(update_fields=["result"])

    def _write(self) -> None:
        self._written_at = time.monotonic()
        self.job.save(update_fields=["done", "total", "message", "log"])
        if stop_is_asked(self.job.pk):
            raise Stopped


def stop_is_asked(job_id: uuid.UUID) -> bool:
    return Job.objects.filter(pk=job_id, stop_requested=True).exists()

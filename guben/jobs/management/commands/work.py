"""`guben manage work`: the worker that does jobs, after it has put right what an earlier one left behind."""

from __future__ import annotations

import logging
import time
from argparse import ArgumentParser
from datetime import timedelta
from threading import Thread
from typing import Any

from django.db import DatabaseError, InterfaceError, OperationalError, close_old_connections, connection
from django_tasks_db.management.commands.db_worker import Command as DatabaseWorker

from guben.accounts.database import is_out_of_reach
from guben.jobs import actions, schedule

MINUTE = 60
OFTEN = 15  # seconds
PAUSE = 5  # seconds until the database is tried again
logger = logging.getLogger("guben.jobs")


class Command(DatabaseWorker):
    help = "Does jobs from the queue, one after the other."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--alone",
            action="store_true",
            help="No other worker runs: jobs that are still marked as running were left.",
        )

    def handle(self, *, alone: bool = False, **options: Any) -> None:  # type: ignore[override]
        """Works until it is told to stop; a database that restarts is waited for."""
        if not options["batch"]:
            Thread(target=_every_minute, name="nightly", daemon=True).start()
            Thread(target=_again_and_again, name="often", daemon=True).start()
        while True:
            try:
                return self._work(alone=alone, **options)
            except (OperationalError, InterfaceError) as fault:
                if options["batch"] or not is_out_of_reach(fault):
                    raise
                logger.error("The database does not answer (%s); the next try is in %s s.", type(fault).__name__, PAUSE)
                connection.close()
                time.sleep(PAUSE)

    def _work(self, *, alone: bool, **options: Any) -> None:
        released = actions.release_interrupted(**({"silent_for": timedelta(0)} if alone else {}))
        cleaned = actions.clean_expired()
        if options["verbosity"]:
            self.stdout.write(f"{released} interrupted jobs released, files of {cleaned} jobs deleted.")
        super().handle(**options)


def _every_minute() -> None:
    """Does the night's work when it is due, beside the queue."""
    while True:
        try:
            schedule.run_due()
        except DatabaseError:
            logger.exception("The nightly work could not be looked up.")
        finally:
            close_old_connections()
        time.sleep(MINUTE)


def _again_and_again() -> None:
    """Does what must never be old for long, beside the queue and the night's work."""
    while True:
        try:
            schedule.run_often()
        finally:
            close_old_connections()
        time.sleep(OFTEN)

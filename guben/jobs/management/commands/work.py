"""`guben manage work`: the worker that does jobs, after it has put right what an earlier one left behind."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django_tasks_db.management.commands.db_worker import Command as DatabaseWorker

from guben.jobs import actions


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
        released = actions.release_interrupted(**({"silent_for": timedelta(0)} if alone else {}))
        cleaned = actions.clean_expired()
        if options["verbosity"]:
            self.stdout.write(f"{released} interrupted jobs released, files of {cleaned} jobs deleted.")
        super().handle(**options)

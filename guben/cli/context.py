"""What every command shares: the acting user, the unit, the day, the rules, and the way out."""

from __future__ import annotations

import json
import signal
import sys
import threading
from argparse import Namespace
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any, NoReturn

from django.db.models import Q

from guben.access import policy
from guben.accounts import database
from guben.accounts.installation import today
from guben.accounts.models import User
from guben.accounts.operator import UnknownUser, acting_user
from guben.organisations.models import Organisation
from guben.rulebook import queries as rulebook_queries
from guben.rulebook import sources
from guben.rulebook_engine.library import Library

EARLIEST = date(1900, 1, 1)
LATEST = date(2999, 12, 31)


class BadInput(Exception):
    """What was given can't be used; the sentence says why and what to do."""


def user_of(options: Namespace) -> User:
    try:
        return acting_user(options.acting)
    except UnknownUser as name:
        raise BadInput(f"There is no active user {name}. `guben --as NAME …` takes a user's sign-in name.") from None


def unit_of(code: str, user: User) -> Organisation:
    """The unit with this code; a division's short code (44, 4420) stands for the six digits of GB/T 2260.

    Raises:
        BadInput: there is none, or none that this user may see, in the same words.
    """
    unit = Organisation.objects.filter(code=code.replace("\0", "?")).first()  # PostgreSQL takes no such sign
    if unit is None and code.isdecimal() and len(code) in (2, 4):
        unit = Organisation.objects.filter(code=code.ljust(6, "0")).first()
    if unit is None or not policy.may(user, "units.view", unit):
        tops = policy.reach(user, "units.view")
        mine = Q(parent=None) if tops == [""] else Q(path__in=tops)
        first = Organisation.objects.filter(mine).values_list("code", flat=True)[:5]
        hint = f" The tops of the tree here: {', '.join(first)}." if first else " No unit is recorded here yet."
        raise BadInput(f"There is no unit with the code {code}.{hint}")
    return unit


def day_of(options: Namespace) -> date:
    on: date = options.on or today()
    if not EARLIEST <= on <= LATEST:
        raise BadInput(f"{on} is out of reach: give a day from {EARLIEST} to {LATEST}.")
    return on


def library_of(options: Namespace) -> Library:
    """The installed rules, with the rules of the given files over them."""
    if not options.rules:
        return rulebook_queries.library()
    given = files_of(options.rules)
    return sources.read_all([*given, *sources.without_renewed(rulebook_queries.installed_files(), given)])


def library_for(options: Namespace, generated: Mapping[str, Any]) -> Library:
    """The installed rules and the given files. Invented records are nobody's and need no database: where no rules are
    installed, or there is no database, the shipped ones are theirs."""
    if not generated:
        return library_of(options)
    is_prepared = database.is_prepared()
    if options.rules:
        return library_of(options) if is_prepared else sources.read_all(files_of(options.rules))
    if not is_prepared:
        progress("no database to ask for installed rules: the shipped ones")
    elif rulebook_queries.installed_files():
        return library_of(options)
    return sources.read_all(sources.shipped_files())


def files_of(paths: list[str]) -> list[sources.RuleFile]:
    try:
        return sources.files_at([Path(path) for path in dict.fromkeys(paths)])
    except (OSError, ValueError) as fault:
        raise BadInput(f"A rulebook file can't be read: {fault}") from None


def print_json(document: Any) -> int:
    json.dump(document, sys.stdout, ensure_ascii=False, indent=2, default=str)
    sys.stdout.write("\n")
    return 0


def progress(message: str, done: int = 0, total: int = 0) -> None:
    """One line of progress on standard error."""
    share = f" {done:,} / {total:,}" if total else ""
    print(f"  {message}{share}", file=sys.stderr, flush=True)


@contextmanager
def stopped_as_by_hand() -> Iterator[None]:
    """Being ended from outside leaves as little behind as Ctrl-C does. Whatever fails because of either, such as a
    query that was interrupted, is told as Ctrl-C."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    stops: list[int] = []

    def stop(number: int, _frame: object) -> NoReturn:
        stops.append(number)
        raise KeyboardInterrupt

    before = {one: signal.signal(one, stop) for one in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    except Exception:
        if stops:
            raise KeyboardInterrupt from None
        raise
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)


def run(options: Namespace) -> int:
    """Calls the function behind the command."""
    from guben.cli import (
        backup,
        benchmark,
        burden,
        cases,
        databases,
        dues,
        exports,
        figures,
        history,
        keys,
        operations,
        procedures,
        records,
        reports,
        rules,
        runs,
        transfers,
        tree,
    )

    table: dict[str, Callable[[Namespace], int]] = {
        "due": figures.due,
        "diagnose": figures.diagnose,
        "evaluate": figures.evaluate,
        "explain": figures.explain,
        "snapshot": figures.snapshot,
        "run": runs.run,
        "result": runs.result,
        "dues": dues.show,
        "coverage": dues.coverage,
        "rules": rules.run,
        "procedure": procedures.run,
        "calendar": procedures.run_calendar,
        "case": cases.case,
        "transfers": transfers.check,
        "demo": records.demo,
        "import": records.take_in,
        "export": exports.run,
        "serve": operations.serve,
        "doctor": operations.doctor,
        "user": operations.add_user,
        "audit": history.run,
        "keys": keys.run,
        "factors": keys.factors,
        "backup": backup.run,
        "database": databases.run,
        "burden": burden.run,
        "report": reports.bulletin,
        "tree": tree.tree,
        "benchmark": benchmark.run,
    }
    return table[options.command](options)

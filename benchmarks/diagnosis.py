"""Times the diagnosis and the figures of a whole tree in one run, beside a plain loop over units with Django's ORM.

    GUBEN_DATA=… python benchmarks/diagnosis.py [CODE]

Prints a table. The loop works out one share for every unit as a first draft would: for each unit, the people at and
below it, one by one. Its figures are compared with the engine's, so that both have done the same work.
"""

# ruff: noqa: E402, T201 - Django is set up before its models are imported, and the table is printed

from __future__ import annotations

import os
import platform
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guben.settings")
import django
from django.db.models import QuerySet

django.setup()

from guben.accounts.installation import today
from guben.figures import queries, snapshots
from guben.kit.days import completed_years
from guben.members.models import Affiliation, Person, Stage
from guben.organisations.models import Organisation
from guben.organisations.queries import as_of, units_on
from guben.rulebook.queries import library

T = TypeVar("T")
REPEATS = 3


def timed(work: Callable[[], T], repeats: int = REPEATS) -> tuple[float, T]:
    """The shortest of some runs, and what the last one gave."""
    best = float("inf")
    for _ in range(repeats):
        begun = time.perf_counter()
        result = work()
        best = min(best, time.perf_counter() - begun)
    return best, result


def loop(top: Organisation) -> dict[str, tuple[int, int]]:
    """Members aged 60 or over, and all, at and below each unit."""
    on, found = today(), {}
    for placement in units_on(on, top):
        people = Person.objects.filter(pk__in=_on_a_roll(placement.path).values("person"))
        ages = [completed_years(person.born_on, on) for person in people]
        found[placement.organisation.code] = (sum(age >= 60 for age in ages), len(ages))
    return found


def _on_a_roll(path: str) -> QuerySet[Affiliation]:
    on = today()
    members = Stage.objects.filter(as_of(on), kind__in=("full", "probationary")).values("person")
    return Affiliation.objects.filter(
        as_of(on), organisation__path__gte=path, organisation__path__lt=f"{path}~", person__in=members
    )


def main() -> None:
    code = sys.argv[1] if len(sys.argv) > 1 else "990000"
    top, on, rules = Organisation.objects.get(code=code), today(), library()
    every, one = rules.indicators(on), queries.indicators_for(["share-60-or-over"], on, rules)
    diagnosis, found = timed(lambda: queries.diagnose(top, on))
    live, rows = timed(lambda: queries.evaluate_live(top, on, every))
    live_one, rows_one = timed(lambda: queries.evaluate_live(top, on, one))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        freezing, _ = timed(lambda: snapshots.freeze(on, folder), 1)
        frozen, again = timed(lambda: queries.evaluate_snapshot(top, on, every, folder))
        frozen_one, _ = timed(lambda: queries.evaluate_snapshot(top, on, one, folder))
    naive, counted = timed(lambda: loop(top), 1)
    if {row.unit.code: (row.figure.numerator, row.figure.denominator) for row in rows_one} != counted:
        raise SystemExit("The loop and the engine disagree.")
    if rows != again:
        raise SystemExit("Live and DuckDB disagree.")
    machine = f"Python {platform.python_version()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"
    print(f"{len(found.top.units):,} units, {counted[code][1]:,} members; {machine}\n")
    print("| what | seconds | beside live |\n|---|---:|---:|")
    tried = len(found.findings) + len(found.quiet)
    lines = [
        (f"diagnosis, live: {tried} rules at every unit", diagnosis, ""),
        (f"evaluate --all, live: {len(every)} indicators, {len(rows):,} figures", live, "1"),
        ("evaluate --all, DuckDB on a snapshot (files checked first)", frozen, f"{frozen / live:.2f}"),
        ("taking that snapshot", freezing, ""),
        ("one share at every unit, live", live_one, "1"),
        ("one share at every unit, DuckDB on a snapshot", frozen_one, f"{frozen_one / live_one:.2f}"),
        ("one share at every unit, loop over units with the ORM", naive, f"{naive / live_one:.0f}"),
    ]
    for what, seconds, ratio in lines:
        print(f"| {what} | {seconds:.2f} | {ratio} |")


if __name__ == "__main__":
    main()

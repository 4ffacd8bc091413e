"""Checks of cases by rule: where a case stands, what is late, and its whole road, for cases at all stages.

    python benchmarks/cases.py

Pure computation in one process: entries in memory, no database.
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable, Sequence
from datetime import date, timedelta

import report

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guben.settings")

CASES = 20_000
BEGINNING, TODAY = date(2022, 1, 1), date(2026, 6, 30)


def main() -> None:
    import django

    django.setup()
    from guben.kit.calendar import Calendar
    from guben.rulebook.sources import read_all, shipped_files
    from guben.rulebook_engine.calendar_files import shipped_years
    from guben.rulebook_engine.roads import road, simulate, where

    load = report.machine()
    editions = read_all(shipped_files()).editions_of("development")
    calendar = Calendar(shipped_years().values())
    cases = made(editions)
    entries = sum(len(done) for _, done in cases)
    late = sum(where(editions, begun, done, TODAY, calendar).late for begun, done in cases)
    rows = [
        ["where each case stands, what is late", *rate(lambda case: where(editions, *case, TODAY, calendar), cases)],
        ["the whole road of each case", *rate(lambda case: road(editions, *case, TODAY, calendar), cases)],
        ["a simulated road", *rate(lambda case: simulate(editions, case[0], calendar), cases[:5000])],
    ]
    report.write(
        "cases",
        f"""## Checks of cases by rule

{len(cases):,} cases of the development of members at all stages, two editions, {entries / len(cases):.1f} entries
a case, {late:,} of them late. Processor time of one process, entries in memory: {load}.
The aim is 10,000 checks a second.

{report.table(["check", "a second", "microseconds each"], rows)}""",
    )


def made(editions: Sequence[object]) -> list[tuple[date, list[object]]]:
    """Cases begun over four years, each done up to a step of its own; the same ones every time."""
    from guben.rulebook_engine.roads import Done, outcomes

    dice = random.Random(1)
    line = [step for step in editions[0].step if step.key not in ("probation-extended", "cancellation")]  # type: ignore[attr-defined]
    cases = []
    for _ in range(CASES):
        begun = day = BEGINNING + timedelta(days=dice.randrange(1500))
        done: list[object] = []
        for step in line[: dice.randrange(len(line) + 1)]:
            if step.kind == "examination":
                for _ in range(2):
                    day += timedelta(days=180)
                    done.append(Done(step.key, "kept", day))
            day += timedelta(days=dice.randrange(20))
            lead_on = next(one for one in outcomes(step) if one.good and one.to != "stay")
            done.append(Done(step.key, lead_on.key, day))
        cases.append((begun, done))
    return cases


def rate(check: Callable[[tuple[date, list[object]]], object], cases: Sequence[tuple[date, list[object]]]) -> list[str]:
    """How many a second, at best of three."""
    best = float("inf")
    for _ in range(3):
        start = time.process_time()
        for case in cases:
            check(case)
        best = min(best, time.process_time() - start)
    return [f"{len(cases) / best:,.0f}", f"{best / len(cases) * 1e6:.0f}"]


if __name__ == "__main__":
    main()

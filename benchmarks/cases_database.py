"""Where every open case stands, worked out anew from the database: a million cases on PostgreSQL.

    python benchmarks/cases_database.py            # PostgreSQL from the tests' wheel
    CASES=100000 python benchmarks/cases_database.py

Cases of the development of members at all stages, at 20,000 branches below 200 towns. What is written of each case is
what follows from its entries, but for a hundred that the proof must find.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from datetime import date
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]
PLACE = Path(os.environ.get("GUBEN_BENCHMARKS", ROOT / "build" / "benchmarks"))
COUNT = int(os.environ.get("CASES", "1000000"))
TOWNS, BRANCHES, BROKEN, BATCH = 200, 100, 100, 20_000
TODAY = date(2026, 6, 30)
RULES = ("roles.toml", "development.toml")


def main() -> int:
    if "--here" in sys.argv:
        return measure()
    from tests.postgres import Server

    server = Server()
    try:
        known = {**os.environ, "DATABASE_URL": server.start(), "GUBEN_DATA": str(PLACE / "cases-postgres")}
        Path(known["GUBEN_DATA"]).mkdir(parents=True, exist_ok=True, mode=0o700)
        return subprocess.run([sys.executable, __file__, "--here"], env=known, check=True).returncode
    finally:
        server.stop()


def measure() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guben.settings")
    import django

    django.setup()
    import report
    from django.core.management import call_command
    from django.db import connection, transaction

    machine = report.machine()
    call_command("migrate", verbosity=0, interactive=False)
    from guben.accounts.operator import acting_user
    from guben.procedures.models import Case, Entry
    from guben.procedures.proving import prove
    from guben.rulebook.actions import install
    from guben.rulebook.sources import shipped_files

    install([file for file in shipped_files() if file.name in RULES], by=acting_user())
    with transaction.atomic():
        build()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    proof, seconds, processor = timed(lambda: prove(TODAY))
    if proof.cases != COUNT or proof.wrong != BROKEN:
        raise SystemExit(f"{proof.cases} cases, {proof.wrong} wrong: {proof.differences[:3]}")
    late, quick, _ = timed(lambda: Case.objects.filter(ended_on=None, due_on__lt=TODAY).count())
    rows = [
        ["every case worked out anew from its entries and compared", f"{seconds:.1f}", f"{processor:.1f}"],
        ["how many are late, as it stands written", f"{quick:.2f}", ""],
    ]
    report.write(
        "cases-database",
        f"""## Where every case stands, from the database

{COUNT:,} open cases of the development of members with {Entry.objects.count():,} entries on PostgreSQL, {late:,} of
them late; {machine}. The aim is a million in a minute on two cores. The proof found the {BROKEN} that had been broken.

{report.table(["what", "seconds", "processor time of ours"], rows)}""",
    )
    return 0


def timed(work: Any) -> tuple[Any, float, float]:
    """What came out, the seconds it took, and the processor time of all our processes."""
    begun, before = time.monotonic(), sum(os.times()[:4])
    found = work()
    return found, time.monotonic() - begun, sum(os.times()[:4]) - before


def build() -> None:
    """Units by rows, cases and entries by column."""
    import cases as roads
    from django.utils import timezone

    from guben.accounts import bulk
    from guben.accounts.operator import acting_user
    from guben.procedures.models import Case, Entry
    from guben.procedures.places import Places
    from guben.procedures.placing import COLUMNS, Kept, columns
    from guben.procedures.rules import rules
    from guben.rulebook_engine.roads import where

    known, by, now = rules(), acting_user().pk, timezone.now()
    editions = known.editions("development")
    branches = units()
    places = Places([], TODAY, everywhere=True)
    open_ = []
    for begun_on, done in roads.made(editions):
        found = where(editions, begun_on, done, TODAY, known.calendar)
        if found.step is not None:
            open_.append((begun_on, done, found))
    for start in range(0, COUNT, BATCH):
        size = min(BATCH, COUNT - start)
        keys = bulk.take_keys(Case, size)
        rows: list[tuple[Any, ...]] = []
        entries: list[tuple[Any, ...]] = []
        for number, key in enumerate(keys, start):
            begun_on, done, found = open_[number % len(open_)]
            unit = branches[number % len(branches)]
            stands = columns(found, Kept(unit, None, None, f"b{number}"), places, hangs=False)
            broken = {"step": "talk", "due_on": TODAY} if number % (COUNT // BROKEN) == 0 else {}
            rows.append((key, unit, begun_on, number, *({**stands, **broken}[name] for name in COLUMNS)))
            entries += [
                (key, place, one.step, one.outcome, one.on, one.edition, unit) for place, one in enumerate(done, 1)
            ]
        ids, at, begun, numbers, *stands_at = zip(*rows, strict=True)
        bulk.insert(
            Case,
            {
                "id": ids, "number": [f"B-{one}" for one in numbers], "procedure": ["development"] * size,
                "person_id": [None] * size, "title": ["x"] * size, "organisation_id": at, "host_id": [None] * size,
                "begun_on": begun, "begun_at": [now] * size, "begun_by_id": [by] * size,
                **dict(zip(COLUMNS, stands_at, strict=True)),
            },
        )  # fmt: skip
        case_ids, places_at, steps, outcomes, days, labels, acted = zip(*entries, strict=True)
        many = len(entries)
        bulk.insert(
            Entry,
            {
                "case_id": case_ids, "number": places_at, "step": steps, "outcome": outcomes, "edition": labels,
                "done_on": days, "recorded_on": days, "recorded_at": [now] * many, "recorded_by_id": [by] * many,
                "acted_at_id": acted, "recorded_for_unit": [False] * many, "days_since": [0] * many,
                "days_late": [0] * many, "reason": [""] * many, "values": ["{}"] * many,
                "meeting_id": [None] * many, "notice_id": [None] * many, "corrects_id": [None] * many,
            },
        )  # fmt: skip


def units() -> list[int]:
    """A city, towns, branches; only what the places of a case ask of them."""
    from guben.kit import tree
    from guben.organisations.models import Organisation

    founded = date(2000, 1, 1)

    def unit(code: str, parent: Organisation | None, number: int, kind: str) -> Organisation:
        path = (parent.path if parent else "") + tree.step(number)
        return Organisation(
            code=code, founded_on=founded, parent=parent, path=path, name=code, short_name=code, kind=kind,
            field="rural",
        )  # fmt: skip

    city = unit("990000", None, 1, "committee")
    city.save()
    towns = [unit(f"990000{number:03d}", city, number, "committee") for number in range(TOWNS)]
    Organisation.objects.bulk_create(towns)
    found = [unit(f"{town.code}{number:03d}", town, number, "branch") for town in towns for number in range(BRANCHES)]
    Organisation.objects.bulk_create(found, batch_size=2000)
    return [one.pk for one in found]


if __name__ == "__main__":
    raise SystemExit(main())

"""Where every open case stands, worked out anew from the database: a million cases on PostgreSQL, fewer on SQLite.

    python benchmarks/cases_database.py                  # PostgreSQL from the tests' wheel
    CASES=100000 python benchmarks/cases_database.py sqlite

Cases of the development of members at all stages, at 20,000 branches below 200 towns. What is written of each case is
what follows from its entries, but for a hundred that the proof must find; one in a hundred has a corrected entry. The
entries lie in the order of their days, as they are written in life, not in that of their cases.
"""

from __future__ import annotations

import os
import shutil
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
TOWNS, BRANCHES, BROKEN, BATCH, CORRECTED = 200, 100, 100, 20_000, 100
TODAY = date(2026, 6, 30)
RULES = ("roles.toml", "development.toml")
ON_SQLITE = "sqlite" in sys.argv


def main() -> int:
    if "--here" in sys.argv:
        return measure()
    from tests.postgres import Server

    data = PLACE / ("cases-sqlite" if ON_SQLITE else "cases-postgres")
    shutil.rmtree(data, ignore_errors=True)
    data.mkdir(parents=True, mode=0o700)
    known = {**os.environ, "GUBEN_DATA": str(data)}
    known.pop("DATABASE_URL", None)
    server = None if ON_SQLITE else Server()
    try:
        if server:
            known["DATABASE_URL"] = server.start()
            known["SERVER"] = str(server.process.pid if server.process else "")
        return subprocess.run([sys.executable, __file__, *sys.argv[1:], "--here"], env=known, check=True).returncode
    finally:
        if server:
            server.stop()
        shutil.rmtree(data, ignore_errors=True)


def measure() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guben.settings")
    import django

    django.setup()
    import report
    from django.core.management import call_command
    from django.db import connection, transaction

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
        cursor.execute("ANALYZE" if ON_SQLITE else "VACUUM ANALYZE procedures_entry, procedures_case")
    entries = Entry.objects.count()
    machine = report.machine()
    proof, *taken = timed(lambda: prove(TODAY))
    if proof.cases != COUNT or proof.wrong != BROKEN:
        raise SystemExit(f"{proof.cases} cases, {proof.wrong} wrong: {proof.differences[:3]}")
    late, *counted = timed(lambda: Case.objects.filter(ended_on=None, due_on__lt=TODAY).count())
    rows = [
        ["every case worked out anew from its entries and compared", *map(seconds, taken)],
        ["how many are late, as it stands written", *map(seconds, counted)],
    ]
    name = "SQLite" if ON_SQLITE else "PostgreSQL"
    report.write(
        "cases-sqlite" if ON_SQLITE else "cases-database",
        f"""## Where every case stands, from the database: {name}

{COUNT:,} open cases of the development of members with {entries:,} entries on {name}, {late:,} of them late;
{machine}. The proof found the {BROKEN} that had been broken. It took {sum(taken[1:]):.0f}
processor seconds, ours and the server's. The aim was a million cases in a minute
on PostgreSQL and two cores. Memory of the largest process: {memory():.0f} MB.

{report.table(["what", "seconds", "processor seconds of ours", "of the server"], rows)}""",
    )
    return 0


def timed(work: Any) -> tuple[Any, float, float, float]:
    """What came out, the seconds it took, and the processor seconds of all our processes and of the server's."""
    begun, before, served = time.monotonic(), sum(os.times()[:4]), of_server()
    found = work()
    from django.db import connection

    connection.close()  # a server process hands its time over when it ends
    time.sleep(0.2)
    return found, time.monotonic() - begun - 0.2, sum(os.times()[:4]) - before, of_server() - served


def of_server() -> float:
    """Processor seconds of the server and of all processes it has ended, and of those that live."""
    if not os.environ.get("SERVER"):
        return 0.0
    found = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            text = stat.read_text()
        except OSError:
            continue
        fields = text.rpartition(")")[2].split()
        if stat.parent.name == os.environ["SERVER"]:
            found += sum(map(int, fields[11:15]))
        elif fields[1] == os.environ["SERVER"]:
            found += sum(map(int, fields[11:13]))
    return found / os.sysconf("SC_CLK_TCK")


def memory() -> float:
    """The most memory that one of our processes held, in megabytes."""
    import resource

    return max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) / 1024


def seconds(taken: float) -> str:
    return f"{taken:.1f}" if taken >= 1 else f"{taken:.2f}"


def build() -> None:
    """Units by rows, cases by column; entries by the database itself, from those of twenty thousand cases."""
    import cases as roads
    from django.db import connection

    from guben.procedures.places import Places
    from guben.procedures.rules import rules
    from guben.rulebook_engine.roads import where

    known = rules()
    branches = units()
    open_ = []
    for begun_on, done in roads.made(known.editions("development")):
        found = where(known.editions("development"), begun_on, done, TODAY, known.calendar)
        if found.step is not None:
            open_.append((begun_on, done, found))
    with connection.cursor() as cursor:
        if not ON_SQLITE:
            cursor.execute("SET LOCAL session_replication_role = replica")  # what is made here is right
            cursor.execute("SET LOCAL maintenance_work_mem = '512MB'")
            cursor.execute("SET LOCAL work_mem = '512MB'")
        build_cases(open_, branches, Places([], TODAY, everywhere=True))
        build_entries(cursor, open_)


def build_cases(open_: list[Any], branches: list[int], places: Any) -> None:
    from django.utils import timezone

    from guben.accounts import bulk
    from guben.accounts.operator import acting_user
    from guben.procedures.models import Case
    from guben.procedures.placing import COLUMNS, Kept, columns

    by, now = acting_user().pk, timezone.now()
    for start in range(0, COUNT, BATCH):
        size = min(BATCH, COUNT - start)
        rows: list[tuple[Any, ...]] = []
        for number in range(start, start + size):
            begun_on, _, found = open_[number % len(open_)]
            unit = branches[number % len(branches)]
            stands = columns(found, Kept(unit, None, None, f"b{number}"), places, hangs=False)
            broken = {"step": "talk", "due_on": TODAY} if number % (COUNT // BROKEN) == 0 else {}
            rows.append((number + 1, unit, begun_on, *({**stands, **broken}[name] for name in COLUMNS)))
        ids, at, begun, *stands_at = zip(*rows, strict=True)
        bulk.insert(
            Case,
            {
                "id": ids, "number": [f"B-{one}" for one in ids], "procedure": ["development"] * size,
                "person_id": [None] * size, "title": ["x"] * size, "organisation_id": at, "host_id": [None] * size,
                "begun_on": begun, "begun_at": [now] * size, "begun_by_id": [by] * size,
                **dict(zip(COLUMNS, stands_at, strict=True)),
            },
        )  # fmt: skip


def build_entries(cursor: Any, open_: list[Any]) -> None:
    """Those of the cases that were made are written once, then once more for each case like them."""
    from guben.accounts import bulk
    from guben.accounts.operator import acting_user
    from guben.procedures.rules import rules
    from guben.rulebook_engine.plans import plans_of

    plans = plans_of(rules().editions("development"))
    names = ("like_case", "number", "step", "outcome", "edition", "done_on")
    cursor.execute(
        "CREATE TEMP TABLE made_entry (like_case integer, number integer, step text, outcome text, edition text,"
        " done_on date)"
    )
    made = [
        (
            like, number, one.step, one.outcome, plans.judging(begun_on, one.on).procedure.edition_label,
            str(one.on) if ON_SQLITE else one.on,
        )
        for like, (begun_on, done, _) in enumerate(open_)
        for number, one in enumerate(done, 1)
    ]  # fmt: skip
    for start in range(0, len(made), BATCH):
        bulk.write_rows("made_entry", ", ".join(names), made[start : start + BATCH])
    kept = without_indexes(cursor)
    unset = "false" if not ON_SQLITE else "0"
    fields = (
        "case_id, number, step, outcome, edition, done_on, recorded_on, recorded_at, recorded_by_id, acted_at_id,"
        ' recorded_for_unit, days_since, days_late, reason, "values"'
    )
    cursor.execute(
        f"""INSERT INTO procedures_entry ({fields})
        SELECT c.id, m.number, m.step, m.outcome, m.edition, m.done_on, m.done_on, c.begun_at, {acting_user().pk},
          c.organisation_id, {unset}, 0, 0, '', '{{}}'
        FROM made_entry m JOIN procedures_case c ON (c.id - 1) % {len(open_)} = m.like_case
        ORDER BY m.done_on, c.id"""  # noqa: S608
    )
    for statement in kept:
        cursor.execute(statement)
    cursor.execute(
        f"""INSERT INTO procedures_entry ({fields}, corrects_id)
        SELECT case_id, 100, step, outcome, edition, done_on, recorded_on, recorded_at, recorded_by_id, acted_at_id,
          {unset}, 0, 0, 'x', '{{}}', id
        FROM procedures_entry WHERE number = 1 AND case_id % {CORRECTED} = 1"""  # noqa: S608
    )


def without_indexes(cursor: Any) -> list[str]:
    """Takes away what would be kept up row by row; returns how the part that the proof reads by is made anew."""
    if ON_SQLITE:
        return []
    cursor.execute(
        "SELECT indexname FROM pg_indexes WHERE tablename = 'procedures_entry' AND indexname NOT IN"
        " (SELECT conname FROM pg_constraint WHERE contype IN ('p', 'u'))"
    )
    for (name,) in cursor.fetchall():
        cursor.execute(f'DROP INDEX "{name}"')
    cursor.execute("ALTER TABLE procedures_entry DROP CONSTRAINT entry_number_once")
    return [
        "ALTER TABLE procedures_entry ADD CONSTRAINT entry_number_once UNIQUE (case_id, number)",
        "CREATE INDEX ON procedures_entry (case_id)",
    ]


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

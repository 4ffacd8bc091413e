"""Loads PostgreSQL with an invented part of the country by bulk, for `benchmarks/load.py` to be asked about.

    python benchmarks/load_postgres.py                                   # ten million people in 500,000 units
    python benchmarks/load_postgres.py --members 1000000 --units 50000

Units, people and everything dated about them, a year of meetings and the dues of a year. Numbers and addresses are
sealed and hashed with the keys of the data folder, names have their pinyin. One transaction, indexes made at the end.
The data stay in build/benchmarks/load-postgres until they are loaded anew.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]

from load_server import PLACE, Clock, KeptServer  # noqa: E402

DATA = PLACE / "load-data"
UNITS = ("organisations_organisation", "organisations_act", "organisations_placement", "members_person")
SEED = 1


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--members", type=int, default=10_000_000)
    asked.add_argument("--units", type=int, default=500_000)
    options = asked.parse_args()
    DATA.mkdir(parents=True, exist_ok=True, mode=0o700)
    server = KeptServer(fresh=True)
    try:
        prepare(server.start())
        clock = Clock()
        found = load(options.units, options.members, clock)
        found |= {"seconds": round(clock.last - clock.began), "megabytes": round(server.megabytes()),
                  "steps": [(name, round(taken, 1)) for name, taken in clock.steps]}  # fmt: skip
        (DATA / "loaded.json").write_text(json.dumps(found, indent=1))
        print(json.dumps({name: found[name] for name in found if name != "steps"}))
    finally:
        server.stop()
    return 0


def prepare(url: str) -> None:
    """Django on this server, with the tables of the installation."""
    os.environ |= {"DATABASE_URL": url, "GUBEN_DATA": str(DATA), "DJANGO_SETTINGS_MODULE": "guben.settings"}
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0, interactive=False)


def load(units: int, members: int, clock: Clock) -> dict[str, Any]:
    from django.db import connection, transaction
    from load_tables import STATEMENTS

    from guben.accounts.operator import acting_user

    by = acting_user().pk
    tables = (*UNITS, *STATEMENTS)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")  # what is made here is right
        cursor.execute("SET LOCAL maintenance_work_mem = '1GB'; SET LOCAL work_mem = '512MB'")
        cursor.execute(f"TRUNCATE {', '.join(tables)} CASCADE")  # what is written into empty tables needs no log
        cursor.execute(f"CREATE FUNCTION made_by() RETURNS bigint IMMUTABLE LANGUAGE sql AS 'SELECT {by}::bigint'")
        later = without_indexes(cursor, tables)
        people = write_units(cursor, units, members, by)
        clock.step("units")
        write_people(cursor, people)
        clock.step("people")
        for table, statements in STATEMENTS.items():
            for statement in statements:
                cursor.execute(statement)
            clock.step(table)
        for statement in later:
            cursor.execute(statement)
        clock.step("indexes")
        cursor.execute("DROP TABLE made_unit; DROP FUNCTION made_by")
    finish(by)
    clock.step("rules, sequences")
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
        clock.step("vacuum, statistics")
        return {"rows": {table: rows_of(cursor, table) for table in tables}}


def rows_of(cursor: Any, table: str) -> int:
    cursor.execute(f"SELECT count(*) FROM {table}")  # noqa: S608
    return int(cursor.fetchone()[0])


def without_indexes(cursor: Any, tables: tuple[str, ...]) -> list[str]:
    """Takes away all indexes but those of the keys; returns the statements that make them again."""
    again = []
    for table in tables:
        cursor.execute(
            "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint"
            " WHERE conrelid = %s::regclass AND contype = 'u'",
            [table],
        )
        for name, written in cursor.fetchall():
            cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
            again.append(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {written}')
        cursor.execute(
            "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index"
            " WHERE indrelid = %s::regclass AND NOT indisprimary",
            [table],
        )
        for name, written in cursor.fetchall():
            cursor.execute(f"DROP INDEX {name}")
            again.append(written)
    return again


def write_units(cursor: Any, units: int, members: int, by: int) -> int:
    """The tree with its acts and placements, and which keys of people belong to which unit; how many people."""
    import load_units

    made = list(load_units.units(units, members, SEED))
    copy(cursor, "organisations_organisation (id, code, founded_on, kept_from, parent_id, path, name, short_name, kind,"
         " field, territory)",
         ((u.id, u.code, u.founded_on, load_units.KEPT_FROM, u.parent, u.path, u.name, short(u.name), u.kind, u.field,
           u.territory) for u in made))  # fmt: skip
    cursor.execute(
        "INSERT INTO organisations_act (id, kind, organisation_id, effective_on, paper, note, journal, recorded_at,"
        " recorded_by_id) SELECT id, 'found', id, founded_on, '', '', '[]', now(), made_by()"
        " FROM organisations_organisation"
    )
    cursor.execute(
        "INSERT INTO organisations_placement (organisation_id, parent_id, path, name, short_name, kind, field,"
        " territory, from_on, act_id)"
        " SELECT id, parent_id, path, name, short_name, kind, field, territory, founded_on, id"
        " FROM organisations_organisation"
    )
    cursor.execute(
        "CREATE TABLE made_unit (unit bigint, first bigint, last bigint, groups bigint, posts int, leaders bigint)"
    )
    first, rows = 1, []
    for unit in made:
        rows.append([unit.id, first, first + unit.size - 1, unit.id * 2 if unit.size > 12 else None,
                     3 if unit.size else 5, first])  # fmt: skip
        first += unit.size
    copy(cursor, "made_unit", iter(rows))
    cursor.execute("ANALYZE made_unit")
    return first - 1


def short(name: str) -> str:
    """镇石榴村党支部 is 石榴村; a committee keeps its place's name."""
    return name.removesuffix("委员会").removesuffix("党支部").partition("镇")[2] or name.removesuffix("委员会")


def copy(cursor: Any, target: str, rows: Iterator[Any]) -> None:
    with cursor.cursor.copy(f"COPY {target} FROM STDIN") as stream:
        for row in rows:
            stream.write_row(row)


def write_people(cursor: Any, last: int) -> None:
    """Two processes make the lines, this one sends them."""
    import load_people

    starts = range(1, last + 1, load_people.BATCH)
    context = multiprocessing.get_context("fork")
    with (
        context.Pool(os.cpu_count()) as pool,
        cursor.cursor.copy(f"COPY members_person ({load_people.COLUMNS}) FROM STDIN") as stream,
    ):
        for number, block in enumerate(pool.imap(people_from, ((start, last) for start in starts)), 1):
            stream.write(block)
            if number % 100 == 0:
                print(f"          {number * load_people.BATCH:,} people", file=sys.stderr, flush=True)


def people_from(asked: tuple[int, int]) -> bytes:
    """A block of lines, in a process of its own; the database is not touched there."""
    import load_people

    from guben.members import sealed

    start, last = asked
    return b"".join(load_people.lines(start, min(start + load_people.BATCH, last + 1), sealed.sealer(), SEED))


def finish(by: int) -> None:
    """What the TRUNCATE took with it, and where the counters of the keys stand."""
    from datetime import date

    from django.apps import apps
    from django.core.management.color import no_style
    from django.db import connection

    from guben.accounts.models import Installation, User
    from guben.rulebook.actions import install
    from guben.rulebook.sources import shipped_files

    Installation.objects.update_or_create(
        pk=1, defaults={"is_demo": True, "demo_day": date(2026, 6, 30), "demo_sign_in": False, "demo_root_code": "97"}
    )
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), apps.get_models()):
            cursor.execute(statement)
    install(shipped_files(), by=User.objects.get(pk=by))


if __name__ == "__main__":
    raise SystemExit(main())

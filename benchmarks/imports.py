"""Times the import of a roster beside django-import-export with `use_bulk`: the same rows, tables and work, in one run.

    python benchmarks/imports.py [ROWS [ROWS OF THE PEER]]

All take turns in one SQLite database with 200 branches, and the quickest round of each counts. Processor seconds are
compared as well as those on the clock, which other work on the machine lengthens. The peer gets fewer rows: its rate
does not depend on their number.
"""

# ruff: noqa: E402 - Django is set up before its models are imported

from __future__ import annotations

import os
import sqlite3
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
ROWS, PEER_ROWS, BRANCHES, ROUNDS = 25_000, 1_500, 200, 4
GOAL = 20  # times
STAGES = ("reading", "mapping", "validating", "matching", "sealing, pinyin", "inserting", "history", "the rest")


def set_up(folder: str) -> None:
    """An empty database of its own with a root and its branches."""
    os.environ["GUBEN_DATA"] = folder
    os.environ.pop("DATABASE_URL", None)
    os.environ["DJANGO_SETTINGS_MODULE"] = "guben.settings"
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    settings.INSTALLED_APPS.append("import_export")
    call_command("migrate", verbosity=0, interactive=False)
    from guben.accounts.operator import acting_user
    from guben.organisations.actions import NewUnit, found_many

    shared = {"field": "rural", "territory": "", "founded_on": date(1951, 1, 1)}
    units = [
        NewUnit(code="99", name="中共示范市委员会", short_name="示范市", kind="committee", parent_code="", **shared)
    ]
    units += [
        NewUnit(code=f"99{number:03d}", name=f"中共示范市第{number}支部委员会", short_name=branch, kind="branch",
                parent_code="99", **shared)
        for number, branch in enumerate(branches())
    ]  # fmt: skip
    found_many(units, by=acting_user())


def branches() -> list[str]:
    return [f"第{number}党支部" for number in range(BRANCHES)]


def watch(clock: Any) -> None:
    """Puts the stages of ours on the clock."""
    from guben.accounts import bulk
    from guben.audit import trail
    from guben.imports import actions, member_records, member_rows
    from guben.members.actions import writing

    for module, function, stage in (
        (actions, "read", "reading"), (actions, "Table", "mapping"), (member_rows, "read_values", "validating"),
        (member_rows, "_read_units", "matching"), (member_rows, "_refuse_twice", "matching"),
        (member_records, "plan_for", "matching"), (writing, "_sealed", "sealing, pinyin"),
        (bulk, "insert", "inserting"), (trail, "record_all", "history"),
    ):  # fmt: skip
        clock.wrap(module, function, stage)


def ours(content: bytes, clock: Any) -> Any:
    """One import, the search for garbage put off as a job does."""
    from guben.accounts.operator import acting_user
    from guben.imports import actions
    from guben.kit import collecting
    from guben.organisations.models import Organisation

    with clock.stage("the rest"), collecting.put_off():
        sheet = actions.read(content, "", "members")
        return actions.import_members(sheet, Organisation.objects.get(code="99"), acting_user())


def bare(path: Path, written: list[Any]) -> float:
    """Rows a processor second when the rows of one import are only written, a statement for each: nothing can be faster
    that writes them one by one."""
    from django.db import connection

    database = sqlite3.connect(path, isolation_level=None)
    database.executescript(f"{connection.settings_dict['OPTIONS']['init_command']} PRAGMA foreign_keys=ON;")
    begun = time.process_time()
    database.execute("BEGIN")
    for table, names, columns in written:
        marks = ", ".join("?" * len(columns))
        database.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", zip(*columns, strict=True))
    database.execute("COMMIT")
    people = sum(len(columns[0]) for table, _names, columns in written if "members_person" in table)
    rate = people / (time.process_time() - begun)
    database.close()
    return rate


def written_by(content: bytes, clock: Any) -> list[Any]:
    """What one import writes: table, columns, values."""
    from guben.accounts import bulk

    inner, written = bulk._write, []

    def keeping(*told: Any) -> None:
        written.append(told)
        inner(*told)

    bulk._write = keeping
    ours(content, clock)
    bulk._write = inner
    return written


def validating(content: bytes) -> tuple[float, ...]:
    """Rows a second, by column as the import does it and row by row: the checks alone, the sheet already read. Last the
    milliseconds that the table of days takes, which a process makes once."""
    from guben.accounts.installation import today
    from guben.imports import actions, member_checks
    from guben.imports import columns as c
    from guben.imports.all_days import all_days
    from guben.imports.table import Table
    from tests.imports.plain_checker import check_rows

    sheet, best = actions.read(content, "", "members"), 0.0
    for _ in range(20):
        table, begun = Table(sheet, c.MEMBER_COLUMNS), time.process_time()
        member_checks.read_values(table, today(), lambda *_told: None)
        best = max(best, table.size / (time.process_time() - begun))
    begun = time.process_time()
    check_rows(sheet, today())
    slow = len(sheet.rows) / (time.process_time() - begun)
    all_days.cache_clear()
    begun = time.process_time()
    all_days(today())
    return best, slow, (time.process_time() - begun) * 1000


def main() -> int:
    given = [int(word) for word in sys.argv[1:]]
    rows, peer_rows = (given + [ROWS, PEER_ROWS][len(given) :])[:2]
    with tempfile.TemporaryDirectory() as folder:
        set_up(folder)
        from benchmarks import report, rosters
        from benchmarks.stopwatch import Stopwatch

        begun, clock = report.machine(), Stopwatch()
        made = iter(rosters.rows(rows + ROUNDS * (rows + 2 * peer_rows), branches()))
        rates = validating(rosters.workbook(rosters.rows(rows, branches())))
        watch(clock)
        lines = {way: Line() for way in ("ours", "Documented", "WithReaders")}
        for _ in range(ROUNDS):
            for way, line in lines.items():
                count = rows if way == "ours" else peer_rows
                line.add(count, _timed(way, rosters.workbook(list(islice(made, count))), clock))
        seconds = dict(clock.seconds)
        floor = _floor(Path(folder) / "bare.sqlite3", rosters.workbook(list(islice(made, rows))))
        report.write("imports", _page(begun, lines, seconds, rates, floor))
    return 0


def _floor(path: Path, content: bytes) -> float:
    """The rate of bare writing, in a database as it is before one more import."""
    from django.db import connection

    from benchmarks.stopwatch import Stopwatch

    with connection.cursor() as cursor:
        cursor.execute("VACUUM INTO %s", [str(path)])
    return bare(path, written_by(content, Stopwatch()))


@dataclass
class Line:
    """What one way took at its quickest."""

    rows: int = 0
    saved: int = 0
    seconds: float = 0
    wall: float = 0

    def add(self, rows: int, told: tuple[int, float, float]) -> None:
        """Another round, which counts if it was the quickest: other work on the machine makes all others slower."""
        if not self.rows or told[1] / rows < self.seconds / self.rows:
            self.rows, (self.saved, self.seconds, self.wall) = rows, told

    def beside(self, name: str, other: Line) -> list[str]:
        """The line of the table, with how much slower this way is than another, by processor and by clock."""
        rate, wall_rate = self.rows / self.seconds, self.rows / self.wall
        slower, slower_wall = other.rows / other.seconds / rate, other.rows / other.wall / wall_rate
        figures = [f"{self.rows:,}", f"{self.saved:,}", f"{self.seconds:.1f}", f"{self.wall:.1f}", f"{rate:,.0f}"]
        return [name, *figures, f"{wall_rate:,.0f}", f"{slower:.1f} / {slower_wall:.1f}"]


def _timed(way: str, content: bytes, clock: Any) -> tuple[int, float, float]:
    """People saved, processor seconds, seconds on the clock."""
    from benchmarks import imports_peer
    from guben.accounts.installation import today
    from guben.accounts.operator import acting_user

    wall, begun = time.perf_counter(), time.process_time()
    if way == "ours":
        saved = ours(content, clock).accepted
    else:
        saved = imports_peer.run(getattr(imports_peer, way), content, acting_user(), today())
    return saved, time.process_time() - begun, time.perf_counter() - wall


def _page(begun: str, lines: dict[str, Line], seconds: dict[str, float], rates: tuple[float, ...], floor: float) -> str:
    from benchmarks import report

    own, total = lines["ours"], sum(seconds.values())
    compared = [
        own.beside("guben import members", own),
        lines["Documented"].beside("django-import-export, use_bulk, as its documentation shows", own),
        lines["WithReaders"].beside("django-import-export, use_bulk, with our value readers", own),
    ]
    shares = [[stage, f"{seconds[stage]:.2f}", f"{seconds[stage] / total:.0%}"] for stage in STAGES]
    checks = [["by column, each distinct cell once", f"{rates[0]:,.0f}"], ["row by row", f"{rates[1]:,.0f}"]]
    headers = ["what", "rows", "saved", "processor s", "clock s", "rows a processor s", "rows a clock s",
               "times slower (processor / clock)"]  # fmt: skip
    return "\n\n".join(
        [
            "## Taking in a roster",
            f"Workbooks of twenty columns, two rows in a hundred with a mistake; SQLite; {begun}; the ways took turns, "
            f"{ROUNDS} times, and the quickest of each counts. All read the file, check every row, look up who is "
            "known, work out pinyin, seal two numbers and two addresses with their index, and write people, stages, "
            "affiliations, standings and the history with its proofs.",
            report.table(headers, compared),
            "The goal was 20 times. " + _verdict(own, lines, floor),
            "What differs: the peer keeps one sentence for a wrong row, not one for each wrong cell; it reads with "
            "openpyxl, as tablib does, and asks for each row who is known; it uses the models' bulk_create where ours "
            "writes past them. A peer that looked up nobody read about 830 rows a processor second in an earlier run; "
            "one that keeps all known people in memory would stand between.",
            report.table(["stage of ours, all rounds", "processor s", "share"], shares),
            "Checking alone, the sheet already read (the goal was 300,000). The table of all days is made once in a "
            f"process, in {rates[2]:.0f} ms, and not counted here:",
            report.table(["way", "rows a second"], checks),
        ]
    )


def _verdict(own: Line, lines: dict[str, Line], floor: float) -> str:
    """What is reached beside each peer, and what the database alone would allow."""
    rate = own.rows / own.seconds
    beside = {way: rate * line.seconds / line.rows for way, line in lines.items() if way != "ours"}
    reached = [
        f"{words} it is {'reached' if beside[way] >= GOAL else 'not reached'}: {beside[way]:.1f} times"
        for way, words in (
            ("Documented", "Beside the peer as documented"),
            ("WithReaders", "beside it with our readers"),
        )
    ]
    limit = floor * lines["Documented"].seconds / lines["Documented"].rows
    return (
        f"{'; '.join(reached)}. Only writing the same finished rows by `executemany`, a statement for each, makes "
        f"{floor:,.0f} rows a processor second, {limit:.0f} times the peer as documented. Ours writes many rows with "
        "each statement; what it takes besides lies mostly in the reader of workbooks, ciphers and keyed hashes."
    )


if __name__ == "__main__":
    raise SystemExit(main())

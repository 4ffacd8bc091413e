"""Times the import of a roster beside django-import-export with `use_bulk`: the same rows, tables and work, in one run.

    python benchmarks/imports.py [ROWS [ROWS OF THE PEER]]

Both start from an empty SQLite database with 200 branches. Processor seconds are compared, because other work on the
machine lengthens the seconds on the clock. The peer gets fewer rows, since its rate does not depend on their number.
"""

# ruff: noqa: E402 - Django is set up before its models are imported

from __future__ import annotations

import os
import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
ROWS, PEER_ROWS, BRANCHES = 50_000, 3_000, 200
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


def ours(content: bytes, clock: Any) -> Any:
    """One import, with its stages on the clock."""
    from guben.accounts import bulk
    from guben.accounts.operator import acting_user
    from guben.audit import trail
    from guben.imports import actions, member_records, member_rows
    from guben.members.actions import writing
    from guben.organisations.models import Organisation

    for module, function, stage in (
        (actions, "read", "reading"), (actions, "Table", "mapping"), (member_rows, "read_values", "validating"),
        (member_rows, "_read_units", "matching"), (member_rows, "_refuse_twice", "matching"),
        (member_records, "plan_for", "matching"), (writing, "_sealed", "sealing, pinyin"),
        (bulk, "insert", "inserting"), (trail, "record_all", "history"),
    ):  # fmt: skip
        clock.wrap(module, function, stage)
    with clock.stage("the rest"):
        sheet = actions.read(content, "", "members")
        return actions.import_members(sheet, Organisation.objects.get(code="99"), acting_user())


def validating(content: bytes) -> tuple[float, float]:
    """Rows a second, by column as the import does it and row by row: the checks alone, the sheet already read."""
    from guben.accounts.installation import today
    from guben.imports import actions, member_checks
    from guben.imports import columns as c
    from guben.imports.table import Table
    from tests.imports.plain_checker import check_rows

    sheet, best = actions.read(content, "", "members"), 0.0
    for _ in range(5):
        table, begun = Table(sheet, c.MEMBER_COLUMNS), time.process_time()
        member_checks.read_values(table, today(), lambda *_told: None)
        best = max(best, table.size / (time.process_time() - begun))
    begun = time.process_time()
    check_rows(sheet, today())
    return best, len(sheet.rows) / (time.process_time() - begun)


def main() -> int:
    rows, peer_rows = (int(word) for word in (sys.argv[1:3] + [str(ROWS), str(PEER_ROWS)][len(sys.argv) - 1 :]))
    with tempfile.TemporaryDirectory() as folder:
        set_up(folder)
        from benchmarks import report, rosters
        from benchmarks.stopwatch import Stopwatch
        from guben.kit.tables import workbook_bytes

        begun = report.machine()
        made = rosters.rows(rows + peer_rows, branches())
        content = workbook_bytes(rosters.HEADERS, made[:rows])
        rates = validating(content)
        peer = _timed_peer(workbook_bytes(rosters.HEADERS, made[rows:]))
        clock, wall = Stopwatch(), time.perf_counter()
        result = ours(content, clock)
        report.write("imports", _page(begun, result, clock, time.perf_counter() - wall, rates, (*peer, peer_rows)))
    return 0


def _timed_peer(content: bytes) -> tuple[float, float, int]:
    """Processor seconds, seconds, and people saved."""
    from benchmarks import imports_peer
    from guben.accounts.installation import today
    from guben.accounts.operator import acting_user
    from guben.organisations.models import Organisation

    units = {unit.short_name: unit for unit in Organisation.objects.filter(kind="branch")}
    wall, begun = time.perf_counter(), time.process_time()
    saved = imports_peer.run(content, acting_user(), units, today())
    return time.process_time() - begun, time.perf_counter() - wall, saved


def _page(begun: str, result: Any, clock: Any, wall: float, rates: Any, peer: Any) -> str:
    from benchmarks import report

    seconds = sum(clock.seconds.values())
    peer_seconds, peer_wall, peer_saved, peer_rows = peer
    rate, peer_rate = result.rows / seconds, peer_rows / peer_seconds
    compared = [
        ["guben import members", f"{result.rows:,}", f"{result.accepted:,}", f"{seconds:.1f}", f"{wall:.1f}",
         f"{rate:,.0f}", f"{rate / peer_rate:.1f}"],
        ["django-import-export, use_bulk", f"{peer_rows:,}", f"{peer_saved:,}", f"{peer_seconds:.1f}",
         f"{peer_wall:.1f}", f"{peer_rate:,.0f}", "1"],
    ]  # fmt: skip
    shares = [[stage, f"{clock.seconds[stage]:.2f}", f"{clock.seconds[stage] / seconds:.0%}"] for stage in STAGES]
    checks = [["by column, each distinct cell once", f"{rates[0]:,.0f}"], ["row by row", f"{rates[1]:,.0f}"]]
    return "\n\n".join(
        [
            "## Taking in a roster",
            f"A workbook of twenty columns, two rows in a hundred with a mistake; SQLite; {begun}. Both read the file, "
            "check every row, look up who is known, work out pinyin, seal two numbers and two addresses with their "
            "index, and write people, stages, affiliations, standings and the history with its proofs. Rates count "
            "processor seconds.",
            report.table(
                ["what", "rows", "saved", "processor s", "clock s", "rows a second", "beside the peer"], compared
            ),
            "What differs: the peer keeps one sentence for a wrong row, not one for each wrong cell; it reads with "
            "openpyxl, as tablib does; it uses the models' bulk_create where ours writes past them. Values are read by "
            "the same functions, the peer cell by cell.",
            report.table(["stage of ours", "processor s", "share"], shares),
            "Checking alone, the sheet already read:",
            report.table(["way", "rows a second"], checks),
        ]
    )


if __name__ == "__main__":
    raise SystemExit(main())

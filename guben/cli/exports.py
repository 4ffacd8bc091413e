"""`guben export members|organisations`."""

from __future__ import annotations

import os
import sys
import time
from argparse import Namespace
from pathlib import Path

from guben.cli.context import BadInput, print_json, progress, unit_of, user_of
from guben.exports import actions
from guben.exports.choices import Columns, Format, What
from guben.exports.plans import Plan


def run(options: Namespace) -> int:
    """Writes a sheet to a file that this account of the machine alone can read, and notes it in the history."""
    plan, by = plan_of(options), user_of(options)
    unit = unit_of(options.at, by)
    place = Path(options.out)
    actions.require(plan, unit, by)
    begun, told = time.monotonic(), [0.0]
    part = place.with_name(f".{place.name}.part")
    try:
        with open(os.open(part, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600), "w+b") as file:
            rows = actions.write(plan, unit, file, by=by, progress=lambda done, total, _words: _tell(told, done, total))
        actions.note(plan, unit, rows, by=by)
        part.replace(place)
    except OSError as fault:
        raise BadInput(f"{place} can't be written: {fault.strerror}.") from None
    finally:
        part.unlink(missing_ok=True)
    if options.json:
        return print_json({"rows": rows, "file": str(place), "whole": plan.whole})
    print(f"{rows:,} rows written to {place} in {time.monotonic() - begun:.1f} s.")
    return 0


def plan_of(options: Namespace) -> Plan:
    """What the words ask for; the format is told by the file's ending and --gb18030."""
    ending = Path(options.out).suffix.lower()
    if ending not in (".xlsx", ".csv"):
        raise BadInput("Name the file to write with its ending, .xlsx or .csv: --out FILE.xlsx.")
    if options.verb == What.ORGANISATIONS:
        return Plan(what=What.ORGANISATIONS, format=_format(ending, gb18030=options.gb18030))
    return Plan(
        what=What.MEMBERS,
        columns=Columns.ALL if options.all else Columns.NATIONAL if options.national else Columns.OURS,
        extra=options.extra,
        format=_format(ending, gb18030=options.gb18030),
        whole=options.full,
        reason=options.reason if options.full else "",
    )


def _format(ending: str, *, gb18030: bool) -> str:
    if ending == ".xlsx":
        return Format.XLSX
    return Format.CSV_GB18030 if gb18030 else Format.CSV


def _tell(told: list[float], done: int, total: int) -> None:
    """At most a line a second, and only to somebody who watches."""
    if sys.stderr.isatty() and time.monotonic() - told[0] >= 1:
        told[0] = time.monotonic()
        progress("rows", done, total)

"""`guben benchmark`: an invented country from a bulletin file, its rows counted by hand, and some of them altered."""

from __future__ import annotations

import hashlib
from argparse import Namespace
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from guben import __version__
from guben.cli import alterations
from guben.cli.context import BadInput, print_json, progress, stopped_as_by_hand
from guben.rulebook_engine.facts import catalogue

if TYPE_CHECKING:
    from guben.generator.generate import Generated


def run(options: Namespace) -> int:
    if find_spec("pyarrow") is None:
        raise BadInput("This needs the extra packages of whole-country runs: pip install 'guben[national]'.")
    with stopped_as_by_hand():
        return VERBS[options.verb](options)


def _generate(options: Namespace) -> int:
    from guben.generator.bulletins import read_bulletin
    from guben.generator.columns import Shape
    from guben.generator.generate import Order, generate

    shapes = [
        Shape(table.name, tuple((column.name, column.type) for column in table.stored_columns)) for table in catalogue
    ]
    order = Order(
        bulletin=read_bulletin(Path(options.bulletin), options.on),
        shapes=shapes,
        version=__version__,
        members=options.members,
        organisations=options.organisations,
        seed=options.seed,
        divisions=Path(options.divisions),
    )
    out = Path(options.out)
    return _tell(generate(order, out, progress), out, options)


def _tell(done: Generated, out: Path, options: Namespace) -> int:
    document = {
        "folder": str(out),
        "on": done.manifest.on,
        "generated": dict(done.manifest.generated),
        "rows": {name: done.manifest.rows(name) for name in done.manifest.tables},
        "not_told_by_one_day": done.unknown,
        "missed": done.missed,
        "manifest_sha256": hashlib.sha256(done.manifest.text().encode()).hexdigest(),
    }
    if options.json:
        return print_json(document)
    print(f"{out}: {done.sizes.members:,} invented members in {done.manifest.units:,} units on {done.manifest.on}")
    for name in done.manifest.tables:
        print(f"  {name:<20} {done.manifest.rows(name):>13,}")
    for words, rows in (("not counted by records of one day", done.unknown), ("could not be met", done.missed)):
        if rows:
            print(f"  {words}: {'; '.join(rows)}")
    return 0


def _check(options: Namespace) -> int:
    from guben.generator.bulletins import read_bulletin
    from guben.generator.check import Answer, check

    answers: list[Answer] = check(Path(options.snapshot), read_bulletin(Path(options.bulletin), options.on))
    unequal = sum(one.is_equal is False for one in answers)
    equal = sum(one.is_equal is True for one in answers)
    if options.json:
        rows = [
            {
                "table": one.line.table,
                "row": one.line.row,
                "unit": one.line.unit,
                "published": one.line.text,
                "counted": one.counted,
                "shown": one.shown,
                "equal": one.is_equal,
                "why": one.why,
            }
            for one in answers
        ]
        return print_json({"equal": equal, "unequal": unequal, "rows": rows})
    for one in answers:
        counted = "" if one.counted is None else f"{one.counted:,}"
        word = one.why if one.is_equal is None else "equal" if one.is_equal else "NOT EQUAL"
        name = f"{one.line.table} {one.line.row}"
        print(f"  {one.line.text:>10} {one.line.unit:<3} {one.shown:>10} {counted:>14}  {word:<20} {name}")
    print(f"{equal} rows equal, {unequal} not, {len(answers) - equal - unequal} not told by the records of one day")
    return 0


VERBS = {"generate": _generate, "check": _check, "alter": alterations.alter, "compare": alterations.compare}

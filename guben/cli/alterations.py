"""`guben benchmark alter|compare`: rows altered at random, and the figures that a count by hand says they change."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from guben.cli.context import BadInput, library_for, print_json, progress
from guben.figures import bulletin as tables
from guben.rollup import bulletins
from guben.rollup.results import OpenResult, open_result
from guben.rulebook_engine.aggregates import Figure
from guben.rulebook_engine.frozen import MANIFEST, digest
from guben.rulebook_engine.library import Library

if TYPE_CHECKING:
    from guben.generator.comparing import Asked, Changes, Count, Numbers, Side

NOTHING = (0, 0)
MOST_NAMED = 20  # units with differences
UNITS_TOLD = 20  # at once
SEED = 1  # of the units that are looked at closely


@dataclass(frozen=True, slots=True)
class _Compared:
    """A row at a unit: by hand before and after, what must change by the altered rows alone, and what is shown."""

    code: str
    asked: Asked
    hand: tuple[Numbers, Numbers]
    must: Numbers
    shown: tuple[Numbers, Numbers]

    @property
    def is_changed(self) -> bool:
        return self.hand[0] != self.hand[1]

    @property
    def is_equal(self) -> bool:
        return self.shown == self.hand and _less(self.hand[1], self.hand[0]) == self.must


@dataclass(frozen=True, slots=True)
class _WholeTree:
    """All units of the results: how many figures changed as they must, how many did not change and must not, and which
    differ, by the unit's id."""

    changed: int
    same: int
    units: int
    different: Mapping[int, list[str]]


def alter(options: Namespace) -> int:
    from guben.generator.altering import alter as altered

    out = Path(options.out)
    done = altered(Path(options.snapshot), out, options.rows, options.seed, progress)
    if options.json:
        told = {"folder": str(out), "generated": dict(done.manifest.generated), "acts": dict(done.acts)}
        return print_json({**told, "files_written": done.written, "files_kept": done.kept})
    print(f"{out}: {options.rows:,} rows altered; {done.written} files written, {done.kept} are the old ones")
    for act, count in done.acts.items():
        print(f"  {act:<20} {count:>9,}")
    return 0


def compare(options: Namespace) -> int:
    from guben.generator.comparing import Count, Side, asked_of, sample

    before, after = Side(Path(options.before)), Side(Path(options.after))
    on = before.manifest.on
    if on != after.manifest.on:
        raise BadInput(f"The snapshots are of two days, {on} and {after.manifest.on}.")
    if not (before.manifest.generated and after.manifest.generated):
        raise BadInput("Only snapshots of invented records are compared.")
    library = library_for(options, before.manifest.generated)
    count = Count(asked_of(_rows(library, on), on), progress)
    with ExitStack() as stack:
        results = _results(options, library, (before, after), stack)
        progress("what must change")
        changes = count.changes(before, after)
        progress("units of every level")
        units = sample(before, after, changes, options.units, SEED)
        shown = _Shown(library, (before.folder, after.folder), results)
        rows = list(_compared(count, (before, after), changes, units, shown))
        progress("all units") if results else None
        whole = _whole_tree(results, count, changes, after.units_with(before)) if results else None
    return _tell(options, rows, whole)


def _rows(library: Library, on: date) -> list[tuple[str, str, str, bool]]:
    """The rows that can be counted: their names alone, not how the rules count them."""
    return [
        (table.key_of(row), table.name, row.title.zh, table.unit_of(row) == "share")
        for table in library.tables(on)
        for row in table.printed(on)
        if row.value is not None
    ]


class _Shown:
    """What the reports or the results of both snapshots show."""

    def __init__(self, library: Library, folders: Sequence[Path], results: Sequence[OpenResult]) -> None:
        self.library, self.folders, self.results = library, folders, results

    def at(self, side: int, code: str) -> Mapping[str, Figure]:
        if self.results:
            return bulletins.counted_result(self.results[side], code).figures
        folder = self.folders[side]
        with tables.frozen_unit(folder, tables.manifest_of(folder), code) as unit:
            return tables.counted_invented(unit, self.library).figures


def _results(options: Namespace, library: Library, sides: Sequence[Side], stack: ExitStack) -> list[OpenResult]:
    """The two results, if they are of these snapshots and by the same rules."""
    found = [stack.enter_context(open_result(Path(name), library)) for name in options.results or ()]
    for side, result in zip(sides, found, strict=False):
        if result.manifest.snapshot_digest != digest(side.folder / MANIFEST):
            raise BadInput(f"{result.folder} is no result of {side.folder}: name them in the same order.")
    if len({one.manifest.fingerprint for one in found}) > 1:
        raise BadInput("The results were worked out by different rules.")
    return found


def _whole_tree(results: Sequence[OpenResult], count: Count, changes: Changes, units: int) -> _WholeTree:
    """Every unit where the results differ or must differ, row by row."""
    library = results[0].library
    indicators = [one for one in library.rows(results[0].on) if one.key in {row.key for row in count.asked}]
    shown = bulletins.differing(results[0], results[1], indicators)
    changed, different = 0, {}
    for unit in {*map(int, changes.organisation), *shown}:
        must = count.numbers(changes.of(unit))
        before, after = shown.get(unit, ({}, {}))
        wrong = []
        for row in count.asked:
            seen = _less(_numbers(after.get(row.key), row.is_share), _numbers(before.get(row.key), row.is_share))
            if seen != must[row.key]:
                wrong.append(row.key)
            changed += seen == must[row.key] != NOTHING
        if wrong:
            different[unit] = wrong
    same = units * len(count.asked) - changed - sum(map(len, different.values()))
    return _WholeTree(changed, same, units, different)


def _compared(
    count: Count, sides: Sequence[Side], changes: Changes, units: Sequence[int], shown: _Shown
) -> Iterator[_Compared]:
    hand = [count.at(side, units) for side in sides]
    codes = sides[1].codes(units)
    for done, unit in enumerate(units, start=1):
        must = count.numbers(changes.of(unit))
        seen = [shown.at(side, codes[unit]) for side in (0, 1)]
        for row in count.asked:
            figures = [_numbers(one.get(row.key), row.is_share) for one in seen]
            by_hand = (hand[0][unit][row.key], hand[1][unit][row.key])
            yield _Compared(codes[unit], row, by_hand, must[row.key], (figures[0], figures[1]))
        if done % UNITS_TOLD == 0 or done == len(units):
            progress("units", done, len(units))


def _numbers(figure: Figure | None, is_share: bool) -> Numbers:
    if figure is None:
        return NOTHING
    if is_share:
        return int(figure.numerator or 0), int(figure.denominator or 0)
    return int(figure.value or 0), 0


def _less(after: Numbers, before: Numbers) -> Numbers:
    return after[0] - before[0], after[1] - before[1]


def _tell(options: Namespace, rows: Sequence[_Compared], whole: _WholeTree | None) -> int:
    changed, wrong = sum(row.is_changed for row in rows), [row for row in rows if not row.is_equal]
    same = len(rows) - changed
    if options.json:
        document = {
            "changed": changed,
            "same": same,
            "differences": len(wrong),
            "rows": [_document(row) for row in rows],
        }
        return print_json(document | ({"whole_tree": asdict(whole)} if whole else {}))
    unit = ""
    for row in rows:
        if row.code != unit:
            unit = row.code
            print(f"{unit:<42} {'before':>12} {'after':>12} {'must':>9} {'shown':>9}")
        if row.is_changed or not row.is_equal:
            print(_line(row))
    if whole is None:
        print(f"{changed:,} figures changed, {same:,} did not, {len(wrong):,} differences")
        return 0
    units = len({row.code for row in rows})
    print(f"of {units} units: {changed:,} figures changed, {same:,} did not, {len(wrong):,} differences")
    for organisation, keys in list(whole.different.items())[:MOST_NAMED]:
        print(f"  NOT EQUAL in the results: unit {organisation}: {', '.join(keys)}")
    differ = len(wrong) + sum(map(len, whole.different.values()))
    print(f"of all {whole.units:,} units:")
    print(f"{whole.changed:,} figures changed, {whole.same:,} did not, {differ:,} differences")
    return 0


def _line(row: _Compared) -> str:
    before, after = (_shown_as(one, row.asked.is_share) for one in row.hand)
    must, seen = (_shown_as(one, row.asked.is_share, "+") for one in (row.must, _less(row.shown[1], row.shown[0])))
    name = f"{row.asked.table} {row.asked.row}"
    return f"  {'equal' if row.is_equal else 'NOT EQUAL':<9} {before:>12} {after:>12} {must:>9} {seen:>9}  {name}"


def _shown_as(numbers: Numbers, is_share: bool, sign: str = "") -> str:
    """A number, or of how many how many."""
    return f"{numbers[0]:{sign},}/{numbers[1]:{sign},}" if is_share else f"{numbers[0]:{sign},}"


def _document(row: _Compared) -> dict[str, Any]:
    return {
        "at": row.code,
        "table": row.asked.table,
        "row": row.asked.row,
        "key": row.asked.key,
        "is_share": row.asked.is_share,
        "before": row.hand[0],
        "after": row.hand[1],
        "must_change_by": row.must,
        "shown_before": row.shown[0],
        "shown_after": row.shown[1],
        "equal": row.is_equal,
    }

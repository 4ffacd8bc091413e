"""Which figures about few people a result does not show: worked out from its files over all units at once.

Figures that tell of the same thing go together, group by group; the same is hidden as live, seen from the top.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np

from guben.figures.discretion import is_about_people
from guben.figures.families import families, relatives
from guben.kit.coarsening import Family
from guben.kit.coarsening_columns import Counts, Levels, Truths, hidden_columns
from guben.rollup.results import Asked, OpenResult
from guben.rulebook_engine.columnar import Values, values
from guben.rulebook_engine.entries import Indicator
from guben.rulebook_engine.expressions import Node
from guben.rulebook_engine.rolling_up import PartTree

Progress = Callable[[int, int], None]


def about_people(result: OpenResult) -> list[Indicator]:
    """The figures about people that the pages of a result show: the printed rows of the nation's yearly tables and the
    figures of subtrees."""
    on, rules = result.on, result.library
    printed = [
        table.indicators[row.key]
        for table in rules.tables(on)
        if table.is_national
        for row in table.printed(on)
        if row.key in table.indicators
    ]
    found = [*printed, *(one for one in rules.indicators(on) if one.scope == "subtree")]
    return [one for one in {one.key: one for one in found}.values() if is_about_people(one) and result.has(one)]


def hidden_cells(result: OpenResult, progress: Progress = lambda _done, _total: None) -> dict[str, Truths]:
    """By the key of each figure about people: which units' is not shown, by the units' numbers.

    Raises:
        BrokenManifest: a file is gone or damaged.
    """
    about = {one.key: one for one in about_people(result)}
    alike, units = families(result.library, result.on), _Units(result)
    groups = _groups(list(about), alike)
    found: dict[str, Truths] = {}
    for done, keys in enumerate(groups):
        counts = units.counts([about[key] for key in keys])
        found |= hidden_columns(units.tree, counts, alike)
        progress(done + 1, len(groups))
    return found


def _groups(keys: Sequence[str], alike: Sequence[Family]) -> list[list[str]]:
    """The keys with those that tell of the same thing; groups have no say in each other."""
    groups: list[list[str]] = []
    left = dict.fromkeys(keys)
    while left:
        together: Collection[str] = relatives([next(iter(left))], alike)
        groups.append([key for key in left if key in together])
        left = {key: None for key in left if key not in together}
    return groups


@dataclass
class _Units:
    """All units of a result, and figures as columns over them."""

    result: OpenResult

    @cached_property
    def tree(self) -> Levels:
        size = self.result.manifest.units
        ids, above, ends = (np.zeros(size, np.int64) for _ in range(3))
        for part in self.result.manifest.parts:
            rows = self.result.files.columns(part.number, ["number", "organisation", "parent", "ends"], [])
            number = rows["number"]
            ids[number], ends[number] = rows["organisation"], rows["ends"]
            above[number] = np.ma.filled(rows["parent"], np.iinfo(np.int64).min)
        return Levels.of(PartTree(np.arange(size), ids, ends, above).parent)

    def counts(self, indicators: Sequence[Indicator]) -> Iterator[tuple[str, Counts]]:
        """The figures of all units: how many of how many. Each is let go of when it was told."""
        asked = [self.result.asked_of(one) for one in indicators]
        atoms = sorted({atom for one in asked for atom in one.atoms})
        abouts = sorted({one.about for one in asked if one.about})
        found = {one.key: _empty(one, self.result.manifest.units) for one in asked}
        for part in self.result.manifest.parts:
            rows = self.result.files.columns(part.number, ["number", *abouts], atoms)
            for one in asked:
                self._fill(found[one.key], one, rows, {atom: f"x{place}" for place, atom in enumerate(atoms)})
        while found:
            yield found.popitem()

    def _fill(self, counts: Counts, asked: Asked, rows: Mapping[str, Any], names: Mapping[int, str]) -> None:
        """What a part's rows say of one figure."""
        number, on = rows["number"], self.result.on
        known = {place: _column(rows[names[atom]]) for place, atom in enumerate(asked.atoms)}
        aggregation = asked.aggregation
        counts.numerator[number] = _numbers(aggregation.numerator or aggregation.value, known, on)
        if counts.denominator is not None and aggregation.denominator is not None:
            counts.denominator[number] = _numbers(aggregation.denominator, known, on)
        if counts.there is not None:
            first, last = asked.span or (0, self.result.manifest.units)
            within = (number >= first) & (number < last)
            counts.there[number] = within & rows[asked.about] if asked.about else within


def _empty(asked: Asked, size: int) -> Counts:
    denominator = None if asked.aggregation.denominator is None else np.empty(size)
    there = np.zeros(size, bool) if asked.about or asked.span else None
    return Counts(np.empty(size), denominator, there)


def _column(found: Any) -> Values:
    return Values(np.ma.getdata(found), ~np.ma.getmaskarray(found) if np.ma.is_masked(found) else None)


def _numbers(node: Node, atoms: Mapping[int, Values], on: date) -> Any:
    """A tree over atoms as numbers, not-a-number where it is null."""
    with np.errstate(all="ignore"):  # what is unknown is computed too, and left out
        found = values(node, atoms, on)
    numbers = np.asarray(found.values, np.float64)
    return numbers if found.known is None else np.where(found.known, numbers, np.nan)

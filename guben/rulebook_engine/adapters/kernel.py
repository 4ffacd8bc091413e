"""A whole tree worked out by the kernel: one pass over the columns that filters look at, one pass up the tree.

The compiled loops (`kernel_loops`) are the same for all rulebooks; the conditions are tables (`filter_tables`),
so a rule that was just written runs without anything being compiled.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from functools import cached_property, lru_cache
from pathlib import Path
from types import ModuleType
from typing import Any

import numba
import numpy as np
import polars as pl
from numpy.typing import NDArray

from guben.rulebook_engine.adapters.kernel_counts import Counts
from guben.rulebook_engine.adapters.kernel_files import read_only, read_rows
from guben.rulebook_engine.adapters.kernel_units import UnitFacts
from guben.rulebook_engine.adapters.whole_duckdb import spans_of
from guben.rulebook_engine.aggregates import aggregation_of
from guben.rulebook_engine.columnar import Values, truth, values
from guben.rulebook_engine.entries import Entry, Standard
from guben.rulebook_engine.evaluation import unit_columns
from guben.rulebook_engine.expressions import Checked, Node, columns_of
from guben.rulebook_engine.filter_tables import FilterTables, filter_tables
from guben.rulebook_engine.frozen import TREE_TABLE, Manifest
from guben.rulebook_engine.plan_of_run import (
    FAILS,
    HOLDS,
    NOT_ABOUT,
    NULL,
    UNKNOWN,
    HandedUp,
    PartFigures,
    Plan,
    PlannedDuty,
    tally_places,
)
from guben.rulebook_engine.rolling_up import PartTree, add_handed_up, hand_up, states_of

UNITS = "organisation"
FUNCTIONS = {"count": 1, "sum": 1, "min": 2, "max": 3}


def prepare(cache: Path | None = None) -> float:
    """Compiles the loops, or reads them compiled from the folder; the seconds that it took."""
    if cache is not None:
        numba.config.CACHE_DIR = str(cache)
    started = time.perf_counter()
    _loops()
    return time.perf_counter() - started


@lru_cache(maxsize=1)
def _loops() -> ModuleType:
    from guben.rulebook_engine.adapters import kernel_loops

    kernel_loops.try_all()
    return kernel_loops


@lru_cache(maxsize=4)
def _tables(plan: Plan) -> dict[str, FilterTables]:
    return {name: filter_tables(plan, name) for name in plan.tables}


def work_out(
    folder: Path, manifest: Manifest, part: int, plan: Plan, handed_up: Sequence[HandedUp] = ()
) -> PartFigures:
    """The figures, verdicts and duties of all units of a part."""
    work = _Work(folder, manifest, part, plan)
    tree = work.tree
    with np.errstate(all="ignore"):  # what is unknown is computed too, and left out
        own, below = work.atoms(handed_up)
        about = {check: work.where(check, plan.on) for check in plan.abouts}
        verdict = {standard.key: work.verdict(standard, own, below, about) for standard in plan.standards}
        duty = {planned.label: work.duty(planned, own) for planned in plan.duties}
        tops = [work.at_and_below(number, own, below, tree.tops) for number in range(len(own))]
    tally, of_tops = work.tallies([*verdict.values(), *duty.values()], handed_up)
    return PartFigures(
        part=part,
        number=tree.number,
        organisation=tree.organisation,
        parent=tree.parent,
        ends=tree.ends,
        own=own,
        below=below,
        about=about,
        verdict=verdict,
        duty=duty,
        with_children=tree.with_children,
        tally=tally,
        up=hand_up(plan, tops, of_tops, tree),
        rows=work.rows,
    )


Arrays = tuple[NDArray[Any], ...]


class _Work:
    """One part while it is worked out."""

    def __init__(self, folder: Path, manifest: Manifest, part: int, plan: Plan) -> None:
        self.folder = folder
        self.manifest = manifest
        self.part = part
        self.plan = plan
        self.loops = _loops()
        self.tree = self._read_tree()
        self.row_of = np.full(len(self.tree), -1, np.int32)
        self.row_of[self.tree.with_children] = np.arange(len(self.tree.with_children))
        self.spans = spans_of(folder, plan.issuers)
        self.rows = 0

    def _read_tree(self) -> PartTree:
        file = self.manifest.file(TREE_TABLE, self.part)
        if file is None:
            raise LookupError(f"No part {self.part} in {self.folder}.")
        found = pl.read_parquet(self.folder / file.name, columns=["number", "organisation", "ends", "parent"])
        if not found["number"].is_sorted():
            found = found.sort("number")
        return PartTree(*(np.ascontiguousarray(found[name].fill_null(NULL).to_numpy()) for name in found.columns))

    def atoms(self, handed_up: Sequence[HandedUp]) -> tuple[Arrays, Arrays]:
        """All columns of the plan: each unit's own, and for the units with children what is at and below them."""
        own: dict[int, NDArray[Any]] = {}
        below: dict[int, NDArray[Any]] = {}
        for table in self.plan.tables:
            counts = Counts(_tables(self.plan)[table], self.plan, self.tree, self.row_of, self.loops)
            file = self.manifest.file(table, self.part)
            for rows in read_rows(self.folder / file.name, counts.tables.types) if file and file.rows else ():
                counts.add(rows)
                self.rows += rows.size
            counts.finish(own, below)
        listed = tuple(own[number] for number in range(len(own)))
        if handed_up:
            return listed, self._with_handed_up(listed, handed_up)
        return listed, tuple(below[number] for number in range(len(below)))

    def _with_handed_up(self, own: Arrays, handed_up: Sequence[HandedUp]) -> Arrays:
        totals = [values.astype(np.float64 if values.dtype.kind == "f" else np.int64) for values in own]
        add_handed_up(self.plan, totals, self.tree, handed_up)
        for column, total in zip(self.plan.columns, totals, strict=True):
            self.loops.roll(total, self.tree.parent, FUNCTIONS[column.atom.function])
        return tuple(total[self.tree.with_children] for total in totals)

    def at_and_below(self, column: int, own: Arrays, below: Arrays, at: Any) -> NDArray[Any]:
        """An atom over units at some places and all below them."""
        rows, found = self.row_of[at], np.asarray(own[column][at])
        heads = rows >= 0
        if heads.any():
            found = found.astype(below[column].dtype)
            found[heads] = below[column][rows[heads]]
        return found

    @cached_property
    def facts(self) -> UnitFacts:
        trees: list[Node] = [check.tree for check in self.plan.abouts]
        trees += [standard.holds.tree for standard in self.plan.standards]
        for planned in self.plan.duties:
            trees += [planned.duty.who.tree, *(part.where.tree for part in planned.duty.applies)]
        times = [planned.duty.times for planned in self.plan.duties if isinstance(planned.duty.times, str)]
        return UnitFacts.read(self.folder, self.manifest.file(UNITS, self.part), trees, times, self.tree)

    @cached_property
    def days(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Since when each unit is, and is kept."""
        return self.facts.numbers("founded_on", NULL), self.facts.numbers("kept_from", NULL)

    def where(self, check: Checked, day: Any) -> NDArray[np.bool_]:
        """Where a condition over the units' own facts is true."""
        return np.logical_and(self.facts.there, truth(check.tree, self.facts, day)[0])

    def holds(self, rule: Entry) -> NDArray[np.bool_] | bool:
        """Which units stand at or below the unit that made the rule."""
        return rule.is_national or self.tree.within(self.spans.get(rule.issued_by, (0, 0)))

    def verdict(
        self, standard: Standard, own: Arrays, below: Arrays, about: Mapping[Checked, NDArray[np.bool_]]
    ) -> NDArray[np.int8]:
        """A standard's verdict on each unit."""
        indicator = self.plan.by_key[standard.indicator]
        meant = np.broadcast_to(self.holds(standard), len(self.tree))
        for check in (standard.who, indicator.who):
            meant = meant & about[check] if check else meant
        if unit_columns(standard.holds):
            meant = meant & self.facts.there
        if 2 * np.count_nonzero(meant) > len(meant):
            judged = self._judged(standard, own, below, slice(None))
            judged *= meant
            return judged
        found = np.full(len(meant), NOT_ABOUT, np.int8)
        at = np.flatnonzero(meant)
        found[at] = self._judged(standard, own, below, at)
        return found

    def _judged(self, standard: Standard, own: Arrays, below: Arrays, at: Any) -> NDArray[np.int8]:
        """A standard's verdict at some places, whomever it is about."""
        indicator = self.plan.by_key[standard.indicator]
        aggregation = aggregation_of(indicator)
        rows: dict[Any, Values] = {column.name: self.facts[column.name].at(at) for column in _stored(standard.holds)}
        for place, column in enumerate(self.plan.columns_of(indicator)):
            found = self.at_and_below(column, own, below, at) if indicator.scope == "subtree" else own[column][at]
            is_count = self.plan.columns[column].atom.function == "count"
            rows[place] = Values(found, None if is_count else _known(found))
        figure = {
            "value": aggregation.value,
            "numerator": aggregation.numerator,
            "denominator": aggregation.denominator,
        }
        units = len(self.tree.number[at])
        for name in {column.name for column in columns_of(standard.holds.tree)} & set(figure):
            tree = figure[name]
            rows[name] = values(tree, rows, self.plan.on) if tree else Values(0.0, np.zeros(units, bool))
        true, false = truth(standard.holds.tree, rows, self.plan.on)
        judged = np.full(units, UNKNOWN, np.int8)
        judged -= np.asarray(true, np.int8) * np.int8(UNKNOWN - HOLDS)
        judged -= np.asarray(false, np.int8) * np.int8(UNKNOWN - FAILS)
        return judged

    def duty(self, planned: PlannedDuty, own: Arrays) -> NDArray[np.int8]:
        """The state of a duty at each unit."""
        duty = planned.duty
        who = self.where(duty.who, planned.day) & self.holds(duty)
        applies = np.ones(len(who), bool)
        for part in duty.applies:
            applies &= self.where(part.where, planned.day)
        times = self.facts.numbers(duty.times, 0) if isinstance(duty.times, str) else np.array([duty.times])
        counts = (own[number].astype(np.int32, copy=False) for number in (planned.good, planned.in_time))
        given = (read_only(one) for one in (who, applies, times, *self.days, *counts))
        found = np.empty(len(who), np.int8)
        self.loops.owed(*given, *states_of(planned, self.plan), found)
        return found

    def tallies(
        self, codes: Sequence[NDArray[np.int8]], handed_up: Sequence[HandedUp]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """How many units at and below each unit with children, and each top, have each verdict and state."""
        places = tally_places(self.plan)
        firsts = np.array([at for name, at in places.items() if name != ""], np.int64)
        found = np.zeros((len(self.tree.with_children), places[""]), np.int64)
        for one in handed_up:
            at = self.tree.places(one.parents)
            np.add.at(found, self.row_of[at[at >= 0]], one.tallies[at >= 0])
        matrix = np.stack(codes) if codes else np.zeros((0, len(self.tree)), np.int8)
        self.loops.tally(matrix, firsts, self.tree.parent, self.row_of, found)
        tops = self.tree.tops
        of_tops = np.zeros((len(tops), places[""]), np.int64)
        leaves = self.row_of[tops] < 0
        of_tops[~leaves] = found[self.row_of[tops[~leaves]]]
        for first, column in zip(firsts, matrix[:, tops], strict=True):
            single = np.flatnonzero(leaves & (column > 0))
            of_tops[single, first + column[single] - 1] = 1
        return found, of_tops


def _stored(check: Checked) -> list[Any]:
    return [column for column in unit_columns(check) if column.type != "age"]


def _known(found: NDArray[Any]) -> NDArray[np.bool_] | None:
    known = ~np.isnan(found) if found.dtype.kind == "f" else found != NULL
    return None if known.all() else known

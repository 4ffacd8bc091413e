"""The atoms of one fact table over the units of a part: rows go in, columns of figures come out."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from types import ModuleType
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from guben.rulebook_engine.adapters.kernel_files import Codes, Rows, read_only
from guben.rulebook_engine.columnar import Values, values
from guben.rulebook_engine.filter_tables import (
    TRUTHS,
    WIDEST,
    WORD,
    Bits,
    FilterTables,
    Total,
    bits_of,
    dictionary,
    span,
    stored_names,
)
from guben.rulebook_engine.plan_of_run import NULL, Plan
from guben.rulebook_engine.rolling_up import PartTree, nothing

FUNCTIONS = {"sum": 1, "min": 2, "max": 3}
STRIDE = 4096  # a range of days is widened to whole strides, so that one table serves many row groups
SHORT_STRIDE = 64  # the same for a range of numbers
TOGETHER = 12  # conditions that are worked out and looked up as one column
MOST_TABLED = 20  # columns with tables of their own; further ones are worked out like conditions on several
MOST_IN_A_BYTE = 255
NARROW = pl.Int32  # numbers that are looked up as they are
NONE = read_only(np.zeros(0, np.int32))
Index = tuple[Codes, int, object, Values]  # places in a table, what is added to them, its name and domain


class Counts:
    """Counters of all units of a part for one table. Feed it rows with `add`, then `finish`."""

    def __init__(
        self, tables: FilterTables, plan: Plan, tree: PartTree, row_of: NDArray[np.int32], loops: ModuleType
    ) -> None:
        self.tables = tables
        self.plan = plan
        self.tree = tree
        self.row_of = row_of
        self.loops = loops
        self.order, self.ordered = tree.sorted
        self.rows_of = np.zeros(len(tree), np.int64)
        self.own = np.zeros((len(tree), tables.lanes), np.uint64)
        self.spill_of = np.full(len(tree), -1, np.int32)
        self.spill = np.zeros((0, WORD * tables.counted), np.int32)
        self.spilled = 0
        self._bounds: dict[str, tuple[int, int]] = {}  # of each column's values until now, in whole strides
        self._indexes: dict[str, Index | None] = {}
        self._by_place: dict[tuple[int, object], NDArray[Any]] = {}  # a total's values by the places of its days
        self.sums = {one.column: self._empty(one) for one in tables.totals}

    def _empty(self, total: Total) -> NDArray[Any]:
        is_double = total.atom.is_double
        empty = nothing(total.atom.function, is_double=is_double)
        return np.full(len(self.tree), empty, np.float64 if is_double else np.int64)

    def add(self, rows: Rows) -> None:
        """Counts some rows."""
        self._indexes.clear()
        ids, starts = self.tree.organisation, np.empty(rows.size, np.int32)
        starts = starts[: self.loops.runs_of(rows.organisation, starts)]
        places = np.empty(len(starts), np.int32)
        full = self.loops.places_of(rows.organisation, starts, ids, self.order, self.ordered, self.rows_of, places)
        if full:
            more = np.zeros((full, self.spill.shape[1]), np.int32)
            self.spill = np.concatenate([self.spill, more])
        columns, *program = self._program(rows)
        passed = np.empty((self.tables.words - self.tables.counted, rows.size), np.uint64)
        self.spilled = self.loops.count(
            columns, *program, self.tables.counted, rows.size, starts, places, self.rows_of,
            self.own, self.spill_of, self.spill, self.spilled, passed,
        )  # fmt: skip
        for total in self.tables.totals:
            self._total(total, rows, passed[total.word], starts, places)

    def _program(self, rows: Rows) -> tuple[Any, ...]:
        """The columns of places, and for each word which of them are looked up in which table."""
        columns: list[NDArray[np.int32]] = []
        looked_up: list[tuple[int, dict[int, Bits]]] = []
        others = list(self.tables.others)
        for names, parts in self.tables.tabled.items():
            indexes = [self.index(name, rows) for name in names]
            if len(columns) == MOST_TABLED or not (index := self._together(indexes)):
                others += parts
                continue
            places, shift, known_as, domains = index
            columns.append(places)
            looked_up.append((shift, self.tables.table(names, known_as, domains)))
        for start in range(0, len(others), TOGETHER):
            some = others[start : start + TOGETHER]
            columns.append(read_only(self.tables.worked_out(some, rows, rows.size)))
            looked_up.append((0, bits_of(some)))
        if len(columns) > self.loops.MOST_COLUMNS:
            raise OverflowError(f"The rules ask for too many conditions of one fact table: {len(self.tables.parts)}.")
        columns += [NONE] * (self.loops.MOST_COLUMNS - len(columns))
        return tuple(columns), *self._steps(looked_up)

    def _together(self, indexes: Sequence[Index | None]) -> tuple[Codes, int, list[object], list[Values]] | None:
        """The places in a table of several columns together; None where that would be too large."""
        found = [index for index in indexes if index is not None]
        if len(found) < len(indexes) or prod(len(index[3].values) for index in found) > WIDEST:
            return None
        places, shift = found[0][:2]
        for more, by, _name, domain in found[1:]:
            places = read_only(self.loops.together(places, shift, more, by, len(domain.values)))
            shift = 0
        return places, shift, [index[2] for index in found], [index[3] for index in found]

    def _steps(self, looked_up: list[tuple[int, dict[int, Bits]]]) -> tuple[NDArray[Any], ...]:
        firsts, step_column, step_shift, tables = [0], [], [], [np.zeros(0, np.uint64)]
        at = 0
        for word in range(self.tables.words):
            for column, (shift, by_word) in enumerate(looked_up):
                if word in by_word:
                    step_column.append(column)
                    step_shift.append(at + shift)
                    tables.append(by_word[word])
                    at += len(by_word[word])
            firsts.append(len(step_column))
        numbers = (np.array(one, np.int64) for one in (firsts, step_column, step_shift))
        return *numbers, np.concatenate(tables)

    def index(self, name: str, rows: Rows) -> Index | None:
        """A column as places in a table; None where it has too many values for one. It is kept for these rows."""
        if name not in self._indexes:
            self._indexes[name] = self._index(name, rows)
        return self._indexes[name]

    def _index(self, name: str, rows: Rows) -> Index | None:
        type_ = self.tables.types[name]
        if type_ == "text":
            codes, texts = rows.texts[name]
            return codes, 0, texts, dictionary(texts)
        column = rows.plain[name]
        if type_ == "boolean":
            column = column.cast(pl.Int32)
            return read_only((column.fill_null(2) if column.null_count() else column).to_numpy()), 0, "", TRUTHS
        found = self._within_bounds(name, column)
        if found is None:
            self._bounds[name] = self._bounds_of(column, STRIDE if type_ == "date" else SHORT_STRIDE)
            found = self._within_bounds(name, column)
        if found is None:
            return None
        lowest, highest = self._bounds[name]
        shift = 1 - lowest if column.dtype == NARROW else 0
        return read_only(found), shift, (lowest, highest), span(lowest, highest)

    def _bounds_of(self, column: pl.Series, stride: int) -> tuple[int, int]:
        lowest, highest = column.min(), column.max()
        if not isinstance(lowest, int) or not isinstance(highest, int):
            lowest = highest = 0
        return lowest // stride * stride, highest // stride * stride + stride

    def _within_bounds(self, name: str, column: pl.Series) -> Codes | None:
        """A column's narrow numbers, or the places of wide ones from 1 on, null before the lowest; None where the
        bounds found in earlier rows are too narrow or too wide for a table."""
        lowest, highest = self._bounds.get(name, (0, -1))
        if not 0 <= highest - lowest <= WIDEST or abs(lowest) > WIDEST * WIDEST:
            return None
        filled = _filled(column, lowest - 1)
        if column.dtype == NARROW:
            places, outside = filled, self.loops.outside(read_only(filled), lowest, highest)
        else:
            places = np.empty(len(column), np.int32)
            outside = self.loops.narrowed(read_only(filled.astype(np.int64, copy=False)), lowest, highest, places)
        return places if outside == column.null_count() else None

    def _total(
        self, total: Total, rows: Rows, passed: NDArray[np.uint64], starts: NDArray[Any], places: NDArray[Any]
    ) -> None:
        sums, function = self.sums[total.column], FUNCTIONS[total.atom.function]
        index = self._index_of_days(total, rows)
        if index is not None:
            at, shift, name, domain = index
            if (total.column, name) not in self._by_place:
                by_place = values(total.argument, {stored_names(total.argument)[0]: domain}, self.plan.on)
                self._by_place[total.column, name] = _nulled(by_place, len(domain.values), sums.dtype)
            listed = self._by_place[total.column, name]
            self.loops.total_of_places(passed, total.bit, at, shift, listed, starts, places, function, sums)
            return
        found = values(total.argument, rows, self.plan.on)
        listed = read_only(np.broadcast_to(np.asarray(found.values, sums.dtype), rows.size))
        known = read_only(np.zeros(0, np.bool_) if found.known is None else np.broadcast_to(found.known, rows.size))
        self.loops.total(passed, total.bit, listed, known, starts, places, function, sums)

    def _index_of_days(self, total: Total, rows: Rows) -> Index | None:
        """The places of the column of days that an argument reads, where it reads nothing else."""
        names = stored_names(total.argument)
        return self.index(names[0], rows) if len(names) == 1 and self.tables.types[names[0]] == "date" else None

    def finish(self, own: dict[int, NDArray[Any]], below: dict[int, NDArray[Any]]) -> None:
        """Puts the table's columns to the others: the units' own, and for those with children what is at and below."""
        parent, heads = self.tree.parent, self.tree.with_children
        slots = np.array(self.tables.slots, np.int64)
        if len(slots):
            counted = self.own.view(np.uint8)
            rows = np.zeros((len(heads), counted.shape[1]), np.int32)
            spilled = self.rows_of, self.spill_of, self.spill
            self.loops.roll_counts(counted, int(slots.max()) + 1, *spilled, parent, self.row_of, rows)
            rows = np.ascontiguousarray(rows.T)
            below |= {number: rows[slot] for number, slot in zip(self.tables.counts, slots, strict=True)}
            own |= zip(self.tables.counts, self._columns(counted, slots), strict=True)
        for total in self.tables.totals:
            found = self.sums[total.column]
            own[total.column] = found
            rolled = found.copy()
            self.loops.roll(rolled, parent, FUNCTIONS[total.atom.function])
            below[total.column] = rolled[heads]

    def _columns(self, counted: NDArray[np.uint8], slots: NDArray[np.int64]) -> list[NDArray[Any]]:
        """Counts with a place for each unit: of one byte, of four where a unit has counted more."""
        eights = np.empty((counted.shape[1], (len(self.tree) + 7) // 8), np.uint64)
        self.loops.as_columns(self.own, eights)
        columns = eights.view(np.uint8)[:, : len(self.tree)]
        found = [columns[slot] for slot in slots]
        full = np.flatnonzero(self.spill_of >= 0)
        if len(full):
            wide = self.spill[self.spill_of[full], : counted.shape[1]] + counted[full]
            for place, slot in enumerate(slots):
                if wide[:, slot].max() > MOST_IN_A_BYTE:
                    found[place] = found[place].astype(np.int32)
                found[place][full] = wide[:, slot]
        return found


def _nulled(found: Values, size: int, kind: Any) -> NDArray[Any]:
    """Values with the number that stands for null where they are not known."""
    listed = np.broadcast_to(np.asarray(found.values, kind), size).copy()
    if found.known is not None:
        listed[~found.known] = np.nan if listed.dtype.kind == "f" else NULL
    return listed


def _filled(column: pl.Series, empty: int) -> NDArray[Any]:
    found: NDArray[Any] = (column.fill_null(empty) if column.null_count() else column).to_numpy()
    return found

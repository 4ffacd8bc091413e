"""A part of a tree as arrays, and sums carried up it: what stands at and below each unit, what is handed to the units
above the part, and how many units have each verdict."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from guben.rulebook_engine.columnar import day_number
from guben.rulebook_engine.plan_of_run import NULL, STATES, UNKNOWN, HandedUp, Plan, PlannedDuty, tally_places

Integers = NDArray[np.int64]
Whole = NDArray[np.int64] | NDArray[np.int32]
Joining = Literal["count", "sum", "min", "max"]


@dataclass(frozen=True)
class PartTree:
    """The units of a part in pre-order. `parent` is a place in the part, -1 above it; `above` the organisations that
    stand above the part's tops, without that of the whole tree."""

    number: Integers
    organisation: Integers
    ends: Integers
    parent_id: Integers  # NULL where there is none

    def __len__(self) -> int:
        return len(self.number)

    @cached_property
    def sorted(self) -> tuple[Integers, Integers]:
        order = np.argsort(self.organisation, kind="stable")
        return order, self.organisation[order]

    def places(self, organisations: Integers) -> Integers:
        """The place of each organisation; -1 where the part does not know it."""
        order, ids = self.sorted
        if not len(ids):
            return np.full(len(organisations), -1, np.int64)
        found = np.minimum(np.searchsorted(ids, organisations), len(ids) - 1)
        return np.where(ids[found] == organisations, order[found], -1)

    @cached_property
    def parent(self) -> Integers:
        return self.places(self.parent_id)

    @cached_property
    def with_children(self) -> Integers:
        """The places of the units that others of the tree stand below, in this part or another."""
        return np.flatnonzero(self.ends > self.number + 1)

    @cached_property
    def tops(self) -> Integers:
        """The places of the units whose parent stands above the part."""
        return np.flatnonzero(self.parent < 0)

    @cached_property
    def levels(self) -> list[Integers]:
        """The places of the units below a parent of the part, the lowest level first."""
        depth = np.zeros(len(self), np.int64)
        parent = self.parent
        step = parent.copy()
        while (step >= 0).any():
            depth += step >= 0
            step = np.where(step >= 0, parent[step], -1)
        return [np.flatnonzero(depth == level) for level in range(int(depth.max(initial=0)), 0, -1)]

    def within(self, span: tuple[int, int]) -> NDArray[np.bool_]:
        """Which units lie in a range of pre-order numbers."""
        return (self.number >= span[0]) & (self.number < span[1])


def nothing(function: Joining, *, is_double: bool) -> float | int:
    """What stands for an atom over no rows."""
    if function == "count":
        return 0
    return float("nan") if is_double else NULL


def joined(function: Joining, total: NDArray[Any], at: Integers, more: NDArray[Any]) -> None:
    """Adds values to those at some places, one after the other; null adds nothing."""
    known = ~np.isnan(more) if more.dtype.kind == "f" else more != NULL
    if function == "count":
        np.add.at(total, at, more)
        return
    at, more = at[known], more[known]
    if function == "sum":
        empty = np.isnan(total) if total.dtype.kind == "f" else total == NULL
        total[at[empty[at]]] = 0
        np.add.at(total, at, more)
    elif total.dtype.kind == "f":
        (np.fmin if function == "min" else np.fmax).at(total, at, more)
    else:
        if function == "min":  # NULL is the least of all
            total[at[total[at] == NULL]] = np.iinfo(np.int64).max
        (np.minimum if function == "min" else np.maximum).at(total, at, more)


def rolled_up(function: Joining, own: NDArray[Any], tree: PartTree) -> NDArray[Any]:
    """An atom over each unit and all below it in the part."""
    total = own.copy()
    for level in tree.levels:
        joined(function, total, tree.parent[level], total[level])
    return total


def add_handed_up(
    plan: Plan, own_and_below: Sequence[NDArray[Any]], tree: PartTree, handed_up: Sequence[HandedUp]
) -> None:
    """Adds what other parts handed up to the units of the last one, before it is rolled up."""
    for one in handed_up:
        at = tree.places(one.parents)
        known = at >= 0
        for column, total, more in zip(plan.columns, own_and_below, one.below, strict=True):
            joined(column.atom.function, total, at[known], more[known])


def hand_up(plan: Plan, below: Iterable[NDArray[Any]], tallies: Integers, tree: PartTree) -> HandedUp:
    """What the tops of a part add to their parents: the columns and `tallies` have a place for each top."""
    ids = tree.parent_id[tree.tops]
    parents, at = np.unique(ids, return_inverse=True)
    columns = []
    for column, values in zip(plan.columns, below, strict=True):
        function, is_double = column.atom.function, column.atom.is_double
        kind = np.float64 if is_double else np.int64
        total = np.full(len(parents), nothing(function, is_double=is_double), kind)
        joined(function, total, at, values.astype(kind))
        columns.append(total)
    counted = np.zeros((len(parents), tallies.shape[1]), np.int64)
    np.add.at(counted, at, tallies)
    return HandedUp(parents, tuple(columns), counted)


def tallied(
    plan: Plan,
    tree: PartTree,
    verdicts: Mapping[Any, NDArray[np.int8]],
    handed_up: Sequence[HandedUp],
) -> Integers:
    """How many units at and below each unit have each verdict and state: a row for each unit of the part."""
    places = tally_places(plan)
    found = np.zeros((len(tree), places[""]), np.int64)
    for name, at in places.items():
        if name == "":
            continue
        for code in range(1, len(STATES) if isinstance(name, tuple) else UNKNOWN + 1):
            found[:, at + code - 1] = verdicts[name] == code
    for one in handed_up:
        at_ = tree.places(one.parents)
        np.add.at(found, at_[at_ >= 0], one.tallies[at_ >= 0])
    for level in tree.levels:
        np.add.at(found, tree.parent[level], found[level])
    return found


def states(
    planned: PlannedDuty,
    plan: Plan,
    who: NDArray[np.bool_],
    applies: NDArray[np.bool_],
    facts: tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]],
    counts: tuple[NDArray[Any], NDArray[Any]],
) -> NDArray[np.int8]:
    """What became of a duty at each unit, as `duty_state.state_of` says of one: from how many times it is owed, since
    when the unit is and is kept (days since 1970, NULL = unknown), and how many records are good and were in time."""
    times, founded, kept = facts
    good, in_time = counts
    (starts, ends), codes = states_of(planned, plan)
    exempt, not_kept, short, done, done_late = (np.int8(code) for code in codes)
    found = np.full(len(who), done_late, np.int8)
    np.copyto(found, done, where=in_time >= times)
    np.copyto(found, short, where=good < times)
    np.copyto(found, not_kept, where=(kept == NULL) | (kept > starts))
    np.copyto(found, exempt, where=(founded > starts) | ~applies)
    np.copyto(found, np.int8(0), where=~who | (founded > ends))
    return found


def states_of(planned: PlannedDuty, plan: Plan) -> tuple[tuple[int, int], tuple[int, ...]]:
    """The first and the last day of a duty's period, and the places in STATES of exempt, not kept, short, done, done
    late."""
    short = "late" if plan.on > planned.due_on else "due"
    codes = (STATES.index(state) for state in ("exempt", "not_kept", short, "done", "done_late"))
    return (day_number(planned.period.starts_on), day_number(planned.period.ends_on)), tuple(codes)

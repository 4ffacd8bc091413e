"""The method of `coarsening` over whole columns at once, for trees of millions of places.

It hides what `coarsening.hidden_together` hides, place by place: each sum looks at nothing but itself and its parts, so
that all sums of a level are covered together, the deepest level first.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from guben.kit.coarsening import THRESHOLD, Family

Truths = NDArray[np.bool_]
Integers = NDArray[np.int64]
Numbers = NDArray[np.float64]
NEVER = np.iinfo(np.int64).max
LAST = np.finfo(np.float64).max
TOGETHER = 100_000  # places whose figures beside each other are looked at together


@dataclass(frozen=True)
class Levels:
    """A tree level by level, the parts of a sum side by side. `order` says which place stands where; all else is told
    of places in this order."""

    order: Integers
    above: Integers  # -1 at the top
    first: Integers  # of the parts
    sizes: Integers  # how many parts
    bounds: tuple[int, ...]  # where each level begins, and the end

    @classmethod
    def of(cls, above: Integers) -> Levels:
        """The tree in which these places hold the others, -1 at the top."""
        depth, step = np.zeros(len(above), np.int64), above
        while (step >= 0).any():
            depth += step >= 0
            step = np.where(step >= 0, above[step], -1)
        order = np.lexsort((above, depth))
        stands = np.empty(len(above), np.int64)
        stands[order] = np.arange(len(above))
        held = above[order]
        held = np.where(held >= 0, stands[held], -1)
        sizes = np.bincount(held[held >= 0], minlength=len(above))
        first = np.zeros(len(above), np.int64)
        tops = np.flatnonzero(np.diff(held, prepend=-1))  # the first part of each sum
        first[held[tops]] = tops
        levels = np.searchsorted(depth[order], np.arange(int(depth.max(initial=0)) + 2))
        return cls(order, held, first, sizes, tuple(levels.tolist()))

    @cached_property
    def is_sum(self) -> Truths:
        return self.sizes > 0

    @cached_property
    def sums(self) -> Integers:
        return np.flatnonzero(self.is_sum)

    @cached_property
    def number(self) -> Integers:
        """The number of a sum among the sums."""
        return np.cumsum(self.is_sum) - 1


@dataclass(frozen=True)
class Counts:
    """How many of how many at each place, not-a-number where it is not told; `there`: which places have the figure."""

    numerator: Numbers
    denominator: Numbers | None
    there: Truths | None = None


def hidden_columns(
    tree: Levels, counts: Iterable[tuple[str, Counts]], families: Sequence[Family], threshold: int = THRESHOLD
) -> dict[str, Truths]:
    """The places whose figure is not shown, as `coarsening.hidden_together` says, in the order in which counts are. Of
    the counts, taken one after the other, only what is needed is held."""
    sums = {key: _Sums(tree, some, threshold) for key, some in counts}
    beside = [_Beside(family, sums, threshold) for family in families]
    while True:
        before = sum(one.settle() for one in sums.values())
        for one_family in beside:
            one_family.cover()
        if before == sum(int(one.hidden.sum()) for one in sums.values()):
            break
    found = {}
    for key, one in sums.items():
        found[key] = np.empty(len(tree.order), bool)
        found[key][tree.order] = one.hidden
    return found


def _few(counts: Any, threshold: int) -> Any:
    return (counts > 0) & (counts < threshold)


def _tells(numerator: Numbers, denominator: Numbers | None, threshold: int) -> Truths:
    """As `coarsening.tells_of_few`; what is not told compares as false."""
    if denominator is None:
        return np.asarray(_few(np.abs(numerator), threshold))
    alone = np.isnan(denominator) & _few(np.abs(numerator), threshold)
    of_all = _few(numerator, threshold) | _few(denominator - numerator, threshold)
    return np.asarray(alone | _few(denominator, threshold) | (~np.isnan(denominator) & of_all))


def _weight(numerator: Numbers, denominator: Numbers | None) -> Numbers:
    told = numerator if denominator is None else np.where(np.isnan(denominator), numerator, denominator)
    return np.nan_to_num(told)


class _Sums:
    """One figure at each place of a tree, each holding those below it and some of its own."""

    def __init__(self, tree: Levels, counts: Counts, threshold: int) -> None:
        self.tree, self.threshold = tree, threshold
        numerator = counts.numerator[tree.order]
        denominator = None if counts.denominator is None else counts.denominator[tree.order]
        self.there = None if counts.there is None else counts.there[tree.order]
        if self.there is not None:
            numerator = np.where(self.there, numerator, np.nan)
            denominator = None if denominator is None else np.where(self.there, denominator, np.nan)
        self.is_sum = tree.is_sum if self.there is None else tree.is_sum & self.there
        self.weight = _weight(numerator, denominator)
        self.numerator = self.weight if denominator is None else np.nan_to_num(numerator)
        self.hidden = _tells(numerator, denominator, threshold)
        own = self._own(self.numerator), None if denominator is None else self._own(denominator)
        self.own_weight, self.own_tells = _weight(*own), _tells(*own, threshold)
        self._settled: Truths | None = None

    def _own(self, numbers: Numbers) -> Numbers:
        """What each sum holds beyond its parts, taken off one after the other."""
        tree = self.tree
        own = numbers[tree.sums]
        parts = np.flatnonzero(tree.above >= 0)
        np.subtract.at(own, tree.number[tree.above[parts]], np.nan_to_num(numbers[parts]))
        return own

    def settle(self) -> int:
        """Covers every sum of which anything was hidden since all were covered; how much is hidden then."""
        waiting = np.zeros(len(self.hidden), bool)
        if self._settled is None:
            waiting |= self.is_sum
        else:
            self._touch(np.flatnonzero(self.hidden & ~self._settled), waiting)
        while waiting.any():
            for first, last in self._levels():
                places = first + np.flatnonzero(waiting[first:last])
                if len(places):
                    waiting[places] = False
                    self._touch(self._cover(places), waiting)
        self._settled = self.hidden.copy()
        return int(self.hidden.sum())

    def _levels(self) -> Iterator[tuple[int, int]]:
        bounds = self.tree.bounds
        return zip(reversed(bounds[:-1]), reversed(bounds[1:]), strict=True)

    def _touch(self, places: Integers, waiting: Truths) -> None:
        """The sums in which some places stand, as the whole or as a part, are to be covered."""
        for sums in (places, self.tree.above[places]):
            sums = sums[sums >= 0]
            waiting[sums] = self.is_sum[sums]

    def _cover(self, sums: Integers) -> Integers:
        """Sees to it that sums of a level give nothing away; what is hidden for it."""
        segment, parts = self._parts(sums)
        hidden, weight = self.hidden[parts], self.weight[parts]
        own = self.own_weight[self.tree.number[sums]]
        unknown = hidden & (weight != 0)
        number = np.bincount(segment[unknown], minlength=len(sums)) + (own != 0)
        inside = np.bincount(segment[unknown], weight[unknown], len(sums)) + own
        concerned = self.own_tells[self.tree.number[sums]] | (np.bincount(segment[hidden], minlength=len(sums)) > 0)
        is_hidden = self.hidden[sums]
        many = _are_many(number, inside, self.threshold)
        covered = np.where(is_hidden, (number > 0) | (self.weight[sums] == 0), ~concerned | many)
        order = np.flatnonzero(~(hidden | covered[segment]) & (weight != 0))
        order = order[np.lexsort((weight[order], segment[order]))]  # the fewest people first
        of = segment[order]
        rank, running = _ranked(of, weight[order])
        enough = _are_many(number[of] + rank, inside[of] + running, self.threshold) | is_hidden[of]
        needed = np.full(len(sums), NEVER)
        np.minimum.at(needed, of[enough], rank[enough])
        new = np.concatenate([parts[order[rank <= needed[of]]], sums[~covered & ~is_hidden & (needed == NEVER)]])
        self.hidden[new] = True
        return new

    def _parts(self, sums: Integers) -> tuple[Integers, Integers]:
        """The parts of some sums one after the other, each with the place of its sum among these."""
        sizes = self.tree.sizes[sums]
        segment = np.repeat(np.arange(len(sums)), sizes)
        ends = np.cumsum(sizes)
        return segment, np.arange(len(segment)) + (self.tree.first[sums] - ends + sizes)[segment]


def _are_many(number: Any, inside: Any, threshold: int) -> Any:
    """Whether so many unknown parts with so many people in them leave more than one value for each."""
    return (number > 1) & (inside >= threshold + number)


def _ranked(of: Integers, weight: Numbers) -> tuple[Integers, Numbers]:
    """The rank of each part in its sum from 1 on, and how much it is together with those before it."""
    starts = np.flatnonzero(np.diff(of, prepend=-1))
    sizes = np.diff(starts, append=len(of))
    running = np.cumsum(weight)
    before = np.repeat(running[starts] - weight[starts], sizes)
    return np.arange(len(of)) - np.repeat(starts, sizes) + 1, running - before


class _Beside:
    """The figures of a family, beside each other at each place."""

    def __init__(self, family: Family, sums: Mapping[str, _Sums], threshold: int) -> None:
        self.threshold = threshold
        self.parts = [sums[key] for key in family.parts if key in sums]
        self.others = [sums[key] for key in family.others if key in sums]
        self._covered: list[Truths] = []  # what was hidden when all places were last looked at

    def cover(self) -> None:
        """Hides the parts that would give hidden ones away, and the others once a part or another goes."""
        known = [*self.parts, *self.others]
        if not known:
            return
        changed = np.full(len(known[0].hidden), not self._covered)
        for one, before in zip(known, self._covered, strict=False):
            changed |= one.hidden & ~before
        self._covered = [one.hidden.copy() for one in known]
        places = np.flatnonzero(changed)
        for first in range(0, len(places), TOGETHER):
            self._cover(places[first : first + TOGETHER])

    def _cover(self, places: Integers) -> None:
        concerned = np.zeros(len(places), bool)
        for other in self.others:
            concerned |= other.hidden[places]
        if self.parts:
            counts, hidden, there = (np.stack(rows) for rows in zip(*self._rows(places), strict=True))
            hidden = _hidden_parts(counts, hidden, there, self.threshold)
            concerned |= hidden.any(axis=0)
            for one, gone in zip(self.parts, hidden, strict=True):
                one.hidden[places[gone]] = True
        for other in self.others:
            gone = concerned if other.there is None else concerned & other.there[places]
            other.hidden[places[gone]] = True

    def _rows(self, places: Integers) -> Iterator[tuple[Numbers, Truths, Truths]]:
        for one in self.parts:
            there = np.ones(len(places), bool) if one.there is None else one.there[places]
            yield np.rint(one.numerator[places]), one.hidden[places], there


def _hidden_parts(counts: Numbers, already: Truths, there: Truths, threshold: int) -> Truths:
    """As `coarsening.hidden_keys`, a column for each place."""
    hidden: Truths = there & (already | _few(counts, threshold) | _few(counts.sum(axis=0) - counts, threshold))
    concerned = np.flatnonzero(hidden.any(axis=0))
    counts, gone = counts[:, concerned], hidden[:, concerned]
    rest = there[:, concerned] & ~gone
    order = np.argsort(np.where(rest, np.where(counts == 0, LAST, counts), np.inf), axis=0, kind="stable")
    number, inside = gone.sum(axis=0), (counts * gone).sum(axis=0)
    last = np.zeros(len(concerned))
    goes_on = np.ones(len(concerned), bool)
    column = np.arange(len(concerned))
    for part in order:
        count = counts[part, column]
        enough = _are_many(number, inside, threshold) & (inside != number * (threshold - 1))
        is_near = (last != 0) & (count != 0) & (count <= last + 1)
        goes_on &= rest[part, column] & (~enough | is_near)
        gone[part[goes_on], column[goes_on]] = True
        number, inside = number + goes_on, inside + count * goes_on
        last = np.where(goes_on, count, last)
    hidden[:, concerned] = gone
    return hidden

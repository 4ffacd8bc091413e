"""Figures about few people, hidden so that nobody can work them out from what stays shown.

A figure tells of few when it counts fewer than THRESHOLD people, or all but so few, or is taken from so few. It is not
shown, and neither is enough of what it adds up with: the sums stay, the parts that would give it away go. Whoever knows
this method, every shown number and every sum still finds more than one value for each hidden number.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

THRESHOLD = 5  # persons
Key = TypeVar("Key")


def is_few(count: float, threshold: int = THRESHOLD) -> bool:
    """Does a count tell about very few people? None at all are nobody."""
    return 0 < count < threshold


def tells_of_few(numerator: float | None, denominator: float | None, threshold: int = THRESHOLD) -> bool:
    """Would "so many of so many" tell about very few: those counted, those not counted, or all of them?"""
    if denominator is None:
        return numerator is not None and is_few(abs(numerator), threshold)
    if is_few(denominator, threshold):
        return True
    return numerator is not None and (is_few(numerator, threshold) or is_few(denominator - numerator, threshold))


def hidden_keys(
    counts: Mapping[Key, int], threshold: int = THRESHOLD, *, already: Collection[Key] = frozenset()
) -> set[Key]:
    """The parts to hide of a whole that is shown: those that tell of few and those hidden `already`, then the next
    smallest, and empty ones last, until at least two are hidden and so many people are in them that each part could be
    another number."""
    total = sum(counts.values())
    hidden = {
        key
        for key, count in counts.items()
        if key in already or is_few(count, threshold) or is_few(total - count, threshold)
    }
    if not hidden:
        return hidden
    rest = sorted((key for key in counts if key not in hidden), key=lambda key: (counts[key] == 0, counts[key]))
    last = 0
    for key in rest:
        inside = sum(counts[one] for one in hidden)
        enough = len(hidden) > 1 and inside >= threshold + len(hidden) and inside != len(hidden) * (threshold - 1)
        if enough and not (last and counts[key] and counts[key] <= last + 1):  # its neighbours would bound the last one
            break
        hidden.add(key)
        last = counts[key]
    return hidden


def coarsened(counts: Mapping[Key, int], threshold: int = THRESHOLD) -> dict[Key, int | None]:
    """The parts with None for what is not shown."""
    hidden = hidden_keys(counts, threshold)
    return {key: None if key in hidden else count for key, count in counts.items()}


@dataclass(frozen=True, slots=True)
class Cell:
    """A figure at a place of a tree. `above` is the place whose figure holds this one, None at the top."""

    place: int
    above: int | None
    numerator: float | None
    denominator: float | None

    @property
    def weight(self) -> float:
        return (self.numerator if self.denominator is None else self.denominator) or 0

    def tells(self, threshold: int) -> bool:
        return tells_of_few(self.numerator, self.denominator, threshold)


class _Suppression:
    """A tree of figures in which each holds those below it and some of its own."""

    def __init__(self, cells: Sequence[Cell], threshold: int) -> None:
        self.threshold = threshold
        self.cells = {cell.place: cell for cell in cells}
        self.below: dict[int, list[Cell]] = {}
        for cell in cells:
            if cell.above in self.cells:
                self.below.setdefault(cell.above, []).append(cell)
        self.hidden = {cell.place for cell in cells if cell.tells(threshold)}
        self._settled: set[int] | None = None  # what was hidden when all sums were covered

    def own(self, cell: Cell) -> Cell:
        """What a figure holds beyond those below it."""
        numerator, denominator = cell.numerator or 0, cell.denominator
        for one in self.below.get(cell.place, ()):
            numerator -= one.numerator or 0
            denominator = None if denominator is None else denominator - (one.denominator or 0)
        return Cell(cell.place, cell.place, numerator, denominator)

    def settle(self) -> set[int]:
        """Covers every sum of which anything was hidden since all were covered, the deepest level first: what is
        hidden does not hang on how places are numbered."""
        if self._settled == self.hidden:
            return self.hidden
        open_sums = set(self.below) if self._settled is None else self._sums_of(self.hidden - self._settled)
        while open_sums:
            for place in self._deepest_first:
                if place in open_sums:
                    open_sums.discard(place)
                    open_sums |= self._sums_of(self._cover(self.cells[place]))
        self._settled = set(self.hidden)
        return self.hidden

    @cached_property
    def _deepest_first(self) -> list[int]:
        """The sums level by level. Those of a level share nothing, so that their order is of no matter."""
        return sorted(self.below, key=self._depth, reverse=True)

    def _depth(self, place: int) -> int:
        depth, above = 0, self.cells[place].above
        while above is not None and above in self.cells:
            depth, above = depth + 1, self.cells[above].above
        return depth

    def _sums_of(self, places: Collection[int]) -> set[int]:
        """The sums in which some places stand, as the whole or as a part."""
        return {sum_ for place in places for sum_ in (place, self.cells[place].above) if sum_ in self.below}

    def _cover(self, cell: Cell) -> list[int]:
        """Sees to it that one sum gives nothing away: hides parts, the fewest people first, and at last the sum. What
        it hides comes back."""
        hidden: list[int] = []
        parts, own = self.below[cell.place], self.own(cell)
        open_parts = sorted(
            (one for one in parts if one.place not in self.hidden and one.weight), key=lambda one: one.weight
        )
        while not self._is_covered(cell, parts, own):
            if not open_parts:
                return hidden if cell.place in self.hidden else self._hide(cell.place, hidden)
            self._hide(open_parts.pop(0).place, hidden)
        return hidden

    def _hide(self, place: int, told: list[int]) -> list[int]:
        self.hidden.add(place)
        told.append(place)
        return told

    def _is_covered(self, cell: Cell, parts: list[Cell], own: Cell) -> bool:
        unknown = [one for one in parts if one.place in self.hidden and one.weight]
        if own.weight:
            unknown.append(own)
        concerned = own.tells(self.threshold) or any(one.place in self.hidden for one in parts)
        if cell.place in self.hidden:
            return bool(unknown) or not cell.weight
        if not concerned:
            return True
        return len(unknown) > 1 and sum(one.weight for one in unknown) >= self.threshold + len(unknown)


def hidden_places(cells: Sequence[Cell], threshold: int = THRESHOLD) -> set[int]:
    """The places of a tree whose figure is not shown: those that tell of few; parts that would give one away by
    subtraction from a sum, or a sum by adding up; and the sum itself where it has no other part to hide."""
    return _Suppression(cells, threshold).settle()


@dataclass(frozen=True, slots=True)
class Family:
    """Figures that tell of the same thing at a place: parts that add up to a whole that is shown, and others that
    overlap with them."""

    parts: tuple[str, ...]
    others: tuple[str, ...] = ()


def hidden_together(
    cells: Mapping[str, Sequence[Cell]], families: Sequence[Family], threshold: int = THRESHOLD
) -> dict[str, set[int]]:
    """The places whose figure is not shown, for several figures by their keys, where those of a family stand beside
    each other at each place. What is hidden along one side gives the other side something to cover, so both take turns
    until nothing more goes; each turn only adds."""
    sums = {key: _Suppression(some, threshold) for key, some in cells.items()}
    beside = [_Beside(family, sums, threshold) for family in families]
    while True:
        before = sum(len(one.hidden) for one in sums.values())
        for one in sums.values():
            one.settle()
        for one_family in beside:
            one_family.cover()
        if before == sum(len(one.hidden) for one in sums.values()):
            return {key: one.hidden for key, one in sums.items()}


class _Beside:
    """The figures of a family, beside each other at each place."""

    def __init__(self, family: Family, sums: Mapping[str, _Suppression], threshold: int) -> None:
        self.threshold = threshold
        self.known = {key: sums[key] for key in (*family.parts, *family.others) if key in sums}
        self.parts = [key for key in family.parts if key in sums]
        self.others = [key for key in family.others if key in sums]
        self._covered: dict[str, set[int]] = {}  # what was hidden when all places were last looked at

    def cover(self) -> None:
        """Hides the parts that would give hidden ones away, and the others once a part or another goes: at each place
        where anything was hidden since all were looked at."""
        places = {
            place
            for key, one in self.known.items()
            for place in (one.hidden - self._covered[key] if key in self._covered else one.cells)
        }
        self._covered = {key: set(one.hidden) for key, one in self.known.items()}
        for place in places:
            self._cover(place)

    def _cover(self, place: int) -> None:
        already = {key for key, one in self.known.items() if place in one.hidden}
        counts = {
            key: round(self.known[key].cells[place].numerator or 0)
            for key in self.parts
            if place in self.known[key].cells
        }
        hidden = hidden_keys(counts, self.threshold, already=already & counts.keys())
        if already or hidden:
            hidden |= {key for key in self.others if place in self.known[key].cells}
        for key in hidden:
            self.known[key].hidden.add(place)

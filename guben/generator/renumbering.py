"""Units closed in a tree and founded in it: where everybody then stands in pre-order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from guben.generator.fitting import Array
from guben.rulebook_engine.frozen import Part


@dataclass(frozen=True, slots=True)
class Units:
    """The units of a snapshot in pre-order: a unit's place is its number. `parent` is an id, 0 at the top."""

    organisation: Array
    ends: Array
    parent: Array
    part: Array

    def __len__(self) -> int:
        return len(self.organisation)

    @property
    def is_movable(self) -> Array:
        """Whether a unit is one of those that parts are made of: in a tree of several parts not in the first."""
        found: Array = (self.part > 0) | (self.part.max() == 0)
        return found

    def leaves(self) -> Array:
        """The units with nothing below that may be closed; none that a part begins with."""
        numbers = np.arange(len(self))
        begins = np.append(True, self.part[1:] != self.part[:-1])
        return np.flatnonzero((self.ends == numbers + 1) & ~begins & self.is_movable)

    def heads(self) -> Array:
        """Units with others below, of which no two end at the same place: the lowest of those that do."""
        numbers = np.flatnonzero((self.ends > np.arange(len(self)) + 1) & self.is_movable)
        last = len(numbers) - 1 - np.unique(self.ends[numbers][::-1], return_index=True)[1]
        return numbers[np.sort(last)]


@dataclass(frozen=True, slots=True)
class Renumbered:
    """`closed` are the numbers of closed leaves in order, `under` those of the units that each get one more unit as
    their last, ordered by where they end, and `at` these ends."""

    closed: Array
    under: Array
    at: Array

    @classmethod
    def of(cls, units: Units, closed: Array, under: Array) -> Renumbered:
        order = np.argsort(units.ends[under])
        return cls(np.sort(closed), under[order], units.ends[under][order])

    def numbers(self, old: Array) -> Array:
        """The new numbers of units that stay."""
        return old - np.searchsorted(self.closed, old) + np.searchsorted(self.at, old, side="right")

    def ends(self, old: Array, first: Array) -> Array:
        """The new ends of the units with these numbers (`first`): one founded at an end is below its superiors only."""
        place = np.searchsorted(self.at, old)
        found = np.minimum(place, max(len(self.at) - 1, 0))
        inside = np.zeros(len(old), dtype=bool)
        if len(self.at):
            inside = (place < len(self.at)) & (self.at[found] == old) & (self.under[found] >= first)
        return old - np.searchsorted(self.closed, old) + place + inside

    def founded(self) -> Array:
        """The numbers of the new units."""
        return self.at - np.searchsorted(self.closed, self.at) + np.arange(len(self.at))

    def parts(self, parts: Sequence[Part], units: Units) -> tuple[Part, ...]:
        """The parts, with as many units as they then have."""
        first = np.array([part.first for part in parts])
        ends = self.ends(np.array([part.ends for part in parts]), first)
        less, more = units.part[self.closed], units.part[self.under]
        return tuple(
            Part(
                part.number,
                int(self.numbers(first[place : place + 1])[0]) if part.number else 0,
                int(ends[place]),
                part.units - int((less == part.number).sum()) + int((more == part.number).sum()),
            )
            for place, part in enumerate(parts)
        )

"""Arithmetic about development: which stage is more, the order of a lot, the use of a plan. Values in, values out."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from guben.members.calculations import RANKS
from guben.members.choices import StageKind


def is_at_least(kinds: Iterable[str], kind: str) -> bool:
    """Is one of these stages this one, or a later one on the way to full membership?"""
    wanted = RANKS[StageKind(kind)]
    return any(RANKS[StageKind(one)] >= wanted for one in kinds if one != StageKind.ENDED)


def lot(seed: str, number: str) -> str:
    """The lot of a case: who has the seed and the number works it out with any SHA-256."""
    return hashlib.sha256(f"{seed}:{number}".encode()).hexdigest()


def drawn(seed: str, numbers: Iterable[str], size: int) -> list[str]:
    """The numbers with the smallest lots, in the order of their lots."""
    return sorted(set(numbers), key=lambda number: (lot(seed, number), number))[:size]


@dataclass(frozen=True, slots=True)
class Use:
    """A plan and what became of it in its year."""

    places: int | None
    admitted: int
    coming: int  # candidates who may still be admitted

    @property
    def left(self) -> int | None:
        return None if self.places is None else self.places - self.admitted

    @property
    def is_used_up(self) -> bool:
        return self.places is not None and self.admitted >= self.places

    @property
    def over(self) -> int:
        """By how many the admitted pass the plan."""
        return 0 if self.places is None else max(0, self.admitted - self.places)

    @property
    def short_for_coming(self) -> int:
        """How many of those on the way will find no place."""
        return 0 if self.left is None else max(0, self.coming - max(0, self.left))

    @property
    def share(self) -> float | None:
        return self.admitted / self.places if self.places else None


def added(parts: Sequence[int | None]) -> int:
    return sum(part or 0 for part in parts)

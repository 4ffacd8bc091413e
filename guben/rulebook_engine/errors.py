"""What can be wrong in a rulebook: a mistake has a place and a sentence; all mistakes of a file come together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from guben.kit.errors import DomainError


@dataclass(frozen=True, slots=True, order=True)
class Mistake:
    """One mistake at its place (line and column count from 1)."""

    file: str
    line: int
    column: int
    sentence: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.sentence}"


class RulebookErrors(DomainError):
    """A rulebook, or several together, can't be used. `mistakes` is sorted by place and never empty."""

    def __init__(self, mistakes: Iterable[Mistake]) -> None:
        self.mistakes = tuple(sorted(set(mistakes)))
        super().__init__("\n".join(str(mistake) for mistake in self.mistakes))


class ExpressionMistake(Exception):
    """An expression is refused. `offset` counts characters from its start."""

    def __init__(self, sentence: str, offset: int = 0) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.offset = offset


def did_you_mean(found: str, allowed: Sequence[str]) -> str:
    """' Did you mean 'age'?' when a near name is allowed, else the allowed names."""
    near = get_close_matches(found.replace("-", "_").lower(), [name.lower() for name in allowed], n=1, cutoff=0.6)
    if near:
        return f" Did you mean '{next(name for name in allowed if name.lower() == near[0])}'?"
    return f" Known: {', '.join(allowed)}." if allowed else ""

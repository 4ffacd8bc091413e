"""What can't be done with a bulletin file or a folder, in sentences."""

from __future__ import annotations

from collections.abc import Sequence

from guben.kit.errors import DomainError


class BadBulletin(DomainError):
    """The file can't be used. Each of `mistakes` is one sentence with its line."""

    def __init__(self, mistakes: Sequence[str]) -> None:
        super().__init__("\n".join(mistakes))
        self.mistakes = tuple(mistakes)


class GeneratorRefused(DomainError):
    """Sizes or folders that don't go together; the sentence says why and what to do."""

"""The base of all expected failures: each carries a sentence for the user and an HTTP status."""

from __future__ import annotations


class DomainError(Exception):
    """Something the user can understand and act on. Subclasses give the sentence: what is wrong, what to do."""

    status = 422

    def __init__(self, sentence: object) -> None:
        super().__init__(sentence)
        self.sentence = sentence

    def __str__(self) -> str:
        return str(self.sentence)

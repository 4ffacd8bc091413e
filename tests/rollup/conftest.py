"""Fixtures of the tests of kept figures: any unit is a large tree, and the rules taken apart."""

from __future__ import annotations

import pytest

from guben.rollup.freshness import keeping, reading
from guben.rollup.freshness.logic import Logic, logic_of
from guben.rulebook.queries import library
from tests.cast import TODAY, Cast


@pytest.fixture
def _large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Any unit is a large tree here."""
    monkeypatch.setattr(keeping, "LARGE_TREE", 0)
    monkeypatch.setattr(reading, "SMALL_TREE", 0)


@pytest.fixture
def logic(cast: Cast, rules: None) -> Logic:
    return logic_of(library(), TODAY)

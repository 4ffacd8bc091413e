"""Fixtures that every test may ask for."""

from __future__ import annotations

import pytest

from tests import cast as the_cast


@pytest.fixture
def rules(cast: the_cast.Cast) -> int:
    """The shipped rulebooks, installed; returns how many."""
    from guben.rulebook import actions

    return actions.install(actions.shipped_files(), by=cast.operator)


@pytest.fixture
def cast(db: None) -> the_cast.Cast:
    """The fixed cast of tests/cast.py, written afresh for this test."""
    return the_cast.build()

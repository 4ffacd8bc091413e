"""The cast with the shipped rules, and the users whom a transfer between two towns needs."""

from __future__ import annotations

import pytest

from tests.cast import Cast
from tests.transfers import moves


@pytest.fixture
def town(cast: Cast, rules: None) -> Cast:
    moves.people_of_two_towns(cast)
    return cast

"""The procedures to try, installed, with the shipped rules."""

from __future__ import annotations

import pytest

from tests.procedures import cases


@pytest.fixture
def procedures(db: None) -> None:
    cases.handed_over.clear()
    cases.install()

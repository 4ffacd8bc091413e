"""Fixtures that every test may ask for."""

from __future__ import annotations

import tomllib
from datetime import UTC, datetime

import pytest

from tests import cast as the_cast


@pytest.fixture
def rules(db: None) -> None:
    """The shipped rulebooks, installed. All at one moment, so that they are read once for all tests."""
    from guben.rulebook.models import Rulebook
    from guben.rulebook.sources import shipped_files

    for file in shipped_files():
        key = tomllib.loads(file.text)["rulebook"]["key"]
        Rulebook.objects.create(key=key, file_name=file.name, text=file.text, examples=file.examples, digest=file.name)
    Rulebook.objects.update(installed_at=datetime(2026, 1, 1, tzinfo=UTC))


@pytest.fixture
def cast(db: None) -> the_cast.Cast:
    """The fixed cast of tests/cast.py, written afresh for this test."""
    return the_cast.build()

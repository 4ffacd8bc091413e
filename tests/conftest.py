"""Fixtures that every test may ask for."""

from __future__ import annotations

import tomllib
from datetime import UTC, datetime
from typing import Any

import pytest

from tests import cast as the_cast


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """A file stays with one worker, and so do all browser tests, which share one demo."""
    from xdist.scheduler import LoadFileScheduling

    class Scheduling(LoadFileScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return "tests/browser" if nodeid.startswith("tests/browser/") else super()._split_scope(nodeid)

    return Scheduling(config, log)


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

"""Fixtures that every test may ask for."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from tests import cast as the_cast
from tests.kept import Kept
from tests.postgres import url_of_a_server


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The run on PostgreSQL leaves out what asks no database, and the browser, which sees the same pages."""
    if os.environ.get("TEST_ON") != "postgres":
        return
    wanted = [item for item in items if _asks_the_database(item) and not item.get_closest_marker("browser")]
    kept = set(wanted)
    config.hook.pytest_deselected(items=[item for item in items if item not in kept])
    items[:] = wanted


def pytest_collection_finish() -> None:
    """What was loaded until now stays: nobody need look through it for rubbish again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def pytest_sessionfinish() -> None:
    gc.unfreeze()


def _asks_the_database(item: pytest.Item) -> bool:
    names = {"db", "transactional_db", "live_server", "django_db_setup"}
    return bool(item.get_closest_marker("django_db") or names & set(getattr(item, "fixturenames", ())))


@pytest.fixture(autouse=True)
def _no_heads_left() -> Iterator[None]:
    """The checkpoints that one test took, or an earlier run, are none of the next test's database."""
    from guben.audit.proofs import HEADS

    place = Path(settings.DATA) / HEADS
    place.unlink(missing_ok=True)
    yield
    place.unlink(missing_ok=True)


@pytest.fixture(autouse=True)
def _no_sums_left() -> None:
    """What is kept in the process until the next entry of the history: each test begins with a history of its own."""
    from guben.audit import remembering

    remembering._kept.clear()


@pytest.fixture(scope="session")
def embedded_postgres() -> str:
    """The address of a PostgreSQL server: the one named in TEST_DATABASE_URL, else one that ends with the tests."""
    return url_of_a_server()


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
    """The shipped rulebooks, installed."""
    from tests.installed import install_shipped

    install_shipped()


the_kept_cast = Kept(the_cast.build)


@pytest.fixture
def cast(db: None) -> the_cast.Cast:
    """The fixed cast of tests/cast.py, written afresh for this test."""
    return the_kept_cast()

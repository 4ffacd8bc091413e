"""Fixtures that every test may ask for."""

from __future__ import annotations

import gc
import os
import re
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from zlib import crc32

import pytest
from django.conf import settings
from pytest_django import DjangoDbBlocker

from tests import cast as the_cast
from tests.kept import Kept
from tests.postgres import url_of_a_server

IN_PARTS = ("tests/attacks/test_forms.py", "tests/access/test_no_page_breaks.py", "tests/access/test_rights_table.py")
DEAR = (
    "tests/browser/",
    "tests/attacks/test_forms.py",
    "tests/access/test_no_page_breaks.py",
    "tests/access/test_rights_table.py",
    "tests/attacks/",
    "tests/transfers/test_batches.py",
    "tests/cli/",
    "tests/procedures/test_whole_road.py",
    "tests/access/",
    "tests/demo/",
    "tests/figures/",
    "tests/imports/",
    "tests/home/",
    "tests/exports/",
)

# What one database proves for both: what a page looks like and says (that each asks its questions of PostgreSQL too is
# walked over in tests/access and tests/attacks; that each act is done there is proved beside the acts), what is sent
# over HTTP, what is written into files, how many questions are asked, and what makes databases of its own. Lists that
# search and sort, sheets and the history stay on both. A test or a file may say the same of itself: `one_database`.
ON_ONE_DATABASE = re.compile(
    r"tests/(?!audit/|exports/|members/|organisations/)\w+/test_(\w+_)?pages\.py"
    r"|tests/house/test_(errors|frame|methods|tags|traditional)\.py"
    r"|tests/accounts/test_(headers|settings)\.py"
    r"|tests/attacks/test_http\.py"
    r"|tests/cli/test_database_copy\.py"
    r"|tests/demo/test_cases\.py"
    r"|tests/development/test_papers\.py"
    r"|tests/home/test_handover\.py"
    r"|tests/procedures/test_(step_forms|written_by_a_user)\.py"
    r"|tests/rulebook/test_(many_rules|writing)\.py"
    r"|tests/rulebooks/"
    r"|tests/transfers/test_letter\.py"
)


def _place(nodeid: str) -> int:
    return next((place for place, start in enumerate(DEAR) if nodeid.startswith(start)), len(DEAR))


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Dear files come first, so that no worker ends alone with one. The run on PostgreSQL leaves out what asks no
    database, and what one database is enough for: the browser's tests too, which see the same pages."""
    items.sort(key=lambda item: _place(item.nodeid))
    if os.environ.get("TEST_ON") != "postgres":
        return
    wanted = [item for item in items if _asks_the_database(item) and not _is_enough_on_one(item)]
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


def _is_enough_on_one(item: pytest.Item) -> bool:
    marked = any(map(item.get_closest_marker, ("browser", "one_database")))
    return marked or bool(ON_ONE_DATABASE.match(item.nodeid))


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
    """A file stays with one worker, and so do all browser tests, which share one demo. Files go out in their order; a
    long one whose tests share nothing goes out in parts."""
    from xdist.scheduler import LoadFileScheduling

    config.option.loadscopereorder = False

    class Scheduling(LoadFileScheduling):
        def _split_scope(self, nodeid: str) -> str:
            if nodeid.startswith("tests/browser/"):
                return "tests/browser"
            file = super()._split_scope(nodeid)
            return f"{file} {crc32(nodeid.encode()) % 4}" if file in IN_PARTS else file

    return Scheduling(config, log)


@pytest.fixture(scope="session")
def migrated(request: pytest.FixtureRequest, django_db_blocker: DjangoDbBlocker) -> Callable[[Path], None]:
    """A function that puts an empty SQLite database with all its tables into a data folder: a copy of the tests' own,
    for processes that a test starts. Where no collected test asks the database there is none to copy, and it is made."""
    request.getfixturevalue("django_db_setup")

    def put(folder: Path) -> None:
        from django.db import connection

        if "mode=memory" not in str(connection.settings_dict["NAME"]):
            migrate = [sys.executable, "-m", "guben", "manage", "migrate", "-v", "0"]
            subprocess.run(migrate, env={**os.environ, "GUBEN_DATA": str(folder)}, check=True)
            return
        with django_db_blocker.unblock(), closing(sqlite3.connect(folder / "guben.sqlite3")) as copy:
            connection.ensure_connection()
            connection.connection.backup(copy)

    return put


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

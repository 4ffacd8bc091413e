"""One demo city and one Chromium for all browser tests. Without a Chromium they are skipped, loudly."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from demo_server import demo_server
from demo_window import DESKTOP, Window, chromium
from find_chromium import find
from playwright.sync_api import Browser, ViewportSize

OpenWindow = Callable[..., Window]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)
            if find() is None:
                item.add_marker(pytest.mark.skip(reason="NO CHROMIUM FOUND: nothing was tested in a browser"))


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory, migrated: Callable[[Path], None]) -> Iterator[str]:
    data = tmp_path_factory.mktemp("browser")
    migrated(data)
    with demo_server(data, "small") as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Closed with its module: while it is open, Django takes the tests after it for asynchronous ones."""
    with chromium() as found:
        yield found


@pytest.fixture
def window(browser: Browser, server: str) -> Iterator[OpenWindow]:
    """A function that opens a window: `window(PHONE, english=True)`."""
    opened: list[Window] = []

    def open_window(viewport: ViewportSize = DESKTOP, *, english: bool = False, scripts: bool = True) -> Window:
        opened.append(Window(browser, server, viewport, english=english, scripts=scripts))
        return opened[-1]

    yield open_window
    for one in opened:
        one.close()

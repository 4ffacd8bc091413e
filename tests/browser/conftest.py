"""One demo city and one Chromium for all browser tests. Without a Chromium they are skipped, loudly."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from demo_server import demo_server
from find_chromium import find
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 900}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.xdist_group("browser"))
            if find() is None:
                item.add_marker(pytest.mark.skip(reason="NO CHROMIUM FOUND: nothing was tested in a browser"))


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with demo_server(tmp_path_factory.mktemp("browser")) as address:
        yield address


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=find(), args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        )
        yield chromium
        chromium.close()


class House:
    """A browser window on the demo: signs in by role, opens places, collects what the console complains about."""

    def __init__(self, browser: Browser, address: str, viewport: dict[str, int], language: str) -> None:
        self.address = address
        self.context: BrowserContext = browser.new_context(
            base_url=address, viewport=viewport, locale="en-GB" if language == "en" else "zh-CN", reduced_motion="reduce"  # type: ignore[arg-type]
        )
        self.page: Page = self.context.new_page()
        self.complaints: list[str] = []
        self.page.on("console", lambda message: self.complaints.append(message.text) if message.type == "error" else None)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def sign_in(self, username: str) -> Page:
        self.page.goto("/demo/sign-in/")
        self.page.locator(f"form:has(input[value='{username}']) button, button[value='{username}']").first.click()
        self.page.wait_for_url(lambda url: "sign-in" not in url)
        return self.page

    def open(self, address: str) -> Page:
        answer = self.page.goto(address)
        assert answer is not None and answer.status == 200, (address, answer and answer.status)
        return self.page


@pytest.fixture
def house(browser: Browser, server: str) -> Iterator[Any]:
    """A function that opens a window: `house(viewport, language)`."""
    opened: list[House] = []

    def open_house(viewport: dict[str, int] = DESKTOP, language: str = "zh") -> House:
        opened.append(House(browser, server, viewport, language))
        return opened[-1]

    yield open_house
    for window in opened:
        window.context.close()

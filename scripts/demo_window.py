"""A browser window on the demo: signs in by role and opens places. For browser tests and screenshots."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from find_chromium import find
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

PHONE = ViewportSize(width=390, height=844)
DESKTOP = ViewportSize(width=1280, height=900)
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


@contextmanager
def chromium() -> Iterator[Browser]:
    """The Chromium of this machine."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find(), args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()


class Window:
    """One window with its own cookies. `complaints` collects what the browser's console says is wrong."""

    def __init__(
        self,
        browser: Browser,
        address: str,
        viewport: ViewportSize = DESKTOP,
        *,
        english: bool = False,
        scripts: bool = True,
    ) -> None:
        self.context = browser.new_context(
            base_url=address,
            viewport=viewport,
            locale="en-GB" if english else "zh-CN",
            reduced_motion="reduce",
            java_script_enabled=scripts,
        )
        self.page: Page = self.context.new_page()
        self.complaints: list[str] = []
        self.page.on("console", lambda said: self.complaints.append(said.text) if said.type == "error" else None)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def sign_in(self, username: str) -> Page:
        """Signs in as one of the demo's users with one click."""
        self.page.goto("/demo/sign-in/")
        self.page.locator(f"form:has(input[value='{username}']) button, button[value='{username}']").first.click()
        self.page.wait_for_url(lambda url: "sign-in" not in url)
        return self.page

    def open(self, address: str) -> Page:
        """Opens a page that must be there."""
        answer = self.page.goto(address)
        if answer is None or answer.status != 200:
            raise AssertionError(f"{address} answered {answer.status if answer else 'nothing'}")
        return self.page

    def close(self) -> None:
        self.context.close()

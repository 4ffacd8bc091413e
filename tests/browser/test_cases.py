"""The pages of cases in a real browser: on a phone, and without scripts."""

from __future__ import annotations

from demo_window import PHONE

from tests.browser.conftest import OpenWindow


def test_the_pages_of_cases_fit_a_phone_and_work_without_scripts(window: OpenWindow) -> None:
    house = window(PHONE)
    page = house.sign_in("secretary")
    for address in ("/cases/", "/cases/start/", "/cases/review/", "/demo/day/"):
        house.open(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], address
        assert page.locator("h1").count() == 1
    assert page.locator(".tabbar a[aria-current=page], .tabbar a", has_text="办件").count()
    assert house.complaints == []
    plain = window(scripts=False)
    plain.sign_in("secretary")
    assert "办件" in plain.open("/cases/").inner_text("h1")

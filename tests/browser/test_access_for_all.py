"""axe on the main pages, in Chinese, in English and in large type: nothing serious, nothing critical."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from demo_window import DESKTOP, PHONE, Window

from tests.browser.conftest import OpenWindow

PAGES = {
    "secretary": ["/", "/meetings/record/", "/meetings/", "/members/", "/more/", "/account/"],
    "town-clerk": [
        "/",
        "/meetings/record-many/?at=990001&form=theme_day&rule=theme-day&period=2026-06",
        "/organisations/",
        "/organisations/990001/",
        "/imports/",
        "/jobs/",
    ],
    "organiser": ["/", "/diagnosis/", "/rules/", "/members/structure/", "/search?q=990001", "/account/people/"],
    "auditor": ["/history/"],
}


def faults(house: Window, address: str) -> list[str]:
    found = Axe().run(house.open(address)).response["violations"]
    return [
        f"{address}: {one['id']}: {one['help']}: {one['nodes'][0]['html'][:160]}"
        for one in found
        if one["impact"] in {"serious", "critical"}
    ]


@pytest.mark.parametrize("who", PAGES)
@pytest.mark.parametrize("shape", ["desktop", "english", "phone"])
def test_axe_finds_nothing_serious(window: OpenWindow, who: str, shape: str) -> None:
    house = window(PHONE if shape == "phone" else DESKTOP, english=shape == "english")
    house.sign_in(who)
    assert [fault for address in PAGES[who] for fault in faults(house, address)] == []


def test_axe_finds_nothing_serious_before_sign_in(window: OpenWindow) -> None:
    house = window()
    assert [fault for address in ("/demo/sign-in/", "/account/login/") for fault in faults(house, address)] == []


def test_axe_finds_nothing_serious_in_large_type_and_nothing_runs_off_the_phone(window: OpenWindow) -> None:
    house = window(PHONE)
    page = house.sign_in("member")
    house.open("/account/")
    page.check("[name=large_type]")
    page.locator("main form[method=post]:has([name=large_type]) button").last.click()
    page.wait_for_load_state()
    for address in ("/", "/meetings/", "/account/"):
        assert faults(house, address) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], address

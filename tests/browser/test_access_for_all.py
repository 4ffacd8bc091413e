"""axe on the main pages, in Chinese, in English and in large type: nothing serious, nothing critical."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from demo_window import DESKTOP, PHONE, Window
from playwright.sync_api import ViewportSize

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
# Looked at once, on a phone: in large type and high contrast, in traditional characters.
NEW_PAGES = {
    "secretary": [
        "/dues/",
        "/account/",
        "/account/sign-ins/",
        "/account/factors/",
        "/cases/",
        "/cases/start/?procedure=development",
        "/transfers/",
        "/transfers/away/",
        "/development/",
        "/publication/",
    ],
    "organiser": [
        "/dues/",
        "/dues/990001001/",
        "/dues/990001001/standards/",
        "/dues/990001001/publication/",
        "/establishments/",
        "/establishments/members-without-branch/",
        "/organisations/990001001/handover/",
        "/organisations/990001001/merge/",
        "/organisations/990001001/split/",
        "/members/reserve/",
        "/rules/what-if/",
        "/rules/burden/",
        "/rules/drafts/",
        "/rules/theme-day/",
        "/rules/development/",
        "/cases/review/",
        "/imports/",
        "/exports/",
    ],
    "auditor": ["/account/openings/"],
}
# A link in a line of text, and what is not shown, may be smaller.
SMALL = """() => [...document.querySelectorAll('main :is(a[href], button, select, summary, input:not([type=hidden]))')]
  .filter(one => {
    const box = one.getBoundingClientRect(), label = one.labels && one.labels[0],
      line = one.closest('.form-check, .visually-hidden') || label;
    if (!box.width || box.height >= 43.5 || getComputedStyle(one).display === 'inline') return false;
    return !line || (!line.matches('.visually-hidden') && line.getBoundingClientRect().height < 43.5);
  }).map(one => one.outerHTML.slice(0, 120))"""


def faults(house: Window, address: str) -> list[str]:
    found = Axe().run(house.open(address)).response["violations"]
    return [
        f"{address}: {one['id']}: {one['help']}: {one['nodes'][0]['html'][:160]}"
        for one in found
        if one["impact"] in {"serious", "critical"}
    ]


@pytest.mark.parametrize("who", PAGES)
@pytest.mark.parametrize("shape", ["desktop", "english phone"])
def test_axe_finds_nothing_serious(window: OpenWindow, who: str, shape: str) -> None:
    house = window(DESKTOP) if shape == "desktop" else window(PHONE, english=True)
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


@pytest.mark.parametrize("who", NEW_PAGES)
def test_the_newer_pages_serve_who_needs_large_type_and_contrast(window: OpenWindow, who: str) -> None:
    house = window(ViewportSize(width=360, height=780))
    page = house.sign_in(who)
    house.open("/account/")
    page.check("[name=large_type]")
    page.check("[name=theme][value=contrast]")
    page.check("[name=language][value=zh-hant]")
    page.locator("main form[method=post]:has([name=large_type]) button").last.click()
    page.wait_for_load_state()
    wide, small, found = [], [], []
    for address in NEW_PAGES[who]:
        found += faults(house, address)
        wide += [address] if page.evaluate("document.documentElement.scrollWidth") > 361 else []
        small += [(address, one) for one in page.evaluate(SMALL)]
    page.goto("/account/")
    page.check("[name=language][value='']")
    page.check("[name=theme][value='']")
    page.uncheck("[name=large_type]")
    page.locator("main form[method=post]:has([name=large_type]) button").last.click()
    page.wait_for_load_state()
    assert (found, wide, small) == ([], [], [])

"""The main job in a real browser: sign in by role, see what is due, record a meeting, by phone and by keyboard alone."""

from __future__ import annotations

import re

from demo_window import PHONE

from tests.browser.conftest import OpenWindow


def test_a_role_signs_in_with_one_click_and_the_console_stays_silent(window: OpenWindow) -> None:
    house = window()
    page = house.sign_in("secretary")
    assert page.locator("h1").count() == 1
    assert "演示数据" in page.inner_text("body")
    assert house.complaints == []


def test_today_shows_what_is_overdue_first_each_with_its_why(window: OpenWindow) -> None:
    page = window().sign_in("secretary")
    rows = page.locator(".duty-row")
    assert rows.count() > 0
    words = [rows.nth(number).inner_text() for number in range(rows.count())]
    late = ["逾期" in text for text in words]
    assert late == sorted(late, reverse=True)
    assert "为什么" in words[0]


def test_the_keyboard_alone_leads_from_today_to_a_prefilled_record(window: OpenWindow) -> None:
    page = window().sign_in("secretary")
    for _ in range(80):
        page.keyboard.press("Tab")
        focused = page.evaluate("[document.activeElement.tagName, document.activeElement.getAttribute('href') || '']")
        if focused[0] == "A" and "/meetings/record/" in focused[1] and "rule=" in focused[1]:
            break
    else:
        raise AssertionError("80 tabs did not reach a button that records what is due.")
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline != "none", "the focus can't be seen"
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/meetings/record/"))
    assert page.locator("h1").count() == 1
    assert page.locator("[name=form]").first.evaluate("field => field.value || field.checked") not in ("", None)


def test_a_meeting_is_recorded_on_a_phone_without_sideways_scrolling(window: OpenWindow) -> None:
    house = window(PHONE)
    page = house.sign_in("secretary")
    house.open("/meetings/record/")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    page.fill("[name=topic]", "学习基层组织建设要点")
    save = page.locator("main form[method=post]").locator("button[type=submit], button:not([type])").last
    save.focus()
    box = save.bounding_box()
    assert box and box["y"] + box["height"] <= PHONE["height"] - 64, "the bar hides the button that has the focus"
    save.click()
    page.wait_for_load_state()
    assert "学习基层组织建设要点" in page.inner_text("main")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert house.complaints == []


def test_the_pages_work_without_scripts(window: OpenWindow) -> None:
    house = window(scripts=False)
    page = house.sign_in("town-clerk")
    assert page.locator("h1").count() == 1
    for address in ("/organisations/", "/members/", "/meetings/", "/diagnosis/", "/rules/"):
        assert house.open(address).locator("h1").count() == 1

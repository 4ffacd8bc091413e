"""One applicant from application to full membership, in a real browser, every step by the one entitled to it."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from demo_window import PHONE, Window
from playwright.sync_api import Locator, Page

from tests.browser.conftest import OpenWindow

ACTORS = ("secretary", "town-organiser", "organiser")
MOST_ROUNDS = 120


def move_day(house: Window, words: str) -> None:
    house.open("/demo/day/").locator(".demo-steps button", has_text=words).first.click()
    house.page.wait_for_load_state()


@pytest.fixture
def actors(window: OpenWindow) -> Iterator[dict[str, Window]]:
    """A window for each who acts, and the demo's day as it was at the end."""
    houses = {name: window() for name in ACTORS}
    for name, house in houses.items():
        house.sign_in(name)
    yield houses
    day = houses["secretary"].open("/demo/day/").locator(".demo-steps button", has_text="回到最初那天")
    if day.count():
        day.click()


def registered(house: Window) -> None:
    """Somebody new on the roll, by the way that begins in the form of a new case."""
    page = house.open("/cases/start/")
    page.get_by_role("link", name="发展党员").first.click()
    page.get_by_role("link", name=re.compile("名册上还没有这个人")).click()
    page.fill("[name=name]", "步步行")
    page.locator("[name=sex]").first.evaluate(
        "field => { if (field.tagName === 'SELECT') field.value = '1'; else field.checked = true; }"
    )
    page.fill("[name=born_on]", "1996-03-08")
    page.fill("[name=since_on]", "2026-06-30")
    page.locator("main form[method=post] .form-actions .btn-solid").click()
    page.wait_for_url(re.compile("/cases/start/"))


def begun(house: Window) -> str:
    page = house.page
    page.select_option("[name=person]", label="步步行")
    page.locator("main form[method=post] .btn-solid").click()
    page.wait_for_url(re.compile(r"/cases/\d+/$"))
    return re.sub(r"^https?://[^/]+", "", page.url)


def sent(page: Page, button: Locator) -> None:
    button.click()
    page.wait_for_load_state()
    wrong = page.locator("#form-errors")
    assert not wrong.count(), wrong.inner_text()


def fill(form: Locator) -> None:
    """Something in every field that the step asks."""
    for number, select in enumerate(form.locator("select").all()):
        options = [one for one in select.locator("option").all() if one.get_attribute("value")]
        if options:
            select.select_option(options[number % len(options)].get_attribute("value") or "")
    for fieldset in form.locator("fieldset").all():
        boxes = fieldset.locator("input[type=radio], input[type=checkbox]")
        if boxes.count() and "可不填" not in fieldset.inner_text():
            boxes.first.check()
    for field in form.locator("textarea:not([name=reason]), input:not([type])").all():
        field.fill("已办。")
    for field in form.locator("input[type=text]").all():
        field.fill("已办。")
    for name, value in (("days", "3"), ("hours", "24")):
        if form.locator(f"[name={name}]").count():
            form.locator(f"[name={name}]").fill(value)


def count(page: Page) -> None:
    """Records the meeting where there is none yet, else enters the next teller's count."""
    form = page.locator(".count-form")
    meetings = [one for one in form.locator("[name=meeting] option").all() if one.get_attribute("value")]
    if not meetings:
        form.get_by_role("link", name=re.compile("先记这次会")).click()
        page.fill("[name=topic]", "讨论接收和转正")
        sent(
            page,
            page.locator("main form[method=post] .form-actions .btn-solid, main form[method=post] .btn-solid").last,
        )
        return
    present = re.search(r"实到(\d+)人", meetings[0].inner_text())
    assert present
    done = page.locator(".lack-list", has_text="的计票已登记").locator("li", has_text="的计票已登记").count()
    form.locator("[name=meeting]").select_option(meetings[0].get_attribute("value") or "")
    form.locator("[name=teller]").select_option(index=done + 1)
    for name, number in (("cast", present[1]), ("in_favour", present[1]), ("against", "0"), ("abstained", "0")):
        form.locator(f"[name={name}]").fill(number)
    form.locator("[name=invalid]").fill("0")
    sent(page, form.locator("button.btn-solid"))


def act(page: Page) -> str:
    """Does one thing of the step, if it is this reader's: what was done, else nothing."""
    lacking = page.locator(".lack-list a.btn")
    if lacking.count():
        lacking.first.click()
        page.fill("[name=kept_where]", "支部档案柜")
        sent(page, page.locator("main form[method=post] .btn-solid"))
        return "paper"
    if page.locator(".count-form").count():
        count(page)
        return "count"
    form = page.locator(".step-form")
    buttons = form.locator("button[name=outcome]")
    keys = [button.get_attribute("value") for button in buttons.all()]
    if not keys:
        return ""
    key = "ready" if "ready" in keys and "还要考察" not in page.inner_text(".step-card") else keys[0]
    fill(form)
    sent(page, form.locator(f"button[name=outcome][value={key}]"))
    return str(key)


def test_an_applicant_becomes_a_full_member_step_by_step(actors: dict[str, Window]) -> None:
    secretary = actors["secretary"]
    registered(secretary)
    address = begun(secretary)
    steps = []
    for _round in range(MOST_ROUNDS):
        shown = secretary.open(address).inner_text("main")
        if "办结：" in shown:
            break
        steps.append(secretary.page.inner_text(".step-title"))
        done = next((what for house in actors.values() if (what := act(house.open(address)))), "")
        if done == "kept":
            move_day(secretary, "后半年")
        elif done not in ("", "paper", "count"):
            move_day(secretary, "后一天")
        elif not done:
            assert secretary.open(address).locator("#closed-why").count() or "开放" in shown, shown
            move_day(secretary, "后一个月" if "考察" not in shown else "后半年")
    assert "办结：" in secretary.open(address).inner_text("main"), steps
    assert any("公示" in step for step in steps)
    assert all(house.complaints == [] for house in actors.values())
    page = secretary.page
    page.get_by_role("link", name="看资料").click()
    assert "正式党员" in page.inner_text("main")


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

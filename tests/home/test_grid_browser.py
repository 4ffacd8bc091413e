"""The grid by keyboard and mouse in Chromium: pick, record with exceptions only, come back to the cell."""

from __future__ import annotations

import os
import shutil
import threading

import pytest
from django.core.signals import request_finished, request_started

from guben.meetings.models import Meeting
from tests.cast import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
CHROMIUM = os.environ.get("GUBEN_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
CELL = "td[data-unit='{unit}'][data-rule='theme-day'][data-period='2026-06']"


@pytest.fixture(scope="module")
def browser():
    if not CHROMIUM:
        pytest.skip("Chromium is not installed.")
    playwright = pytest.importorskip("playwright.sync_api")
    with pytest.MonkeyPatch.context() as patch, playwright.sync_playwright() as p:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        browser = p.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


class Answering:
    """Counts the requests that the server has begun and not ended: a database is not emptied below one."""

    def __init__(self):
        self.open = 0
        self.changed = threading.Condition()

    def begun(self, **_signal):
        with self.changed:
            self.open += 1

    def ended(self, **_signal):
        with self.changed:
            self.open -= 1
            self.changed.notify_all()

    def wait_until_done(self):
        with self.changed:
            assert self.changed.wait_for(lambda: self.open == 0, timeout=30), f"{self.open} requests never ended"


@pytest.fixture
def answering(live_server):
    counted = Answering()
    request_started.connect(counted.begun)
    request_finished.connect(counted.ended)
    yield counted
    request_started.disconnect(counted.begun)
    request_finished.disconnect(counted.ended)


@pytest.fixture
def grid(browser, live_server, answering, client, cast, rules):
    """The clerk's grid, with the focus on the theme day of the first branch."""
    sign_in(client, cast.clerk)
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN")
    cookie = client.cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
    page = context.new_page()
    page.problems = []
    page.on("pageerror", lambda error: page.problems.append(str(error)))
    page.goto(live_server.url + "/")
    page.wait_for_selector("[role=grid]")
    yield page
    assert page.problems == []
    page.goto("about:blank")
    context.close()
    answering.wait_until_done()


def cell(page, unit):
    return page.locator(CELL.format(unit=unit.code))


def picked(page):
    return [one.get_attribute("data-name") for one in page.locator("[aria-selected=true]").all()]


def test_the_grid_is_one_tab_stop_and_the_arrows_walk_it(grid, cast):
    assert grid.locator("[data-grid] [tabindex='0']").count() == 1
    cell(grid, cast.branch).focus()
    grid.keyboard.press("ArrowDown")
    assert grid.evaluate("document.activeElement.dataset.unit") == cast.small_branch.code
    grid.keyboard.press("Home")
    assert grid.evaluate("document.activeElement.tagName") == "TH"


def test_space_picks_shift_extends_and_escape_clears(grid, cast):
    cell(grid, cast.branch).focus()
    grid.keyboard.press("Space")
    grid.keyboard.press("Shift+ArrowDown")
    grid.keyboard.press("Shift+ArrowDown")
    assert picked(grid) == ["柳溪村第一党支部", "柳溪村第二党支部", "山口村党支部"]
    grid.wait_for_selector("#panel [data-batch-form]")
    grid.keyboard.press("Escape")
    assert grid.locator("#panel").is_hidden()
    grid.keyboard.press("Escape")
    assert picked(grid) == []


def test_another_column_starts_a_new_selection(grid, cast):
    cell(grid, cast.branch).click()
    grid.locator(f"td[data-unit='{cast.small_branch.code}'][data-rule='branch-member-meeting'][data-open]").last.click()
    assert picked(grid) == ["柳溪村第二党支部"]


def test_space_on_the_head_of_a_column_picks_all_that_is_open(grid):
    grid.locator("thead [data-column='theme-day:2026-06']").focus()
    grid.keyboard.press("Space")
    assert len(picked(grid)) == 3


def test_letters_work_only_inside_the_grid(grid, cast):
    cell(grid, cast.branch).focus()
    grid.keyboard.press("r")
    grid.wait_for_selector("#panel [name=topic]:focus")
    grid.keyboard.type("rt")
    assert grid.input_value("#panel [name=topic]") == "rt"


def test_a_batch_is_recorded_by_keyboard_and_the_focus_comes_back(grid, cast):
    cell(grid, cast.branch).focus()
    grid.keyboard.press("Space")
    grid.keyboard.press("Shift+ArrowDown")
    grid.wait_for_selector("#panel [data-batch-form]")
    grid.wait_for_timeout(500)
    cell(grid, cast.small_branch).focus()
    grid.keyboard.press("r")
    grid.wait_for_selector("#panel [name=topic]:focus")
    grid.keyboard.type("清理河道")
    grid.fill(f"#panel [name='count-{cast.branch.pk}']", "2")
    assert grid.locator("#panel [data-sum-absent]").inner_text() == "2"
    grid.locator("#panel [name=topic]").press("Enter")
    grid.wait_for_selector(".batch-side [data-said]")
    assert "2条已记，2条算完成" in grid.locator(".batch-side .note-saved").inner_text()
    assert grid.evaluate("document.activeElement.dataset.unit") == cast.small_branch.code
    grid.wait_for_timeout(400)
    assert grid.locator("#live").inner_text() == "2个支部已记，2个算完成"
    meeting = Meeting.objects.get(organisation=cast.branch, form="theme_day")
    assert (meeting.unnamed_absent_count, meeting.recorded_for_unit) == (2, True)


def test_names_open_and_set_the_number(grid, cast):
    cell(grid, cast.branch).click()
    grid.wait_for_selector("#panel [data-batch-form]")
    grid.fill(f"#panel [name='count-{cast.branch.pk}']", "1")
    grid.locator("#panel .names-row summary").click()
    grid.wait_for_selector("#panel .names input[type=checkbox]")
    grid.locator("#panel .names label", has_text="敖石匠").click()
    grid.locator("#panel .names label", has_text="单小禾").click()
    assert grid.input_value(f"#panel [name='count-{cast.branch.pk}']") == "2"


def test_below_the_quorum_the_panel_says_so_before_saving(grid, cast):
    open_cell = f"td[data-unit='{cast.other_village.code}'][data-rule='branch-member-meeting'][data-period='2026-Q2']"
    grid.locator(open_cell).click()
    grid.wait_for_selector("#panel [data-batch-form]")
    grid.fill(f"#panel [name='count-{cast.other_village.pk}']", "3")
    assert "山口村党支部 2/5到会不过半" in grid.locator("#panel [data-quorum]").inner_text()

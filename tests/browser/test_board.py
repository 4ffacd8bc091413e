"""The public board on a phone, without sign-in: read in large type, a notice opened, nothing left in the browser."""

from __future__ import annotations

from demo_window import PHONE

from tests.browser.conftest import OpenWindow
from tests.browser.test_access_for_all import SMALL, faults

BOARD = "/publication/board/990001/"
LARGE = "size => { document.documentElement.style.fontSize = size }"


def test_a_passer_by_reads_the_board_and_a_notice_in_large_type(window: OpenWindow) -> None:
    phone = window(PHONE)
    assert faults(phone, BOARD) == []
    page = phone.page
    assert "先进党支部拟表彰名单" in page.inner_text("main")
    body = page.evaluate(
        "parseFloat(getComputedStyle(document.querySelector('.board-card p:not(.board-tags)')).fontSize)"
    )
    assert body >= 18
    for size in ("100%", "200%"):
        page.evaluate(LARGE, size)
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], size
    assert page.evaluate(SMALL) == []
    page.click("a.board-link:has-text('看公示')")
    assert "公示期" in page.inner_text("main")
    page.evaluate(LARGE, "200%")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert page.context.cookies() == []

"""A case on a phone and at a desk: begun, its first steps taken by those entitled, shown to who waits."""

from __future__ import annotations

import re

from demo_window import PHONE

from tests.browser.conftest import OpenWindow

PRESS = ".step-actions button[name=outcome]"


def test_an_applicant_is_registered_and_led_through_the_first_steps(window: OpenWindow) -> None:
    phone = window(PHONE)
    page = phone.sign_in("organisation-officer")
    phone.open("/cases/")
    page.click("a[href*='/cases/start/']")
    page.click("main a:has-text('发展党员')")
    page.click("a[href*='/members/register/']")
    page.fill("[name=name]", "申小麦")
    page.select_option("[name=sex]", index=2)
    page.fill("[name=born_on]", "1999-05-05")
    page.fill("[name=since_on]", "2026-06-20")
    page.click("main form[method=post] button.btn-solid")
    page.wait_for_url(re.compile("/cases/start/"))
    assert "申小麦" in page.locator("[name=person] option:checked").inner_text(), "who was registered is chosen"
    page.fill("[name=begun_on]", "2026-06-20")
    page.click("main form[method=post] button.btn-solid")
    page.wait_for_url(re.compile(r"/cases/\d+/$"))
    address = page.url

    page.locator("label:has-text('能人')").click()
    page.click(PRESS)
    assert "第六条：还缺材料：入党申请书" in page.inner_text("#form-errors")
    page.click(".lack-list a.btn")
    page.fill("[name=paper-application]", "支部柜子")
    assert page.input_value("[name=done_on]") == "2026-06-20", "the day on which the case began"
    page.click(PRESS)
    assert "党组织派人谈话" in page.inner_text("#step-title")
    page.locator("[name=f-talked_by]").first.check()
    page.fill("[name=f-summary]", "𠮷😀" * 20)
    page.click(PRESS)
    page.locator("[name=f-recommended_by]").first.check()
    page.click(PRESS)
    assert "上级党委备案" in page.inner_text("#step-title")
    assert page.locator(PRESS).count() == 0, "it is the town's step now"
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert phone.complaints in ([], [one for one in phone.complaints if "422" in one]), phone.complaints

    desk = window()
    page = desk.sign_in("town-organiser")
    page.goto(address)
    page.click(PRESS)
    assert "指定培养联系人" in page.inner_text("#step-title")
    page.go_back()
    if page.locator(PRESS).count():
        page.click(PRESS)  # the back button, and once more
        page.goto(address)
    assert page.inner_text("#history").count("上级党委备案") == 2, "the entry, and what its correction is called"

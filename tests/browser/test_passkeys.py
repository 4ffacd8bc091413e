"""A passkey in Chromium, with a virtual authenticator: made, used to sign in and to prove oneself, taken away. And axe on
the pages of the own account."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from demo_window import DESKTOP, PHONE, Window
from playwright.sync_api import Browser, Page

from tests.browser.conftest import OpenWindow

WHO = "auditor"
AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}
PAGES = [
    "/account/", "/account/sign-ins/", "/account/second-factor/", "/account/factors/", "/account/factors/totp/activate/",
    "/account/factors/webauthn/add/", "/account/factors/recovery-codes/generate/", "/account/openings/",
]  # fmt: skip


@pytest.fixture
def house(browser: Browser, server: str) -> Iterator[Window]:
    """A window at a name, for passkeys belong to names, with an authenticator built in."""
    found = Window(browser, server.replace("127.0.0.1", "localhost"))
    devtools = found.context.new_cdp_session(found.page)
    devtools.send("WebAuthn.enable")
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    yield found
    found.close()


def faults(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [f"{page.url}: {one['id']}: {one['nodes'][0]['html'][:160]}" for one in found]


def add(house: Window) -> None:
    page = house.open("/account/factors/webauthn/add/")
    page.fill("[name=name]", "办公室的电脑")
    page.locator("[data-passkey-start]").click()
    page.wait_for_url("**/recovery-codes/")


def remove(house: Window) -> None:
    page = house.open("/account/factors/")
    page.get_by_role("link", name=re.compile("去掉")).first.click()
    page.locator("main form button").first.click()
    page.wait_for_url("**/factors/webauthn/")


def sign_out(house: Window) -> None:
    house.open("/account/logout/").locator("main form button").first.click()
    house.page.wait_for_url("**/account/login/**")


def test_a_passkey_is_made_signs_in_and_goes_again(house: Window) -> None:
    house.sign_in(WHO)
    add(house)
    assert house.page.locator(".codes li").count() == 10
    assert faults(house.page) == []
    sign_out(house)
    page = house.open("/account/login/")
    page.locator("[data-passkey-start]").click()
    page.wait_for_url(lambda url: "login" not in url)
    assert "通行密钥" in house.open("/account/sign-ins/").content()
    assert "办公室的电脑" in house.open("/account/factors/").content()
    assert faults(house.page) == []
    remove(house)
    assert "办公室的电脑" not in house.open("/account/factors/").content()
    assert house.complaints == []


def test_a_passkey_that_is_gone_signs_nobody_in(house: Window) -> None:
    house.sign_in(WHO)
    add(house)
    remove(house)
    sign_out(house)
    page = house.open("/account/login/")
    page.locator("[data-passkey-start]").click()
    page.wait_for_load_state()
    page.wait_for_timeout(500)
    assert page.goto("/history/").url.endswith("/account/login/?next=/history/")  # type: ignore[union-attr]


def test_where_the_address_is_a_number_the_page_says_so(window: OpenWindow) -> None:
    plain = window()
    plain.sign_in(WHO)
    page = plain.open("/account/factors/webauthn/add/")
    assert page.locator("[data-passkey-missing]").is_visible()
    assert not page.locator("[data-passkey-start]").is_visible()


@pytest.mark.parametrize("shape", ["desktop", "phone", "no scripts"])
def test_axe_finds_nothing_on_the_pages_of_the_account(window: OpenWindow, shape: str) -> None:
    plain = window(PHONE if shape == "phone" else DESKTOP, scripts=shape != "no scripts")
    if shape == "no scripts":
        page = plain.open("/account/login/")
        assert not page.locator("[data-passkey-start]").is_visible()
        return
    plain.sign_in(WHO)
    assert [fault for address in PAGES for fault in faults(plain.open(address))] == []
    if shape == "phone":
        for address in PAGES:
            assert plain.open(address).evaluate("document.documentElement.scrollWidth") <= PHONE["width"], address
    assert plain.complaints == []

"""Second factors: codes of an app, recovery codes, who needs one, and what happens when one is lost."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core.cache import caches
from django.test import Client
from django.utils import timezone

from guben.access import errors, factors, keys
from guben.access.models import Grant
from guben.access.reasons import ReasonUnclear
from guben.accounts import keyring
from guben.accounts.models import Installation, SignIn, User
from guben.audit.models import Entry
from tests.cast import TODAY, Cast, sign_in
from tests.command import guben, refused

PASSWORD = "tall-pine-by-the-river"
SETUP = "/account/factors/totp/activate/"
SECOND = "/account/factors/authenticate/"


@pytest.fixture(autouse=True)
def no_attempts_so_far(db: None) -> None:
    for cache in caches.all():
        cache.clear()


@pytest.fixture(autouse=True)
def keys_of_this_test(settings: Any, tmp_path: Path) -> Iterator[None]:
    settings.KEYS = tmp_path / "keys"
    keyring.forget()
    yield
    keyring.forget()


def with_password(user: User) -> User:
    user.set_password(PASSWORD)
    user.save()
    return user


def start(client: Client, user: User) -> Any:
    return client.post("/account/login/", {"login": user.username, "password": PASSWORD})


def code_now(secret: str, steps: int = 0) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps))


def set_up(client: Client) -> str:
    html = client.get(SETUP).content.decode()
    secret = re.search(r'id="secret">([A-Z2-7]+)<', html)
    assert secret
    assert client.post(SETUP, {"code": code_now(secret[1])}).status_code == 302
    return secret[1]


@pytest.fixture
def organiser(cast: Cast) -> User:
    return with_password(cast.organiser)


@pytest.fixture
def protected(client: Client, organiser: User) -> str:
    """The organiser has an app for codes and is signed out again; the app's secret."""
    start(client, organiser)
    secret = set_up(client)
    client.post("/account/logout/")
    caches["default"].clear()  # the code may be used once more in the same half minute
    return secret


def test_the_code_is_drawn_in_the_page_without_styles_or_other_addresses(client: Client, organiser: User) -> None:
    start(client, organiser)
    html = client.get(SETUP).content.decode()
    drawing = re.search(r'<div class="qr"><svg.*?</svg>', html, re.DOTALL)
    assert drawing
    assert not re.search(r"style|script|href|data:", drawing[0])
    assert "otpauth://totp/organiser?" in html


def test_after_the_password_a_code_is_asked_for(client: Client, organiser: User, protected: str) -> None:
    assert start(client, organiser)["Location"] == SECOND
    assert client.get("/members/").status_code == 302, "the password alone opens nothing"
    wrong = client.post(SECOND, {"code": "000000"})
    assert "没有通过" in wrong.content.decode()
    assert client.get("/members/").status_code == 302
    client.post(SECOND, {"code": code_now(protected)})
    assert client.get("/members/").status_code == 200
    assert SignIn.objects.get(user=organiser).way == "factor"


def test_a_code_is_good_once(client: Client, organiser: User, protected: str) -> None:
    code = code_now(protected)
    for number in range(2):
        start(client, organiser)
        client.post(SECOND, {"code": code})
        assert (client.get("/members/").status_code == 200) is (number == 0)
        client.post("/account/logout/")


def test_each_recovery_code_opens_once(client: Client, organiser: User, protected: str) -> None:
    codes = Authenticator.objects.get(user=organiser, type="recovery_codes").wrap().get_unused_codes()
    assert len(codes) == 10
    for number in range(2):
        start(client, organiser)
        client.post(SECOND, {"code": codes[0]})
        assert (client.get("/members/").status_code == 200) is (number == 0)
        client.post("/account/logout/")


def test_guessing_codes_ends_after_ten(client: Client, organiser: User, protected: str, settings: Any) -> None:
    settings.LIMITS_FACTOR = 1
    for _ in range(10):
        start(client, organiser)
        client.post(SECOND, {"code": "000000"})
    start(client, organiser)
    answer = client.post(SECOND, {"code": code_now(protected)})
    assert "一小时内已有10次没有通过" in answer.content.decode()
    assert client.get("/members/").status_code == 302


def test_secrets_are_sealed_and_renewed_with_the_keys(
    client: Client, cast: Cast, organiser: User, protected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keyring, "SEEN_WITHIN", 0.0)
    row = Authenticator.objects.get(user=organiser, type="totp")
    assert protected not in str(row.data)
    before = dict(row.data)
    keys.rotate(by=cast.operator)
    row.refresh_from_db()
    assert row.data != before
    assert not list(keys.faults(every=True))
    start(client, organiser)
    client.post(SECOND, {"code": code_now(protected)})
    assert client.get("/members/").status_code == 200


class TestWhoNeedsOne:
    @pytest.fixture(autouse=True)
    def a_real_installation(self, cast: Cast) -> None:
        Installation.objects.update(is_demo=False)

    def test_roles_at_the_county_and_above_and_the_three_duties(self, cast: Cast) -> None:
        town = User.objects.create(username="town", password="!")
        Grant.objects.create(user=town, role="organiser", organisation=cast.town, from_on=TODAY)
        needed = {user.username for user in User.objects.all() if factors.is_needed(user)}
        assert needed == {"organiser", "auditor", "administrator", "security"}

    @pytest.mark.parametrize(("asked", "secretary"), [("all", True), ("none", False), ("roles", False)])
    def test_the_setting_decides(self, cast: Cast, settings: Any, asked: str, secretary: bool) -> None:
        settings.REQUIRE_MFA = asked
        assert factors.is_needed(cast.secretary) is secretary
        assert factors.is_needed(cast.auditor) is (asked != "none")

    def test_a_demo_asks_nobody_unless_told(self, cast: Cast, settings: Any) -> None:
        Installation.objects.update(is_demo=True)
        assert not factors.is_needed(cast.auditor)
        settings.REQUIRE_MFA = "roles"
        assert factors.is_needed(cast.auditor)

    def test_one_is_told_once_in_a_session_and_may_put_it_off(self, client: Client, cast: Cast) -> None:
        user = with_password(cast.auditor)
        start(client, user)
        told = client.get("/history/")
        assert told["Location"] == "/account/second-factor/?next=%2Fhistory%2F"
        assert "还有7天" in client.get(told["Location"]).content.decode()
        goal = client.post("/account/second-factor/later/", {"next": "/history/"})["Location"]
        assert client.get(goal).status_code == 200

    def test_after_the_grace_nothing_else_opens_until_it_is_set_up(self, client: Client, cast: Cast) -> None:
        user = with_password(cast.auditor)
        User.objects.filter(pk=user.pk).update(factor_due_on=timezone.localdate() - timedelta(days=1))  # noqa: TID251
        start(client, user)
        client.post("/account/second-factor/later/")
        for address in ("/history/", "/", "/account/"):
            assert client.get(address)["Location"].startswith("/account/second-factor/")
        assert client.post("/account/sign-ins/others/end/").status_code == 302
        page = client.get("/account/second-factor/").content.decode()
        assert "这次先不设" not in page
        set_up(client)
        assert client.get("/history/").status_code == 200

    def test_who_needs_one_cannot_take_the_last_one_away(self, client: Client, cast: Cast) -> None:
        user = with_password(cast.auditor)
        start(client, user)
        set_up(client)
        html = client.post("/account/factors/totp/deactivate/").content.decode()
        assert "您的角色要有第二重验证" in html
        assert Authenticator.objects.filter(user=user, type="totp").exists()


class TestLost:
    def test_the_security_administrator_resets_with_a_reason(self, client: Client, cast: Cast, protected: str) -> None:
        other = Client()
        sign_in(other, cast.organiser)
        assert other.get("/").status_code == 200
        sign_in(client, cast.security)
        address = f"/account/people/{cast.organiser.pk}/factors/"
        assert client.post(address, {"reason": "丢了"}).status_code == 422
        assert client.post(address, {"reason": "手机丢失，当面核对"}).status_code == 302
        assert not Authenticator.objects.filter(user=cast.organiser).exists()
        assert other.get("/").status_code == 302, "the sign-ins have ended"
        entry = Entry.objects.get(action="access.factors_reset")
        assert entry.details == {"user": "organiser", "reason": "手机丢失，当面核对", "count": 2}
        assert start(client, cast.organiser)["Location"] == "/"

    def test_never_ones_own_and_never_upward(self, cast: Cast) -> None:
        with pytest.raises(errors.NotToYourself):
            factors.reset(cast.security, "手机丢失，当面核对", by=cast.security)
        town = User.objects.create(username="town-security", password="!")
        Grant.objects.create(user=town, role="security_administrator", organisation=cast.town, from_on=TODAY)
        factors.reset(cast.clerk, "手机丢失，当面核对", by=town)
        for who in (cast.organiser, cast.neighbour, cast.security):
            with pytest.raises(errors.NotYourFactors):
                factors.reset(who, "手机丢失，当面核对", by=town)
        for by in (cast.administrator, cast.organiser, cast.secretary):
            with pytest.raises(errors.NotYourFactors):
                factors.reset(cast.member, "手机丢失，当面核对", by=by)

    def test_the_command_line_helps_where_nobody_else_can(self, client: Client, cast: Cast, protected: str) -> None:
        assert "原因没有写清" in refused(guben("factors", "reset", "organiser", "--reason", "x"))
        assert "no user" in refused(guben("factors", "reset", "nobody", "--reason", "手机丢失，当面核对"))
        assert guben("factors", "reset", "organiser", "--reason", "手机丢失，当面核对").code == 0
        assert not Authenticator.objects.filter(user=cast.organiser).exists()
        assert Entry.objects.get(action="access.factors_reset").user == cast.operator

    @pytest.mark.parametrize("reason", ["", "    ", "1234567", "。。。。。。", "啊啊啊啊啊啊", "abc", "丢 了"])
    def test_a_reason_is_words(self, cast: Cast, reason: str) -> None:
        with pytest.raises(ReasonUnclear):
            factors.reset(cast.clerk, reason, by=cast.security)

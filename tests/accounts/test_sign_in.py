"""Signing in and out, locking out, the idle time-out, and allauth's pages that this house keeps closed."""

from __future__ import annotations

import re
import time

import pytest
from django.core.cache import cache
from django.test import Client
from pytest import MonkeyPatch

from guben.accounts import middleware
from guben.accounts.models import Installation, User
from tests.cast import Cast, sign_in

pytestmark = pytest.mark.urls("tests.house.urls")
PASSWORD = "tall-pine-by-the-river"
LOGIN = "/account/login/"


@pytest.fixture(autouse=True)
def no_attempts_so_far(db: None) -> None:
    cache.clear()


@pytest.fixture
def secretary(cast: Cast) -> User:
    user = cast.secretary
    user.set_password(PASSWORD)
    user.save()
    return user


def attempt(client: Client, password: str, next_: str = "") -> object:
    return client.post(LOGIN, {"login": "secretary", "password": password, "next": next_})


def test_nobody_sees_a_page_without_signing_in(client: Client, db: None) -> None:
    answer = client.get("/members/?q=a")
    assert answer.status_code == 302
    assert answer["Location"] == "/account/login/?next=/members/%3Fq%3Da"


def test_the_right_password_leads_to_the_page_that_was_asked_for(client: Client, secretary: User) -> None:
    answer = attempt(client, PASSWORD, "/members/")
    assert (answer.status_code, answer["Location"]) == (302, "/members/")
    assert client.get("/members/").status_code == 200


def test_signing_in_never_leads_to_another_house(client: Client, secretary: User) -> None:
    assert attempt(client, PASSWORD, "https://example.org/")["Location"] == "/"


def test_a_wrong_password_says_so_and_keeps_the_name(client: Client, secretary: User) -> None:
    html = attempt(client, "wrong").content.decode()
    assert "没有登录。" in html
    assert 'value="secretary"' in html
    assert 'aria-invalid="true"' in html
    assert 'value="wrong"' not in html


def test_an_unknown_name_gets_the_same_answer_as_a_wrong_password(client: Client, secretary: User) -> None:
    known = attempt(client, "wrong").content.decode()
    unknown = client.post(LOGIN, {"login": "nobody-here", "password": "wrong"}).content.decode()
    varying = re.compile(r"[0-9A-Za-z]{64}|secretary|nobody-here")
    assert varying.sub("", known) == varying.sub("", unknown)


def test_after_five_wrong_passwords_even_the_right_one_waits(client: Client, secretary: User) -> None:
    for _ in range(5):
        answer = attempt(client, "wrong")
    assert answer.status_code in {403, 429}
    html = answer.content.decode()
    assert "密码连错5次" in html
    assert "15分钟" in html
    locked = attempt(client, PASSWORD)
    assert locked.status_code in {403, 429}
    assert "暂时不能登录" in locked.content.decode()
    assert client.get("/").status_code == 302


@pytest.mark.parametrize("name", ["SECRETARY", " secretary ", "sEcretary"])
def test_another_way_to_write_the_name_does_not_open_the_lock(client: Client, secretary: User, name: str) -> None:
    for _ in range(5):
        attempt(client, "wrong")
    client.post(LOGIN, {"login": name, "password": PASSWORD})
    assert client.get("/").status_code == 302


@pytest.mark.parametrize("goal", ["//evil.example/", "https://evil.example/", "\\\\evil.example", ""])
def test_signing_in_leads_nowhere_else(client: Client, secretary: User, goal: str) -> None:
    answer = client.post(f"{LOGIN}?next={goal}", {"login": "secretary", "password": PASSWORD, "next": goal})
    assert answer.status_code == 302
    assert answer["Location"] == "/"


def test_signing_in_changes_the_session_and_says_nothing(client: Client, secretary: User) -> None:
    client.get(LOGIN)
    session = client.session
    session["planted"] = True
    session.save()
    client.cookies["sessionid"] = session.session_key
    attempt(client, PASSWORD)
    assert client.cookies["sessionid"].value != session.session_key
    assert "成功" not in client.get("/account/").content.decode()


def test_no_page_is_kept_by_a_cache(client: Client, cast: Cast) -> None:
    assert "no-store" in client.get(LOGIN)["Cache-Control"]
    sign_in(client, cast.secretary)
    for address in ("/", "/members/", "/members/roster/", "/search/?q=1", "/nothing/"):
        assert "no-store" in client.get(address)["Cache-Control"]


def test_a_page_that_is_too_old_gives_a_number_to_quote(cast: Cast) -> None:
    client = sign_in(Client(enforce_csrf_checks=True), cast.secretary)
    answer = client.post("/account/language/", {"language": "en"})
    assert answer.status_code == 403
    assert re.search(r"[0-9A-F]{4}-\d{8}-\d{4}", answer.content.decode())


def test_a_null_character_is_refused(client: Client, cast: Cast) -> None:
    sign_in(client, cast.secretary)
    assert client.get("/search/", {"q": "\x00"}).status_code == 400
    assert client.post("/account/language/", {"next": "/\x00"}).status_code == 400
    assert client.get("/organisations/%00/").status_code == 400


def test_a_closed_account_cannot_sign_in(client: Client, secretary: User) -> None:
    User.objects.filter(pk=secretary.pk).update(is_active=False)
    attempt(client, PASSWORD)
    assert client.get("/").status_code == 302


def test_signing_out_is_asked_first_and_then_done(client: Client, cast: Cast) -> None:
    sign_in(client, cast.secretary)
    asked = client.get("/account/logout/")
    assert "退出登录？" in asked.content.decode()
    assert client.get("/").status_code == 200
    client.post("/account/logout/")
    assert client.get("/").status_code == 302


def test_the_demo_is_offered_only_where_its_door_is_open(client: Client, cast: Cast) -> None:
    assert "来看演示" not in client.get(LOGIN).content.decode()
    Installation.objects.update(demo_sign_in=True)
    assert "来看演示" in client.get(LOGIN).content.decode()


@pytest.mark.parametrize(
    "path", ["signup/", "email/", "confirm-email/", "confirm-email/abc/", "login/code/confirm/", "password/reset/done/"]
)
def test_nobody_signs_up_and_no_mail_address_is_kept(client: Client, cast: Cast, path: str) -> None:
    for who in (None, cast.secretary):
        answer = sign_in(client, who).get(f"/account/{path}")
        assert answer.status_code == 404, who
        assert "这里不自己注册" in answer.content.decode()
    before = User.objects.count()
    client.post(f"/account/{path}", {"username": "new", "password1": PASSWORD, "password2": PASSWORD})
    assert User.objects.count() == before


def test_who_forgot_the_password_learns_whom_to_ask(client: Client, db: None) -> None:
    assert "上级组织员" in client.get("/account/password/reset/").content.decode()


def test_the_password_is_changed_with_the_old_one(client: Client, secretary: User) -> None:
    sign_in(client, secretary)
    new = "another-tall-pine-tree"
    wrong = client.post("/account/password/change/", {"oldpassword": "no", "password1": new, "password2": new})
    assert "没有保存" in wrong.content.decode()
    client.post("/account/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert User.objects.get(pk=secretary.pk).check_password(new)


def test_a_short_password_is_refused(client: Client, secretary: User) -> None:
    sign_in(client, secretary)
    client.post("/account/password/change/", {"oldpassword": PASSWORD, "password1": "a1b2c3", "password2": "a1b2c3"})
    assert User.objects.get(pk=secretary.pk).check_password(PASSWORD)


def at(monkeypatch: MonkeyPatch, start: float, minutes: float) -> None:
    monkeypatch.setattr(middleware.time, "time", lambda: start + minutes * 60)


def test_half_an_hour_without_a_request_signs_out(client: Client, cast: Cast, monkeypatch: MonkeyPatch) -> None:
    start = time.time()
    at(monkeypatch, start, 0)
    sign_in(client, cast.secretary)
    assert client.get("/members/").status_code == 200
    at(monkeypatch, start, 31.1)
    answer = client.get("/members/", follow=True)
    assert answer.redirect_chain == [("/account/login/?next=/members/", 302)]
    assert "30分钟没有操作，已退出" in answer.content.decode()


def test_a_request_now_and_then_keeps_the_session_open(client: Client, cast: Cast, monkeypatch: MonkeyPatch) -> None:
    start = time.time()
    sign_in(client, cast.secretary)
    for minute in (0, 0.9, 29.9, 59, 88):
        at(monkeypatch, start, minute)
        assert client.get("/members/").status_code == 200, minute


def test_the_session_is_not_written_at_every_request(client: Client, cast: Cast, monkeypatch: MonkeyPatch) -> None:
    start = time.time()
    at(monkeypatch, start, 0)
    sign_in(client, cast.secretary)
    client.get("/members/")
    first = client.session[middleware.LAST_SEEN]
    at(monkeypatch, start, 0.5)
    client.get("/members/")
    assert client.session[middleware.LAST_SEEN] == first
    at(monkeypatch, start, 1.5)
    client.get("/members/")
    assert client.session[middleware.LAST_SEEN] == first + 90

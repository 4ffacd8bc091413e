"""A fresh proof before what matters: asked when it is old, and what was sent goes on by itself afterwards."""

from __future__ import annotations

import time

import pytest
from django.core.cache import caches
from django.test import Client

from guben.access.models import Grant
from guben.accounts import reauthentication
from guben.accounts.models import User
from guben.audit.models import Entry
from guben.members import sealed
from tests.cast import BRANCH, Cast, sign_in

PASSWORD = "tall-pine-by-the-river"
PHONE = "13800138000"


@pytest.fixture(autouse=True)
def no_attempts_so_far(db: None) -> None:
    for cache in caches.all():
        cache.clear()


@pytest.fixture
def organiser(cast: Cast) -> User:
    cast.organiser.set_password(PASSWORD)
    cast.organiser.save()
    return cast.organiser


@pytest.fixture
def signed_in(client: Client, organiser: User) -> Client:
    client.post("/account/login/", {"login": "organiser", "password": PASSWORD})
    return client


def later(monkeypatch: pytest.MonkeyPatch, minutes: float) -> None:
    now = time.time()
    monkeypatch.setattr(reauthentication.time, "time", lambda: now + minutes * 60)


GRANT = {"user": "stranger", "role": "clerk", "unit": BRANCH, "from_on": "2026-06-30", "until_on": ""}


def test_a_fresh_sign_in_is_proof_enough(signed_in: Client) -> None:
    assert signed_in.post("/account/people/grant/", GRANT)["Location"] == "/account/people/"


def test_after_ten_minutes_it_is_asked_and_the_form_goes_on(signed_in: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    later(monkeypatch, 11)
    asked = signed_in.post("/account/people/grant/", GRANT)
    assert asked["Location"] == "/account/reauthenticate/?next=%2Faccount%2Fpeople%2Fgrant%2F"
    assert not Grant.objects.filter(user__username="stranger").exists()
    assert "填过的内容都留着" in signed_in.get(asked["Location"]).content.decode()
    wrong = signed_in.post(asked["Location"], {"password": "wrong", "next": "/account/people/grant/"})
    assert wrong.status_code == 200
    assert not Grant.objects.filter(user__username="stranger").exists()
    done = signed_in.post(asked["Location"], {"password": PASSWORD, "next": "/account/people/grant/"})
    assert done["Location"] == "/account/people/"
    assert Grant.objects.get(user__username="stranger").role == "clerk"


def test_reading_asks_nothing(signed_in: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    later(monkeypatch, 25)
    for address in ("/account/people/", "/account/people/grant/", "/members/"):
        assert signed_in.get(address).status_code == 200


def test_a_number_is_opened_only_after_the_proof(
    signed_in: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = cast.people["邬春桥"]
    sealed.put(person, "phone", PHONE)
    person.save()
    later(monkeypatch, 11)
    address = f"/members/{person.pk}/unmask/"
    asked = signed_in.post(f"{address}?from=list", {"field": "phone", "reason": "办理转接核对"})
    assert asked.status_code == 302
    assert not Entry.objects.filter(action="members.unmasked").exists()
    shown = signed_in.post(asked["Location"], {"password": PASSWORD, "next": address})
    assert PHONE in shown.content.decode()
    assert Entry.objects.get(action="members.unmasked").details["reason"] == "办理转接核对"


@pytest.mark.parametrize(
    "address",
    [
        "/account/people/open/",
        "/account/people/{pk}/link/",
        "/account/people/{pk}/state/",
        "/account/grants/{grant}/end/",
    ],
)
def test_what_matters_asks(signed_in: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    later(monkeypatch, 11)
    grant = Grant.objects.get(user=cast.secretary)
    answer = signed_in.post(address.format(pk=cast.secretary.pk, grant=grant.pk), {"reason": "已调离本支部"})
    assert answer["Location"].startswith("/account/reauthenticate/")


def test_another_ones_proof_is_none(signed_in: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    cast.secretary.set_password(PASSWORD)
    cast.secretary.save()
    sign_in(signed_in, cast.secretary)
    answer = signed_in.post(
        f"/members/{cast.people['邬春桥'].pk}/unmask/", {"field": "phone", "reason": "办理转接核对"}
    )
    assert answer["Location"].startswith("/account/reauthenticate/")


def test_guessing_the_password_here_ends_too(
    signed_in: Client, settings: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.LIMITS_FACTOR = 1  # type: ignore[attr-defined]
    later(monkeypatch, 11)
    for _ in range(10):
        caches["default"].clear()
        signed_in.post("/account/reauthenticate/", {"password": "wrong"})
    caches["default"].clear()
    html = signed_in.post("/account/reauthenticate/", {"password": PASSWORD}).content.decode()
    assert "一小时内密码已错10次" in html

"""Limits are counted in the database, refuse with a sentence, and open again with time."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import caches
from django.db import OperationalError
from django.test import Client
from django.utils import timezone

from guben.access import limits
from guben.access.models import Use
from guben.members import sealed
from tests.cast import Cast, sign_in


@pytest.fixture(autouse=True)
def as_in_service(settings: Any, db: None) -> None:
    settings.LIMITS_FACTOR = 1
    for cache in caches.all():
        cache.clear()


def test_so_many_in_an_hour_and_then_a_sentence() -> None:
    for _ in range(20):
        limits.use("unmask", 7)
    with pytest.raises(limits.TooOften, match="一小时内已看过20个完整号码") as refusal:
        limits.use("unmask", 7)
    assert refusal.value.status == 429
    limits.use("unmask", 8)  # another one


def test_an_hour_later_it_opens_again_until_the_day_is_full(monkeypatch: pytest.MonkeyPatch) -> None:
    start = timezone.now()

    def at(hours: float) -> None:
        monkeypatch.setattr(limits.timezone, "now", lambda: start + timedelta(hours=hours))

    for hour in (0, 2, 4):
        at(hour)
        limits.use("unmask", 7, 20)
    at(6)
    with pytest.raises(limits.TooOften, match="一天内已看过60个"):
        limits.use("unmask", 7)
    at(25)
    limits.use("unmask", 7)


def test_many_at_once_are_refused_whole() -> None:
    with pytest.raises(limits.TooOften):
        limits.use("sign_in", 7, 101)
    assert not Use.objects.exists()
    limits.use("sign_in", 7, 100)


def test_every_limit_has_a_sentence_that_names_it() -> None:
    for kind, found in limits.LIMITS.items():
        for limit in found:
            assert str(limit.number) in str(limits.TooOften(limit)), kind


def test_a_soft_limit_is_written_every_tenth_time_and_never_in_the_way(monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(9):
        limits.use("search", 7)
    assert not Use.objects.exists()
    limits.use("search", 7)
    assert Use.objects.get().count == 10

    def busy(*args: Any) -> None:
        raise OperationalError("database is locked")

    monkeypatch.setattr(limits, "_write", busy)
    for _ in range(20):
        limits.use("search", 7)
    with pytest.raises(OperationalError):
        limits.use("unmask", 7)


def test_what_is_old_is_thrown_away(monkeypatch: pytest.MonkeyPatch) -> None:
    limits.note("code", 7)
    Use.objects.update(slot=timezone.now() - timedelta(days=3))
    monkeypatch.setattr(limits, "TIDY_ONE_IN", 1)
    limits.note("code", 8)
    assert [row.key for row in Use.objects.all()] == ["8"]


def test_numbers_are_opened_so_often_on_the_page(client: Client, cast: Cast) -> None:
    person = cast.people["邬春桥"]
    sealed.put(person, "phone", "13800138000")
    person.save()
    sign_in(client, cast.secretary)
    form = {"field": "phone", "reason": "办理转接核对"}
    answers = [client.post(f"/members/{person.pk}/unmask/", form) for _ in range(21)]
    assert [one.status_code for one in answers] == [200] * 20 + [422]
    assert "13800138000" not in answers[-1].content.decode()
    assert "一小时内已看过20个完整号码" in answers[-1].content.decode()


@pytest.mark.parametrize("reason", ["1234567", "。。。。。。", "啊啊啊啊啊", "  核 对 ", "看看"])
def test_a_reason_without_words_opens_nothing_and_counts_nothing(client: Client, cast: Cast, reason: str) -> None:
    person = cast.people["邬春桥"]
    sealed.put(person, "phone", "13800138000")
    person.save()
    answer = sign_in(client, cast.secretary).post(f"/members/{person.pk}/unmask/", {"field": "phone", "reason": reason})
    assert answer.status_code == 422
    assert "13800138000" not in answer.content.decode()
    assert not Use.objects.exists()


def test_searching_without_end_is_slowed_down(client: Client, cast: Cast) -> None:
    sign_in(client, cast.secretary)
    answers = [client.post("/search/", {"q": f"柳{number}"}).status_code for number in range(61)]
    assert answers == [200] * 60 + [429]


def test_trying_codes_of_units_is_slowed_down_and_told_nothing(client: Client, cast: Cast) -> None:
    sign_in(client, cast.secretary)
    limits.note("guess", cast.secretary.pk, 298)
    answers = [client.get(f"/organisations/9900001012{number:02}/").status_code for number in range(4)]
    assert answers == [404, 404, 429, 429]
    assert client.get("/").status_code == 200, "her own pages stay open"
    assert client.get(f"/organisations/{cast.neighbour_branch.code}/").status_code == 429


def test_one_network_does_not_try_names_without_end(client: Client, cast: Cast) -> None:
    cast.secretary.set_password("tall-pine-by-the-river")
    cast.secretary.save()
    for number in range(100):
        if number % 25 == 0:
            for cache in caches.all():
                cache.clear()
        client.post("/account/login/", {"login": f"name{number}", "password": "wrong"})
    for cache in caches.all():
        cache.clear()
    html = client.post("/account/login/", {"login": "secretary", "password": "tall-pine-by-the-river"}).content.decode()
    assert "这个网络一小时内密码已错100次" in html
    assert not any("127.0.0.1" in row.key for row in Use.objects.all())

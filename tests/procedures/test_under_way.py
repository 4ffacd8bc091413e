"""The page of a procedure says at how many units it may be begun and how many cases are open there."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from guben.procedures.models import Case
from guben.rulebook import under_way
from tests.cast import Cast
from tests.procedures import cases

pytestmark = pytest.mark.usefixtures("rules", "procedures")


def page(client: Client, user: object) -> str:
    client.force_login(user)  # type: ignore[arg-type]
    return client.get(reverse("rulebook:rule", args=["hall-use"])).content.decode()


def test_a_reader_who_may_see_cases_is_told_how_many_are_open(cast: Cast, client: Client) -> None:
    assert "现在没有在办的。" in page(client, cast.secretary)
    first, _second = cases.hall(cast, begun_on=date(2026, 6, 1)), cases.hall(cast, begun_on=date(2026, 6, 2))
    shown = page(client, cast.secretary)
    assert "正在办的2件" in shown
    assert "这些组织可以开始办。" in shown

    Case.objects.filter(pk=first.pk).update(ended_on=cast.today, once_about=None)
    assert "正在办的1件" in page(client, cast.secretary)


def test_who_may_not_see_cases_is_told_no_number(cast: Cast) -> None:
    cases.hall(cast, begun_on=date(2026, 6, 1))
    assert under_way.count(cast.secretary, "hall-use", cast.branch, cast.today) == 1
    assert under_way.count(cast.secretary, "development", cast.branch, cast.today) == 0
    assert under_way.count(cast.secretary, "hall-use", cast.city, cast.today) is None


@pytest.mark.parametrize("on", [date(2026, 5, 31)])
def test_a_case_of_a_later_day_is_not_open_yet(cast: Cast, on: date) -> None:
    cases.hall(cast, begun_on=date(2026, 6, 1))
    assert under_way.count(cast.secretary, "hall-use", cast.branch, on) == 0

"""Reserve cadres and cadres sent down: who may see and keep them, what is refused, what the team page and rules know."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.test import Client
from django.urls import reverse

from guben.audit.models import Entry
from guben.kit.errors import DomainError
from guben.members import actions, errors, queries
from guben.members.models import Holding, ReserveEntry, Secondment
from guben.organisations import actions as organisations
from guben.rulebook.live import rows as run
from guben.rulebook.live import select
from guben.rulebook_engine.facts import catalogue
from tests.cast import BRANCH, TODAY, Cast, sign_in

DAY = date(2026, 6, 1)


def listed(cast: Cast, name: str = "单小禾", **more: Any) -> ReserveEntry:
    values = {
        "post_kind": "secretary", "from_on": DAY, "reason": "年轻能干", "decided_by": "2026年6月1日支委会", "by": cast.secretary,
    } | more  # fmt: skip
    return actions.put_on_reserve(cast.people[name], cast.branch, **values)


def fact(name: str, columns: list[str], on: date = TODAY) -> list[tuple[Any, ...]]:
    table = catalogue.table(name)
    assert table is not None
    return run(select(["organisation", *columns], table, on, None), None)


def test_a_name_comes_on_the_list_once_and_leaves_it(cast: Cast) -> None:
    entry = listed(cast)
    with pytest.raises(errors.OnTheListAlready):
        listed(cast)
    listed(cast, post_kind="deputy_secretary")
    assert len(queries.reserve_of(cast.branch, TODAY)) == 2
    assert queries.reserve_of(cast.branch, date(2026, 5, 31)) == []
    actions.take_off_reserve(entry, until_on=date(2026, 6, 20), because="已任职", by=cast.secretary)
    assert [line.entry.post_kind for line in queries.reserve_of(cast.branch, TODAY)] == ["deputy_secretary"]
    assert len(queries.reserve_of(cast.branch, date(2026, 6, 19))) == 2
    with pytest.raises(errors.EntryEnded):
        actions.take_off_reserve(entry, until_on=TODAY, because="x", by=cast.secretary)
    assert Entry.objects.filter(action="members.put_on_reserve").count() == 2


@pytest.mark.parametrize(
    "change",
    [
        {"post_kind": "king"},
        {"reason": " "},
        {"decided_by": ""},
        {"from_on": date(2027, 1, 1)},
        {"from_on": date(1999, 1, 1)},
    ],
)
def test_what_can_not_be_is_refused(cast: Cast, change: dict[str, Any]) -> None:
    with pytest.raises(DomainError):
        listed(cast, **change)
    assert not ReserveEntry.objects.exists()


def test_not_for_strangers_nor_with_strangers_people(cast: Cast) -> None:
    with pytest.raises(Http404):
        listed(cast, by=cast.neighbour)
    with pytest.raises(PermissionDenied):
        listed(cast, by=cast.inspector)
    with pytest.raises(Http404):
        listed(cast, "苗江月")


@pytest.mark.parametrize(
    ("who", "status"), [("secretary", 200), ("clerk", 200), ("inspector", 403), ("member", 403), ("neighbour", 404)]
)
def test_the_list_is_for_those_who_keep_it(cast: Cast, client: Client, who: str, status: int) -> None:
    listed(cast, "敖石匠")
    answer = sign_in(client, getattr(cast, who)).get(reverse("members:reserve"), {"at": BRANCH})
    assert answer.status_code == status
    assert ("敖石匠" in answer.content.decode()) == (status == 200)


def test_the_pages_put_on_and_take_off(cast: Cast, client: Client) -> None:
    sign_in(client, cast.secretary)
    add = reverse("members:add_reserve") + f"?at={BRANCH}"
    data = {
        "person": cast.people["单小禾"].pk,
        "post_kind": "secretary",
        "from_on": "2026-06-01",
        "reason": "好",
        "decided_by": "支委会",
    }
    assert client.post(add, data | {"reason": ""}).status_code == 422
    assert client.post(add, data | {"person": cast.people["苗江月"].pk}).status_code == 404
    assert client.post(add, data).status_code == 302
    end = reverse("members:end_reserve", args=[ReserveEntry.objects.get().pk])
    assert client.post(end, {"until_on": "2020-01-01", "because": "x"}).status_code == 422
    assert client.post(end, {"until_on": "2026-06-30", "because": "提拔"}).status_code == 302
    assert "提拔" in client.get(reverse("members:reserve"), {"at": BRANCH}).content.decode()


def sent(cast: Cast, ends_on: date = date(2026, 8, 1), **more: Any) -> Secondment:
    holding = Holding.objects.get(person__name="邬春桥")
    return actions.send_down(holding, **{"sent_by": cast.city, "ends_on": ends_on, "by": cast.organiser} | more)


def test_a_cadre_sent_down_is_shown_with_the_end_of_the_term(cast: Cast, client: Client) -> None:
    sent(cast)
    team = reverse("organisations:team", args=[BRANCH])
    page = sign_in(client, cast.secretary).get(team).content.decode()
    assert "示范市委下派" in page
    assert "快期满" in page
    sent(cast, ends_on=TODAY)
    assert "下派期满" in client.get(team).content.decode()
    assert Secondment.objects.count() == 1


def test_nobody_is_sent_by_the_own_unit_or_before_the_post(cast: Cast) -> None:
    with pytest.raises(errors.SentByItself):
        sent(cast, sent_by=cast.branch)
    with pytest.raises(errors.DayNotLater):
        sent(cast, ends_on=date(2001, 1, 1))
    with pytest.raises(Http404):
        sent(cast, by=cast.neighbour)


def test_an_unknown_sender_is_refused_without_telling(cast: Cast, client: Client) -> None:
    url = reverse("members:send_down", args=[Holding.objects.get(person__name="邬春桥").pk])
    sign_in(client, cast.clerk)
    for code in ("nonsense", "990000102", "' or 1=1"):
        answer = client.post(url, {"sent_by": code, "ends_on": "2027-01-01"})
        assert answer.status_code == 422
        assert "没有这个代码的单位" in answer.content.decode()


def test_rules_can_count_reserve_sent_down_full_and_part_time(cast: Cast) -> None:
    listed(cast)
    sent(cast)
    organisations.add_post(cast.branch, kind="organiser_full_time", is_full_time=True, from_on=DAY, by=cast.secretary)
    columns = ["reserve_cadres", "sent_down_cadres", "full_time_staff", "part_time_staff"]
    row = next(row for row in fact("organisation", columns) if row[0] == cast.branch.pk)
    assert [int(one) for one in row[1:]] == [1, 1, 0, 3]
    posts = [row for row in fact("post", ["sent_down", "sent_until"]) if int(row[1])]
    assert len(posts) == 1
    assert [int(row[1]) for row in fact("organisation", ["reserve_cadres"], date(2026, 5, 1)) if row[1]] == []


def test_the_team_page_shows_the_structure_to_those_who_see_people(cast: Cast, client: Client) -> None:
    team = reverse("organisations:team", args=[BRANCH])
    page = sign_in(client, cast.secretary).get(team)
    shape = page.context["shape"]
    assert (shape.filled, shape.posts, shape.over_age, shape.women) == (3, 3, 1, 1)  # 曾望川 is 60 that day
    assert "平均" in page.content.decode()
    assert "平均" not in sign_in(client, cast.statistician).get(team).content.decode()

"""A yearly table among the rules: its page tells each row's formula, and a row is explained like a figure."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from tests.cast import BRANCH, TOWN, Cast, sign_in

pytestmark = [pytest.mark.usefixtures("rules"), pytest.mark.one_database]


def told(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return re.sub(r"\s+", " ", re.sub("<[^>]+>", " ", answer.content.decode()))


def test_tables_are_a_kind_of_rule(cast: Cast, client: Client) -> None:
    sign_in(client, cast.clerk)

    assert "党员的年龄" in told(client, "/rules/?kind=table")
    assert "党员大会" not in told(client, "/rules/?kind=table")


def test_its_page_tells_every_row(cast: Cast, client: Client) -> None:
    sign_in(client, cast.clerk)

    page = told(client, "/rules/bulletin-age/")
    assert "符合“年龄在31到35之间”的数目" in page
    assert "人员类别、年龄" in page
    assert "改一改，试算" not in page
    page = told(client, "/rules/bulletin-members/")
    assert "“党员总数”比一年前多百分之几" in page
    assert "没有登记的地方" in told(client, "/rules/bulletin-awards/")


def test_a_row_is_explained_down_to_its_records(cast: Cast, client: Client) -> None:
    sign_in(client, cast.clerk)

    key = "bulletin-make-up_women"
    assert "女党员" in told(client, f"/rules/{key}/")
    assert "女党员" in told(client, f"/diagnosis/{key}/{TOWN}/")
    listed = told(client, f"/diagnosis/{key}/{BRANCH}/records/")
    women = [person.name for person in cast.people.values() if person.sex == "2" and person.name in listed]
    assert women
    assert not [person.name for person in cast.people.values() if person.sex == "1" and person.name in listed]

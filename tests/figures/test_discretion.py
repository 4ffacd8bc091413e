"""Figures about few people are not shown to who may not see the persons, on no page, in no sheet, by no command."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse

from guben.access.models import Grant
from guben.establishments.models import Establishment, Workplace
from guben.figures import discretion, queries
from guben.rulebook.queries import library
from guben.rulebook_engine.entries import Indicator
from tests.cast import BRANCH, CITY, TOWN, VILLAGE, Cast, sign_in
from tests.command import guben

pytestmark = pytest.mark.usefixtures("rules")
SENTENCE = "人数太少，不单独显示"
RULE = "contact-overdue"


@pytest.fixture
def indicator(cast: Cast) -> Indicator:
    (found,) = queries.indicators_for([RULE], cast.today, library())
    return found


def test_who_sees_the_persons_sees_every_figure(cast: Cast, indicator: Indicator) -> None:
    for user, at in ((cast.clerk, cast.town), (cast.organiser, cast.city), (cast.secretary, cast.branch)):
        assert discretion.hidden_from(user, at, cast.today, [indicator]) == {}


def test_a_figure_about_one_person_is_hidden_from_the_statistician(
    cast: Cast, client: Client, indicator: Indicator
) -> None:
    assert indicator.over == "member"
    hidden = discretion.hidden_from(cast.statistician, cast.branch, cast.today, [indicator])[indicator.key]
    assert cast.branch.pk in hidden
    address = reverse("figures:why", args=[RULE, BRANCH])
    told = sign_in(client, cast.statistician).get(address).content.decode()
    assert SENTENCE in told
    assert "figure-sum" not in told
    assert SENTENCE not in sign_in(client, cast.clerk).get(address).content.decode()


def test_every_level_hides_the_same(cast: Cast, indicator: Indicator) -> None:
    """Wherever a reader looks from, the same units are hidden."""
    found = [
        discretion.hidden_from(cast.statistician, unit, cast.today, [indicator])[indicator.key]
        for unit in (cast.city, cast.town, cast.village, cast.branch)
    ]
    assert len(set(found)) == 1


def test_commands_tell_no_more_than_pages(cast: Cast, indicator: Indicator) -> None:
    def rows(who: str) -> dict[str, object]:
        answer = guben("--as", who, "evaluate", RULE, "--at", CITY, "--below", "--json")
        return {row["code"]: row["value"] for row in answer.document["rows"]}

    theirs, all_rows = rows("statistician"), rows("organiser")
    assert theirs.keys() == all_rows.keys()
    hidden = discretion.hidden_from(cast.statistician, cast.city, cast.today, [indicator])[indicator.key]
    assert [code for code, value in theirs.items() if value is None and all_rows[code] is not None]
    assert all(theirs[code] == value for code, value in all_rows.items() if cast.units[code].pk not in hidden)
    why = guben("--as", "statistician", "explain", RULE, "--at", BRANCH).out
    assert SENTENCE in why
    assert "÷" not in why


def test_the_sheet_of_findings_holds_no_hidden_figure(cast: Cast, client: Client) -> None:
    answer = sign_in(client, cast.statistician).get(reverse("figures:diagnosis"), {"at": TOWN, "export": "xlsx"})
    sheet = openpyxl.load_workbook(io.BytesIO(answer.getvalue())).active
    rows = [row for row in sheet.iter_rows(values_only=True) if SENTENCE in row]
    assert rows
    assert all(row[4] is None and row[5] is None for row in rows)


def test_own_persons_are_seen_within_figures_of_others(cast: Cast, indicator: Indicator) -> None:
    """Figures at the city by one role, persons at a branch by another: the branch is shown."""
    Grant.objects.create(user=cast.statistician, role="secretary", organisation=cast.branch, from_on=cast.today)
    hidden = discretion.hidden_from(cast.statistician, cast.city, cast.today, [indicator])[indicator.key]
    assert cast.branch.pk not in hidden
    assert VILLAGE in cast.units


def test_it_costs_nothing_where_persons_are_seen(
    cast: Cast, indicator: Indicator, django_assert_num_queries: Any
) -> None:
    discretion.hidden_from(cast.clerk, cast.town, cast.today, [indicator])
    with django_assert_num_queries(0):
        discretion.hidden_from(cast.clerk, cast.town, cast.today, [indicator])


def test_few_members_of_an_establishment_are_left_out(cast: Cast, client: Client) -> None:
    facts = {"name": "青石五金厂", "kind": "non_public_enterprise", "from_on": date(2020, 1, 1)}
    firm = Establishment.objects.create(organisation=cast.village, **facts)
    Workplace.objects.create(person=cast.people["邬春桥"], establishment=firm, from_on=date(2021, 1, 1))
    for address in (firm.get_absolute_url(), f"/establishments/?at={VILLAGE}"):
        assert "不单独显示" in sign_in(client, cast.statistician).get(address).content.decode()
        assert "不单独显示" not in sign_in(client, cast.clerk).get(address).content.decode()
    for who, known in (("statistician", None), ("clerk", 1)):
        (row,) = guben("--as", who, "coverage", "--at", VILLAGE, "--json").document["establishments"]
        assert row["members_known"] == known

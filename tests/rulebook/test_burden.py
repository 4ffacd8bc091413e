from __future__ import annotations

from datetime import date
from importlib import import_module
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from guben.rulebook.burden import burden_of, without_effect
from guben.rulebook.models import Rulebook
from guben.rulebook.queries import library
from tests.cast import BRANCH, NEIGHBOUR_BRANCH, TOWN, Cast, sign_in
from tests.command import guben, refused
from tests.rulebook.local import amended, issued

pytestmark = pytest.mark.usefixtures("rules")


def test_hours_are_minutes_times_how_often_each_unit_owes_them(cast: Cast) -> None:
    burden = burden_of(cast.branch, cast.today, library())

    hours = {one.rule.key: one.hours for one in burden.rules}
    assert hours["branch-member-meeting"] == 4 * 90 / 60
    assert hours["branch-committee-meeting"] == 12 * 60 / 60
    assert hours["group-meeting"] == 2 * 12 * 60 / 60  # two groups, each every month
    assert burden.units == 1
    assert burden.hours_of_one == pytest.approx(sum(hours.values()))


def test_a_duty_that_does_not_apply_costs_nothing(cast: Cast) -> None:
    burden = burden_of(cast.small_branch, cast.today, library())

    assert {"branch-committee-meeting", "group-meeting"}.isdisjoint(one.rule.key for one in burden.rules)


def test_what_the_town_asks_is_told_apart_and_stays_in_the_town(cast: Cast) -> None:
    before = burden_of(cast.city, cast.today, library())
    issued(cast, from_on=cast.today)
    now = burden_of(cast.city, cast.today, library())

    assert now.hours_of_all - before.hours_of_all == pytest.approx(3 * 6)
    assert now.issuers[TOWN] == pytest.approx(3 * 6 / now.units)
    assert TOWN not in burden_of(cast.units[NEIGHBOUR_BRANCH], cast.today, library()).issuers


def test_a_year_ago_only_what_was_in_force_then_counts(cast: Cast) -> None:
    amended(cast, issued(cast, from_on=cast.today), minutes="60")

    def town(day: date) -> float:
        return burden_of(cast.branch, day, library()).issuers.get(TOWN, 0)

    assert [town(date(2025, 6, 30)), town(date(2026, 6, 30)), town(date(2026, 9, 1))] == [0, 6, 12]


def test_the_kinds_of_units_add_up_to_all(cast: Cast) -> None:
    burden = burden_of(cast.city, cast.today, library())

    assert sum(one.total * one.units for one in burden.kinds) == pytest.approx(burden.hours_of_all)
    assert sum(one.units for one in burden.kinds) == burden.units


def test_a_rule_that_somebody_fell_short_of_has_an_effect(cast: Cast) -> None:
    idle = {one.rule.key for one in without_effect(cast.city, cast.today, library())}

    assert "community-site-not-owned" not in idle  # the community's site is borrowed
    assert "theme-day" not in idle  # never held
    assert "branch-above-fifty" in idle


def test_the_page_says_the_finding_and_opens_to_the_rules(client: Client, cast: Cast) -> None:
    issued(cast, from_on=cast.today)
    sign_in(client, cast.secretary)
    page = client.get(reverse("rulebook:burden"), {"at": BRANCH}).content.decode()

    hours = round(burden_of(cast.branch, cast.today, library()).hours_of_one)
    assert f"柳溪村第一党支部一年要花{hours}小时" in page
    assert "比一年前多6.0小时" in page
    assert reverse("rulebook:rule", args=["theme-day"]) in page
    assert "青石镇党委" in page
    assert 'style="' not in page


def test_the_page_is_for_those_who_see_the_unit(client: Client, cast: Cast) -> None:
    sign_in(client, cast.secretary)

    assert client.get(reverse("rulebook:burden"), {"at": NEIGHBOUR_BRANCH}).status_code == 404
    assert client.get(reverse("rulebook:burden"), {"at": TOWN}).status_code == 404
    for on in ("0001-01-01", "9999-12-31", "x", "1900-01-01", "2026-02-30"):
        assert client.get(reverse("rulebook:burden"), {"on": on}).status_code == 200


@pytest.mark.parametrize("name", ["list", "burden"])
def test_pages_ask_as_much_of_a_city_as_of_a_branch(client: Client, cast: Cast, name: str) -> None:
    if name == "burden" and connection.vendor == "postgresql":
        pytest.skip("while a transaction writes, as a test's own does, nothing is kept between two visits")
    counts = []
    for who in (cast.secretary, cast.organiser):
        sign_in(client, who)
        client.get(reverse(f"rulebook:{name}"))
        with CaptureQueriesContext(connection) as asked:
            client.get(reverse(f"rulebook:{name}"))
        counts.append(len(asked))

    assert counts[1] - counts[0] <= 30 if name == "burden" else counts[0] == counts[1]
    assert max(counts) <= (80 if name == "burden" else 12)


def test_the_command_prints_the_same(cast: Cast) -> None:
    issued(cast, from_on=cast.today)
    found = guben("burden", "--at", TOWN, "--json").document

    assert found["now"]["hours_of_all"] == round(burden_of(cast.town, cast.today, library()).hours_of_all, 1)
    assert TOWN in found["now"]["issuers"]
    assert found["year_before"]["issuers"].keys() == {"national"}


def test_the_file_of_a_rule_comes_back_and_is_read_again(cast: Cast, tmp_path: Path) -> None:
    edition = issued(cast)
    text = guben("rules", "export", edition.key).out
    file = tmp_path / "rule.toml"
    file.write_text(text, encoding="utf-8")

    assert text == Rulebook.objects.get(key=edition.key).text
    assert "no mistakes" in guben("rules", "check", str(file)).out
    assert edition.key in guben("rules", "list", "--on", "2026-07-02").out
    assert "nothing" in refused(guben("rules", "export", "nothing"))


def test_a_year_of_a_large_tree_is_looked_up_when_it_is_asked_for(
    client: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_in(client, cast.organiser)
    address = reverse("rulebook:burden")
    pages = import_module("guben.rulebook.views.burden")
    monkeypatch.setattr(pages, "QUICK", 1)

    assert client.get(address).context["idle"] is None
    assert client.get(address, {"idle": "1"}).context["idle"]
    part = client.get(address, {"idle": "1"}, headers={"HX-Request": "true"}).content.decode()
    assert "branch-above-fifty" in part
    assert "<html" not in part
    monkeypatch.setattr(pages, "LARGE_TREE", 1)
    page = client.get(address, {"idle": "1"})
    assert page.context["idle"] is None
    assert "换到下一级看" in page.content.decode()

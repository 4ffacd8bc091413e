from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from guben.rulebook.actions import install
from guben.rulebook.queries import library
from guben.rulebook.reach import reach_of
from guben.rulebook.sources import RuleFile
from guben.rulebook.workings import differences
from tests.cast import TODAY, TOWN, Cast, sign_in
from tests.rulebook.test_installing import LOCAL

pytestmark = pytest.mark.usefixtures("rules")

TWO_EDITIONS = LOCAL.replace(
    'opens     = "age >= 45"\n',
    """opens     = "age >= 45"
until     = 2026-05-01

[[standard]]
key       = "our-unit-growing-old"
title     = { zh = "老龄化预警", en = "Early warning of age" }
indicator = "share-45-or-over"
holds     = "value <= 0.7"
line      = { zh = "不超过70%", en = "At most 70%" }
severity  = "low"
remedy    = { zh = "早发展青年", en = "Win the young early" }
from      = 2026-05-01
""",
)


def page(client: Client, who: object, key: str = "") -> str:
    address = reverse("rulebook:rule", args=[key]) if key else reverse("rulebook:list")
    response = sign_in(client, who).get(address)  # type: ignore[arg-type]
    assert response.status_code == 200
    return response.content.decode()


def test_two_editions_show_what_was_changed_and_nothing_else(client: Client, cast: Cast) -> None:
    install([RuleFile("our-town.toml", TWO_EDITIONS)], by=cast.operator)

    shown = page(client, cast.clerk, "our-unit-growing-old")

    assert "<del>8</del>0%" in shown
    assert "<ins>7</ins>0%" in shown
    assert "<del>早" not in shown
    old, new = library().editions("our-unit-growing-old")
    assert len(differences(old, new)) == 2  # the line, and the condition behind it


def test_a_rule_that_is_no_longer_in_force_has_a_page_that_says_so(client: Client, cast: Cast) -> None:
    ended = LOCAL.replace('opens     = "age >= 45"\n', 'opens     = "age >= 45"\nuntil     = 2026-06-01\n')
    install([RuleFile("our-town.toml", ended)], by=cast.operator)

    assert "今天无效" in page(client, cast.clerk, "our-unit-growing-old")
    assert "our-unit-growing-old" not in page(client, cast.clerk)


def test_a_standard_says_how_many_units_are_past_it_now(client: Client, cast: Cast) -> None:
    shown = page(client, cast.organiser, "community-site-not-owned")

    assert "现在越线的1个" in shown
    assert "/diagnosis/community-site-not-owned/?at=990000" in shown


def test_a_towns_rule_concerns_units_of_the_town_only(cast: Cast) -> None:
    install([RuleFile("our-town.toml", LOCAL)], by=cast.operator)
    rules = library()
    rule = rules.get("our-unit-growing-old", TODAY)
    assert rule is not None

    everywhere, at_town = (reach_of(rule, unit, TODAY, rules) for unit in (cast.city, cast.town))

    assert everywhere == at_town
    assert everywhere is not None
    assert everywhere.units == sum(code.startswith(TOWN) for code in cast.units)


def test_a_duty_says_what_it_costs(cast: Cast) -> None:
    rules = library()
    rule = rules.get("branch-member-meeting", TODAY)
    assert rule is not None

    reach = reach_of(rule, cast.city, TODAY, rules)

    assert reach is not None
    assert (reach.units, reach.minutes_a_year, reach.hours_of_all) == (4, 360, 24)


def test_the_list_is_searched_by_words_and_kind(client: Client, cast: Cast) -> None:
    sign_in(client, cast.secretary)
    found = client.get(reverse("rulebook:list"), {"q": "M4.1 党员大会", "kind": "duty"}).content.decode()
    assert "/rules/branch-member-meeting/" in found
    assert "/rules/theme-day/" not in found
    assert "没有符合的制度" in client.get(reverse("rulebook:list"), {"q": "没有这样的"}).content.decode()


def test_an_unknown_rule_is_not_there(client: Client, cast: Cast) -> None:
    assert sign_in(client, cast.organiser).get(reverse("rulebook:rule", args=["nothing"])).status_code == 404


def test_who_may_not_read_rules_is_refused(client: Client, cast: Cast) -> None:
    assert sign_in(client, cast.stranger).get(reverse("rulebook:list")).status_code == 403

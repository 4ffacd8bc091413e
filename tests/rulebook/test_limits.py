"""The hours that rules may ask of a unit in a year: laid down like any rule, held against what they do ask."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from guben.rulebook.burden import burden_of
from guben.rulebook.burden_chart import drawings, years_of
from guben.rulebook.queries import library
from guben.rulebook_engine.errors import RulebookErrors
from guben.rulebook_engine.facts import catalogue
from guben.rulebook_engine.loading import read_rulebook
from tests.cast import BRANCH, CITY, NEIGHBOUR_BRANCH, TOWN, Cast, sign_in
from tests.command import guben
from tests.rulebook.local import drafted, issued

pytestmark = pytest.mark.usefixtures("rules")

TEXT = """
[rulebook]
key        = "most-hours-{code}"
title      = {{ zh = "负担上限", en = "Most hours" }}
source     = "《青石镇减负办法》"
confidence = "verified"

[[limit]]
key   = "most-hours-{code}"
title = {{ zh = "支部一年的工作时间上限", en = "Hours a year of a branch" }}
hours = {hours}
{more}
"""
GIVEN = {
    "paper": "青党发〔2026〕21号",
    "from_on": "2026-06-30",
    "until_on": "",
    "examples": "",
}


def limited(cast: Cast, hours: int, *, at: str = TOWN, more: str = "", **given: str) -> str:
    text = TEXT.format(code=at, hours=hours, more=more)
    edition = issued(cast, "text", {**GIVEN, "text": text, **given}, at=at)
    return edition.key


def test_who_stands_past_a_limit_is_counted(cast: Cast) -> None:
    assert burden_of(cast.town, cast.today, library()).limit is None
    hours = burden_of(cast.branch, cast.today, library()).hours_of_one
    limited(cast, int(hours) - 1)

    town = burden_of(cast.town, cast.today, library())
    assert town.limit and town.limit.hours == int(hours) - 1
    assert 0 < town.past < town.limited == town.units
    assert sum(one.past for one in town.kinds) == town.past
    assert burden_of(cast.branch, cast.today, library()).past == 1


def test_a_limit_is_kept_to_the_minute(cast: Cast) -> None:
    hours = burden_of(cast.branch, cast.today, library()).hours_of_one
    limited(cast, int(hours))

    assert hours == int(hours), "the cast's branch owes whole hours, or this test says nothing"
    assert burden_of(cast.branch, cast.today, library()).past == 0


def test_a_limit_holds_below_its_issuer_from_its_day_for_whom_it_is_about(cast: Cast) -> None:
    limited(cast, 1, more="who = \"kind = 'general_branch'\"")

    assert burden_of(cast.branch, cast.today, library()).limit is None
    assert burden_of(cast.units[NEIGHBOUR_BRANCH], cast.today, library()).limit is None
    assert burden_of(cast.town, date(2026, 6, 29), library()).limit is None


def test_of_two_limits_the_narrower_holds(cast: Cast) -> None:
    limited(cast, 20, at=CITY)
    limited(cast, 10)

    found = [burden_of(unit, cast.today, library()).limit for unit in (cast.branch, cast.units[NEIGHBOUR_BRANCH])]
    assert [limit and limit.hours for limit in found] == [10, 20]


def test_the_page_draws_the_line_and_says_who_laid_it_down(client: Client, cast: Cast) -> None:
    key = limited(cast, 3)
    sign_in(client, cast.secretary)
    page = client.get(reverse("rulebook:burden"), {"at": BRANCH}).content.decode()

    assert "上限3小时（青石镇党委）" in page
    assert "stroke-dasharray" in page
    assert "小时，超" in page
    assert reverse("rulebook:rule", args=[key]) in page
    assert "style=" not in page[page.index("chart-wide") :]
    rule = client.get(reverse("rulebook:rule", args=[key])).content.decode()
    assert "所有职责加起来，一个组织一年最多3小时。" in rule
    assert "看谁超过上限" in rule
    assert "负担上限" not in client.get(reverse("rulebook:list"), {"kind": "duty"}).content.decode()
    assert key in client.get(reverse("rulebook:list"), {"kind": "limit"}).content.decode()


def test_without_a_limit_nothing_is_red(client: Client, cast: Cast) -> None:
    sign_in(client, cast.secretary)
    page = client.get(reverse("rulebook:burden"), {"at": BRANCH}).content.decode()

    assert "chart-wide" in page
    assert "var(--red)" not in page
    assert "is-past" not in page
    assert "没有规定上限" in page


def test_what_two_rules_ask_for_is_told(client: Client, cast: Cast) -> None:
    issued(cast, from_on=cast.today)
    burden = burden_of(cast.branch, cast.today, library())

    twice = {one.rule.key: [other.key for other in one.alike] for one in burden.rules if one.alike}
    assert twice == {f"safety-talk-{TOWN}": ["branch-member-meeting"], "branch-member-meeting": [f"safety-talk-{TOWN}"]}
    assert not any(one.alike for one in burden_of(cast.units[NEIGHBOUR_BRANCH], cast.today, library()).rules)
    sign_in(client, cast.secretary)
    assert "凭同一种记录" in client.get(reverse("rulebook:burden"), {"at": BRANCH}).content.decode()


@pytest.mark.parametrize("hours", ["0", "-1", "8761", "1.5", '"60"', "true"])
def test_a_limit_is_a_number_of_hours_in_a_year(hours: str) -> None:
    with pytest.raises(RulebookErrors, match="x.toml:11:1: .*(out of range|needed is a whole number)"):
        read_rulebook(TEXT.format(code="x", hours=hours, more="from = 2026-01-01"), "x.toml", catalogue)


def test_the_draft_is_shown_and_the_command_says_the_same(client: Client, cast: Cast) -> None:
    draft = drafted(cast, "text", {**GIVEN, "text": TEXT.format(code=TOWN, hours=3, more="")})
    sign_in(client, cast.organiser)
    page = client.get(reverse("rulebook:draft", args=[draft.pk]))
    assert page.status_code == 200
    assert "一年最多3小时" in page.content.decode()
    assert client.get(reverse("figures:what_if"), {"draft": draft.pk}).status_code == 200
    limited(cast, 3, at=CITY)
    now = guben("burden", "--at", TOWN, "--json").document["now"]
    assert (now["limit"]["hours"], now["past"] > 0) == (3, True)
    assert "3 hours" in guben("burden", "--at", TOWN).out


def test_a_name_that_no_picture_may_carry_leaves_the_table(client: Client, cast: Cast) -> None:
    limited(cast, 3)
    now = burden_of(cast.branch, cast.today, library())

    names = dict.fromkeys(now.issuers, "https://example.org/")
    assert drawings(years_of([now], names), now) == ""

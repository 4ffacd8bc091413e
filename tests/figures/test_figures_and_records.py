from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from guben.figures.explanations import explain
from guben.figures.queries import diagnose, findings_at, indicators_for
from guben.members.actions import NewPerson, register_person
from guben.organisations.actions import change_site, move
from guben.organisations.models import Site
from guben.rulebook.queries import library
from tests.cast import (
    BRANCH,
    CITY,
    COMMUNITY,
    NEIGHBOUR_BRANCH,
    OTHER_VILLAGE,
    PEOPLE,
    STREET,
    TODAY,
    TOWN,
    VILLAGE,
    Cast,
    sign_in,
)
from tests.command import guben

pytestmark = pytest.mark.usefixtures("rules")
SITE_RULE, OLD = "community-site-not-owned", "unit-growing-old"


def share(at: str = CITY, on: date = TODAY, key: str = "share-35-or-under") -> dict[str, float]:
    (row,) = guben("evaluate", key, "--at", at, "--on", on, "--json").document["rows"]
    return row  # type: ignore[no-any-return]


def shown(client: Client, who: object, address: str) -> str:
    response = sign_in(client, who).get(address)  # type: ignore[arg-type]
    assert response.status_code == 200, (address, response.status_code)
    return response.content.decode()


def test_adding_a_person_changes_the_share(cast: Cast) -> None:
    before = share()
    person = NewPerson(
        name="盛新", organisation_id=cast.branch.pk, sex="1", born_on=date(2000, 1, 1), education="20",
        occupation="farmer", stages=(("probationary", date(2024, 1, 1)), ("full", date(2025, 1, 1))),
    )  # fmt: skip
    register_person(person, by=cast.operator)

    after = share()
    assert (after["numerator"], after["denominator"]) == (before["numerator"] + 1, before["denominator"] + 1)
    assert after["value"] == after["numerator"] / after["denominator"]
    assert share(TOWN)["denominator"] + share(STREET)["denominator"] == after["denominator"] == len(PEOPLE) + 1


def test_buying_the_site_closes_the_finding(cast: Cast) -> None:
    site = Site.objects.get(organisation=cast.community)
    found = next(one for one in diagnose(cast.city, TODAY).findings if one.rule.key == SITE_RULE)
    assert (found.value, found.of, [one.unit.code for one in found.units]) == (1, 1, [COMMUNITY])
    assert explain(SITE_RULE, cast.community, TODAY).records == (site.pk,)

    change_site(site, tenure="owned", by=cast.operator)

    diagnosis = diagnose(cast.city, TODAY)
    assert SITE_RULE not in {one.rule.key for one in diagnosis.findings}
    assert SITE_RULE in {rule.key for rule in diagnosis.quiet}


def test_each_figure_opens_to_as_many_records_as_it_counts(cast: Cast) -> None:
    for key in ("share-35-or-under", "share-60-or-over", "members", "sites"):
        for unit in (cast.city, cast.town, cast.branch):
            why = explain(key, unit, TODAY)
            assert why.figure is not None
            base = why.figure.denominator if why.figure.denominator is not None else why.figure.value
            assert len(why.records) == base, (key, unit)


def test_a_finding_opens_to_the_records_that_make_it(cast: Cast) -> None:
    found = next(one for one in diagnose(cast.city, TODAY).findings if one.rule.key == "secretary-vacant")

    codes = [one.unit.code for one in found.units]
    assert OTHER_VILLAGE in codes
    assert BRANCH not in codes
    assert explain("secretary-vacant", cast.other_village, TODAY).holds is False
    assert explain("secretary-vacant", cast.branch, TODAY).holds is not False


def test_one_unit_is_told_the_same_as_the_whole_tree(cast: Cast) -> None:
    everywhere = {
        (one.rule.key, each.unit.code)
        for one in diagnose(cast.city, TODAY).findings
        if one.indicator
        for each in one.units
    }
    alone = {(one.rule.key, code) for code, unit in cast.units.items() for one in findings_at(unit, TODAY)}

    assert alone == everywhere
    assert len(alone) > 5


def test_asking_for_one_rule_gives_the_same_finding_as_asking_for_all(cast: Cast) -> None:
    for finding in diagnose(cast.city, TODAY).findings:
        assert diagnose(cast.city, TODAY, keys=[finding.rule.key]).findings == (finding,)


def test_a_moved_unit_counts_where_it_stood_on_each_day(cast: Cast) -> None:
    people = {unit.code: share(unit.code, key="members")["value"] for unit in (cast.town, cast.street)}
    move(cast.other_village, parent=cast.street, effective_on=date(2026, 5, 1), by=cast.operator)

    def at(code: str, on: str) -> float:
        return share(code, date.fromisoformat(on), "members")["value"]

    assert (at(TOWN, "2026-04-30"), at(STREET, "2026-04-30")) == (people[TOWN], people[STREET])
    assert (at(TOWN, "2026-05-01"), at(STREET, "2026-05-01")) == (people[TOWN] - 5, people[STREET] + 5)

    def vacant(code: str, on: str) -> bool:
        findings = guben("diagnose", "--at", code, "--on", on, "--json").document["findings"]
        return OTHER_VILLAGE in next((one["units"] for one in findings if one["rule"] == "secretary-vacant"), [])

    assert (vacant(TOWN, "2026-04-30"), vacant(STREET, "2026-04-30")) == (True, False)
    assert (vacant(TOWN, "2026-05-01"), vacant(STREET, "2026-05-01")) == (False, True)


def test_late_duties_of_a_moved_unit_are_found_where_it_stood(cast: Cast) -> None:
    move(cast.other_village, parent=cast.street, effective_on=date(2026, 5, 1), by=cast.operator)

    def late(code: str, on: str) -> list[str]:
        findings = guben("diagnose", "--at", code, "--on", on, "--json").document["findings"]
        return next((one["units"] for one in findings if one["rule"] == "branch-member-meeting"), [])

    assert OTHER_VILLAGE in late(TOWN, "2026-04-30")
    assert OTHER_VILLAGE not in late(STREET, "2026-04-30")
    assert OTHER_VILLAGE not in late(TOWN, "2026-05-01")
    assert OTHER_VILLAGE in late(STREET, "2026-05-01")


def test_a_standard_that_reports_its_figure_gives_the_share_itself(cast: Cast) -> None:
    found = next(one for one in diagnose(cast.city, TODAY).findings if one.rule.key == "city-60-or-over")

    assert found.is_figure
    assert found.value == found.units[0].figure.value == share(key="share-60-or-over")["value"]


def test_the_pages_show_what_the_command_tells(client: Client, cast: Cast) -> None:
    page = shown(client, cast.organiser, reverse("figures:diagnosis"))
    told = guben("diagnose", "--at", CITY, "--json").document
    for finding in told["findings"]:
        assert f'id="finding-{finding["rule"]}"' in page
        assert finding["title"] in page
    assert f"{len(told['findings'])}个问题" in page
    assert f"{len(told['quiet'])}条制度未发现问题" in page


def test_finding_why_and_records_of_every_finding_open(client: Client, cast: Cast) -> None:
    for finding in diagnose(cast.city, TODAY).findings:
        page = shown(client, cast.organiser, f"{reverse('figures:finding', args=[finding.rule.key])}?at={CITY}")
        unit = finding.units[0].unit
        assert unit.short_name in page
        shown(client, cast.organiser, reverse("figures:why", args=[finding.rule.key, unit.code]))
        shown(client, cast.organiser, reverse("figures:records", args=[finding.rule.key, unit.code]))


def test_every_rule_can_be_asked(client: Client, cast: Cast) -> None:
    """At city and branches the statistician asks, below."""
    sign_in(client, cast.organiser)
    for rule in library().in_force(TODAY):
        assert client.get(reverse("figures:why", args=[rule.key, VILLAGE])).status_code == 200, rule.key
        assert client.get(reverse("rulebook:rule", args=[rule.key])).status_code == 200, rule.key


def test_the_pages_speak_english_too(client: Client, cast: Cast) -> None:
    cast.organiser.language = "en"
    cast.organiser.save()
    for address in (
        reverse("figures:diagnosis"),
        reverse("figures:why", args=[OLD, VILLAGE]),
        reverse("figures:why", args=["theme-day", BRANCH]),
        reverse("rulebook:list"),
        reverse("rulebook:rule", args=[OLD]),
        reverse("rulebook:rule", args=["theme-day"]),
    ):
        assert 'lang="en' in shown(client, cast.organiser, address)


@pytest.mark.one_database
def test_the_statistician_sees_figures_and_no_person(client: Client, cast: Cast) -> None:
    names = re.compile("|".join(row[0] for row in PEOPLE))
    pages = [reverse("figures:diagnosis"), reverse("rulebook:list")]
    for rule in library().in_force(TODAY):
        pages += [reverse("figures:why", args=[rule.key, code]) for code in (CITY, BRANCH, NEIGHBOUR_BRANCH)]
    for finding in diagnose(cast.city, TODAY).findings:
        pages.append(f"{reverse('figures:finding', args=[finding.rule.key])}?at={CITY}")
    for address in pages:
        page = shown(client, cast.statistician, address)
        assert not names.search(page), address
    for rule in ("share-60-or-over", "members", "members-not-contacted", "leaders-attendance", "theme-day"):
        response = client.get(reverse("figures:records", args=[rule, BRANCH]))
        assert response.status_code in (403, 404), rule


def test_a_duty_page_links_no_meeting_for_who_may_not_read_meetings(client: Client, cast: Cast) -> None:
    address = reverse("figures:why", args=["branch-member-meeting", BRANCH])

    assert "/meetings/" in shown(client, cast.secretary, address).split("<main", 1)[1]
    assert "/meetings/" not in shown(client, cast.statistician, address).split("<main", 1)[1]


@pytest.mark.parametrize("who", ["stranger", "neighbour", "member"])
def test_who_may_not_see_the_unit_is_told_it_is_not_there(client: Client, cast: Cast, who: str) -> None:
    sign_in(client, cast.users[who])
    for name in ("figures:why", "figures:records"):
        assert client.get(reverse(name, args=[OLD, TOWN])).status_code in (403, 404)
    assert client.get(f"{reverse('figures:diagnosis')}?at={TOWN}").status_code in (403, 404)
    if who != "member":
        assert client.get(reverse("figures:why", args=[OLD, TOWN])).status_code == 404


def test_records_of_a_past_day_name_nobody_who_is_elsewhere_now(client: Client, cast: Cast) -> None:
    move(cast.other_village, parent=cast.street, effective_on=date(2026, 5, 1), by=cast.operator)
    address = f"{reverse('figures:records', args=['members', TOWN])}?on=2026-04-30"

    page = shown(client, cast.clerk, address)

    assert "柏守田" in page
    assert "牟青山" not in page


@pytest.mark.parametrize(("day", "words"), [("2027-01-01", "还没到"), ("2026-13-40", "日期")])
def test_a_wrong_day_is_told_beside_the_field_and_today_is_shown(
    client: Client, cast: Cast, day: str, words: str
) -> None:
    page = shown(client, cast.organiser, f"{reverse('figures:diagnosis')}?on={day}")

    error = re.search(r'class="[^"]*field-error[^"]*"[^>]*>([^<]*)<', page)
    assert error is not None
    assert words in error[1]
    assert 'value="2026-06-30"' in page


def test_a_past_day_is_kept_from_page_to_page(client: Client, cast: Cast) -> None:
    page = shown(client, cast.organiser, f"{reverse('figures:diagnosis')}?on=2026-03-31")

    links = re.findall(r'href="(/diagnosis/[^"?]+[^"]*)"', page)
    assert links
    assert all("on=2026-03-31" in link for link in links)


def test_a_day_before_the_unit_was_there_is_a_page_and_no_fault(client: Client, cast: Cast) -> None:
    for address in (reverse("figures:diagnosis"), reverse("figures:why", args=[OLD, VILLAGE])):
        response = sign_in(client, cast.organiser).get(f"{address}?on=2001-01-01")
        assert response.status_code == 404
        assert "没有代码为" in response.content.decode()


def test_filters_that_leave_nothing_say_what_they_hide(client: Client, cast: Cast) -> None:
    page = shown(client, cast.organiser, f"{reverse('figures:diagnosis')}?severity=high&mechanism=M9.1")

    assert "试了" not in page
    assert "筛掉了" in page


def test_no_findings_name_how_many_rules_were_tried(client: Client, cast: Cast, tmp_path: Path) -> None:
    change_site(Site.objects.get(organisation=cast.community), tenure="owned", area_m2=80, by=cast.operator)

    page = shown(client, cast.organiser, f"{reverse('figures:diagnosis')}?at={COMMUNITY}&mechanism=M2.4")

    assert re.search(r"试了\d+条制度", page) or "筛掉了" in page


def test_a_rule_without_edition_for_the_day_is_told_in_a_sentence(cast: Cast) -> None:
    answer = guben("explain", "branch-member-meeting", "--at", BRANCH, "--on", "2015-01-01")

    assert (answer.code, answer.out) == (1, "")
    assert "没有有效的版本" in answer.err


def test_a_standard_stands_for_its_indicator(cast: Cast) -> None:
    assert [one.key for one in indicators_for([OLD], TODAY, library())] == ["share-45-or-over"]


def test_the_pages_ask_the_database_few_times(
    client: Client, cast: Cast, django_assert_max_num_queries: object
) -> None:
    sign_in(client, cast.organiser)
    for address, most in (
        (reverse("figures:diagnosis"), 24),  # all fact tables of a small tree in one of them
        (f"{reverse('figures:finding', args=['branch-member-meeting'])}?at={CITY}", 16),
        (reverse("figures:why", args=["share-60-or-over", CITY]), 12),
        (reverse("figures:records", args=["share-60-or-over", CITY]), 14),
        (reverse("rulebook:list"), 8),
        (reverse("rulebook:rule", args=["branch-member-meeting"]), 12),
    ):
        client.get(address)
        with django_assert_max_num_queries(most):  # type: ignore[operator]
            assert client.get(address).status_code == 200

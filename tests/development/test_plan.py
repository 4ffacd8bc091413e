"""Places of the yearly plan: given step by step down the tree, never more than was given, and what became of them."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.test import Client

from guben.accounts.models import User
from guben.audit.models import Entry
from guben.development import errors, told
from guben.development.actions import set_plan
from guben.development.models import Quota
from guben.development.queries import plan_of, warning_for
from guben.members.models import Stage
from guben.procedures import actions
from guben.procedures.errors import WarningHeeded
from guben.rulebook.models import Rulebook
from tests.cast import BRANCH, CITY, TODAY, TOWN, VILLAGE, Cast, sign_in
from tests.development.way import begin, newcomer, set_day
from tests.procedures.cases import user


def town_organiser(cast: Cast) -> User:
    return user(cast, "town-organiser", "organiser", TOWN)


def given(cast: Cast, code: str) -> int | None:
    row = Quota.objects.filter(organisation=cast.units[code], year=2026, is_current=True).first()
    return row.places if row else None


def test_a_plan_goes_down_from_the_top(cast: Cast) -> None:
    set_plan(cast.city, 2026, {cast.city: 10}, by=cast.organiser)
    set_plan(cast.city, 2026, {cast.town: 4, cast.street: 6}, by=cast.organiser, paper="1号")
    set_plan(cast.town, 2026, {cast.village: 3, cast.other_village: 1}, by=town_organiser(cast))

    assert [given(cast, code) for code in (CITY, TOWN, VILLAGE)] == [10, 4, 3]
    assert Entry.objects.filter(action="development.plan_set").count() == 5


def test_no_unit_gives_on_more_than_it_was_given(cast: Cast) -> None:
    set_plan(cast.city, 2026, {cast.city: 10}, by=cast.organiser)
    with pytest.raises(errors.MoreThanGiven):
        set_plan(cast.city, 2026, {cast.town: 5, cast.street: 6}, by=cast.organiser)
    assert given(cast, TOWN) is None


def test_what_was_given_is_not_lowered_below_what_was_shared_out(cast: Cast) -> None:
    set_plan(cast.city, 2026, {cast.town: 4}, by=cast.organiser)
    set_plan(cast.town, 2026, {cast.village: 3}, by=town_organiser(cast))
    with pytest.raises(errors.MoreThanGiven):
        set_plan(cast.city, 2026, {cast.town: 2}, by=cast.organiser)
    assert given(cast, TOWN) == 4
    set_plan(cast.city, 2026, {cast.town: 3}, by=cast.organiser)
    assert given(cast, TOWN) == 3


def test_a_later_decision_keeps_the_earlier_one(cast: Cast) -> None:
    set_plan(cast.city, 2026, {cast.town: 4}, by=cast.organiser)
    set_plan(cast.city, 2026, {cast.town: 5}, by=cast.organiser)

    assert list(Quota.objects.filter(organisation=cast.town).values_list("places", "is_current").order_by("pk")) == [
        (4, False),
        (5, True),
    ]
    with pytest.raises(errors.NothingChanged):
        set_plan(cast.city, 2026, {cast.town: 5}, by=cast.organiser)


@pytest.mark.parametrize("number", [-1, 1_000_001, True, "3", None, 2.5])
def test_only_whole_numbers_are_places(cast: Cast, number: object) -> None:
    with pytest.raises(errors.PlacesUnclear):
        set_plan(cast.city, 2026, {cast.town: number}, by=cast.organiser)  # type: ignore[dict-item]


@pytest.mark.parametrize("year", [2024, 2028, 0, -5])
def test_a_year_out_of_reach_is_refused(cast: Cast, year: int) -> None:
    with pytest.raises(errors.YearOutOfReach):
        set_plan(cast.city, year, {cast.town: 1}, by=cast.organiser)


def test_places_go_to_the_next_level_only_and_never_to_oneself(cast: Cast) -> None:
    with pytest.raises(errors.NotBelow):
        set_plan(cast.city, 2026, {cast.branch: 1}, by=cast.organiser)
    with pytest.raises(errors.GivenFromAbove):
        set_plan(cast.town, 2026, {cast.town: 1}, by=town_organiser(cast))


def test_who_may_not_give_is_refused(cast: Cast) -> None:
    for who, error in (("clerk", PermissionDenied), ("statistician", PermissionDenied), ("neighbour", Http404)):
        with pytest.raises(error):
            set_plan(cast.town, 2026, {cast.village: 1}, by=cast.users[who])
    assert not Quota.objects.exists()


def test_the_use_counts_who_was_admitted_in_the_year(cast: Cast) -> None:
    set_plan(cast.city, 2026, {cast.town: 1}, by=cast.organiser)
    line = next(one for one in plan_of(cast.city, 2026, TODAY).lines if one.unit == cast.town)

    assert (line.use.admitted, line.use.left, line.use.is_used_up, line.use.over) == (1, 0, True, 0)  # 阮新芽
    assert plan_of(cast.city, 2025, TODAY).top.use.admitted == 0


def test_a_used_up_plan_warns_and_names_the_unit(cast: Cast) -> None:
    assert warning_for(cast.branch, TODAY) == ""
    set_plan(cast.city, 2026, {cast.town: 2}, by=cast.organiser)
    assert warning_for(cast.branch, TODAY) == ""
    set_plan(cast.city, 2026, {cast.town: 1}, by=cast.organiser)
    assert "青石镇党委2026年的1个名额已用1个" in warning_for(cast.branch, TODAY)
    assert warning_for(cast.neighbour_branch, TODAY) == ""


def test_a_step_that_heeds_the_plan_is_refused_while_it_is_used_up(
    cast: Cast, rules: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(told, "ADMITTING", {"application"})
    person, on = newcomer(cast), {"done_on": TODAY, "by": cast.secretary, "outcome": "done"}
    Stage.objects.get_or_create(person=person, defaults={"kind": "applicant", "from_on": date(2022, 12, 1)})
    case = begin(cast, person, TODAY)
    set_day(TODAY)
    set_plan(cast.city, 2026, {cast.city: 0}, by=cast.organiser)
    book = Rulebook.objects.get(key="development")
    book.text, book.digest = book.text.replace('needs      = ["application"]', 'heeds = ["plan"]'), "heeds"
    assert 'heeds = ["plan"]' in book.text
    book.save()

    with pytest.raises(WarningHeeded, match="名额") as refused:
        actions.take(case, "application", values={"channel": "能人"}, **on)
    assert refused.value.article
    set_plan(cast.city, 2026, {cast.city: 3}, by=cast.organiser)
    assert actions.take(case, "application", values={"channel": "能人"}, **on).outcome == "done"


def test_who_left_the_year_before_counts_for_that_year(cast: Cast) -> None:
    Stage.objects.filter(person=cast.people["阮新芽"], until_on=None).update(from_on=date(2025, 12, 31))
    assert plan_of(cast.city, 2026, TODAY).top.use.admitted == 0
    assert plan_of(cast.city, 2025, TODAY).top.use.admitted == 1


# The page


def post(client: Client, who: User, at: str, **data: object) -> int:
    return sign_in(client, who).post(f"/development/plan/?at={at}", data).status_code


def test_the_page_gives_places_and_says_what_was_wrong(cast: Cast, client: Client) -> None:
    assert post(client, cast.organiser, CITY, **{f"places_{CITY}": "3", f"places_{TOWN}": "2", "paper": "7号"}) == 302
    assert given(cast, TOWN) == 2
    assert post(client, cast.organiser, CITY, **{f"places_{TOWN}": "9"}) == 422
    assert post(client, cast.organiser, CITY, **{f"places_{TOWN}": "许多"}) == 422
    assert post(client, cast.organiser, CITY) == 422  # nothing to save
    assert given(cast, TOWN) == 2


def test_the_page_of_others_saves_nothing(cast: Cast, client: Client) -> None:
    assert post(client, cast.clerk, TOWN, **{f"places_{VILLAGE}": "1"}) == 403
    assert post(client, cast.neighbour, TOWN, **{f"places_{VILLAGE}": "1"}) == 404
    assert not Quota.objects.exists()


def test_a_field_of_another_unit_is_not_read(cast: Cast, client: Client) -> None:
    assert post(client, town_organiser(cast), TOWN, **{f"places_{BRANCH}": "5", f"places_{VILLAGE}": "1"}) == 302
    assert given(cast, BRANCH) is None


@pytest.mark.parametrize("year", ["2026", "1", "99999", "二〇二六", "2030", "-2026", ""])
def test_any_year_in_the_address_gives_a_page(cast: Cast, client: Client, year: str) -> None:
    assert sign_in(client, cast.organiser).get(f"/development/plan/?at={CITY}&year={year}").status_code == 200

"""The places of a plan when units are merged or split."""

from __future__ import annotations

from guben.development.actions import set_plan
from guben.development.models import Quota
from guben.organisations.actions import reform as reforms
from guben.organisations.carrying import Heir, Reform
from tests.cast import BRANCH, SMALL_BRANCH, TODAY, VILLAGE, Cast
from tests.development.test_plan import town_organiser


def given(cast: Cast) -> None:
    set_plan(cast.village, 2026, {cast.branch: 2, cast.small_branch: 1}, by=town_organiser(cast))
    set_plan(cast.village, 2027, {cast.branch: 4}, by=town_organiser(cast))


def merger(cast: Cast) -> Reform:
    first, second = cast.units[BRANCH], cast.units[SMALL_BRANCH]
    return Reform(
        kind="merge",  # type: ignore[arg-type]
        sources=(first, second),
        heirs=(Heir(unit=second),),
        parent=cast.units[VILLAGE],
        on=TODAY,
        paper="青委组〔2026〕1号",
        groups={group.pk: 0 for group in cast.groups},
    )


def test_the_heir_gets_the_places_of_this_year_and_they_come_back_with_a_correction(cast: Cast) -> None:
    given(cast)
    paper, organiser = merger(cast), town_organiser(cast)
    counts, problems = reforms.rehearse(paper, by=organiser)
    assert problems == []
    assert any("发展名额" in line.title and line.number == 2 for line in counts)

    reforms.carry_out(paper, by=organiser)
    now = Quota.objects.filter(is_current=True, year=2026)
    assert [(row.organisation, row.places) for row in now] == [(cast.units[SMALL_BRANCH], 3)]
    assert Quota.objects.filter(organisation=cast.branch, year=2026).get().is_current is False


def test_a_unit_without_a_plan_carries_nothing(cast: Cast) -> None:
    counts, problems = reforms.rehearse(merger(cast), by=town_organiser(cast))
    assert problems == []
    assert not any("发展名额" in line.title for line in counts)

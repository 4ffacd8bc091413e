"""When a unit is merged or dissolved, the establishments it covers or keeps go along, and can come back."""

from __future__ import annotations

import dataclasses
from datetime import date

import pytest

from guben.establishments import actions, queries
from guben.establishments.models import Cover
from guben.kit.errors import DomainError
from guben.members.models import Affiliation
from guben.organisations import actions as tree
from guben.organisations.carrying import Heir, Reform
from guben.organisations.choices import ActKind
from guben.organisations.models import Organisation, Site
from tests.cast import TODAY, Cast

pytestmark = pytest.mark.django_db
DAY = date(2026, 6, 1)
NEW = Heir(
    code="99000010120109", name="中共柳溪村联合支部委员会", short_name="柳溪村联合党支部", kind="branch", field="rural"
)


def merger(cast: Cast) -> Reform:
    return Reform(
        kind=ActKind.MERGE,
        sources=(cast.branch, cast.small_branch),
        heirs=(NEW,),
        parent=cast.village,
        on=DAY,
        paper="青党复〔2026〕8号",
    )


def test_a_cover_goes_over_with_the_merger_and_the_day_before_stays(cast: Cast) -> None:
    one = actions.register(cast.village, from_on=date(2020, 1, 1), by=cast.clerk, name="青石五金厂", kind="new_field")
    actions.cover(one, cast.branch, from_on=date(2021, 1, 1), by=cast.clerk)
    tree.carry_out(merger(cast), by=cast.organiser)
    assert queries.row_of(one, TODAY).cover_code == NEW.code
    assert queries.row_of(one, date(2026, 5, 31)).cover_code == cast.branch.code
    assert Cover.objects.filter(until_on=None).count() == 1


def test_a_unit_that_covers_or_keeps_establishments_is_not_dissolved(cast: Cast) -> None:
    unit = cast.other_village
    Affiliation.objects.filter(organisation=unit).delete()
    one = actions.register(unit, from_on=date(2020, 1, 1), by=cast.clerk, name="山口茶厂", kind="new_field")
    actions.cover(one, unit, from_on=date(2021, 1, 1), by=cast.clerk)
    for act in (actions.uncover, actions.end):
        with pytest.raises(DomainError) as refused:
            tree.dissolve(Organisation.objects.get(pk=unit.pk), effective_on=TODAY, by=cast.organiser)
        assert "个单位" in str(refused.value)
        act(one, on=TODAY, by=cast.clerk)


def test_in_a_split_they_go_where_the_paper_gives_the_site(cast: Cast) -> None:
    one = actions.register(cast.village, from_on=date(2020, 1, 1), by=cast.clerk, name="青石五金厂", kind="new_field")
    actions.cover(one, cast.branch, from_on=date(2021, 1, 1), by=cast.clerk)
    site = Site.objects.create(
        organisation=cast.branch,
        name="柳溪村活动室",
        area_m2=40,
        tenure="owned",
        condition="safe",
        from_on=date(2020, 1, 1),
    )
    other = dataclasses.replace(
        NEW, code="99000010120110", name="中共柳溪村第二支部委员会", short_name="柳溪村第二党支部"
    )
    affiliations = Affiliation.objects.filter(organisation=cast.branch, until_on=None)
    paper = Reform(
        kind=ActKind.SPLIT,
        sources=(cast.branch,),
        heirs=(NEW, other),
        parent=cast.village,
        on=DAY,
        paper="青党复〔2026〕9号",
        people={row.person_id: 0 for row in affiliations},
        sites={site.pk: 1},
    )
    tree.carry_out(paper, by=cast.organiser)
    assert queries.row_of(one, TODAY).cover_code == other.code

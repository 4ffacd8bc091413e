"""Reading the tree: reach, counts, days, names."""

from __future__ import annotations

from datetime import date

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import Http404

from guben.organisations import actions, calculations, holders, queries
from guben.organisations.models import Organisation
from tests.cast import (
    BRANCH,
    CITY,
    COMMUNITY,
    NEIGHBOUR_BRANCH,
    OTHER_VILLAGE,
    SMALL_BRANCH,
    STREET,
    TODAY,
    TOWN,
    VILLAGE,
    Cast,
)


def codes(units: object) -> list[str]:
    return [unit.code for unit in units]  # type: ignore[attr-defined]


class TestReach:
    def test_the_unit_is_given_to_those_who_may(self, cast: Cast) -> None:
        assert queries.unit_for(cast.clerk, BRANCH, "units.change") == cast.branch

    def test_who_sees_it_but_lacks_the_right_is_told_so(self, cast: Cast) -> None:
        with pytest.raises(PermissionDenied):
            queries.unit_for(cast.member, BRANCH, "units.change")

    @pytest.mark.parametrize("code", [BRANCH, "000"])
    def test_for_a_stranger_a_unit_reads_like_none(self, cast: Cast, code: str) -> None:
        with pytest.raises(Http404):
            queries.unit_for(cast.neighbour, code)
        with pytest.raises(Http404):
            queries.unit_for(AnonymousUser(), code)

    def test_visible_units_come_in_tree_order_without_the_dissolved(self, cast: Cast) -> None:
        assert codes(queries.visible_units(cast.clerk)) == [TOWN, VILLAGE, BRANCH, SMALL_BRANCH, OTHER_VILLAGE]
        Organisation.objects.filter(code=SMALL_BRANCH).update(dissolved_on=TODAY)
        assert SMALL_BRANCH not in codes(queries.visible_units(cast.clerk))
        assert SMALL_BRANCH in codes(queries.visible_units(cast.clerk, dissolved=True))
        assert codes(queries.visible_units(cast.member, "units.change")) == []

    def test_crumbs_above_the_reach_are_words_not_links(self, cast: Cast) -> None:
        steps = queries.crumbs(cast.branch, cast.clerk)
        assert [(step.code, bool(step.url)) for step in steps] == [(CITY, False), (TOWN, True), (VILLAGE, True)]

    def test_searching_by_name_short_name_and_code(self, cast: Cast) -> None:
        assert codes(queries.search_units(cast.organiser, "滨河社区第一")) == [NEIGHBOUR_BRANCH]
        assert codes(queries.search_units(cast.organiser, " 99000010120 ")) == [
            VILLAGE,
            BRANCH,
            SMALL_BRANCH,
            OTHER_VILLAGE,
        ]
        assert codes(queries.search_units(cast.organiser, "")) == []
        assert codes(queries.search_units(cast.clerk, "滨河")) == []


class TestTree:
    def test_children_come_with_their_counts_in_one_query(
        self, cast: Cast, django_assert_num_queries: pytest.FixtureRequest
    ) -> None:
        with django_assert_num_queries(1):  # type: ignore[operator]
            found = [(unit.code, unit.child_count) for unit in queries.children_of(cast.city)]  # type: ignore[attr-defined]
        assert found == [(TOWN, 2), (STREET, 1)]

    def test_what_is_dissolved_is_not_counted(self, cast: Cast) -> None:
        Organisation.objects.filter(code=OTHER_VILLAGE).update(dissolved_on=TODAY)
        assert [unit.child_count for unit in queries.children_of(cast.city)] == [1, 1]  # type: ignore[attr-defined]

    def test_the_grassroots_are_the_branches(self, cast: Cast) -> None:
        assert codes(queries.grassroots(cast.town)) == [BRANCH, SMALL_BRANCH, OTHER_VILLAGE]

    def test_ancestors_come_from_the_root(self, cast: Cast) -> None:
        assert codes(queries.ancestors_of(cast.community, include_self=True)) == [CITY, STREET, COMMUNITY]

    def test_the_tree_of_a_day(self, cast: Cast) -> None:
        actions.move(cast.village, parent=cast.street, effective_on=date(2026, 5, 1), by=cast.organiser)
        street = Organisation.objects.get(code=STREET)
        before = [place.organisation.code for place in queries.units_on(date(2026, 4, 30), street)]
        assert before == [STREET, COMMUNITY, NEIGHBOUR_BRANCH]
        counts = {place.organisation.code: place.child_count for place in queries.children_on(cast.city, TODAY)}  # type: ignore[attr-defined]
        assert counts == {TOWN: 1, STREET: 2}
        assert list(queries.units_on(date(2000, 1, 1), street)) == []

    def test_the_operator_sees_the_roots(self, cast: Cast) -> None:
        operator = cast.users["operator"]
        assert [place.organisation.code for place in queries.tops_on(operator, TODAY)] == [CITY]


def names_of(cast: Cast) -> set[str]:
    units = queries.visible_units(cast.organiser)
    return {name for unit in units for name in (unit.name, unit.short_name)}


class TestNearNames:
    @pytest.mark.parametrize(
        ("text", "nearest"),
        [
            ("柳溪村第1党支部", "柳溪村第一党支部"),
            ("滨河社区党总支部", "滨河社区党总支"),
            ("山囗村党支部", "山口村党支部"),
        ],
    )
    def test_a_slip_finds_its_unit(self, cast: Cast, text: str, nearest: str) -> None:
        assert queries.nearest(text, names_of(cast))[0] == nearest

    def test_something_else_finds_nothing(self, cast: Cast) -> None:
        assert queries.nearest("火箭", names_of(cast)) == []

    def test_no_more_than_asked_for(self, cast: Cast) -> None:
        assert queries.nearest("青石镇", [cast.town.short_name, cast.street.short_name], limit=1) == ["青石镇党委"]


class TestCalculations:
    @pytest.mark.parametrize(
        ("kind", "territory", "months"),
        [("branch", "village", 60), ("general_branch", "community", 60), ("branch", "", 36), ("committee", "town", 60)],
    )
    def test_the_normal_term(self, kind: str, territory: str, months: int) -> None:
        assert calculations.normal_term_months(kind, territory) == months

    @pytest.mark.parametrize(
        ("on", "share"),
        [(date(2023, 1, 1), 0.0), (date(2024, 1, 1), 0.0), (date(2025, 1, 1), 366 / 731), (date(2027, 1, 1), 1.0)],
    )
    def test_the_share_of_a_term(self, on: date, share: float) -> None:
        assert calculations.term_share(date(2024, 1, 1), date(2026, 1, 1), on) == pytest.approx(share)

    @pytest.mark.parametrize(
        ("text", "fits"),
        [("442000109004", True), ("A-1", True), ("", False), ("-1", False), ("a/b", False), ("9" * 33, False)],
    )
    def test_what_a_code_may_be(self, text: str, fits: bool) -> None:
        assert calculations.is_code(text) is fits


def test_a_post_has_its_holder_of_the_day(cast: Cast) -> None:
    post = cast.posts[0]
    holder = holders.of_posts([post.pk], TODAY)[post.pk]
    assert (holder.name, holder.birth_year, holder.is_woman) == ("柏守田", 1971, False)
    assert holders.of_posts([post.pk], date(2020, 1, 1)) == {}
    assert holders.of_posts([], TODAY) == {}

"""Founding many units at once, and moving a large subtree."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext

from guben.accounts.models import User
from guben.audit.models import Entry
from guben.organisations import actions, errors, queries
from guben.organisations.actions import NewUnit
from guben.organisations.models import Act, Organisation, Placement
from tests.cast import CITY, STREET, TODAY, TOWN, Cast

DAY = date(2020, 1, 1)


def unit(code: str, parent: str = "", **more: object) -> NewUnit:
    facts = {"name": f"组织{code}", "short_name": code, "kind": "branch", "field": "rural", "founded_on": DAY} | more
    return NewUnit(code=code, parent_code=parent, **facts)  # type: ignore[arg-type]


def grow(top: str, towns: int, branches: int) -> list[NewUnit]:
    rows = [unit(f"{top}T", top, kind="committee")]
    for town in range(towns):
        rows.append(unit(f"{top}T{town:03d}", f"{top}T", kind="committee"))
        rows += [unit(f"{top}T{town:03d}B{number:03d}", f"{top}T{town:03d}") for number in range(branches)]
    return rows


def test_many_units_get_an_act_a_placement_and_an_entry_each(cast: Cast) -> None:
    rows = grow(CITY, 3, 4)
    founded = actions.found_many(rows, by=cast.organiser)
    assert [one.code for one in founded] == [row.code for row in rows]
    assert Act.objects.filter(organisation__in=founded, kind="found").count() == len(rows)
    assert Placement.objects.filter(organisation__in=founded, until_on__isnull=True).count() == len(rows)
    assert Entry.objects.filter(action="organisations.founded", user=cast.organiser).count() == len(rows)
    assert actions.check_tree() == []


def test_a_row_whose_parent_comes_later_is_refused_and_nothing_is_kept(cast: Cast) -> None:
    before = Organisation.objects.count()
    with pytest.raises(errors.ParentUnknown, match="X2"):
        actions.found_many([unit("X1", "X2"), unit("X2", CITY)], by=cast.organiser)
    assert Organisation.objects.count() == before


def test_a_code_twice_in_the_list_is_refused(cast: Cast) -> None:
    with pytest.raises(errors.CodeTaken, match="X1"):
        actions.found_many([unit("X1", CITY), unit("X1", CITY)], by=cast.organiser)


def test_an_operator_founds_a_root_and_holds_it(db: None) -> None:
    operator = User.objects.create(username="operator", is_operator=True)
    (root,) = actions.found_many([unit("1")], by=operator)
    assert root.path == "0001"
    assert actions.found_many([unit("2", "1")], by=operator)[0].path == "00010001"


def test_nobody_else_founds_a_root(cast: Cast) -> None:
    with pytest.raises(PermissionDenied):
        actions.found_many([unit("1")], by=cast.organiser)


def test_moving_a_large_subtree_takes_a_handful_of_statements(cast: Cast) -> None:
    rows = grow(STREET, 3, 20)
    actions.found_many(rows, by=cast.organiser)
    top = Organisation.objects.get(code=f"{STREET}T")
    town = Organisation.objects.get(code=TOWN)
    with CaptureQueriesContext(connection) as moving:
        actions.move(top, parent=town, effective_on=TODAY, by=cast.organiser)
    assert len(moving) <= 25
    assert actions.check_tree() == []
    assert queries.at_or_below(town).filter(code__startswith=f"{STREET}T").count() == len(rows)


@pytest.mark.parametrize("name", ["founded_on", "kept_from"])
def test_no_day_to_come_is_taken(cast: Cast, name: str) -> None:
    with pytest.raises(errors.DayInFuture):
        actions.found_many([unit("990000X", CITY, **{name: TODAY + timedelta(days=1)})], by=cast.organiser)

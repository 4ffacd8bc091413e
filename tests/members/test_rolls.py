"""Rolls of a day: who belongs, who counts for the quorum, before and after a move."""

from datetime import date, timedelta

import pytest

from guben.members import queries
from guben.members.models import Affiliation, Holding
from guben.organisations.models import Post
from tests.cast import TODAY

pytestmark = pytest.mark.django_db


def names(roll, *, entitled=None):
    return {entry.name for entry in roll if entitled is None or entry.entitled is entitled}


def test_the_roll_holds_all_members_and_entitles_the_full_ones_at_home(cast, django_assert_max_num_queries):
    with django_assert_max_num_queries(2):
        roll = queries.roll_of(cast.branch, TODAY)
    assert len(roll) == 9
    assert names(roll, entitled=False) == {"宁远行", "慕老根", "阮新芽"}
    standings = {entry.name: entry.standing for entry in roll}
    assert standings["宁远行"] == "away"
    assert standings["柏守田"] == "home"


def test_a_member_who_moved_is_on_the_old_roll_before_and_on_the_new_one_after(cast):
    moved = cast.people["俞大坝"]
    day = date(2026, 4, 1)
    Affiliation.objects.filter(person=moved).update(until_on=day)
    Affiliation.objects.create(person=moved, organisation=cast.branch, from_on=day)
    before, after = day - timedelta(days=1), day
    assert "俞大坝" in names(queries.roll_of(cast.small_branch, before))
    assert "俞大坝" not in names(queries.roll_of(cast.branch, before))
    assert "俞大坝" not in names(queries.roll_of(cast.small_branch, after))
    assert "俞大坝" in names(queries.roll_of(cast.branch, after))


def test_a_probationary_member_joins_the_roll_on_the_day_of_admission(cast):
    assert "阮新芽" not in names(queries.roll_of(cast.branch, date(2026, 2, 13)))
    assert "阮新芽" in names(queries.roll_of(cast.branch, date(2026, 2, 14)))


def test_many_rolls_are_counted_in_one_query(cast, django_assert_num_queries):
    units = [cast.branch, cast.small_branch, cast.neighbour_branch, cast.town]
    with django_assert_num_queries(1):
        counts = queries.roll_counts(units, TODAY)
    assert counts[cast.branch.pk] == queries.RollCount(roll=9, entitled=6, excused=2)
    assert counts[cast.small_branch.pk] == queries.RollCount(roll=4, entitled=4, excused=0)
    assert counts[cast.neighbour_branch.pk] == queries.RollCount(roll=7, entitled=6, excused=1)
    assert counts[cast.town.pk] == queries.RollCount()


def test_many_rolls_are_read_in_one_query_and_agree_with_one(cast, django_assert_num_queries):
    with django_assert_num_queries(1):
        rolls = queries.rolls_of([cast.branch, cast.town], TODAY)
    assert rolls[cast.branch.pk] == queries.roll_of(cast.branch, TODAY)
    assert rolls[cast.town.pk] == []


def test_the_team_is_on_its_own_roll_and_all_of_it_counts(cast):
    roll = queries.team_roll(cast.branch, TODAY)
    assert [entry.name for entry in roll] == ["柏守田", "邬春桥", "曾望川"]
    assert all(entry.entitled for entry in roll)
    assert queries.team_roll(cast.branch, date(2024, 5, 9)) == []


def test_who_holds_two_posts_is_counted_once(cast):
    post = Post.objects.create(organisation=cast.branch, kind="publicity", from_on=date(2025, 1, 1))
    Holding.objects.create(person=cast.people["邬春桥"], post=post, from_on=date(2025, 1, 1))
    assert len(queries.team_roll(cast.branch, TODAY)) == 3


def test_a_group_has_its_own_roll(cast):
    assert names(queries.group_roll(cast.groups[1], TODAY)) == {"敖石匠", "单小禾", "仇月初", "宁远行"}

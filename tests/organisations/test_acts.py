"""The acts on the tree: right, wrong state, stranger, history entry, as of any day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils import timezone

from guben.accounts.models import User
from guben.audit.models import Entry
from guben.kit import tree
from guben.meetings.models import Meeting
from guben.members.models import Affiliation, Holding
from guben.organisations import actions, errors, obstacles, queries
from guben.organisations.models import Act, Organisation, Placement, Post, Team
from tests.cast import (
    BRANCH,
    CITY,
    COMMUNITY,
    FOUNDED,
    NEIGHBOUR_BRANCH,
    OTHER_VILLAGE,
    SMALL_BRANCH,
    STREET,
    TODAY,
    TOWN,
    VILLAGE,
    Cast,
)

DAY = date(2026, 5, 1)
FACTS = {
    "code": "990000101203",
    "name": "中共新塘村支部委员会",
    "short_name": "新塘村党支部",
    "kind": "branch",
    "field": "rural",
    "territory": "village",
    "founded_on": DAY,
}


def fresh(unit: Organisation) -> Organisation:
    return Organisation.objects.select_related("parent").get(pk=unit.pk)


def empty(cast: Cast, unit: Organisation) -> None:
    """Nobody belongs to the unit, nobody holds a post of it and no meeting is recorded any more."""
    Meeting.objects.filter(organisation=unit).update(withdrawn_at=timezone.now())
    Affiliation.objects.filter(organisation=unit).update(until_on=date(2026, 1, 1))
    Holding.objects.filter(post__organisation=unit).update(until_on=date(2026, 1, 1))


def assert_every_day_is_a_tree(first: date = date(2026, 4, 20), days: int = 75) -> None:
    """On each day every unit stands below its parent of that day, one step deeper."""
    for number in range(days):
        on = first + timedelta(days=number)
        places = {place.organisation_id: place for place in queries.units_on(on)}
        for place in places.values():
            above = places[place.parent_id].path if place.parent_id else ""
            assert tree.parent_path(place.path) == above, (on, place)
        assert len({place.path for place in places.values()}) == len(places)


class TestFound:
    def test_a_new_unit_stands_below_its_parent_from_its_first_day(self, cast: Cast) -> None:
        unit = actions.found(parent=cast.town, by=cast.organiser, **FACTS)
        place = queries.placement_on(unit, DAY)
        assert place is not None
        assert place.parent == cast.town
        assert queries.placement_on(unit, DAY - timedelta(days=1)) is None
        assert unit in queries.at_or_below(cast.town)
        assert actions.check_tree() == []

    def test_it_leaves_an_act_with_its_paper_and_an_entry_with_the_right(self, cast: Cast) -> None:
        unit = actions.found(parent=cast.town, by=cast.clerk, paper="青党复〔2026〕3号", **FACTS)
        act = Act.objects.get(organisation=unit)
        assert (act.kind, act.paper, act.recorded_by) == ("found", "青党复〔2026〕3号", cast.clerk)
        entry = Entry.objects.get(action="organisations.founded")
        assert entry.right == f"units.change clerk@{TOWN}"
        assert "name" in entry.fields
        assert "新塘村" not in str(entry.details)

    def test_the_wrong_branch_may_not_and_learns_nothing(self, cast: Cast) -> None:
        with pytest.raises(Http404):
            actions.found(parent=cast.town, by=cast.neighbour, **FACTS)

    def test_who_only_sees_the_unit_may_not(self, cast: Cast) -> None:
        with pytest.raises(PermissionDenied):
            actions.found(parent=cast.town, by=cast.inspector, **FACTS)

    @pytest.mark.parametrize(
        ("change", "error", "words"),
        [
            ({"code": TOWN}, errors.CodeTaken, "中共青石镇委员会"),
            ({"code": "a b"}, errors.BadCode, "字母、数字和连字符"),
            ({"name": " "}, errors.NameMissing, "没有名称"),
            ({"kind": "club"}, errors.UnknownChoice, "club"),
            ({"founded_on": TODAY + timedelta(days=1)}, errors.DayInFuture, "还没有到"),
            ({"founded_on": FOUNDED - timedelta(days=1)}, errors.BeforeFounding, "才成立"),
            ({"kept_from": DAY - timedelta(days=1)}, errors.BeforeFounding, "才成立"),
        ],
    )
    def test_what_cannot_be_is_refused_in_words(
        self, cast: Cast, change: dict[str, object], error: type[Exception], words: str
    ) -> None:
        with pytest.raises(error, match=words):
            actions.found(parent=cast.town, by=cast.organiser, **{**FACTS, **change})  # type: ignore[arg-type]
        assert not Organisation.objects.filter(name=FACTS["name"]).exists()

    def test_a_dissolved_parent_takes_nobody(self, cast: Cast) -> None:
        empty(cast, cast.other_village)
        actions.dissolve(cast.other_village, effective_on=DAY, by=cast.organiser)
        with pytest.raises(errors.ParentDissolved, match="山口村"):
            actions.found(parent=cast.other_village, by=cast.organiser, **FACTS)

    def test_entered_late_below_a_unit_that_moved_it_stood_where_its_parent_stood(self, cast: Cast) -> None:
        actions.move(cast.village, parent=cast.street, effective_on=date(2026, 6, 1), by=cast.organiser)
        unit = actions.found(parent=fresh(cast.village), by=cast.organiser, **FACTS)
        assert unit.pk in {place.organisation_id for place in queries.units_on(DAY, fresh(cast.town))}
        assert unit.pk not in {place.organisation_id for place in queries.units_on(DAY, fresh(cast.street))}
        assert_every_day_is_a_tree()
        assert actions.check_tree() == []


class TestRename:
    def test_the_old_name_stands_on_the_old_days(self, cast: Cast) -> None:
        actions.rename(
            cast.branch, name="中共柳溪村东支部委员会", short_name="东支部", effective_on=DAY, by=cast.organiser
        )
        before, after = (
            queries.placement_on(cast.branch, DAY - timedelta(days=1)),
            queries.placement_on(cast.branch, DAY),
        )
        assert before is not None and after is not None
        assert (before.short_name, after.short_name) == ("柳溪村第一党支部", "东支部")
        assert fresh(cast.branch).short_name == "东支部"
        assert actions.check_tree() == []
        assert Entry.objects.get(action="organisations.renamed").fields == ["name", "short_name"]

    def test_a_kind_may_change_with_it(self, cast: Cast) -> None:
        actions.rename(cast.other_village, kind="general_branch", effective_on=DAY, by=cast.clerk)
        assert fresh(cast.other_village).kind == "general_branch"
        assert queries.placement_on(cast.other_village, DAY).kind == "general_branch"  # type: ignore[union-attr]

    def test_twice_on_one_day_the_later_one_holds(self, cast: Cast) -> None:
        actions.rename(cast.branch, short_name="东支部", effective_on=DAY, by=cast.organiser)
        actions.rename(fresh(cast.branch), short_name="西支部", effective_on=DAY, by=cast.organiser)
        assert [place.short_name for place in cast.branch.placements.order_by("from_on")] == [
            "柳溪村第一党支部",
            "西支部",
        ]
        assert actions.check_tree() == []

    def test_the_secretary_does_not_rename_her_own_branch(self, cast: Cast) -> None:
        with pytest.raises(errors.SuperiorDecides, match="上级党组织决定"):
            actions.rename(cast.branch, short_name="东支部", effective_on=DAY, by=cast.secretary)

    def test_nothing_new_is_refused(self, cast: Cast) -> None:
        with pytest.raises(errors.NothingChanged):
            actions.rename(cast.branch, short_name=cast.branch.short_name, effective_on=DAY, by=cast.organiser)

    def test_a_day_before_what_is_recorded_is_refused(self, cast: Cast) -> None:
        actions.rename(cast.branch, short_name="东支部", effective_on=DAY, by=cast.organiser)
        with pytest.raises(errors.DayTooEarly, match="2026-05-01"):
            actions.rename(fresh(cast.branch), short_name="西支部", effective_on=date(2026, 4, 1), by=cast.organiser)


class TestMove:
    def test_the_whole_subtree_goes_and_the_past_stays(self, cast: Cast) -> None:
        actions.move(cast.village, parent=cast.street, effective_on=DAY, paper="示党复7号", by=cast.organiser)
        below_street = {place.organisation.code for place in queries.units_on(DAY, fresh(cast.street))}
        assert below_street == {STREET, COMMUNITY, NEIGHBOUR_BRANCH, VILLAGE, BRANCH, SMALL_BRANCH}
        before = {place.organisation.code for place in queries.units_on(DAY - timedelta(days=1), fresh(cast.town))}
        assert before == {TOWN, VILLAGE, BRANCH, SMALL_BRANCH, OTHER_VILLAGE}
        assert set(queries.at_or_below(fresh(cast.town)).values_list("code", flat=True)) == {TOWN, OTHER_VILLAGE}
        assert actions.check_tree() == []
        assert_every_day_is_a_tree()

    def test_rights_follow_the_move(self, cast: Cast) -> None:
        actions.move(cast.village, parent=cast.street, effective_on=DAY, by=cast.organiser)
        with pytest.raises(Http404):
            queries.unit_for(User.objects.get(username="clerk"), BRANCH)
        assert queries.unit_for(User.objects.get(username="secretary"), BRANCH)

    def test_there_and_back_again_no_path_is_used_twice(self, cast: Cast) -> None:
        old = cast.village.path
        actions.move(cast.village, parent=cast.street, effective_on=DAY, by=cast.organiser)
        actions.move(fresh(cast.village), parent=cast.town, effective_on=date(2026, 6, 1), by=cast.organiser)
        back = fresh(cast.village)
        assert back.parent == cast.town
        assert back.path != old
        assert Placement.objects.filter(path=back.path, until_on__isnull=False).count() == 0
        assert [place.parent_id for place in back.placements.order_by("from_on")] == [
            cast.town.pk,
            cast.street.pk,
            cast.town.pk,
        ]
        assert actions.check_tree() == []
        assert_every_day_is_a_tree()

    def test_on_the_day_of_the_last_move_the_later_one_replaces_it(self, cast: Cast) -> None:
        actions.move(cast.village, parent=cast.street, effective_on=DAY, by=cast.organiser)
        actions.move(fresh(cast.village), parent=cast.city, effective_on=DAY, by=cast.organiser)
        assert [place.parent_id for place in cast.village.placements.order_by("from_on")] == [
            cast.town.pk,
            cast.city.pk,
        ]
        assert cast.branch.placements.count() == 2
        assert actions.check_tree() == []
        assert_every_day_is_a_tree()

    def test_what_changed_below_after_the_day_keeps_its_own_dates(self, cast: Cast) -> None:
        actions.rename(cast.branch, short_name="东支部", effective_on=date(2026, 5, 20), by=cast.organiser)
        actions.found(parent=cast.village, by=cast.organiser, **{**FACTS, "founded_on": date(2026, 6, 10)})
        empty(cast, cast.small_branch)
        actions.dissolve(cast.small_branch, effective_on=date(2026, 6, 15), by=cast.organiser)
        actions.move(cast.village, parent=cast.street, effective_on=DAY, by=cast.organiser)
        names = [(place.from_on, place.short_name) for place in cast.branch.placements.order_by("from_on")]
        assert names == [
            (FOUNDED, "柳溪村第一党支部"),
            (DAY, "柳溪村第一党支部"),
            (date(2026, 5, 20), "东支部"),
        ]
        assert [place.until_on for place in cast.small_branch.placements.order_by("from_on")] == [
            DAY,
            date(2026, 6, 15),
        ]
        assert actions.check_tree() == []
        assert_every_day_is_a_tree()

    def test_a_dissolved_unit_below_goes_with_its_parent_for_todays_rights(self, cast: Cast) -> None:
        empty(cast, cast.small_branch)
        actions.dissolve(cast.small_branch, effective_on=date(2026, 3, 1), by=cast.organiser)
        actions.move(cast.village, parent=cast.street, effective_on=DAY, by=cast.organiser)
        assert fresh(cast.small_branch).path.startswith(cast.street.path)
        assert cast.small_branch.placements.count() == 1
        assert actions.check_tree() == []

    def test_one_entry_tells_from_where_to_where_and_how_many(self, cast: Cast) -> None:
        actions.move(cast.village, parent=cast.street, effective_on=DAY, by=cast.organiser)
        entry = Entry.objects.get(action="organisations.moved")
        assert entry.details == {"on": "2026-05-01", "origin": TOWN, "goal": STREET, "units": 3}

    @pytest.mark.parametrize("goal", [VILLAGE, BRANCH])
    def test_a_circle_is_refused(self, cast: Cast, goal: str) -> None:
        with pytest.raises(errors.WouldBeItsOwnParent):
            actions.move(cast.village, parent=cast.units[goal], effective_on=DAY, by=cast.organiser)
        assert actions.check_tree() == []

    def test_a_day_before_the_new_parent_stood_there_is_refused(self, cast: Cast) -> None:
        actions.move(cast.community, parent=cast.city, effective_on=date(2026, 6, 1), by=cast.organiser)
        with pytest.raises(errors.ParentStoodElsewhere, match="2026-06-01"):
            actions.move(cast.branch, parent=fresh(cast.community), effective_on=DAY, by=cast.organiser)

    @pytest.mark.parametrize(
        ("day", "error"),
        [(TODAY + timedelta(days=1), errors.DayInFuture), (FOUNDED - timedelta(days=1), errors.ParentStoodElsewhere)],
    )
    def test_an_impossible_day_is_refused(self, cast: Cast, day: date, error: type[Exception]) -> None:
        with pytest.raises(error):
            actions.move(cast.village, parent=cast.street, effective_on=day, by=cast.organiser)

    def test_where_it_already_is_there_is_nothing_to_do(self, cast: Cast) -> None:
        with pytest.raises(errors.AlreadyThere):
            actions.move(cast.village, parent=cast.town, effective_on=DAY, by=cast.organiser)

    def test_the_clerk_of_one_town_cannot_put_a_unit_into_another(self, cast: Cast) -> None:
        with pytest.raises(Http404):
            actions.move(cast.village, parent=cast.street, effective_on=DAY, by=cast.clerk)

    def test_the_secretary_does_not_move_her_own_branch(self, cast: Cast) -> None:
        with pytest.raises(errors.SuperiorDecides):
            actions.move(cast.branch, parent=cast.town, effective_on=DAY, by=cast.secretary)


class TestDissolve:
    def test_not_before_its_last_meeting(self, cast: Cast) -> None:
        empty(cast, cast.branch)
        Meeting.objects.filter(organisation=cast.branch, held_on=date(2026, 5, 20)).update(withdrawn_at=None)
        with pytest.raises(errors.StandsInTheWay, match="2026-05-20"):
            actions.dissolve(cast.branch, effective_on=DAY, by=cast.clerk)

    def test_an_empty_branch_ends_with_its_posts_and_team(self, cast: Cast) -> None:
        empty(cast, cast.branch)
        actions.dissolve(cast.branch, effective_on=DAY, paper="青党复9号", by=cast.clerk)
        assert fresh(cast.branch).dissolved_on == DAY
        assert queries.placement_on(cast.branch, DAY) is None
        assert queries.placement_on(cast.branch, DAY - timedelta(days=1)) is not None
        assert not Post.objects.filter(organisation=cast.branch, until_on__isnull=True).exists()
        assert Team.objects.get(organisation=cast.branch).until_on == DAY
        assert cast.branch not in queries.at_or_below(cast.town)
        assert Entry.objects.filter(action="organisations.dissolved", organisation=cast.branch).exists()
        assert actions.check_tree() == []

    def test_members_stand_in_the_way(self, cast: Cast) -> None:
        with pytest.raises(errors.StandsInTheWay, match="还有9人在这里"):
            actions.dissolve(cast.branch, effective_on=DAY, by=cast.clerk)
        assert fresh(cast.branch).dissolved_on is None

    def test_units_below_stand_in_the_way(self, cast: Cast) -> None:
        with pytest.raises(errors.StillHasUnits, match="还有2个组织"):
            actions.dissolve(cast.village, effective_on=DAY, by=cast.clerk)

    def test_any_app_may_object(self, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
        empty(cast, cast.branch)
        monkeypatch.setitem(obstacles._checks, "dissolve", [lambda unit, on: "还有2件在办的事。"])
        with pytest.raises(errors.StandsInTheWay, match="还有2件在办的事"):
            actions.dissolve(cast.branch, effective_on=DAY, by=cast.clerk)

    def test_twice_is_refused(self, cast: Cast) -> None:
        empty(cast, cast.branch)
        actions.dissolve(cast.branch, effective_on=DAY, by=cast.clerk)
        with pytest.raises(errors.AlreadyDissolved, match="2026-05-01"):
            actions.dissolve(cast.branch, effective_on=TODAY, by=cast.clerk)

    def test_the_secretary_does_not_dissolve_her_own_branch(self, cast: Cast) -> None:
        with pytest.raises(errors.SuperiorDecides):
            actions.dissolve(cast.branch, effective_on=DAY, by=cast.secretary)

    def test_the_first_day_is_too_early(self, cast: Cast) -> None:
        empty(cast, cast.branch)
        with pytest.raises(errors.DayNotLater):
            actions.dissolve(cast.branch, effective_on=FOUNDED, by=cast.clerk)


class TestKeepFrom:
    def test_the_day_is_set_and_its_field_named(self, cast: Cast) -> None:
        actions.keep_from(cast.branch, day=DAY, by=cast.secretary)
        assert fresh(cast.branch).kept_from == DAY
        assert Entry.objects.get(action="organisations.kept_from_set").fields == ["kept_from"]

    def test_before_the_founding_is_refused(self, cast: Cast) -> None:
        with pytest.raises(errors.BeforeFounding):
            actions.keep_from(cast.branch, day=FOUNDED - timedelta(days=1), by=cast.secretary)

    def test_not_a_day_to_come_which_would_hide_all_that_is_late(self, cast: Cast) -> None:
        with pytest.raises(errors.DayInFuture):
            actions.keep_from(cast.branch, day=TODAY + timedelta(days=1), by=cast.secretary)

    def test_a_member_may_not(self, cast: Cast) -> None:
        with pytest.raises(PermissionDenied):
            actions.keep_from(cast.branch, day=DAY, by=cast.member)


class TestIndex:
    def test_a_wrong_copy_is_named_and_rebuilt(self, cast: Cast) -> None:
        Organisation.objects.filter(pk=cast.branch.pk).update(name="错", parent=cast.street)
        assert any("不一致" in fault for fault in actions.check_tree())
        assert actions.rebuild_index() == 1
        assert actions.check_tree() == []
        assert fresh(cast.branch).parent == cast.village

    def test_two_units_whose_paths_were_swapped_are_put_right(self, cast: Cast) -> None:
        one, other = cast.branch.path, cast.small_branch.path
        Organisation.objects.filter(pk=cast.branch.pk).update(path="x")
        Organisation.objects.filter(pk=cast.small_branch.pk).update(path=one)
        Organisation.objects.filter(pk=cast.branch.pk).update(path=other)
        assert actions.rebuild_index() == 2
        assert actions.check_tree() == []

    def test_a_gap_in_the_history_is_named(self, cast: Cast) -> None:
        Placement.objects.filter(organisation=cast.branch).update(from_on=FOUNDED + timedelta(days=9))
        assert any("断开或重叠" in fault for fault in actions.check_tree())


def test_only_the_city_stands_above_all(cast: Cast) -> None:
    assert [unit.code for unit in queries.ancestors_of(cast.branch)] == [CITY, TOWN, VILLAGE]

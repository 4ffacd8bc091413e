"""A wrong act is put right by a new one: as of any day the corrected truth shows, and the history keeps both."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.core import serializers
from django.http import Http404

from guben.access.models import Grant
from guben.audit.models import Entry
from guben.kit.errors import DomainError
from guben.meetings.models import Meeting
from guben.members.models import Affiliation, Holding, Standing
from guben.organisations import actions, errors, queries
from guben.organisations.choices import ActKind
from guben.organisations.models import Act, FormerBooks, Group, Organisation, Placement, Post, Site, Succession, Team
from tests.cast import BRANCH, FOUNDED, KEPT_FROM, TODAY, Cast, hold
from tests.organisations.test_reform import NEW, merger, split, unit

DAY = date(2026, 6, 1)
MODELS = (Organisation, Placement, Post, Group, Site, Team, Affiliation, Holding, Standing, Grant, Succession)


def everything() -> dict[str, Any]:
    """All rows of the tree and the people, without the placements' act."""
    found = {}
    for model in MODELS:
        for row in serializers.serialize("python", model._default_manager.all()):
            row["fields"].pop("act", None)
            found[f"{row['model']} {row['pk']}"] = row["fields"]
    return found


@pytest.mark.parametrize("make", [merger, split])
def test_a_merger_or_split_taken_back_leaves_every_row_as_it_was(cast: Cast, make: Any) -> None:
    before = everything()
    act = actions.carry_out(make(cast), by=cast.organiser)
    assert everything() != before
    actions.correct(act, reason="批复的是另外两个支部", by=cast.organiser)
    after = everything()
    founded = unit(NEW.code)
    assert founded.dissolved_on == founded.founded_on
    assert {key: row for key, row in after.items() if key != f"organisations.organisation {founded.pk}"} == {
        key: {**row, "succeeded_on": after[key]["succeeded_on"]} if "succeeded_on" in row else row
        for key, row in before.items()
    }
    assert actions.check_tree() == []
    for on in (date(2026, 5, 31), DAY, TODAY):
        assert {place.organisation.code for place in queries.units_on(on)} == set(cast.units)


def test_the_units_below_move_back_with_a_merger_that_is_taken_back(cast: Cast) -> None:
    Affiliation.objects.filter(organisation=cast.other_village).update(until_on=date(2026, 1, 1))
    heir = {"code": "990000101299", "name": "中共青石村总支部", "short_name": "青石村党总支", "kind": "general_branch"}
    from guben.organisations.carrying import Heir

    reform = merger(
        cast, sources=(cast.village, cast.other_village), heirs=(Heir(field="rural", **heir),), parent=cast.town,
        groups={}, posts={}, below={cast.branch.pk: 0, cast.small_branch.pk: 0},
    )  # fmt: skip
    before = everything()
    act = actions.carry_out(reform, by=cast.organiser)
    actions.correct(act, reason="错了", by=cast.organiser)
    after = everything()
    gone = f"organisations.organisation {unit('990000101299').pk}"
    after.pop(gone)
    assert after == before
    assert actions.check_tree() == []


def test_a_later_record_stands_in_the_way_and_is_named(cast: Cast) -> None:
    act = actions.carry_out(merger(cast), by=cast.organiser)
    hold(cast, unit(NEW.code), "theme_day", date(2026, 6, 10), by=cast.organiser)
    with pytest.raises(errors.StandsInTheWay, match="会议"):
        actions.correct(act, reason="错了", by=cast.organiser)
    assert actions.hindrances(act, by=cast.organiser) != []
    Meeting.objects.filter(organisation__code=NEW.code).delete()
    Affiliation.objects.filter(organisation__code=NEW.code).first().delete()
    with pytest.raises(errors.StandsInTheWay, match="又变过"):
        actions.correct(act, reason="错了", by=cast.organiser)


def test_a_rename_is_taken_back_and_the_history_keeps_both(cast: Cast) -> None:
    act = actions.rename(cast.branch, name="错的名称", short_name="错", effective_on=DAY, by=cast.clerk)
    new = actions.correct(act, reason="文件看错了", by=cast.clerk)
    assert unit(BRANCH).short_name == "柳溪村第一党支部"
    assert queries.placement_on(cast.branch, TODAY).name == "中共柳溪村第一支部委员会"
    assert Placement.objects.filter(organisation=cast.branch).count() == 1
    assert new.corrects == act
    assert new.note == "文件看错了"
    assert Act.objects.filter(organisation=cast.branch).count() == 3
    assert Entry.objects.filter(action="organisations.corrected", organisation=cast.branch).exists()


def test_a_rename_on_the_founding_day_is_taken_back(cast: Cast) -> None:
    act = actions.rename(cast.branch, name="错的名称", effective_on=FOUNDED, by=cast.clerk)
    actions.correct(act, reason="看错了", by=cast.clerk)
    assert queries.placement_on(cast.branch, FOUNDED).name == "中共柳溪村第一支部委员会"
    assert actions.check_tree() == []


def test_a_wrong_day_is_put_right(cast: Cast) -> None:
    act = actions.rename(cast.branch, name="中共柳溪村支部", effective_on=DAY, by=cast.clerk)
    actions.correct(act, reason="日期抄错", day=date(2026, 5, 1), by=cast.clerk)
    assert queries.placement_on(cast.branch, date(2026, 5, 1)).name == "中共柳溪村支部"
    assert queries.placement_on(cast.branch, date(2026, 4, 30)).name == "中共柳溪村第一支部委员会"
    assert actions.check_tree() == []


def test_a_move_of_a_subtree_is_taken_back_as_of_every_day(cast: Cast) -> None:
    before = everything()
    act = actions.move(cast.village, parent=cast.street, effective_on=DAY, by=cast.organiser)
    actions.rename(unit(BRANCH), short_name="改名", effective_on=date(2026, 6, 15), by=cast.organiser)
    actions.correct(act, reason="并没有转", by=cast.organiser)
    assert actions.check_tree() == []
    for on in (date(2026, 5, 31), DAY, date(2026, 6, 20)):
        place = queries.placement_on(cast.branch, on)
        assert place.parent == cast.village
        assert place.path == cast.branch.path
    assert queries.placement_on(cast.branch, date(2026, 6, 20)).short_name == "改名"
    assert unit("990000101201").parent == cast.town
    assert len(everything()) == len(before) + 1  # the rename's placement


def test_a_move_is_given_its_right_day(cast: Cast) -> None:
    act = actions.move(cast.village, parent=cast.street, effective_on=DAY, by=cast.organiser)
    actions.correct(act, reason="日期错", day=date(2026, 6, 20), by=cast.organiser)
    assert queries.placement_on(cast.branch, date(2026, 6, 19)).path.startswith(cast.town.path)
    assert queries.placement_on(cast.branch, date(2026, 6, 20)).path.startswith(cast.street.path)
    assert actions.check_tree() == []


def test_a_move_can_not_be_taken_back_after_the_next_one(cast: Cast) -> None:
    act = actions.move(cast.village, parent=cast.street, effective_on=DAY, by=cast.organiser)
    actions.move(unit("990000101201"), parent=cast.town, effective_on=date(2026, 6, 10), by=cast.organiser)
    with pytest.raises(errors.StandsInTheWay, match="又变过位置"):
        actions.correct(act, reason="错了", by=cast.organiser)


def test_a_dissolution_is_taken_back_with_its_posts_and_team(cast: Cast) -> None:
    Affiliation.objects.filter(organisation=cast.small_branch).update(until_on=date(2026, 1, 1))
    Holding.objects.filter(post__organisation=cast.small_branch).update(until_on=date(2026, 1, 1))
    before = everything()
    act = actions.dissolve(cast.small_branch, effective_on=DAY, by=cast.clerk)
    with pytest.raises(errors.StandsInTheWay):
        Post.objects.filter(organisation=cast.small_branch).update(until_on=TODAY)
        actions.correct(act, reason="没有撤", by=cast.clerk)
    Post.objects.filter(organisation=cast.small_branch).update(until_on=DAY)
    actions.correct(act, reason="没有撤", by=cast.clerk)
    assert everything() == before


def test_a_unit_founded_by_mistake_was_never_there(cast: Cast) -> None:
    made = actions.found(
        parent=cast.village, code="X9", name="错的", short_name="错", kind="branch", field="rural", founded_on=DAY,
        by=cast.clerk,
    )  # fmt: skip
    act = Act.objects.get(organisation=made)
    Affiliation.objects.create(person=cast.people["单小禾"], organisation=made, from_on=DAY, until_on=TODAY)
    with pytest.raises(errors.StandsInTheWay, match="组织关系"):
        actions.correct(act, reason="没有批", by=cast.clerk)
    Affiliation.objects.filter(organisation=made).delete()
    actions.correct(act, reason="没有批", by=cast.clerk)
    assert made.code not in {place.organisation.code for place in queries.units_on(TODAY)}
    assert made.code not in {one.code for one in queries.visible_units(cast.clerk)}
    assert actions.check_tree() == []
    with pytest.raises(errors.CodeTaken):
        actions.found(
            parent=cast.village, code="X9", name="又", short_name="又", kind="branch", field="rural", founded_on=DAY,
            by=cast.clerk,
        )  # fmt: skip


def test_a_founding_gets_its_right_day(cast: Cast) -> None:
    made = actions.found(
        parent=cast.village, code="X9", name="新", short_name="新", kind="branch", field="rural", founded_on=DAY,
        by=cast.clerk,
    )  # fmt: skip
    act = Act.objects.get(organisation=made)
    with pytest.raises(errors.StandsInTheWay, match="还不在"):
        actions.correct(act, reason="早了", day=date(2000, 1, 1), by=cast.clerk)
    actions.correct(act, reason="早了", day=date(2026, 3, 1), by=cast.clerk)
    assert queries.placement_on(made, date(2026, 3, 1)) is not None
    assert unit("X9").founded_on == date(2026, 3, 1)
    assert actions.check_tree() == []


def test_a_correction_needs_a_reason_comes_once_and_only_from_above(cast: Cast) -> None:
    act = actions.rename(cast.branch, short_name="错", effective_on=DAY, by=cast.clerk)
    with pytest.raises(errors.ReasonMissing):
        actions.correct(act, reason="  ", by=cast.clerk)
    with pytest.raises(errors.SuperiorDecides):
        actions.correct(act, reason="错", by=cast.secretary)
    with pytest.raises(Http404):
        actions.correct(act, reason="错", by=cast.neighbour)
    with pytest.raises(errors.DayInFuture):
        actions.correct(act, reason="错", day=TODAY + timedelta(days=1), by=cast.clerk)
    new = actions.correct(act, reason="错", by=cast.clerk)
    for again in (act, new):
        with pytest.raises(errors.NotToCorrect):
            actions.correct(again, reason="错", by=cast.clerk)
    assert new.kind == ActKind.CORRECT


def test_an_act_of_before_the_journal_is_taken_back_too(cast: Cast) -> None:
    act = actions.rename(cast.branch, short_name="错", effective_on=DAY, by=cast.clerk)
    Act.objects.filter(pk=act.pk).update(journal=[])
    actions.correct(act, reason="错", by=cast.clerk)
    assert unit(BRANCH).short_name == "柳溪村第一党支部"
    assert actions.check_tree() == []


def test_the_day_of_the_books_keeps_what_held_before(cast: Cast) -> None:
    actions.keep_from(cast.branch, day=date(2026, 1, 1), by=cast.clerk)
    row = FormerBooks.objects.get(organisation=cast.branch)
    assert (row.kept_from, row.from_on, row.until_on) == (KEPT_FROM, FOUNDED, date(2026, 1, 1))
    actions.keep_from(unit(BRANCH), day=date(2025, 6, 1), by=cast.clerk)  # set back: corrects what lies after it
    row = FormerBooks.objects.get(organisation=cast.branch)
    assert row.until_on == date(2025, 6, 1)
    with pytest.raises(DomainError):
        actions.keep_from(unit(BRANCH), day=TODAY + timedelta(days=1), by=cast.clerk)

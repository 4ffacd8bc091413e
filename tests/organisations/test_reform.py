"""Mergers and splits: everything is carried over on the day, nobody is left over, and every other day stays as it was."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.test import Client
from django.urls import reverse

from guben.access.models import Grant
from guben.audit.models import Entry
from guben.duties import queries as duties
from guben.kit.errors import DomainError
from guben.members.models import Affiliation, Holding, Person, Standing
from guben.members.queries import roll_of
from guben.organisations import actions, errors, queries
from guben.organisations.carrying import Heir, Reform
from guben.organisations.models import Group, Organisation, Placement, Post, Site, Succession, Team
from tests.cast import BRANCH, NEIGHBOUR_BRANCH, SMALL_BRANCH, TODAY, TOWN, VILLAGE, Cast, hold, sign_in

DAY = date(2026, 6, 1)
BEFORE = DAY - timedelta(days=1)
NEW = Heir(
    code="99000010120109", name="中共柳溪村联合支部委员会", short_name="柳溪村联合党支部", kind="branch", field="rural"
)


def merger(cast: Cast, **more: Any) -> Reform:
    values: dict[str, Any] = {
        "kind": "merge",
        "sources": (cast.branch, cast.small_branch),
        "heirs": (NEW,),
        "parent": cast.village,
        "on": DAY,
        "paper": "青党复〔2026〕8号",
        "posts": {cast.branch.pk: 0},
        "groups": {group.pk: 0 for group in cast.groups},
        "grants": True,
    }
    return Reform(**(values | more))


def names(unit: Organisation, on: date) -> set[str]:
    return {entry.name for entry in roll_of(unit, on)}


def unit(code: str) -> Organisation:
    return Organisation.objects.select_related("parent").get(code=code)


def test_a_merger_carries_everybody_and_every_day_before_stays_as_it_was(cast: Cast) -> None:
    before = {code: names(cast.units[code], BEFORE) for code in (BRANCH, SMALL_BRANCH)}
    actions.carry_out(merger(cast), by=cast.organiser)
    merged = unit(NEW.code)
    assert names(merged, DAY) == before[BRANCH] | before[SMALL_BRANCH]
    assert names(merged, BEFORE) == set()
    for code in (BRANCH, SMALL_BRANCH):
        assert names(unit(code), BEFORE) == before[code]
        assert names(unit(code), DAY) == set()
        assert unit(code).dissolved_on == DAY
        assert queries.placement_on(unit(code), DAY) is None
    assert queries.placement_on(unit(BRANCH), BEFORE) is not None
    assert actions.check_tree() == []


def test_posts_holders_groups_the_term_and_grants_go_over_with_the_merger(cast: Cast) -> None:
    actions.carry_out(merger(cast), by=cast.organiser)
    merged = unit(NEW.code)
    held = {row.post.kind: row.person.name for row in Holding.objects.filter(post__organisation=merged, until_on=None)}
    assert held == {"secretary": "柏守田", "organisation": "邬春桥", "discipline": "曾望川"}
    assert not Holding.objects.filter(post__organisation__in=[cast.branch, cast.small_branch], until_on=None).exists()
    groups = set(Group.objects.filter(organisation=merged).values_list("name", flat=True))
    assert groups == {"第一党小组", "第二党小组"}
    assert Affiliation.objects.get(person__name="邬春桥", until_on=None).group.name == "第一党小组"
    assert Team.objects.get(organisation=merged).ends_on == Team.objects.get(organisation=cast.branch).ends_on
    grant = Grant.objects.get(organisation=merged, user=cast.secretary)
    assert grant.holding is not None
    assert grant.holding.post.organisation == merged
    assert Grant.objects.get(organisation=cast.branch, user=cast.secretary).until_on == DAY
    touched = set(Entry.objects.filter(action="organisations.merged").values_list("organisation__code", flat=True))
    assert touched == {BRANCH, SMALL_BRANCH, NEW.code}
    assert Succession.objects.filter(successor=merged).count() == 2


def test_who_may_not_give_roles_carries_none(cast: Cast) -> None:
    actions.carry_out(merger(cast), by=cast.clerk)
    assert not Grant.objects.filter(organisation__code=NEW.code).exists()
    assert Grant.objects.get(organisation=cast.branch, user=cast.secretary).until_on == DAY


def test_one_of_them_may_take_in_the_other(cast: Cast) -> None:
    reform = merger(cast, heirs=(Heir(unit=cast.branch),), posts={}, groups={}, parent=None)
    actions.carry_out(reform, by=cast.clerk)
    assert {"柏守田", "俞大坝"} <= names(unit(BRANCH), DAY)
    assert unit(BRANCH).dissolved_on is None
    assert unit(SMALL_BRANCH).dissolved_on == DAY
    assert Holding.objects.get(person__name="柏守田", until_on=None).post.organisation == cast.branch
    assert not Holding.objects.filter(person__name="俞大坝", until_on=None).exists()
    assert Group.objects.filter(organisation=cast.branch, until_on=None).count() == 2


def split(cast: Cast, **more: Any) -> Reform:
    """The branch keeps the first group; the second becomes a branch of its own."""
    people = {
        row.person_id: 0 if row.group_id == cast.groups[0].pk else 1
        for row in Affiliation.objects.filter(organisation=cast.branch, until_on=None)
    }
    values: dict[str, Any] = {
        "kind": "split",
        "sources": (cast.branch,),
        "heirs": (Heir(unit=cast.branch), NEW),
        "parent": cast.village,
        "on": DAY,
        "people": people,
        "groups": {cast.groups[1].pk: 1},
    }
    return Reform(**(values | more))


def test_a_split_gives_everybody_one_unit_and_asks_for_a_new_contact_person(cast: Cast) -> None:
    everybody = names(cast.branch, BEFORE)
    actions.carry_out(split(cast), by=cast.clerk)
    here, there = names(unit(BRANCH), DAY), names(unit(NEW.code), DAY)
    assert here | there == everybody
    assert here & there == set()
    assert "宁远行" in there  # his contact person 邬春桥 stayed
    away = Standing.objects.get(person__name="宁远行", until_on=None)
    assert away.contact_person is None
    assert away.from_on == DAY
    earlier = Standing.objects.get(person__name="宁远行", until_on=DAY)
    assert earlier.contact_person is not None
    assert Group.objects.get(organisation__code=NEW.code).name == "第二党小组"
    assert Group.objects.get(pk=cast.groups[1].pk).until_on == DAY
    assert Group.objects.get(pk=cast.groups[0].pk).until_on is None


def test_nobody_may_be_left_over(cast: Cast) -> None:
    people = dict(split(cast).people)
    people.pop(cast.people["单小禾"].pk)
    with pytest.raises(errors.StandsInTheWay, match="单小禾"):
        actions.carry_out(split(cast, people=people), by=cast.clerk)
    assert not Organisation.objects.filter(code=NEW.code).exists()


def test_nobody_of_another_unit_is_carried(cast: Cast) -> None:
    people = dict(split(cast).people) | {cast.people["俞大坝"].pk: 1}
    with pytest.raises(errors.StandsInTheWay, match="不在这个组织"):
        actions.carry_out(split(cast, people=people), by=cast.clerk)


def test_the_units_below_come_under_the_heir_and_none_is_orphaned(cast: Cast) -> None:
    heir = Heir(
        code="990000101299", name="中共青石村总支部", short_name="青石村党总支", kind="general_branch", field="rural"
    )
    values: dict[str, Any] = {
        "sources": (cast.village, cast.other_village), "heirs": (heir,), "parent": cast.town, "groups": {}, "posts": {},
    }  # fmt: skip
    with pytest.raises(errors.StandsInTheWay, match="柳溪村第一党支部|第一支部"):
        actions.carry_out(merger(cast, **values), by=cast.organiser)
    Affiliation.objects.filter(organisation=cast.other_village).update(until_on=date(2026, 1, 1))
    below = {cast.branch.pk: 0, cast.small_branch.pk: 0}
    actions.carry_out(merger(cast, **values, below=below), by=cast.organiser)
    assert unit(BRANCH).parent == unit(heir.code)
    assert queries.placement_on(unit(BRANCH), BEFORE).parent == cast.village
    assert Site.objects.get(organisation=cast.village).until_on == DAY
    assert actions.check_tree() == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"on": TODAY + timedelta(days=1)}, "还没有到"),
        ({"on": date(2012, 7, 1)}, "生效日期"),
        ({"on": date(2026, 5, 20)}, "还记了会"),
        ({"heirs": (Heir(code=BRANCH, name="甲", short_name="甲", kind="branch", field="rural"),)}, "已有别的组织使用"),
        ({"heirs": (Heir(code="a b", name="甲", short_name="甲", kind="branch", field="rural"),)}, "不合规"),
        ({"heirs": (Heir(code="X1", name=" ", short_name="甲", kind="branch", field="rural"),)}, "没有名称"),
        ({"heirs": (Heir(code="X1", name="甲", short_name="甲", kind="committee", field="rural"),)}, "党委"),
        ({"heirs": (Heir(code="X1", name="甲", short_name="甲", kind="temporary_branch", field="rural"),)}, "临时"),
        ({"heirs": ()}, "至少要两个"),
    ],
)
def test_what_can_not_be_is_refused_in_a_sentence(cast: Cast, change: dict[str, Any], words: str) -> None:
    with pytest.raises(DomainError, match=words):
        actions.carry_out(merger(cast, **change), by=cast.organiser)
    assert Placement.objects.filter(until_on=None).count() == 9


def test_two_secretaries_one_unit_twice_a_unit_with_its_superior_are_refused(cast: Cast) -> None:
    for change, words in (
        ({"posts": {cast.branch.pk: 0, cast.small_branch.pk: 0}}, "2个书记"),
        ({"sources": (cast.branch, cast.branch)}, "只选一次"),
        ({"sources": (cast.village, cast.branch)}, "上级|下级"),
        ({"parent": cast.branch}, "不能作|之内"),
        ({"heirs": (Heir(unit=cast.other_village),)}, "不在要合并"),
    ):
        with pytest.raises(errors.StandsInTheWay, match=words):
            actions.carry_out(merger(cast, **change), by=cast.organiser)


def test_only_the_level_above_merges(cast: Cast) -> None:
    with pytest.raises(errors.SuperiorDecides):
        actions.carry_out(merger(cast), by=cast.secretary)
    with pytest.raises(Http404):
        actions.carry_out(merger(cast), by=cast.neighbour)
    with pytest.raises((Http404, PermissionDenied, errors.SuperiorDecides)):
        actions.carry_out(merger(cast, sources=(cast.branch, cast.units[NEIGHBOUR_BRANCH])), by=cast.clerk)


def test_a_rehearsal_counts_and_keeps_nothing(cast: Cast) -> None:
    counts, problems = actions.rehearse(merger(cast), by=cast.organiser)
    assert problems == []
    assert next(line.number for line in counts if "党员转到" in line.title) == 13
    assert not Organisation.objects.filter(code=NEW.code).exists()
    assert Placement.objects.count() == 9
    assert Person.objects.filter(affiliations__until_on__isnull=False).count() == 0


def test_the_heir_owes_the_running_period_and_what_was_kept_counts(cast: Cast, rules: None) -> None:
    hold(cast, cast.small_branch, "theme_day", date(2026, 5, 10), by=cast.clerk)
    on = date(2026, 6, 30)
    actions.carry_out(merger(cast, on=date(2026, 5, 21)), by=cast.organiser)
    items = duties.items([unit(NEW.code)], on, first=date(2026, 1, 1))
    state = {(item.duty.key, item.period.label): item for item in items}
    quarter = state["branch-member-meeting", "2026-Q2"]
    assert quarter.state == "done"  # the former branch met on 20 May
    assert state["branch-theme-day", "2026-05"].state == "done" if ("branch-theme-day", "2026-05") in state else True
    assert ("branch-member-meeting", "2026-Q1") not in state
    late = {(item.duty.key, item.period.label): item.state for item in duties.items([unit(BRANCH)], on)}
    assert late.get(("branch-member-meeting", "2026-Q2"), "exempt") == "exempt"


def test_posts_sites_and_subtrees_of_others_stay(cast: Cast) -> None:
    untouched = list(Post.objects.filter(organisation__code=NEIGHBOUR_BRANCH).values_list("pk", "until_on"))
    actions.carry_out(merger(cast), by=cast.organiser)
    assert list(Post.objects.filter(organisation__code=NEIGHBOUR_BRANCH).values_list("pk", "until_on")) == untouched
    assert {TOWN, VILLAGE} <= {place.organisation.code for place in queries.units_on(DAY)}


def test_a_form_opened_before_a_change_does_nothing(cast: Cast, client: Client) -> None:
    sign_in(client, cast.clerk)
    url = reverse("organisations:rename", args=[BRANCH])
    stamp = client.get(url).context["stamp"]
    data = {
        "name": "甲支部", "short_name": "甲", "kind": "branch", "field": "rural", "effective_on": "2026-06-20", "stamp": stamp,
    }  # fmt: skip
    actions.rename(cast.branch, short_name="乙", effective_on=date(2026, 6, 10), by=cast.clerk)
    answer = client.post(url, data)
    assert answer.status_code == 422
    assert "又变过" in answer.content.decode()
    assert unit(BRANCH).short_name == "乙"
    assert client.post(url, data | {"stamp": answer.context["stamp"]}).status_code == 302


def test_the_unit_page_of_a_day_before_shows_what_was_then(cast: Cast, client: Client) -> None:
    actions.carry_out(merger(cast), by=cast.organiser)
    sign_in(client, cast.organiser)
    page = f"/organisations/{BRANCH}/"
    assert "2026-06-01撤销" in client.get(page).content.decode()
    assert "2026-06-01撤销" not in client.get(page, {"on": "2026-05-31"}).content.decode()
    assert "还没有成立" in client.get(f"/organisations/{NEW.code}/", {"on": "2026-05-31"}).content.decode()


def test_dissolved_units_take_in_nobody_and_nothing(cast: Cast, client: Client) -> None:
    actions.carry_out(merger(cast), by=cast.organiser)
    sign_in(client, cast.organiser)
    for url in (
        f"{reverse('members:register')}?at={BRANCH}",
        f"{reverse('meetings:record')}?at={BRANCH}",
        reverse("organisations:add_site", args=[BRANCH]),
        reverse("organisations:add_post", args=[BRANCH]),
        reverse("organisations:rename", args=[BRANCH]),
        reverse("home:merge", args=[BRANCH]),
        f"{reverse('members:add_reserve')}?at={BRANCH}",
    ):
        answer = client.post(url, {"name": "某人", "form": "theme_day", "held_on": "2026-06-20", "person": "1"})
        assert answer.status_code in (404, 422), url
    assert not Affiliation.objects.filter(organisation=cast.branch, until_on=None).exists()

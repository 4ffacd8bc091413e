"""The one policy, asked in both directions: may she, which rows, which users."""

from __future__ import annotations

from datetime import date

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import Http404

from guben.access import policy
from guben.access.models import Grant
from guben.access.roles import roles
from guben.accounts.models import User
from guben.organisations.models import Organisation
from tests.cast import BRANCH, CITY, SMALL_BRANCH, TODAY, TOWN, UNITS, VILLAGE, Cast


def fresh(user: User) -> User:
    """The same user as a new object, because an object keeps the grants it has read."""
    return User.objects.get(pk=user.pk)


def codes(user: object, right: str) -> set[str]:
    found = Organisation.objects.filter(policy.within(user, right, "path"))  # type: ignore[arg-type]
    return set(found.values_list("code", flat=True))


@pytest.mark.parametrize(
    ("who", "right", "where", "answer"),
    [
        ("organiser", "members.view", BRANCH, True),
        ("organiser", "accounts.grant", TOWN, True),
        ("clerk", "meetings.record", BRANCH, True),
        ("clerk", "meetings.record", TOWN, True),
        ("clerk", "units.view", CITY, False),
        ("clerk", "members.view", "990000102001", False),
        ("clerk", "accounts.grant", TOWN, False),
        ("secretary", "meetings.record", BRANCH, True),
        ("secretary", "meetings.record", SMALL_BRANCH, False),
        ("secretary", "units.view", VILLAGE, False),
        ("member", "units.view", BRANCH, True),
        ("member", "members.view", BRANCH, False),
        ("member", "meetings.record", BRANCH, False),
        ("neighbour", "members.view", BRANCH, False),
        ("stranger", "units.view", CITY, False),
        ("statistician", "figures.view", BRANCH, True),
        ("statistician", "members.view", BRANCH, False),
        ("statistician", "meetings.view", BRANCH, False),
        ("auditor", "history.view_all", CITY, True),
        ("auditor", "members.view", CITY, False),
        ("administrator", "system.manage", CITY, True),
        ("administrator", "members.view", CITY, False),
        ("inspector", "members.view", BRANCH, True),
        ("inspector", "members.change", BRANCH, False),
    ],
)
def test_who_may_do_what_where(cast: Cast, who: str, right: str, where: str, answer: bool) -> None:
    assert policy.may(cast.users[who], right, cast.units[where]) is answer


def test_may_within_and_users_with_never_disagree(cast: Cast) -> None:
    rights = set().union(*(role.rights for role in roles().values()))
    for right in sorted(rights):
        holders = {
            code: set(policy.users_with(right, unit).values_list("username", flat=True))
            for code, unit in cast.units.items()
        }
        for username, user in cast.users.items():
            if user.is_operator:  # holds no grant: see below
                continue
            rows = codes(user, right)
            for code, unit in cast.units.items():
                assert policy.may(user, right, unit) == (code in rows) == (username in holders[code]), (
                    username,
                    right,
                    code,
                )


def test_a_grant_reaches_the_whole_subtree_and_nothing_else(cast: Cast) -> None:
    assert codes(cast.clerk, "members.view") == {code for code, *_ in UNITS if code.startswith(TOWN)}


def test_a_grant_holds_from_its_first_day_until_the_day_before_its_last(cast: Cast) -> None:
    grant = Grant.objects.create(
        user=cast.stranger,
        role="clerk",
        organisation=cast.town,
        from_on=date(2026, 3, 1),
        until_on=date(2026, 6, 30),
    )
    asked = [date(2026, 2, 28), date(2026, 3, 1), date(2026, 6, 29), date(2026, 6, 30)]
    assert [grant in policy.grants_of(cast.stranger, on=day) for day in asked] == [False, True, True, False]
    assert [policy.users_with("members.view", cast.branch, on=day).contains(cast.stranger) for day in asked] == [
        False,
        True,
        True,
        False,
    ]
    assert not policy.may(fresh(cast.stranger), "members.view", cast.branch), "it ended today"


def test_a_grant_that_starts_tomorrow_opens_nothing_today(cast: Cast) -> None:
    Grant.objects.create(user=cast.stranger, role="clerk", organisation=cast.town, from_on=date(2026, 7, 1))
    assert not policy.may_anywhere(fresh(cast.stranger), "units.view")


def test_a_unit_without_a_path_is_nobodys(cast: Cast) -> None:
    lost = Organisation(code="X", path="")
    assert not policy.may(cast.organiser, "units.view", lost)
    with pytest.raises(Http404):
        policy.require(cast.organiser, "units.view", lost)


def test_no_superuser_and_no_staff_flag_opens_a_door(cast: Cast) -> None:
    boss = User.objects.create(username="boss", is_superuser=True, is_staff=True)
    assert not policy.may_anywhere(boss, "units.view")
    assert codes(boss, "members.view") == set()
    assert not policy.users_with("members.view", cast.city).contains(boss)


def test_the_operator_works_everywhere_within_the_rights_of_the_role_and_is_asked_by_nobody(cast: Cast) -> None:
    assert policy.may(cast.operator, "units.change", cast.branch)
    assert not policy.may(cast.operator, "members.unmask", cast.branch)
    assert codes(cast.operator, "units.change") == set(cast.units)
    assert policy.under_which_right(cast.operator, "units.change", cast.branch) == "units.change operator"
    assert not policy.users_with("units.change", cast.branch).contains(cast.operator)
    User.objects.filter(pk=cast.operator.pk).update(is_active=False)
    assert not policy.may(fresh(cast.operator), "units.change", cast.branch)


def test_an_inactive_user_holds_no_right(cast: Cast) -> None:
    User.objects.filter(pk=cast.clerk.pk).update(is_active=False)
    assert not policy.may(fresh(cast.clerk), "members.view", cast.branch)
    assert not policy.users_with("members.view", cast.branch).filter(username="clerk").exists()


def test_nobody_holds_no_right(cast: Cast) -> None:
    assert not policy.may(AnonymousUser(), "units.view", cast.city)
    assert codes(AnonymousUser(), "units.view") == set()


def test_a_role_that_no_rulebook_knows_opens_nothing(cast: Cast) -> None:
    Grant.objects.create(user=cast.stranger, role="emperor", organisation=cast.city, from_on=TODAY)
    assert not policy.may_anywhere(fresh(cast.stranger), "units.view")


def test_reach_names_the_outermost_units_only(cast: Cast) -> None:
    for unit in (cast.branch, cast.town, cast.neighbour_branch):
        Grant.objects.create(user=cast.stranger, role="clerk", organisation=unit, from_on=TODAY)
    assert policy.reach(fresh(cast.stranger), "members.view") == [cast.town.path, cast.neighbour_branch.path]


def test_require_hides_what_may_not_be_seen_and_refuses_what_may(cast: Cast) -> None:
    policy.require(cast.secretary, "meetings.record", cast.branch)
    with pytest.raises(PermissionDenied):
        policy.require(cast.member, "meetings.record", cast.branch)
    with pytest.raises(Http404):
        policy.require(cast.neighbour, "meetings.record", cast.branch)


def test_the_history_names_the_role_and_the_unit(cast: Cast) -> None:
    assert policy.under_which_right(cast.clerk, "meetings.record", cast.branch) == f"meetings.record clerk@{TOWN}"
    assert policy.under_which_right(cast.stranger, "meetings.record", cast.branch) == ""


def test_neither_statistician_nor_administrator_nor_auditor_has_a_right_over_persons() -> None:
    persons = {"members.view", "members.change", "members.unmask", "meetings.view", "meetings.record", "exports.run"}
    for role in ("statistician", "administrator", "security_administrator", "auditor"):
        assert not roles()[role].rights & persons, role


def test_no_role_grants_a_role_with_more_rights_over_persons_than_the_tree_above_it_holds() -> None:
    """Organisers give out only roles whose rights they hold themselves. Secretaries too, but for two roles that must be
    able to do what a secretary must not do alone: the discipline officer answers objections and draws samples, both
    of which look over the secretary's shoulder; the clerk's pen writes down for units below, is marked as such in each
    entry, and reaches no further than the secretary sees."""
    beyond = {
        ("secretary", "discipline_officer"): {"objections.decide", "samples.draw"},
        ("secretary", "clerk"): {"cases.record_below"},
    }
    found = {
        (key, given): roles()[given].rights - roles()[key].rights
        for key in ("secretary", "organiser")
        for given in roles()[key].grants
    }
    assert {pair: more for pair, more in found.items() if more} == beyond

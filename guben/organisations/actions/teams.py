"""Acts on the team, the posts and the groups of a unit."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.db.models import Model

from guben.access import policy
from guben.accounts.models import User
from guben.audit import trail
from guben.kit.days import add_months
from guben.organisations import calculations, errors, obstacles
from guben.organisations.actions import steps
from guben.organisations.choices import PostKind
from guben.organisations.models import Group, Organisation, Post, Team

CHANGE = "units.change"


@transaction.atomic
def elect_team(unit: Organisation, *, elected_on: date, term_months: int, seats: int, by: User) -> Team:
    """Enters a newly elected team; the team in office ends on that day.

    Raises:
        PermissionDenied, Http404: no `units.change` at the unit.
        AlreadyDissolved, DayInFuture, BeforeFounding, DayNotLater, SeatsMissing.

    Source: 基层组织选举工作条例 Art. 3; M2.2.
    """
    unit = _start(unit, elected_on, by)
    if term_months < 1 or seats < 1:
        raise errors.SeatsMissing
    in_office = Team.objects.select_for_update(no_key=True).filter(organisation=unit, until_on__isnull=True).first()
    if in_office:
        if elected_on <= in_office.elected_on:
            raise errors.DayNotLater(unit.name, in_office.elected_on)
        in_office.until_on = elected_on
        in_office.save(update_fields=["until_on"])
    team = Team.objects.create(
        organisation=unit,
        elected_on=elected_on,
        term_months=term_months,
        ends_on=add_months(elected_on, term_months),
        seats=seats,
    )
    details = {"on": elected_on.isoformat(), "until": team.ends_on.isoformat(), "seats": seats}
    _record("organisations.team_elected", team, unit, by, details)
    return team


@transaction.atomic
def add_post(
    unit: Organisation,
    *,
    kind: str,
    title: str = "",
    is_full_time: bool = False,
    on_grassroots_work: bool = False,
    from_on: date,
    by: User,
) -> Post:
    """Sets up a post at a unit; it is vacant until somebody is appointed.

    Raises:
        PermissionDenied, Http404: no `units.change` at the unit.
        AlreadyDissolved, DayInFuture, BeforeFounding, UnknownChoice.
    """
    unit = _start(unit, from_on, by)
    if kind not in PostKind.values:
        raise errors.UnknownChoice(unit.code, kind)
    post = Post.objects.create(
        organisation=unit,
        kind=kind,
        title=title.strip(),
        is_full_time=is_full_time,
        on_grassroots_work=on_grassroots_work,
        from_on=from_on,
    )
    _record("organisations.post_added", post, unit, by, {"on": from_on.isoformat(), "kind": kind})
    return post


@transaction.atomic
def close_post(post: Post, *, on: date, by: User) -> Post:
    """Takes a post away; `on` is the first day without it.

    Raises:
        PermissionDenied, Http404: no `units.change` at the unit.
        AlreadyEnded, DayInFuture, DayNotLater.
        StandsInTheWay: an app registered in `obstacles` objects, because somebody holds it.
    """
    post = Post.objects.select_for_update(of=("self",), no_key=True).select_related("organisation").get(pk=post.pk)
    _refuse_end(post, str(post), on, by)
    if sentences := obstacles.sentences("close_post", post, on):
        raise errors.StandsInTheWay(sentences)
    post.until_on = on
    post.save(update_fields=["until_on"])
    _record("organisations.post_closed", post, post.organisation, by, {"on": on.isoformat(), "kind": post.kind})
    return post


@transaction.atomic
def add_group(unit: Organisation, *, name: str, from_on: date, by: User) -> Group:
    """Sets up a group inside a branch.

    Raises:
        PermissionDenied, Http404: no `units.change` at the unit.
        AlreadyDissolved, NotABranch, DayInFuture, BeforeFounding, NameMissing.

    Source: 支部工作条例 Art. 13.
    """
    unit = _start(unit, from_on, by)
    if not calculations.is_branch(unit.kind):
        raise errors.NotABranch(unit.name)
    if not name.strip():
        raise errors.NameMissing(unit.code)
    group = Group.objects.create(organisation=unit, name=name.strip(), from_on=from_on)
    _record("organisations.group_added", group, unit, by, {"on": from_on.isoformat()})
    return group


@transaction.atomic
def close_group(group: Group, *, on: date, by: User) -> Group:
    """Ends a group; `on` is the first day without it.

    Raises:
        PermissionDenied, Http404: no `units.change` at the unit.
        AlreadyEnded, DayInFuture, DayNotLater.
        StandsInTheWay: an app registered in `obstacles` objects, because members still belong to it.
    """
    group = Group.objects.select_for_update(of=("self",), no_key=True).select_related("organisation").get(pk=group.pk)
    _refuse_end(group, group.name, on, by)
    if sentences := obstacles.sentences("close_group", group, on):
        raise errors.StandsInTheWay(sentences)
    group.until_on = on
    group.save(update_fields=["until_on"])
    _record("organisations.group_closed", group, group.organisation, by, {"on": on.isoformat()})
    return group


def _start(unit: Organisation, on: date, by: User) -> Organisation:
    unit = Organisation.objects.select_for_update(no_key=True).get(pk=unit.pk)
    policy.require(by, CHANGE, unit)
    steps.refuse_dissolved(unit)
    steps.refuse_future(on)
    if on < unit.founded_on:
        raise errors.BeforeFounding(unit.name, unit.founded_on)
    return unit


def _refuse_end(row: Post | Group, name: str, on: date, by: User) -> None:
    policy.require(by, CHANGE, row.organisation)
    if row.until_on:
        raise errors.AlreadyEnded(name, row.until_on)
    steps.refuse_future(on)
    if on <= row.from_on:
        raise errors.DayNotLater(name, row.from_on)


def _record(action: str, target: Model, unit: Organisation, by: User, details: dict[str, object]) -> None:
    right = policy.under_which_right(by, CHANGE, unit)
    trail.record(action, target, by=by, organisation_id=unit.pk, right=right, details=details)

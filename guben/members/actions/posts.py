"""Who holds which post: appointing and relieving. A role that came with the post ends with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import Q
from django.http import Http404

from guben.access import policy
from guben.access.models import Grant
from guben.accounts.installation import today as the_day
from guben.accounts.models import User
from guben.audit import trail
from guben.members import errors
from guben.members.choices import StageKind
from guben.members.models import Holding, Person, Stage
from guben.members.places import check_day, require_person, within_reach
from guben.members.spans import holds_on
from guben.organisations.choices import TEAM_POSTS
from guben.organisations.models import Post

BATCH = 1000


@dataclass(frozen=True, slots=True)
class Appointment:
    """A person to put into a post from a day."""

    person: Person
    post: Post
    from_on: date


@transaction.atomic
def appoint(person: Person, post: Post, *, from_on: date, by: User) -> Holding:
    """Puts a person into a vacant post. Team posts are for full members. A grant of a role is a step of its own.

    Raises:
        errors.PostFilled, errors.PostOverlaps, errors.PostNotOpen, errors.NotAFullMember, errors.DayInFuture.

    Source: 支部工作条例 Art. 21; 选举工作条例 Art. 5.
    """
    unit = post.organisation
    policy.require(by, "members.change", unit)
    require_person(by, "members.view", person)
    check_day(from_on, the_day())
    _check_post(post, from_on)
    if post.kind in TEAM_POSTS and person.pk not in _full_members([person.pk], from_on):
        raise errors.NotAFullMember(person.name, from_on)
    holding = Holding.objects.create(person=person, post=post, from_on=from_on)
    trail.record(
        "members.appointed",
        holding,
        by=by,
        organisation_id=unit.pk,
        right=policy.under_which_right(by, "members.change", unit),
        changed={"person": person.pk, "post": post.pk, "from_on": from_on},
        details={"kind": post.kind, "from_on": from_on.isoformat()},
    )
    return holding


@transaction.atomic
def appoint_many(appointments: Sequence[Appointment], *, by: User) -> list[Holding]:
    """Fills many vacant posts at once (the demo, a roster), each person being within the user's reach.

    Raises: as `appoint`.
    """
    today = the_day()
    units = {item.post.organisation_id: item.post.organisation for item in appointments}
    for unit in units.values():
        policy.require(by, "members.change", unit)
    people = {item.person.pk for item in appointments}
    if people - within_reach(by, "members.view", sorted(people)):
        raise Http404
    taken = _posts_taken([item.post.pk for item in appointments])
    for item in appointments:
        check_day(item.from_on, today)
        _check_open(item.post, item.from_on)
        if item.post.pk in taken:
            raise errors.PostFilled(str(item.post), taken[item.post.pk])
        taken[item.post.pk] = item.person.name
    _check_full_members(appointments)
    rows = [Holding(person=item.person, post=item.post, from_on=item.from_on) for item in appointments]
    rows = Holding.objects.bulk_create(rows, batch_size=BATCH)
    rights = {pk: policy.under_which_right(by, "members.change", unit) for pk, unit in units.items()}
    trail.record_many(
        trail.entry_for(
            "members.appointed",
            row,
            by=by,
            organisation_id=row.post.organisation_id,
            right=rights[row.post.organisation_id],
            changed={"person": row.person_id, "post": row.post_id, "from_on": row.from_on},
            details={"kind": row.post.kind, "from_on": row.from_on.isoformat()},
        )
        for row in rows
    )
    return rows


@transaction.atomic
def relieve(holding: Holding, *, until_on: date, by: User) -> Holding:
    """Ends a holding on a day (the first one without it), and with it the roles that came with the post.

    Raises:
        errors.HoldingEnded, errors.DayNotLater, errors.DayInFuture.
    """
    unit = holding.post.organisation
    policy.require(by, "members.change", unit)
    holding = Holding.objects.select_for_update(no_key=True).select_related("person", "post").get(pk=holding.pk)
    if holding.until_on:
        raise errors.HoldingEnded(holding.person.name, str(holding.post), holding.until_on)
    check_day(until_on, the_day())
    return _end(holding, until_on, by)


def end_holdings(person: Person, on: date, *, by: User) -> None:
    """Ends all posts of a person whose membership ended. The caller has checked the right."""
    for holding in (
        Holding.objects.select_for_update(no_key=True).select_related("post").filter(person=person, until_on=None)
    ):
        _end(holding, on, by)


def _end(holding: Holding, until_on: date, by: User) -> Holding:
    if until_on <= holding.from_on:
        raise errors.DayNotLater(holding.from_on)
    holding.until_on = until_on
    holding.save(update_fields=["until_on"])
    grants = Grant.objects.filter(holding=holding).filter(Q(until_on=None) | Q(until_on__gt=until_on))
    ended = grants.filter(from_on__lt=until_on).update(until_on=until_on)
    ended += grants.filter(from_on__gte=until_on).delete()[0]
    unit = holding.post.organisation
    trail.record(
        "members.relieved",
        holding,
        by=by,
        organisation_id=unit.pk,
        right=policy.under_which_right(by, "members.change", unit),
        changed={"until_on": until_on},
        details={"kind": holding.post.kind, "until_on": until_on.isoformat(), "grants_ended": ended},
    )
    return holding


def _check_post(post: Post, from_on: date) -> None:
    """Refuses a post that is filled, not yet or no longer there, or was held beyond the day."""
    _check_open(post, from_on)
    later = Holding.objects.select_for_update(no_key=True).select_related("person").filter(post=post)
    for holding in later.filter(Q(until_on=None) | Q(until_on__gt=from_on)):
        if holding.until_on:
            raise errors.PostOverlaps(str(post), holding.until_on)
        raise errors.PostFilled(str(post), holding.person.name)


def _check_open(post: Post, from_on: date) -> None:
    if from_on < post.from_on or (post.until_on and from_on >= post.until_on):
        raise errors.PostNotOpen(str(post), post.from_on, post.until_on)


def _posts_taken(post_ids: Sequence[int]) -> dict[int, str]:
    taken: dict[int, str] = {}
    for start in range(0, len(post_ids), BATCH // 2):
        rows = Holding.objects.filter(post__in=post_ids[start : start + BATCH // 2], until_on=None)
        taken.update(rows.values_list("post_id", "person__name"))
    return taken


def _check_full_members(appointments: Sequence[Appointment]) -> None:
    by_day: dict[date, list[Person]] = {}
    for item in appointments:
        if item.post.kind in TEAM_POSTS:
            by_day.setdefault(item.from_on, []).append(item.person)
    for day, people in by_day.items():
        full = _full_members([person.pk for person in people], day)
        for person in people:
            if person.pk not in full:
                raise errors.NotAFullMember(person.name, day)


def _full_members(person_ids: Sequence[int], on: date) -> set[int]:
    found: set[int] = set()
    for start in range(0, len(person_ids), BATCH // 2):
        chunk = person_ids[start : start + BATCH // 2]
        rows = Stage.objects.filter(holds_on(on), person__in=chunk, kind=StageKind.FULL)
        found.update(rows.values_list("person_id", flat=True))
    return found

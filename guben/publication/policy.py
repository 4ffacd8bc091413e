"""Who reads what is published, and who reads and decides an objection. Every page and list asks here.

A notice or a publication is shown to its audience while it hangs. Those who may see the cases of the unit keep it in
the file afterwards. An objection is read by the one the notice names and by nobody else.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Protocol

from django.db.models import Q

from guben.access import policy
from guben.access.models import Grant
from guben.access.roles import rights_of, roles_with
from guben.accounts.models import User
from guben.kit import tree
from guben.members.models import Affiliation
from guben.publication.choices import Audience
from guben.publication.models import Notice, Objection

FILE = "cases.view"  # the file of what was posted, after its term too
DECIDE = "objections.decide"
RECEIVE = "objections.receive"
BELONGS = "meetings.view"  # roles with it take part in the unit's life; those that only run the system do not
WIDER: dict[str, int] = {Audience.UNIT: 0, Audience.SUBTREE: 1, Audience.SIGNED_IN: 2, Audience.PUBLIC: 3}


class Shown(Protocol):
    """What a notice and a publication have in common."""

    audience: str


@dataclass(frozen=True, slots=True)
class Reader:
    """Where somebody belongs (`own`), which units lie at or above that (`above`), and whose file she may read."""

    own: frozenset[str]
    above: frozenset[str]
    file: Q
    signed_in: bool

    def hears(self, prefix: str = "") -> Q:
        """The filter for what is meant for her, whether it still hangs or not."""
        audience, path = f"{prefix}audience", f"{prefix}organisation__path"
        meant = Q(**{audience: Audience.PUBLIC})
        if self.signed_in:
            meant |= Q(**{audience: Audience.SIGNED_IN})
            meant |= Q(**{audience: Audience.SUBTREE, f"{path}__in": sorted(self.above)})
            meant |= Q(**{audience: Audience.UNIT, f"{path}__in": sorted(self.own)})
        return meant


def reader(user: policy.Someone, on: date) -> Reader:
    """The reader that a user is on a day; nobody signed in hears what is public. Asks for grants and affiliation."""
    if not user.is_authenticated or not user.is_active:
        return Reader(frozenset(), frozenset(), Q(pk__in=[]), False)
    own = {grant.organisation.path for grant in policy.grants_of(user) if BELONGS in rights_of(grant.role)}
    own |= set(
        Affiliation.objects.filter(person__user=user, from_on__lte=on)
        .filter(Q(until_on__isnull=True) | Q(until_on__gt=on))
        .values_list("organisation__path", flat=True)
    )
    own = {path for path in own if path and not policy.is_broken(user, path)}
    above = {path for one in own for path in tree.ancestors(one, include_self=True)}
    return Reader(frozenset(own), frozenset(above), policy.within(user, FILE), True)


def hangs(on: date) -> Q:
    """The notices that hang on a day."""
    return Q(posted_on__lte=on, term_ends_on__gte=on) & (Q(taken_down_on__isnull=True) | Q(taken_down_on__gt=on))


def stands(on: date) -> Q:
    """The publications that are shown on a day: none of a unit that is no more."""
    return (
        Q(published_on__lte=on)
        & (Q(organisation__dissolved_on__isnull=True) | Q(organisation__dissolved_on__gt=on))
        & (Q(until_on__isnull=True) | Q(until_on__gt=on))
        & (Q(withdrawn_on__isnull=True) | Q(withdrawn_on__gt=on))
    )


def shown_notices(user: policy.Someone, on: date) -> Q:
    """The notices a user may read on a day: those that hang for her, and the whole file of her own units."""
    one = reader(user, on)
    return (hangs(on) & one.hears()) | one.file


def shown_publications(user: policy.Someone, on: date) -> Q:
    """The publications a user may read on a day."""
    one = reader(user, on)
    return (stands(on) & one.hears()) | one.file


def at_least_as_wide(audience: str, needed: str) -> bool:
    return WIDER[audience] >= WIDER[needed]


def deciders(notice: Notice, on: date) -> Q:
    """The grants whose holders decide the objections to a notice: the role it names, held at the very unit it names;
    where nobody holds it, the nearest unit above where objections may be decided."""
    in_force = Q(from_on__lte=on) & (Q(until_on__isnull=True) | Q(until_on__gt=on)) & Q(user__is_active=True)
    named = Q(role=notice.objections_to, organisation=notice.objections_at_id)
    concerned = notice.person.user_id if notice.person_id and notice.person else None
    others = ~Q(user=concerned) if concerned else Q()
    if Grant.objects.filter(in_force & named & others).exists():
        return in_force & named & others
    above = Grant.objects.filter(
        in_force & others,
        role__in=roles_with(DECIDE),
        organisation__path__in=tree.ancestors(notice.objections_at.path),
    ).select_related("organisation")
    nearest = max(above, key=lambda grant: len(grant.organisation.path), default=None)
    if nearest is None:
        return Q(pk__in=[])
    return in_force & others & Q(role__in=roles_with(DECIDE), organisation=nearest.organisation_id)


def may_decide(user: policy.Someone, notice: Notice, on: date) -> bool:
    """May she read and decide the objections to this notice? Nobody may whom it is about."""
    if not isinstance(user, User) or not user.is_active or is_about(user, notice):
        return False
    return Grant.objects.filter(deciders(notice, on), user=user).exists()


def may_receive(user: policy.Someone, notice: Notice) -> bool:
    """May she record an objection that was brought, sent or told to her?"""
    if not isinstance(user, User) or is_about(user, notice):
        return False
    return policy.may(user, RECEIVE, notice.organisation) or policy.may(user, RECEIVE, notice.objections_at)


def may_object(user: policy.Someone, notice: Notice, on: date) -> bool:
    """May she object on line: whoever may read it as its audience while it hangs, but not about herself."""
    if isinstance(user, User) and is_about(user, notice):
        return False
    return Notice.objects.filter(hangs(on) & reader(user, on).hears(), pk=notice.pk).exists()


def is_about(user: policy.Someone, notice: Notice) -> bool:
    return bool(user.is_authenticated and notice.person is not None and notice.person.user_id == user.pk)


def reads(user: policy.Someone, objection: Objection, on: date) -> bool:
    """May she read what an objection says?"""
    return may_decide(user, objection.notice, on)

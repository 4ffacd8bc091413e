"""Who may do what where: one answer for "may she", "which rows" and "which users", from grants at nodes of the tree.

A right held at a unit holds for all units below it. Today's grants and today's tree decide. Nothing else opens a door:
no superuser, no staff flag.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import reduce
from operator import or_
from typing import Any, Protocol

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404

from guben.access.models import Grant
from guben.access.roles import rights_of, roles_with
from guben.accounts.installation import current, today
from guben.accounts.models import User
from guben.kit import tree

Someone = User | AnonymousUser
OPERATOR = "operator"


class Unit(Protocol):
    """What the policy needs to know of a unit: where it stands today."""

    path: str


def grants_of(user: Someone, *, on: date | None = None) -> list[Grant]:
    """The grants in force on a day (today unless given), with their organisations; read once for each user object."""
    if not user.is_authenticated or not user.is_active:
        return []
    kept: dict[date | None, list[Grant]] = user.__dict__.setdefault("_grants_in_force", {})
    if on not in kept:
        day = on or today()
        kept[on] = list(
            Grant.objects.filter(user=user, from_on__lte=day)
            .filter(Q(until_on__isnull=True) | Q(until_on__gt=day))
            .select_related("organisation")
            .order_by("organisation__path", "id")
        )
    return kept[on]


def reach(user: Someone, right: str) -> list[str]:
    """The outermost paths at and below which the user holds the right; the empty path means the whole forest.

    Only the command-line operator has the whole forest, within the rights of that role and named in the history.
    """
    if isinstance(user, User) and user.is_operator and user.is_active:
        return [""] if right in rights_of(OPERATOR) else []
    held = tree.outermost(grant.organisation.path for grant in grants_of(user) if right in rights_of(grant.role))
    return [top for top in held if not is_broken(user, top)]


def may(user: Someone, right: str, unit: Unit) -> bool:
    """May this user use this right at this unit?"""
    return reaches(user, right, unit.path)


def reaches(user: Someone, right: str, path: str) -> bool:
    """Does the right reach a unit with this path? None without a path, or at or below a broken place, is anybody's."""
    return (
        bool(path) and any(tree.is_at_or_below(path, top) for top in reach(user, right)) and not is_broken(user, path)
    )


def is_broken(user: Someone, path: str) -> bool:
    """Did the last proof of the tree find a fault at this place or above it?"""
    return any(tree.is_at_or_below(path, place) for place in broken_places(user))


def broken_places(user: Someone) -> list[str]:
    """The paths at which the tree is broken; read once for each user object."""
    kept: dict[str, Any] = user.__dict__
    if "_broken_places" not in kept:
        kept["_broken_places"] = [str(place) for place in current().broken_places if place]
    found: list[str] = kept["_broken_places"]
    return found


def may_anywhere(user: Someone, right: str) -> bool:
    return bool(reach(user, right))


def under_which_right(user: Someone, right: str, unit: Unit) -> str:
    """How the history names it: `right role@code`; empty where the right is not held."""
    if user.is_authenticated and user.is_operator:
        return f"{right} {OPERATOR}" if right in rights_of(OPERATOR) else ""
    for grant in grants_of(user):
        if right in rights_of(grant.role) and tree.is_at_or_below(unit.path, grant.organisation.path):
            return f"{right} {grant.role}@{grant.organisation.code}"
    return ""


def in_subtrees(paths: Iterable[str], field: str = "path") -> Q:
    """The filter for all rows whose `field` holds one of the paths or a path below it."""
    parts = [Q(**{f"{field}__gte": first, f"{field}__lt": last}) for first, last in map(tree.span, paths)]
    return reduce(or_, parts) if parts else Q(pk__in=[])


def within(user: Someone, right: str, field: str = "organisation__path") -> Q:
    """The filter for the rows the user may use this right on."""
    within_reach = in_subtrees(reach(user, right), field)
    broken = broken_places(user)
    return within_reach & ~in_subtrees(broken, field) if broken else within_reach


def home_unit(user: Someone, right: str, preferred: str = "") -> Unit | None:
    """The unit at which the user holds the right by a grant of her own: the preferred code's if it is one, else the
    first in the tree; None where she holds it nowhere."""
    held = [grant.organisation for grant in grants_of(user) if right in rights_of(grant.role)]
    return next((unit for unit in held if unit.code == preferred), held[0] if held else None)


def require(user: Someone, right: str, unit: Unit, *, see: str = "units.view") -> None:
    """Lets pass who holds the right.

    Raises:
        Http404: the user may not even see the unit.
        PermissionDenied: the user sees the unit but lacks the right.
    """
    if may(user, right, unit):
        return
    if may(user, see, unit):
        raise PermissionDenied(right)
    raise Http404


def users_with(right: str, unit: Unit, *, on: date | None = None) -> QuerySet[User]:
    """The users who hold the right at this unit on a day (today unless given)."""
    day = on or today()
    holders: Any = Grant.objects.filter(
        role__in=roles_with(right),
        from_on__lte=day,
        organisation__path__in=tree.ancestors(unit.path, include_self=True),
    ).filter(Q(until_on__isnull=True) | Q(until_on__gt=day))
    return User.objects.filter(is_active=True, pk__in=holders.values("user"))

"""To which unit a person belongs, and whether a unit may take people in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.core.exceptions import PermissionDenied
from django.http import Http404

from guben.access import policy
from guben.access.policy import Someone
from guben.members import errors
from guben.members.models import Affiliation, Person
from guben.organisations.choices import BRANCH_KINDS, Kind
from guben.organisations.models import Group, Organisation


def affiliation_of(person: Person) -> Affiliation | None:
    """Where a person belongs today, or belonged last, with the unit: it decides who may see the person."""
    return (
        Affiliation.objects.filter(person=person)
        .select_related("organisation", "group")
        .order_by("-from_on", "-pk")
        .first()
    )


def unit_of(person: Person) -> Organisation | None:
    """The unit a person belongs to today, or belonged to last."""
    affiliation = affiliation_of(person)
    return affiliation.organisation if affiliation else None


def last_paths(person_ids: Sequence[int]) -> dict[int, str]:
    """The path of the unit each of these people belongs to, or belonged to last."""
    paths: dict[int, str] = {}
    for start in range(0, len(person_ids), 500):
        rows = Affiliation.objects.filter(person__in=person_ids[start : start + 500]).order_by("from_on", "pk")
        paths.update(rows.values_list("person_id", "organisation__path"))
    return paths


def within_reach(user: Someone, right: str, person_ids: Sequence[int]) -> set[int]:
    """Those of these people whom the user may do this with."""
    return {pk for pk, path in last_paths(person_ids).items() if policy.reaches(user, right, path)}


def may_see(user: Someone, person: Person, unit: Organisation | None) -> bool:
    """May this user read the person's record? Everybody may read the own one."""
    own = user.is_authenticated and person.user_id == user.pk
    return own or (unit is not None and policy.may(user, "members.view", unit))


def require_person(user: Someone, right: str, person: Person) -> Organisation:
    """The unit of a person whom the user may do this with.

    Raises:
        Http404: the user may not know that there is such a person.
        PermissionDenied: the user may see the person but lacks the right.
    """
    unit = unit_of(person)
    if unit is not None and policy.may(user, right, unit):
        return unit
    if may_see(user, person, unit):
        raise PermissionDenied(right)
    raise Http404


def check_unit(unit: Organisation) -> None:
    """Refuses a unit that can have no members of its own. Source: 党员教育管理工作条例 Art. 25; 支部工作条例 Art. 8."""
    if unit.dissolved_on:
        raise errors.UnitDissolved(unit.name, unit.dissolved_on)
    if unit.kind == Kind.TEMPORARY_BRANCH:
        raise errors.TemporaryBranch(unit.name)
    if unit.kind not in BRANCH_KINDS:
        raise errors.NotABranch(unit.name, unit.get_kind_display())


def check_group(group: Group | None, unit: Organisation) -> None:
    """Refuses a group of another unit."""
    if group is not None and group.organisation_id != unit.pk:
        raise errors.GroupElsewhere(unit.name)


def check_day(on: date, today: date) -> None:
    """Refuses a day that has not come."""
    if on > today:
        raise errors.DayInFuture(on, today)

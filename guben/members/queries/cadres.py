"""The list of reserve cadres of a unit, for those who keep it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.http import Http404

from guben.access import policy
from guben.access.policy import Someone
from guben.kit.days import completed_years
from guben.members.choices import education_label
from guben.members.models import ReserveEntry
from guben.members.spans import holds_on
from guben.organisations.models import Organisation


@dataclass(frozen=True, slots=True)
class ReserveLine:
    """One name on the list, with what matters for a post."""

    entry: ReserveEntry
    age: int
    education: str


def reserve_of(unit: Organisation, on: date) -> list[ReserveLine]:
    """Who is on the list on a day, in one query. The caller has asked `may_see_reserve`."""
    rows = ReserveEntry.objects.filter(holds_on(on), organisation=unit).select_related("person")
    return [
        ReserveLine(row, completed_years(row.person.born_on, on), education_label(row.person.education)) for row in rows
    ]


def former_reserve_of(unit: Organisation, on: date) -> list[ReserveEntry]:
    """Who was on the list and no longer is."""
    rows = ReserveEntry.objects.filter(organisation=unit, until_on__lte=on).select_related("person")
    return list(rows.order_by("-until_on", "-pk")[:50])


def may_see_reserve(user: Someone, unit: Organisation) -> bool:
    """The list is for those who see the unit's members and may change their records."""
    return policy.may(user, "members.view", unit) and policy.may(user, "members.change", unit)


def reserve_entry_for(user: Someone, pk: int) -> ReserveEntry:
    """The entry, where the user keeps the list.

    Raises:
        Http404, PermissionDenied: as `policy.require`.
    """
    entry = ReserveEntry.objects.filter(pk=pk).select_related("organisation__parent", "person").first()
    if entry is None:
        raise Http404
    policy.require(user, "members.change", entry.organisation)
    policy.require(user, "members.view", entry.organisation)
    return entry

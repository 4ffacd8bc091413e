"""Those who cannot come, and when somebody last spoke with them (M3.6). The line of days is the members app's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import F

from guben.access.policy import Someone
from guben.members import calculations
from guben.members.choices import MEMBER_STAGES, NEEDS_CONTACT, StandingKind
from guben.members.queries.lists import below
from guben.members.spans import on_a_roll, with_last_contact
from guben.organisations.models import Organisation


@dataclass(frozen=True, slots=True)
class ContactLine:
    """A member with whom contact is kept."""

    pk: int
    name: str
    standing: str
    unit: str
    contact: str
    last_on: date | None
    is_overdue: bool


def contacts_at(user: Someone, unit: Organisation, on: date, *, standing: str = "", overdue: bool = False) -> Any:
    """Members at and below a unit with whom contact is kept, the longest without it first. The caller has the right."""
    people = on_a_roll(on).filter(below(unit, on), stage__in=MEMBER_STAGES, standing__in=NEEDS_CONTACT)
    people = with_last_contact(people, on).annotate(
        unit_name=F("affiliation_on__organisation__short_name"), contact_name=F("standing_on__contact_person__name")
    )
    if standing in NEEDS_CONTACT:
        people = people.filter(standing=standing)
    if overdue:
        people = people.filter(last_contact_on__lt=calculations.contact_overdue_before(on))
    return people.order_by("last_contact_on", "pk")


def line_of(person: Any, on: date) -> ContactLine:
    last = person.last_contact_on
    return ContactLine(
        pk=person.pk, name=person.name, standing=str(StandingKind(person.standing).label), unit=person.unit_name,
        contact=person.contact_name or "", last_on=last,
        is_overdue=last is not None and last < calculations.contact_overdue_before(on),
    )  # fmt: skip

"""Lists of people at and below a unit on a day, filtered, and what a list shows of each of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from django.db.models import F, Min, Q, Subquery

from guben.access import policy
from guben.access.policy import Someone
from guben.accounts.installation import today
from guben.kit.chinese import either_script
from guben.kit.days import completed_years
from guben.kit.names import as_typed
from guben.members import calculations, lookups, sealed
from guben.members.choices import HAN, MEMBER_STAGES, NEEDS_CONTACT, StageKind
from guben.members.models import Person
from guben.members.spans import People, holds_on, last_contact, on_a_roll, with_last_contact
from guben.organisations.models import Organisation, Placement

AGES: dict[str, tuple[int | None, int | None]] = calculations.AGE_BANDS | {"45+": (45, None)}
ORDER = ("unit_path", "pinyin", "name", "pk")


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list is narrowed to; empty means all. `stage` empty means the members, probationary and full."""

    text: str = ""
    stage: str = ""
    standing: str = ""
    age: str = ""
    sex: str = ""
    ethnicity: str = ""
    education: str = ""
    occupation: str = ""
    contact: str = ""

    def set_ones(self) -> dict[str, str]:
        return {field.name: value for field in fields(self) if (value := getattr(self, field.name))}


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a list: the person (with `stage`, `standing`, `unit_name` …) and what was worked out for the day."""

    person: Any
    age: int
    joined_on: date | None
    full_on: date | None
    last_contact_on: date | None
    needs_contact: bool
    is_overdue: bool


def members_at(user: Someone, unit: Organisation | None, on: date, filters: Filters | None = None) -> People:
    """The people at and below a unit (all within reach when None) on a day, by unit and name, in one query.

    Today's rights decide who is seen; where a unit stood on an earlier day is read from its placements.
    """
    people = on_a_roll(on).filter(policy.within(user, "members.view", "unit_path"))
    if unit is not None:
        people = people.filter(below(unit, on))
    people = people.annotate(
        unit_name=F("affiliation_on__organisation__short_name"),
        unit_code=F("affiliation_on__organisation__code"),
        group_name=F("affiliation_on__group__name"),
        contact_name=F("standing_on__contact_person__name"),
    )
    return filtered(people, filters or Filters(), on).order_by(*ORDER)


def below(unit: Organisation, on: date) -> Q:
    """The filter for the people of the units at or below a unit on a day."""
    if on >= today():
        return policy.in_subtrees([unit.path], "unit_path")
    stood = Placement.objects.filter(holds_on(on), organisation=unit).values_list("path", flat=True).first()
    placed = Placement.objects.filter(holds_on(on), policy.in_subtrees([stood] if stood else []))
    return Q(organisation_id_on__in=placed.values("organisation"))


def filtered(people: People, filters: Filters, on: date) -> People:
    """The people that all the filters let through."""
    people = people.filter(stage__in=[filters.stage] if filters.stage else MEMBER_STAGES)
    if filters.standing:
        people = people.filter(standing=filters.standing)
    if filters.age in AGES:
        people = people.filter(_born_within(filters.age, on))
    if filters.ethnicity:
        people = people.filter(ethnicity=HAN) if filters.ethnicity == "han" else people.exclude(ethnicity=HAN)
    for field in ("sex", "education", "occupation"):
        if value := getattr(filters, field):
            people = people.filter(**{field: "" if value == "unknown" else value})
    if filters.contact == "overdue":
        people = overdue(people, on)
    return people.filter(named(filters.text)) if filters.text.strip() else people


def overdue(people: People, on: date) -> People:
    """Those who cannot come and were last contacted too long ago."""
    return with_last_contact(people, on).filter(
        standing__in=NEEDS_CONTACT, last_contact_on__lt=calculations.contact_overdue_before(on)
    )


def named(text: str) -> Q:
    """The filter by name, full pinyin, initials, or an exact identity number or telephone."""
    if found := lookups.number_in(text):
        column, number = found
        return Q(**{f"{column}_index__in": sealed.indexes_of(column, number)})
    typed = as_typed(text)
    if not typed.isascii():
        return Q(*(("name__contains", one) for one in either_script("".join(text.split()))), _connector=Q.OR)
    parts = Q()
    for field in ("pinyin", "initials"):
        # Further readings of a surname follow after a space.
        parts |= Q(**{f"{field}__startswith": typed}) | Q(**{f"{field}__contains": f" {typed}"})
    return parts | Q(name__istartswith=text.strip())


def rows_of(people: Sequence[Any], on: date) -> list[Row]:
    """What a list shows of these people, in one query."""
    entered = Q(stages__from_on__lte=on)
    days = (
        Person.objects.filter(pk__in=[person.pk for person in people])
        .annotate(
            joined=Min("stages__from_on", filter=entered & Q(stages__kind__in=MEMBER_STAGES)),
            full=Min("stages__from_on", filter=entered & Q(stages__kind=StageKind.FULL)),
            contacted=Subquery(last_contact(on)),
        )
        .values_list("pk", "joined", "full", "contacted")
    )
    known = {pk: (joined, full, contacted) for pk, joined, full, contacted in days}
    return [_row(person, *known[person.pk], on=on) for person in people]


def contacts_overdue(unit: Organisation, on: date) -> list[Row]:
    """The members at and below a unit whose contact is overdue on a day, the longest first. The caller has the right.

    Source: 党员教育管理工作条例 Art. 23, 32-33; M3.6.
    """
    people = on_a_roll(on).filter(below(unit, on), stage__in=MEMBER_STAGES)
    people = people.annotate(
        unit_name=F("affiliation_on__organisation__short_name"),
        unit_code=F("affiliation_on__organisation__code"),
        contact_name=F("standing_on__contact_person__name"),
    )
    return rows_of(list(overdue(people, on).order_by("last_contact_on", "pk")), on)


def _born_within(age: str, on: date) -> Q:
    after, up_to = calculations.birth_days_of(*AGES[age], on)
    born = Q(born_on__gt=after) if after else Q()
    return born & Q(born_on__lte=up_to) if up_to else born


def _row(person: Any, joined_on: date | None, full_on: date | None, contacted_on: date | None, *, on: date) -> Row:
    needs = person.standing in NEEDS_CONTACT
    last = contacted_on or person.standing_from
    return Row(
        person=person,
        age=completed_years(person.born_on, on),
        joined_on=joined_on,
        full_on=full_on,
        last_contact_on=contacted_on,
        needs_contact=needs,
        is_overdue=bool(needs and last and last < calculations.contact_overdue_before(on)),
    )

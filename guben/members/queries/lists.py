"""Lists of people at and below a unit on a day, filtered, and what a list shows of each of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date
from functools import cached_property, reduce
from operator import or_
from typing import Any

from django.db.models import F, Min, Q, Subquery, Value
from django.db.models.functions import Length, StrIndex, Substr
from django.db.models.lookups import GreaterThan, StartsWith

from guben.access import policy
from guben.access.policy import Someone
from guben.accounts.installation import today
from guben.kit.chinese import either_script
from guben.kit.days import completed_years
from guben.kit.names import as_typed
from guben.kit.paging import MOST, Bounded, more_than
from guben.members import calculations, lookups, sealed
from guben.members.choices import HAN, MEMBER_STAGES, NEEDS_CONTACT, StageKind
from guben.members.models import Person
from guben.members.spans import People, holds_on, last_contact, on_a_roll, placed_on, with_last_contact
from guben.organisations.models import Organisation, Placement

AGES: dict[str, tuple[int | None, int | None]] = calculations.AGE_BANDS | {"45+": (45, None)}
ORDER = ("unit_path", "pinyin", "name", "pk")
MOST_NAMED, MOST_NARROWED = 1000, 5000  # who are counted under a name; who are, narrowed down, in more than a county
NEAR = 3000  # units: a county
NEVER_LISTED = ("id_number_cipher", "id_number_index", "phone_cipher", "phone_index", "home_cipher", "domicile_cipher")


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
    people = _among(_named(on_a_roll(on)), user, unit, on)
    return filtered(people, filters or Filters(), on).order_by(*ORDER)


def _among(people: People, user: Someone, unit: Organisation | None, on: date) -> People:
    people = people.filter(policy.within(user, "members.view", "unit_path"))
    return people if unit is None else people.filter(below(unit, on))


def _named(people: People) -> People:
    """With what a list shows besides; what is sealed stays where it is."""
    found: People = people.defer(*NEVER_LISTED).annotate(
        unit_name=F("affiliation_on__organisation__short_name"),
        unit_code=F("affiliation_on__organisation__code"),
        group_name=F("affiliation_on__group__name"),
        contact_name=F("standing_on__contact_person__name"),
    )
    return found


class Listed(Bounded):
    """The same people for a paginator: looked for and counted in few tables, up to a bound; what a page shows is
    read for its fifty people alone. The unit of each is read in the order of the list, which counts them and tells in
    which units the people of a page are. Those who bear a name are looked for wherever they are."""

    def __init__(
        self, user: Someone, unit: Organisation | None, on: date, filters: Filters | None = None, *, most: int = 0
    ) -> None:
        filters = filters or Filters()
        self.on = on
        self.is_named = bool(filters.text.strip())
        people = placed_on(on, standing=bool(filters.standing or filters.contact))
        rows = filtered(_among(people, user, unit, on), filters, on).order_by(*ORDER)
        super().__init__(rows, most or _most(user, unit, filters))
        self._shown = members_at(user, unit, on, filters)

    @cached_property
    def _found(self) -> list[int]:
        return list(self.rows.order_by().values_list("pk", flat=True)[: self.most + 1])

    @cached_property
    def _units(self) -> list[int]:
        return list(self.rows.order_by("unit_path").values_list("organisation_id_on", flat=True)[: self.most + 1])

    @cached_property
    def _counted(self) -> int:
        return len(self._found if self.is_named else self._units)

    def __getitem__(self, part: Any) -> Any:
        first, end, _step = part.indices(self.count())
        before = 0
        if not self.is_named:
            units = self._units[first:end]
            before = self._units.index(units[0]) if units else 0
            people = self._shown.filter(organisation_id_on__in=set(units))
        elif self.has_more:
            people = self._shown
        else:
            people = _named(on_a_roll(self.on)).filter(pk__in=self._found).order_by(*ORDER)
        return list(people[first - before : end - before])


def _most(user: Someone, unit: Organisation | None, filters: Filters) -> int:
    """How many are counted."""
    if filters.text.strip():
        return MOST_NAMED
    return MOST_NARROWED if filters.set_ones() and not _is_near(user, unit) else MOST


def _is_near(user: Someone, unit: Organisation | None) -> bool:
    tops = [unit.path] if unit else policy.reach(user, "members.view")
    return not more_than(Organisation.objects.filter(policy.in_subtrees(tops)), NEAR)


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
        return reduce(or_, map(_holding, either_script("".join(text.split()))))
    parts = Q(name__startswith=text.strip())
    for field in ("pinyin", "initials"):
        # Another reading of a surname follows after a space; few names have one, and none has more.
        other = Substr(field, StrIndex(field, Value(" ")) + 1)
        parts |= Q(**{f"{field}__startswith": typed})
        parts |= Q(**{f"{field}__contains": " "}) & Q(StartsWith(other, typed))
    return parts


def _holding(characters: str) -> Q:
    """The names that hold the characters, said so that indexes find them: beginning with them at the first, second or
    third place, or among the few longer names anywhere."""
    later = (Q(StartsWith(Substr("name", place), characters)) for place in (2, 3))
    longer = Q(GreaterThan(Length("name"), 3)) & Q(name__contains=characters)
    return reduce(or_, later, Q(name__startswith=characters)) | longer


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

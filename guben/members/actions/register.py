"""Registering people: one from the form, or many at once from a roster or the demo."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from guben.access import policy
from guben.accounts.installation import today as the_day
from guben.accounts.models import User
from guben.kit.errors import DomainError
from guben.members import calculations, errors, sealed
from guben.members.actions.belonging import take_back
from guben.members.actions.numbers import Whereabouts, check_numbers, refuse_known, whom_nobody_answers_for
from guben.members.actions.writing import Columns, joined_on, write
from guben.members.calculations import ADDRESS_ROOM, TEXT_ROOM
from guben.members.choices import (
    ADDRESSES,
    EDUCATION,
    ETHNICITY,
    TEXTS,
    Degree,
    Occupation,
    Sex,
    StageKind,
    StandingKind,
)
from guben.members.models import Person
from guben.members.places import check_group, check_unit
from guben.organisations.models import Group, Organisation

BATCH = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPerson:
    """One person to register.

    `stages` are (kind, day) in order, of which the last one holds. Birth date and sex may be left out where the
    identity number tells them. `affiliated_on` and `standing_from` are the first day on the roll unless given.
    `contact_row` is the position, in the same list, of the member who keeps contact.
    """

    name: str
    organisation_id: int
    stages: tuple[tuple[str, date], ...]
    sex: str = ""
    born_on: date | None = None
    id_number: str = ""
    phone: str = ""
    ethnicity: str = "01"
    education: str = ""
    occupation: str = ""
    affiliated_on: date | None = None
    group_id: int | None = None
    standing: str = StandingKind.HOME
    standing_from: date | None = None
    place: str = ""
    contact_row: int | None = None
    degree: str = ""
    stratum: str = ""
    professional_post: str = ""
    is_migrant_worker: bool | None = None
    service_correction: int | None = None
    home: str = ""
    domicile: str = ""


def register_person(row: NewPerson, *, by: User) -> Person:
    """Registers one person with stages, affiliation and standing. A member who left for a unit outside and comes back
    is recognised by number and name, and taken back with the record as it stands.

    Raises:
        errors.AlreadyRegistered, errors.RegisteredElsewhere: the identity number is known.
        DomainError: what is wrong with the row.

    Source: 发展党员工作细则 Art. 5; 党员教育管理工作条例 Art. 25-26.
    """
    if row.id_number:
        number = calculations.read_id_number(row.id_number).number
        if (back := whom_nobody_answers_for(number, row.name.strip())) is not None:
            return _take_back(back, row, by)
        refuse_known(number, by=by)
    try:
        return register_many([row], by=by)[0]
    except errors.RowRefused as refused:
        raise refused.reason from refused


def _take_back(person: Person, row: NewPerson, by: User) -> Person:
    """A member who had left for outside and is here again: the same record goes on, on the roll of the new branch."""
    unit = Organisation.objects.filter(pk=row.organisation_id).first()
    if unit is None:
        raise errors.UnitUnknown
    group = Group.objects.filter(pk=row.group_id).first() if row.group_id else None
    take_back(person, unit, from_on=row.affiliated_on or the_day(), by=by, group=group)
    return person


def register_many(rows: Sequence[NewPerson], *, by: User, first_row: int = 1) -> list[Person]:
    """Registers many people, all or none, in the order given. `first_row` is the number of the first row in messages.

    Raises:
        errors.RowRefused: the first row that is wrong, and why.
    """
    if not rows:
        return []
    checks = _Checks(by, the_day(), [row.organisation_id for row in rows], [row.group_id for row in rows])
    ready = [_refusing(row, number, checks.checked) for number, row in enumerate(rows, first_row)]
    _refuse_twice(ready, first_row)
    _check_contact_rows(ready, first_row)
    columns = _by_column(ready)
    _refuse_registered(columns, by, first_row)
    keys = _write(columns, checks.rights(), by)
    people = Person.objects.in_bulk(keys)
    return [people[key] for key in keys]


@transaction.atomic
def register_columns(people: Columns, *, by: User) -> list[int]:
    """Registers people whose values were checked in sets beforehand (an import), all or none; gives their keys.

    They come by column (see `writing`), complete with their days. The rights at every unit are asked for here, and
    numbers that somebody else registered meanwhile are refused.

    Raises:
        errors.RowRefused: the first row that can't be written, and why.
    """
    checks = _Checks(by, the_day(), people["organisation_id"], people["group_id"])
    checks.check_places(people)
    if sealed.index_is_renewed():  # the index of the table can't tell that two keyed hashes are of one number
        _refuse_registered(people, by)
    try:
        with transaction.atomic():
            return write(people, checks.rights(), by)
    except IntegrityError:
        _refuse_registered(people, by)
        raise


def _by_column(rows: Sequence[NewPerson]) -> dict[str, list[Any]]:
    return {one.name: [getattr(row, one.name) for row in rows] for one in fields(NewPerson)}


def _refuse_registered(people: Columns, by: User, first_row: int = 1) -> None:
    numbers = people["id_number"]
    known = check_numbers(filter(None, numbers), by=by)
    for place, number in enumerate(numbers):
        if where := known.get(number):
            reason = _known_already(number, where, by)
            raise errors.RowRefused(first_row + place, people["name"][place], reason)


@transaction.atomic
def _write(people: Columns, rights: Mapping[int, str], by: User) -> list[int]:
    return write(people, rights, by)


def _known_already(number: str, where: Whereabouts, by: User) -> DomainError:
    if where == "within":
        try:
            refuse_known(number, by=by)
        except errors.AlreadyRegistered as error:
            return error
    return errors.RegisteredElsewhere()


def _refusing(row: NewPerson, number: int, check: Any) -> NewPerson:
    try:
        checked: NewPerson = check(row)
    except DomainError as error:
        raise errors.RowRefused(number, row.name, error) from error
    return checked


def _refuse_twice(rows: Sequence[NewPerson], first_row: int) -> None:
    seen: dict[str, int] = {}
    for number, row in enumerate(rows, first_row):
        if row.id_number and (before := seen.setdefault(row.id_number, number)) != number:
            raise errors.RowRefused(number, row.name, errors.TwiceInTheList(before))


def _check_contact_rows(rows: Sequence[NewPerson], first_row: int) -> None:
    """Refuses a contact person who is of another unit, or the member oneself."""
    for number, row in enumerate(rows, first_row):
        if row.contact_row is None:
            continue
        helper = rows[row.contact_row]
        if helper is row:
            raise errors.RowRefused(number, row.name, errors.OwnContact())
        if helper.organisation_id != row.organisation_id or not joined_on(helper.stages):
            unit = Organisation.objects.get(pk=row.organisation_id)
            raise errors.RowRefused(number, row.name, errors.ContactOutsideUnit(helper.name, unit.name))


class _Checks:
    """What is asked of every row, with the units and groups of all rows read once."""

    def __init__(self, by: User, today: date, units: Sequence[int], groups: Sequence[int | None]) -> None:
        self.today = today
        self.units = _in_bulk(Organisation, set(units))
        self.groups = _in_bulk(Group, {group for group in groups if group})
        for unit in self.units.values():
            policy.require(by, "members.change", unit)

        self._by = by

    def rights(self) -> dict[int, str]:
        """Under which right people are registered at each unit."""
        return {pk: policy.under_which_right(self._by, "members.change", unit) for pk, unit in self.units.items()}

    def check_places(self, people: Columns) -> None:
        """Refuses the first row whose unit or group takes nobody."""
        places = list(zip(people["organisation_id"], people["group_id"], strict=True))
        for unit_id, group_id in dict.fromkeys(places):
            try:
                self._unit_for(unit_id, group_id)
            except DomainError as error:
                row = places.index((unit_id, group_id))
                raise errors.RowRefused(row + 1, people["name"][row], error) from error

    def checked(self, row: NewPerson) -> NewPerson:
        """The row with its numbers read and its empty days filled in."""
        row = _with_texts(_with_identity(replace(row, name=row.name.strip())))
        _check_row_codes(row)
        unit = self._unit_for(row.organisation_id, row.group_id)
        if row.born_on is None or not row.sex:
            raise errors.BirthDayMissing
        calculations.check_stages(row.stages, row.born_on, self.today)
        since = row.affiliated_on or max(row.stages[0][1], unit.founded_on)
        if since < unit.founded_on:
            raise errors.BeforeFounding(unit.name, unit.founded_on)
        if since > self.today:
            raise errors.DayInFuture(since, self.today)
        if row.stages[-1][0] == StageKind.ENDED and row.stages[-1][1] <= since:
            raise errors.EndedBefore(row.stages[-1][1], since)
        standing_from = row.standing_from or max(since, joined_on(row.stages) or since)
        if standing_from > self.today:
            raise errors.DayInFuture(standing_from, self.today)
        phone = calculations.read_phone(row.phone) if row.phone.strip() else ""
        return replace(row, phone=phone, affiliated_on=since, standing_from=standing_from)

    def _unit_for(self, unit_id: int, group_id: int | None) -> Organisation:
        unit: Organisation | None = self.units.get(unit_id)
        if unit is None:
            raise errors.UnitUnknown
        check_unit(unit)
        if group_id:
            group = self.groups.get(group_id)
            if group is None:
                raise errors.GroupElsewhere(unit.name)
            check_group(group, unit)
        return unit


def _in_bulk(model: Any, ids: set[Any]) -> dict[int, Any]:
    ordered, found = sorted(ids), {}
    for start in range(0, len(ordered), BATCH // 2):
        found.update(model.objects.in_bulk(ordered[start : start + BATCH // 2]))
    return found


def _with_identity(row: NewPerson) -> NewPerson:
    calculations.check_name(row.name)
    if not row.id_number.strip():
        return replace(row, id_number="")
    facts = calculations.read_id_number(row.id_number)
    born_on, sex = row.born_on or facts.born_on, row.sex or facts.sex
    calculations.check_identity(facts, born_on, sex)
    return replace(row, id_number=facts.number, born_on=born_on, sex=sex)


def _with_texts(row: NewPerson) -> NewPerson:
    calculations.check_correction(row.service_correction)
    rooms = dict.fromkeys(TEXTS, TEXT_ROOM) | dict.fromkeys(ADDRESSES, ADDRESS_ROOM)
    texts: dict[str, Any] = {
        name: calculations.read_text(title, getattr(row, name), rooms[name])
        for name, title in {**TEXTS, **ADDRESSES}.items()
    }
    return replace(row, **texts)


def _check_row_codes(row: NewPerson) -> None:
    check_codes(row)
    if row.standing not in StandingKind.values:
        raise errors.UnknownCode(_("在册情况"), row.standing)
    for kind, _from_on in row.stages:
        if kind not in StageKind.values:
            raise errors.UnknownCode(_("人员类别"), kind)


def check_codes(record: NewPerson | Person) -> None:
    """Refuses a code that is none of its closed list; education and occupation may be unknown."""
    listed: list[tuple[str, str, Container[str]]] = [
        (_("性别"), record.sex, ("", *Sex.values)),
        (_("民族"), record.ethnicity, ETHNICITY),
        (_("学历"), record.education, ("", *EDUCATION)),
        (_("工作岗位"), record.occupation, ("", *Occupation.values)),
        (_("学位"), record.degree, ("", *Degree.values)),
    ]
    for field, value, codes in listed:
        if value not in codes:
            raise errors.UnknownCode(field, value)

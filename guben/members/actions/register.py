"""Registering people: one from the form, or many at once from a roster or the demo."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from guben.access import policy
from guben.accounts.installation import today as the_day
from guben.accounts.models import User
from guben.audit import trail
from guben.kit.errors import DomainError
from guben.kit.names import bulk_name_keys
from guben.members import calculations, errors, sealed
from guben.members.actions.numbers import Whereabouts, check_numbers, refuse_known
from guben.members.choices import EDUCATION, ETHNICITY, MEMBER_STAGES, Occupation, Sex, StageKind, StandingKind
from guben.members.models import Affiliation, Person, Stage, Standing
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


def register_person(row: NewPerson, *, by: User) -> Person:
    """Registers one person with stages, affiliation and standing.

    Raises:
        errors.AlreadyRegistered, errors.RegisteredElsewhere: the identity number is known.
        DomainError: what is wrong with the row.

    Source: 发展党员工作细则 Art. 5; 党员教育管理工作条例 Art. 25-26.
    """
    if row.id_number:
        refuse_known(calculations.read_id_number(row.id_number).number, by=by)
    try:
        return register_many([row], by=by)[0]
    except errors.RowRefused as refused:
        raise refused.reason from refused


def register_many(rows: Sequence[NewPerson], *, by: User, first_row: int = 1) -> list[Person]:
    """Registers many people, all or none, in the order given. `first_row` is the number of the first row in messages.

    Raises:
        errors.RowRefused: the first row that is wrong, and why.
    """
    if not rows:
        return []
    checks = _Checks(by, the_day(), rows)
    ready = [_refusing(row, number, checks.checked) for number, row in enumerate(rows, first_row)]
    _refuse_twice(ready, first_row)
    _check_contact_rows(ready, first_row)
    known = check_numbers((row.id_number for row in ready if row.id_number), by=by)
    for number, row in enumerate(ready, first_row):
        if where := known.get(row.id_number):
            raise errors.RowRefused(number, row.name, _known_already(row, where, by))
    return _write(ready, checks, by)


def _known_already(row: NewPerson, where: Whereabouts, by: User) -> DomainError:
    if where == "within":
        try:
            refuse_known(row.id_number, by=by)
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

    def __init__(self, by: User, today: date, rows: Sequence[NewPerson]) -> None:
        self.today = today
        self.units = _in_bulk(Organisation, {row.organisation_id for row in rows})
        self.groups = _in_bulk(Group, {row.group_id for row in rows if row.group_id})
        for unit in self.units.values():
            policy.require(by, "members.change", unit)

    def checked(self, row: NewPerson) -> NewPerson:
        """The row with its numbers read and its empty days filled in."""
        row = _with_identity(replace(row, name=row.name.strip()))
        _check_row_codes(row)
        unit = self._unit_for(row)
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

    def _unit_for(self, row: NewPerson) -> Organisation:
        unit: Organisation | None = self.units.get(row.organisation_id)
        if unit is None:
            raise errors.UnitUnknown
        check_unit(unit)
        if row.group_id:
            group = self.groups.get(row.group_id)
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
    ]
    for field, value, codes in listed:
        if value not in codes:
            raise errors.UnknownCode(field, value)


def joined_on(stages: Sequence[tuple[str, date]]) -> date | None:
    """The day of admission among (kind, day) pairs."""
    return next((day for kind, day in stages if kind in MEMBER_STAGES), None)


@transaction.atomic
def _write(rows: Sequence[NewPerson], checks: _Checks, by: User) -> list[Person]:
    people = [_person(row) for row in rows]
    for person, keys in zip(people, bulk_name_keys(row.name for row in rows), strict=True):
        person.pinyin, person.initials = keys
    people = Person.objects.bulk_create(people, batch_size=BATCH)
    stages: list[Stage] = []
    affiliations: list[Affiliation] = []
    standings: list[Standing] = []
    for person, row in zip(people, rows, strict=True):
        ended_on = row.stages[-1][1] if row.stages[-1][0] == StageKind.ENDED else None
        stages += _stages(person, row)
        affiliations.append(_affiliation(person, row, ended_on))
        if joined_on(row.stages) and not ended_on:
            standings.append(_standing(person, row, people))
    Stage.objects.bulk_create(stages, batch_size=BATCH)
    Affiliation.objects.bulk_create(affiliations, batch_size=BATCH)
    Standing.objects.bulk_create(standings, batch_size=BATCH)
    rights = {pk: policy.under_which_right(by, "members.change", unit) for pk, unit in checks.units.items()}
    trail.record_many(
        trail.entry_for(
            "members.registered",
            person,
            by=by,
            organisation_id=row.organisation_id,
            right=rights[row.organisation_id],
            changed=_kept(person, row),
            details={"stage": row.stages[-1][0]},
        )
        for person, row in zip(people, rows, strict=True)
    )
    return people


def _person(row: NewPerson) -> Person:
    person = Person(
        name=row.name,
        sex=row.sex,
        born_on=row.born_on or date.min,  # `checked` has filled it in
        ethnicity=row.ethnicity,
        education=row.education,
        occupation=row.occupation,
    )
    sealed.put(person, "id_number", row.id_number)
    sealed.put(person, "phone", row.phone)
    return person


def _stages(person: Person, row: NewPerson) -> list[Stage]:
    ends = [day for _kind, day in row.stages[1:]]
    return [
        Stage(person=person, kind=kind, from_on=day, until_on=end)
        for (kind, day), end in zip(row.stages, [*ends, None], strict=True)
    ]


def _affiliation(person: Person, row: NewPerson, ended_on: date | None) -> Affiliation:
    return Affiliation(
        person=person,
        organisation_id=row.organisation_id,
        group_id=row.group_id,
        from_on=row.affiliated_on or row.stages[0][1],
        until_on=ended_on,
    )


def _standing(person: Person, row: NewPerson, people: Sequence[Person]) -> Standing:
    return Standing(
        person=person,
        kind=row.standing,
        contact_person=None if row.contact_row is None else people[row.contact_row],
        place=row.place,
        from_on=row.standing_from or row.stages[0][1],
    )


def _kept(person: Person, row: NewPerson) -> dict[str, Any]:
    """What the history commits to: numbers only through their index, since a number can be guessed."""
    return {
        "name": person.name,
        "sex": person.sex,
        "born_on": person.born_on,
        "ethnicity": person.ethnicity,
        "education": person.education,
        "occupation": person.occupation,
        "id_number": person.id_number_index or "",
        "phone": person.phone_index,
        "stages": row.stages,
        "standing": row.standing,
    }

"""Changing what stands in a person's record."""

from __future__ import annotations

from typing import Any, TypedDict, Unpack

from django.db import transaction

from guben.access import policy
from guben.accounts.models import User
from guben.audit import trail
from guben.kit.names import name_keys
from guben.members import calculations, errors, sealed
from guben.members.actions.numbers import refuse_known
from guben.members.actions.register import check_codes
from guben.members.actions.writing import PLAIN
from guben.members.choices import ADDRESSES, TEXTS
from guben.members.models import Person, Stage
from guben.members.places import require_person


class Change(TypedDict, total=False):
    """The fields to change; a field that is left out, and an empty number, stay as they are."""

    name: str
    sex: str
    born_on: Any
    ethnicity: str
    education: str
    occupation: str
    degree: str
    stratum: str
    professional_post: str
    is_migrant_worker: bool | None
    service_correction: int | None
    id_number: str
    phone: str
    home: str
    domicile: str


def change_person(person: Person, *, by: User, **change: Unpack[Change]) -> Person:
    """Changes a person's record; the history keeps which fields changed, never the numbers.

    Raises:
        errors.NothingChanged, errors.AlreadyRegistered, errors.RegisteredElsewhere, and what is wrong with a value.

    Source: 个人信息保护法 Art. 46.
    """
    number = change.get("id_number", "").strip()
    require_person(by, "members.change", person)
    if number:
        facts = calculations.read_id_number(number)
        calculations.check_identity(facts, change.get("born_on", person.born_on), change.get("sex", person.sex))
        if sealed.index_of("id_number", facts.number) != person.id_number_index:
            refuse_known(facts.number, by=by)
        change["id_number"] = facts.number
    return _change(person.pk, by, change)


@transaction.atomic
def _change(person_id: int, by: User, change: Change) -> Person:
    person = Person.objects.select_for_update(no_key=True).get(pk=person_id)
    unit = require_person(by, "members.change", person)
    changed = _set_plain(person, change) | _set_numbers(person, change) | _set_addresses(person, change)
    if not changed:
        raise errors.NothingChanged(person.name)
    _check(person)
    columns = [name for name in changed if name in PLAIN]
    for field in ("id_number", "phone"):
        if field in changed:
            columns += [f"{field}_cipher", f"{field}_index", f"{field}_mask"]
    columns += [f"{field}_cipher" for field in sealed.ADDRESSES if field in changed]
    if "name" in changed:
        person.pinyin, person.initials = name_keys(person.name)
        columns += ["pinyin", "initials"]
    person.save(update_fields=columns)
    trail.record(
        "members.changed",
        person,
        by=by,
        organisation_id=unit.pk,
        right=policy.under_which_right(by, "members.change", unit),
        changed=changed,
    )
    return person


def _set_plain(person: Person, change: Change) -> dict[str, Any]:
    changed: dict[str, Any] = {}
    for field in PLAIN:
        value: Any = change.get(field, getattr(person, field))
        value = value.strip() if isinstance(value, str) else value
        if field in TEXTS:
            value = calculations.read_text(TEXTS[field], value, calculations.TEXT_ROOM)
        if value != getattr(person, field):
            setattr(person, field, value)
            changed[field] = value
    return changed


def _set_numbers(person: Person, change: Change) -> dict[str, Any]:
    changed: dict[str, Any] = {}
    number, phone = change.get("id_number", ""), change.get("phone", "").strip()
    if number and sealed.index_of("id_number", number) != person.id_number_index:
        changed["id_number"] = sealed.put(person, "id_number", number)
    if phone:
        phone = calculations.read_phone(phone)
        if sealed.index_of("phone", phone) != person.phone_index:
            changed["phone"] = sealed.put(person, "phone", phone)
    return changed


def _set_addresses(person: Person, change: Change) -> dict[str, Any]:
    changed: dict[str, Any] = {}
    given = {"home": change.get("home", ""), "domicile": change.get("domicile", "")}
    for field, written in given.items():
        text = calculations.read_text(ADDRESSES[field], written, calculations.ADDRESS_ROOM)
        if text and text != sealed.address_in(field, getattr(person, f"{field}_cipher")):
            sealed.put_address(person, field, text)
            changed[field] = sealed.address_index(field, text)
    return changed


def _check(person: Person) -> None:
    calculations.check_name(person.name)
    check_codes(person)
    calculations.check_correction(person.service_correction)
    number = sealed.clear_value(person, "id_number")
    if number:
        calculations.check_identity(calculations.read_id_number(number), person.born_on, person.sex)
    first = Stage.objects.filter(person=person).order_by("from_on").values_list("from_on", flat=True).first()
    if first:
        calculations.check_age(person.born_on, first)

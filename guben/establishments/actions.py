"""Registering establishments, covering them, sending instructors, and linking members who work there."""

from __future__ import annotations

from datetime import date
from typing import Any, TypedDict, TypeVar, Unpack

from django.db import models, transaction
from stdnum.cn import uscc as uscc_numbers
from stdnum.exceptions import ValidationError

from guben.access import policy
from guben.accounts.installation import today
from guben.accounts.models import User
from guben.audit import trail
from guben.establishments import errors
from guben.establishments.choices import EstablishmentKind
from guben.establishments.models import Cover, Establishment, Instructor, Workplace
from guben.establishments.queries import COVERING
from guben.members.choices import MEMBER_STAGES, StageKind
from guben.members.models import Person, Stage
from guben.members.places import require_person
from guben.members.spans import holds_on
from guben.organisations.choices import Kind
from guben.organisations.models import Organisation

CHANGE, LINK = "units.change", "members.change"
HOLDS_A_PLACE = (Kind.COMMITTEE, Kind.WORK_COMMITTEE, Kind.GENERAL_BRANCH)
Span = TypeVar("Span", Cover, Instructor, Workplace)


class Facts(TypedDict, total=False):
    """What is known of an establishment."""

    name: str
    uscc: str | None
    kind: str
    address: str
    staff_count: int | None


@transaction.atomic
def register(unit: Organisation, *, from_on: date, by: User, **facts: Unpack[Facts]) -> Establishment:
    """Puts an establishment on record at the unit of its place.

    Raises:
        PermissionDenied, Http404: no `units.change` at the unit.
        NotTerritorial, UnitDissolved, NameMissing, UnknownKind, CodeWrong, CodeKnown, DayInFuture.

    Source: M2.5.
    """
    policy.require(by, CHANGE, unit)
    if unit.dissolved_on:
        raise errors.UnitDissolved(unit.name)
    if not unit.territory and unit.kind not in HOLDS_A_PLACE:
        raise errors.NotTerritorial(unit.name)
    _check_day(from_on)
    row = Establishment(organisation=unit, from_on=from_on)
    _set(row, facts, by)
    row.save(force_insert=True)
    _note("establishments.registered", row, row, by, from_on, facts)
    return row


@transaction.atomic
def change(establishment: Establishment, *, by: User, **facts: Unpack[Facts]) -> Establishment:
    """Puts other facts in place of those on record."""
    row = _locked(establishment, by)
    changed = _set(row, facts, by)
    if changed:
        row.save(update_fields=list(changed))
        _note("establishments.changed", row, row, by, None, changed)
    return row


@transaction.atomic
def end(establishment: Establishment, *, on: date, by: User) -> Establishment:
    """Takes an establishment off the list from a day: closed, moved away. What hangs on it ends too."""
    row = _locked(establishment, by)
    _check_day(on)
    if on <= row.from_on:
        raise errors.DayTooEarly(row.from_on)
    hanging: tuple[type[models.Model], ...] = (Cover, Instructor, Workplace)
    for model in hanging:
        spans: Any = model._default_manager.filter(establishment=row, until_on=None)
        spans.filter(from_on__gte=on).delete()
        spans.update(until_on=on)
    row.until_on = on
    row.save(update_fields=["until_on"])
    _note("establishments.ended", row, row, by, on, {"until_on": on})
    return row


@transaction.atomic
def cover(establishment: Establishment, organisation: Organisation, *, from_on: date, by: User) -> Cover:
    """Notes that an organisation covers the establishment from a day; the one before ends then.

    Raises:
        PermissionDenied, Http404: no `units.change` at the place, or the organisation is not the user's to see.
        NotACoveringUnit, CoveredAlready, DayInFuture, DayTooEarly, Ended.

    Source: 支部工作条例 Art. 4-5.
    """
    row = _locked(establishment, by)
    policy.require(by, "units.view", organisation)
    if organisation.kind not in COVERING or organisation.dissolved_on:
        raise errors.NotACoveringUnit(organisation.name)
    before = Cover.objects.filter(establishment=row, until_on=None).first()
    if before and before.organisation_id == organisation.pk:
        raise errors.CoveredAlready(organisation.name)
    first = max(row.from_on, organisation.founded_on)
    if from_on < first:
        raise errors.DayTooEarly(first)
    found = _succeed(before, Cover(establishment=row, organisation=organisation, from_on=from_on))
    _note("establishments.covered", found, row, by, from_on, {"organisation": organisation.code},
          organisation=organisation.short_name)  # fmt: skip
    return found


@transaction.atomic
def uncover(establishment: Establishment, *, on: date, by: User) -> Cover:
    """Ends the cover from a day."""
    row = _locked(establishment, by)
    found = _closed(Cover.objects.filter(establishment=row, until_on=None).first(), on)
    _note("establishments.uncovered", found, row, by, on, {"until_on": on})
    return found


@transaction.atomic
def send_instructor(establishment: Establishment, person: Person, *, from_on: date, by: User) -> Instructor:
    """Sends a full member as instructor from a day; the one before ends then.

    Raises:
        PermissionDenied, Http404: no `units.change` at the place, or no `members.change` at the member's unit.
        NotAFullMember, LinkedAlready, DayInFuture, DayTooEarly, Ended.
    """
    row = _locked(establishment, by)
    require_person(by, LINK, person)
    if not Stage.objects.filter(holds_on(from_on), person=person, kind=StageKind.FULL).exists():
        raise errors.NotAFullMember(person.name)
    before = Instructor.objects.filter(establishment=row, until_on=None).first()
    if before and before.person_id == person.pk:
        raise errors.LinkedAlready(person.name)
    if from_on < row.from_on:
        raise errors.DayTooEarly(row.from_on)
    found = _succeed(before, Instructor(establishment=row, person=person, from_on=from_on))
    _note("establishments.instructor_sent", found, row, by, from_on, {"person": person.pk})
    return found


@transaction.atomic
def recall_instructor(establishment: Establishment, *, on: date, by: User) -> Instructor:
    """Ends the instructor's work there from a day."""
    row = _locked(establishment, by)
    found = _closed(Instructor.objects.filter(establishment=row, until_on=None).first(), on)
    _note("establishments.instructor_left", found, row, by, on, {"until_on": on})
    return found


@transaction.atomic
def link(establishment: Establishment, person: Person, *, from_on: date, by: User) -> Workplace:
    """Notes that a member on a roll works there from a day; another workplace ends then.

    Raises:
        PermissionDenied, Http404: no `units.change` at the place, or no `members.change` at the member's unit.
        NotAMember, LinkedAlready, DayInFuture, DayTooEarly, Ended.
    """
    row = _locked(establishment, by)
    require_person(by, LINK, person)
    if not Stage.objects.filter(holds_on(from_on), person=person, kind__in=MEMBER_STAGES).exists():
        raise errors.NotAMember(person.name)
    before = Workplace.objects.filter(person=person, until_on=None).first()
    if before and before.establishment_id == row.pk:
        raise errors.LinkedAlready(person.name)
    if from_on < row.from_on:
        raise errors.DayTooEarly(row.from_on)
    found = _succeed(before, Workplace(establishment=row, person=person, from_on=from_on))
    _note("establishments.linked", found, row, by, from_on, {"person": person.pk})
    return found


@transaction.atomic
def unlink(workplace: Workplace, *, on: date, by: User) -> Workplace:
    """Notes that a member no longer works there from a day."""
    row = _locked(workplace.establishment, by)
    require_person(by, LINK, workplace.person)
    found = _closed(Workplace.objects.filter(pk=workplace.pk, until_on=None).first(), on)
    _note("establishments.unlinked", found, row, by, on, {"until_on": on})
    return found


def normal_code(text: str | None) -> str | None:
    """A unified social credit code as it is kept; None where there is none.

    Raises:
        CodeWrong: its characters or its check character are wrong. Source: GB 32100-2015.
    """
    plain = "".join((text or "").split()).upper()
    if not plain:
        return None
    try:
        return str(uscc_numbers.validate(plain))
    except ValidationError:
        raise errors.CodeWrong(plain[:30]) from None


def _set(row: Establishment, facts: Facts, by: User) -> dict[str, Any]:
    """Writes the facts that differ into the row and returns them."""
    tidy: dict[str, Any] = {key: value.strip() if isinstance(value, str) else value for key, value in facts.items()}
    if "uscc" in tidy:
        tidy["uscc"] = normal_code(tidy["uscc"])
    changed = {key: value for key, value in tidy.items() if getattr(row, key) != value}
    for key, value in changed.items():
        setattr(row, key, value)
    if not row.name:
        raise errors.NameMissing
    if row.kind not in EstablishmentKind.values:
        raise errors.UnknownKind
    known = Establishment.objects.filter(uscc=row.uscc).exclude(pk=row.pk).first() if row.uscc else None
    if known is not None:
        raise errors.CodeKnown(known.name if policy.may(by, "units.view", known.organisation) else "")
    return changed


def _locked(establishment: Establishment, by: User) -> Establishment:
    found = Establishment.objects.select_for_update(of=("self",), no_key=True).select_related("organisation")
    row = found.get(pk=establishment.pk)
    policy.require(by, CHANGE, row.organisation)
    if row.until_on:
        raise errors.Ended(row.name, row.until_on)
    return row


def _check_day(day: date) -> None:
    if day > today():
        raise errors.DayInFuture(day)


def _succeed(before: Span | None, row: Span) -> Span:
    """Ends the row before and writes the new one."""
    _check_day(row.from_on)
    if before is not None:
        if row.from_on <= before.from_on:
            raise errors.DayTooEarly(before.from_on)
        before.until_on = row.from_on
        before.save(update_fields=["until_on"])
    row.save(force_insert=True)
    return row


def _closed(row: Span | None, on: date) -> Span:
    _check_day(on)
    if row is None:
        raise errors.NothingOpen
    if on <= row.from_on:
        raise errors.DayTooEarly(row.from_on)
    row.until_on = on
    row.save(update_fields=["until_on"])
    return row


def _note(
    action: str, target: models.Model, row: Establishment, by: User, day: date | None, changed: Any, **details: str
) -> None:
    unit = row.organisation
    on = {"on": day.isoformat()} if day else {}
    trail.record(
        action, target, by=by, organisation_id=unit.pk, right=policy.under_which_right(by, CHANGE, unit),
        changed=dict(changed), details={**on, **details},
    )  # fmt: skip

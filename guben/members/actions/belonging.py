"""What is dated about a person: the unit one belongs to, the stage one has reached, where and how one takes part."""

from __future__ import annotations

from datetime import date
from typing import Any, TypeVar

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.http import Http404

from guben.access import policy
from guben.access.actions import follow_the_member
from guben.accounts.installation import today as the_day
from guben.accounts.models import User
from guben.audit import trail
from guben.members import calculations, errors
from guben.members.actions.posts import end_holdings
from guben.members.choices import MEMBER_STAGES, NEEDS_CONTACT, StageKind, StandingKind
from guben.members.lookups import note_look_up
from guben.members.models import Affiliation, Person, Stage, Standing
from guben.members.places import check_day, check_group, check_unit, require_person
from guben.members.spans import holds_on
from guben.organisations.models import Group, Organisation

Row = TypeVar("Row", Affiliation, Stage, Standing)
ELSEWHERE = (StandingKind.AWAY, StandingKind.RETIRED_ELSEWHERE, StandingKind.LOST)


def affiliate(
    person: Person, organisation: Organisation, *, from_on: date, by: User, group: Group | None = None
) -> Affiliation:
    """Puts a person on the roll of a branch, or into one of its groups, from a day. The former affiliation ends then,
    so that everybody belongs to exactly one unit.

    Raises:
        errors.RegisteredElsewhere: the person belongs to a unit outside the user's reach.

    Source: 党员教育管理工作条例 Art. 25.
    """
    _check_taking(organisation, group, from_on, by)
    try:
        require_person(by, "members.change", person)
    except (Http404, PermissionDenied):
        note_look_up(by, found=True)
        raise errors.RegisteredElsewhere from None
    return _affiliate(person, organisation, group, from_on, by)


@transaction.atomic
def _affiliate(person: Person, organisation: Organisation, group: Group | None, from_on: date, by: User) -> Affiliation:
    before = _open_row(Affiliation, person)
    if before and before.organisation_id == organisation.pk and before.group_id == (group.pk if group else None):
        raise errors.AlreadyThere(person.name, organisation.name)
    row = _succeed(before, Affiliation(person=person, organisation=organisation, group=group, from_on=from_on))
    if before and before.organisation_id != organisation.pk:
        _forget_contact_people(person, from_on)
        _move_sign_in(person, before.organisation, organisation, from_on, by)
    _note("members.affiliated", person, organisation, by, {"organisation": organisation.code, "from_on": from_on})
    return row


@transaction.atomic
def take_back(
    person: Person, organisation: Organisation, *, from_on: date, by: User, group: Group | None = None
) -> Affiliation:
    """Takes in a member whom nobody answers for: gone to a unit outside on a receipt, and now here again. The caller
    has seen to it that it is the same person. The right is asked for at the unit that takes in.

    Raises:
        errors.DayTooEarly: before the day on which the former unit let the member go.
        errors.RegisteredElsewhere: another unit has taken the member in meanwhile.

    Source: 党员教育管理工作条例 Art. 25; M3.7.
    """
    _check_taking(organisation, group, from_on, by)
    Person.objects.select_for_update(no_key=True).get(pk=person.pk)
    if _open_row(Affiliation, person) is not None:  # somebody else was quicker
        raise errors.RegisteredElsewhere
    last = Affiliation.objects.filter(person=person).order_by("-until_on").first()
    if last is not None and last.until_on is not None and from_on < last.until_on:
        raise errors.DayTooEarly(last.until_on)
    row = _affiliate(person, organisation, group, from_on, by)
    _at_home(person, from_on)
    return row


@transaction.atomic
def receive(
    person: Person, organisation: Organisation, *, from_on: date, by: User, group: Group | None = None
) -> Affiliation:
    """Takes in a person whom another unit sends on a letter. The caller has seen to it that the unit which sends
    agreed; the right is asked for at the unit that receives. A standing away or elsewhere ends: the person is here.

    Source: 党员教育管理工作条例 Art. 25; M3.7.
    """
    _check_taking(organisation, group, from_on, by)
    row = _affiliate(person, organisation, group, from_on, by)
    _at_home(person, from_on)
    return row


def _check_taking(organisation: Organisation, group: Group | None, from_on: date, by: User) -> None:
    """What is asked whenever a unit takes somebody in."""
    policy.require(by, "members.change", organisation)
    check_unit(organisation)
    check_group(group, organisation)
    check_day(from_on, the_day())
    if from_on < organisation.founded_on:
        raise errors.BeforeFounding(organisation.name, organisation.founded_on)


def _at_home(person: Person, from_on: date) -> None:
    """Whoever was away or elsewhere is here; whoever is ill stays so."""
    standing = _open_row(Standing, person)
    if standing is None or standing.kind in ELSEWHERE:
        since = max(from_on, standing.from_on) if standing else from_on
        _succeed(standing, Standing(person=person, kind=StandingKind.HOME, from_on=since))


@transaction.atomic
def release(person: Person, *, on: date, by: User) -> None:
    """Lets a member go to a unit that is not kept here: roll, standing and posts end, and the stage stays as it is.

    Source: 党员教育管理工作条例 Art. 25; M3.7.
    """
    unit = require_person(by, "members.change", person)
    check_day(on, the_day())
    _end_everything(person, on, by)
    _note("members.released", person, unit, by, {"until_on": on})


@transaction.atomic
def enter_stage(person: Person, kind: str, *, from_on: date, by: User) -> Stage:
    """Records that a person became this from a day. A membership that ends takes affiliation, standing and posts along.

    Raises:
        errors.StagesOutOfOrder, errors.StageAlready, errors.DayTooEarly, errors.DayInFuture, errors.TooYoung.

    Source: M3.2; 发展党员工作细则 Art. 5.
    """
    unit = require_person(by, "members.change", person)
    check_day(from_on, the_day())
    calculations.check_age(person.born_on, from_on)
    before = _open_row(Stage, person)
    if before and before.kind == kind:
        raise errors.StageAlready(person.name, StageKind(kind).label)
    if before and not calculations.may_follow(before.kind, kind):
        raise errors.StagesOutOfOrder(StageKind(before.kind).label, StageKind(kind).label)
    if before and from_on <= before.from_on:
        raise errors.StagesOutOfOrder(StageKind(before.kind).label, StageKind(kind).label)
    row = _succeed(before, Stage(person=person, kind=kind, from_on=from_on))
    if kind == StageKind.ENDED:
        _end_everything(person, from_on, by)
    elif kind in MEMBER_STAGES and not _open_row(Standing, person):
        Standing.objects.create(person=person, kind=StandingKind.HOME, from_on=from_on)
    _note("members.stage_entered", person, unit, by, {"kind": kind, "from_on": from_on})
    return row


@transaction.atomic
def take_standing(
    person: Person,
    kind: str,
    *,
    from_on: date,
    by: User,
    contact_person: Person | None = None,
    place: str = "",
) -> Standing:
    """Records where and how a member takes part from a day, and who of the same unit keeps contact.

    Raises:
        errors.NotAMember, errors.OwnContact, errors.ContactOutsideUnit, errors.DayTooEarly, errors.DayInFuture.

    Source: 党员教育管理工作条例 Art. 23, 32-33; M3.5, M3.6.
    """
    unit = require_person(by, "members.change", person)
    check_day(from_on, the_day())
    if not Stage.objects.filter(holds_on(from_on), person=person, kind__in=MEMBER_STAGES).exists():
        raise errors.NotAMember(person.name, from_on)
    if contact_person is not None and kind in NEEDS_CONTACT:
        check_contact_person(person, contact_person, unit, from_on)
    row = Standing(
        person=person,
        kind=kind,
        contact_person=contact_person if kind in NEEDS_CONTACT else None,
        place=place.strip() if kind in NEEDS_CONTACT else "",
        from_on=from_on,
    )
    before = _open_row(Standing, person)
    if before and (before.kind, before.contact_person_id, before.place) == (row.kind, row.contact_person_id, row.place):
        raise errors.NothingChanged(person.name)
    row = _succeed(before, row)
    changed = {"kind": kind, "contact_person": row.contact_person_id, "place": row.place, "from_on": from_on}
    _note("members.standing_taken", person, unit, by, changed)
    return row


def check_contact_person(person: Person, contact_person: Person, unit: Organisation, on: date) -> None:
    """Refuses a contact person who is the member oneself or no member of the same unit on the day."""
    if contact_person.pk == person.pk:
        raise errors.OwnContact
    same_unit = Affiliation.objects.filter(holds_on(on), person=contact_person, organisation=unit).exists()
    is_member = Stage.objects.filter(holds_on(on), person=contact_person, kind__in=MEMBER_STAGES).exists()
    if not (same_unit and is_member):
        raise errors.ContactOutsideUnit(contact_person.name, unit.name)


def _open_row(model: type[Row], person: Person) -> Row | None:
    row: Row | None = model._default_manager.select_for_update(no_key=True).filter(person=person, until_on=None).first()
    return row


def _succeed(before: Row | None, after: Row) -> Row:
    """Ends the row before on the day the next one begins; a row that began on the same day is corrected in place."""
    if before is None:
        after.save(force_insert=True)
        return after
    if after.from_on < before.from_on:
        raise errors.DayTooEarly(before.from_on)
    if after.from_on == before.from_on:
        after.pk = before.pk
        after.save(force_update=True)
        return after
    before.until_on = after.from_on
    before.save(update_fields=["until_on"])
    after.save(force_insert=True)
    return after


def _end_everything(person: Person, on: date, by: User) -> None:
    for model in (Affiliation, Standing):
        row = _open_row(model, person)  # type: ignore[type-var]
        if row is None:
            continue
        if on <= row.from_on:
            raise errors.DayTooEarly(row.from_on)
        row.until_on = on
        row.save(update_fields=["until_on"])
        if isinstance(row, Affiliation):
            _move_sign_in(person, row.organisation, None, on, by)
    end_holdings(person, on, by=by)
    _forget_contact_people(person, on)


def _move_sign_in(person: Person, former: Organisation, unit: Organisation | None, on: date, by: User) -> None:
    """The member's own account opens the new branch and no longer the former one."""
    if person.user_id is not None:
        follow_the_member(person.user_id, former, unit, on=on, by=by)


def _forget_contact_people(person: Person, on: date) -> None:
    """Who left the unit keeps no contact for it from the day on, and nobody of the old unit for the one who left; the
    days before keep the contact person they had."""
    rows = Standing.objects.select_for_update(no_key=True).filter(contact_person__isnull=False, until_on=None)
    for row in rows.filter(Q(contact_person=person) | Q(person=person)):
        if row.from_on >= on:
            row.contact_person = None
            row.save(update_fields=["contact_person"])
            continue
        row.until_on = on
        row.save(update_fields=["until_on"])
        Standing.objects.create(person_id=row.person_id, kind=row.kind, place=row.place, from_on=on)


def _note(action: str, person: Person, unit: Organisation, by: User, changed: dict[str, Any]) -> None:
    trail.record(
        action,
        person,
        by=by,
        organisation_id=unit.pk,
        right=policy.under_which_right(by, "members.change", unit),
        changed=changed,
    )

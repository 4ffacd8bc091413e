"""Members away: registered at home, registered at the host, matched, and what they attend there (M3.5)."""

from __future__ import annotations

from datetime import date

from django.db import IntegrityError, transaction
from django.http import Http404

from guben.access import policy
from guben.accounts.installation import today
from guben.accounts.models import User
from guben.members import actions as members
from guben.members import calculations, sealed
from guben.members.choices import MEMBER_STAGES, StandingKind
from guben.members.lookups import note_look_up
from guben.members.models import Affiliation, Person, Stage
from guben.members.places import check_day, check_unit, require_person
from guben.members.spans import holds_on
from guben.organisations.models import Organisation
from guben.transfers import errors
from guben.transfers.actions.attendance import tell_home
from guben.transfers.actions.noting import CHANGE, note
from guben.transfers.choices import EndedBecause
from guben.transfers.models import GuestAttendance, Inflow, Outflow


@transaction.atomic
def register_outflow(
    person: Person,
    *,
    from_on: date,
    place: str,
    by: User,
    workplace: str = "",
    expected_until: date | None = None,
    contact_person: Person | None = None,
) -> Outflow:
    """Registers at home that a member went away; the standing follows. A host that registered the member is matched.

    Raises:
        errors.AwayAlready, errors.DayWrong, and what `members.take_standing` refuses.

    Source: 党员教育管理工作条例 Art. 32-33; M3.5.
    """
    unit = require_person(by, CHANGE, person)
    check_day(from_on, today())
    if expected_until is not None and expected_until <= from_on:
        raise errors.DayWrong(expected_until, errors.BACK_BEFORE)
    Person.objects.select_for_update(no_key=True).get(pk=person.pk)
    if Outflow.objects.filter(person=person, ended_on=None).exists():
        raise errors.AwayAlready(person.name)
    _stand_away(person, from_on, place, contact_person, by)
    row = Outflow.objects.create(
        person=person, organisation=unit, from_on=from_on, expected_until=expected_until, place=place.strip()[:60],
        workplace=workplace.strip()[:120], contact_person=contact_person, recorded_by=by,
    )  # fmt: skip
    Inflow.objects.filter(person=person, ended_on=None, outflow=None).update(outflow=row, home=unit)
    note("transfers.outflow_registered", row, unit, by, {"from_on": from_on.isoformat()})
    return row


def _stand_away(person: Person, from_on: date, place: str, contact: Person | None, by: User) -> None:
    """The standing says the same; one that says so already is left, with its day."""
    now = person.standings.filter(until_on=None).first()
    said = (StandingKind.AWAY, contact.pk if contact else None, place.strip()[:60])
    if now and (now.kind, now.contact_person_id, now.place) == said:
        return
    day = max(from_on, now.from_on) if now else from_on
    members.take_standing(
        person, StandingKind.AWAY, from_on=day, by=by, contact_person=contact, place=place.strip()[:60]
    )


@transaction.atomic
def end_outflow(outflow: Outflow, *, on: date, by: User, because: str = EndedBecause.BACK) -> Outflow:
    """The member is back, or the row was a mistake: the standing is at home again. The host's row ends as well."""
    row = Outflow.objects.select_for_update(of=("self",)).select_related("organisation", "person").get(pk=outflow.pk)
    policy.require(by, CHANGE, row.organisation)
    if row.ended_on is not None:
        raise errors.EndedAlready
    check_day(on, today())
    if on < row.from_on:
        raise errors.DayWrong(on, errors.ENDS_BEFORE)
    standing = row.person.standings.filter(until_on=None).first()
    if standing and standing.kind == StandingKind.AWAY:
        members.take_standing(row.person, StandingKind.HOME, from_on=max(on, standing.from_on), by=by)
    row.ended_on, row.ended_because = on, because
    row.save(update_fields=["ended_on", "ended_because"])
    Inflow.objects.filter(outflow=row, ended_on=None).update(ended_on=on, ended_because=because)
    note("transfers.outflow_ended", row, row.organisation, by, {"on": on.isoformat()})
    return row


def register_inflow(
    host: Organisation,
    *,
    name: str,
    home_words: str,
    from_on: date,
    by: User,
    id_number: str = "",
    home: Organisation | None = None,
    contact_person: Person | None = None,
) -> Inflow:
    """Registers at the host a member whose affiliation is elsewhere. An exact identity number (or the very name at the
    home unit that was named) finds the person; nothing of the person is told but the name that was written.

    Raises:
        errors.GuestAlready, errors.OwnMember, errors.ContactNotHere, errors.DayInFuture.

    Source: 关于进一步加强和改进流动党员管理工作的意见 (2024); M3.5.
    """
    policy.require(by, CHANGE, host)
    check_unit(host)
    check_day(from_on, today())
    _check_contact(contact_person, host, from_on)
    person = _person_of(name.strip(), id_number, home, by)
    return _register_inflow(host, person, name.strip()[:60], home_words, home, from_on, contact_person, by)


@transaction.atomic
def _register_inflow(  # noqa: PLR0913 - one row
    host: Organisation, person: Person | None, name: str, home_words: str, home: Organisation | None, from_on: date,
    contact_person: Person | None, by: User,
) -> Inflow:  # fmt: skip
    outflow = None
    if person is not None:
        Person.objects.select_for_update(no_key=True).get(pk=person.pk)
        belongs = Affiliation.objects.filter(person=person, until_on=None).select_related("organisation").first()
        if belongs and belongs.organisation_id == host.pk:
            raise errors.OwnMember(name, host.short_name)
        home = belongs.organisation if belongs else home
        outflow = Outflow.objects.filter(person=person, ended_on=None, inflow=None).first()
        if Inflow.objects.filter(person=person, ended_on=None).exists():
            raise errors.GuestAlready(name)
    words = (home_words.strip() or (home.name if home else ""))[:120]
    try:
        with transaction.atomic():
            row = Inflow.objects.create(
                organisation=host, person=person, name=name, home_words=words, home=home, outflow=outflow,
                from_on=from_on, contact_person=contact_person, recorded_by=by,
            )  # fmt: skip
    except IntegrityError:
        raise errors.GuestAlready(name) from None
    note("transfers.inflow_registered", row, host, by, {"from_on": from_on.isoformat()})
    return row


def _person_of(name: str, id_number: str, home: Organisation | None, by: User) -> Person | None:
    """A member by number and name, else by the name at the named home where only one has it. Each look-up out of reach
    is counted and limited."""
    people = Person.objects.filter(name=name)
    if id_number.strip():
        number = calculations.read_id_number(id_number).number
        people = people.filter(id_number_index__in=sealed.indexes_of("id_number", number))
    elif home is not None:
        people = people.filter(affiliations__organisation=home, affiliations__until_on=None)
    else:
        return None
    found = list(people.distinct()[:2])
    if home is None or not policy.may(by, "members.view", home):
        note_look_up(by, found=bool(found))
    person = found[0] if len(found) == 1 else None
    if person is not None and not Stage.objects.filter(person=person, kind__in=MEMBER_STAGES, until_on=None).exists():
        raise errors.NotAMemberAway(name)
    return person


@transaction.atomic
def match(inflow: Inflow, outflow: Outflow, *, by: User) -> Inflow:
    """Says that a row of the host and a row of home are of the same member, where the name agrees. Either side may."""
    here = Inflow.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=inflow.pk)
    there = Outflow.objects.select_for_update(of=("self",)).select_related("organisation", "person").get(pk=outflow.pk)
    unit = next((one.organisation for one in (there, here) if policy.may(by, CHANGE, one.organisation)), None)
    if unit is None:
        raise Http404
    if here.ended_on or there.ended_on:
        raise errors.EndedAlready
    if here.name != there.person.name or here.outflow_id or Inflow.objects.filter(outflow=there).exists():
        raise errors.NotTheSame
    if Inflow.objects.filter(person=there.person, ended_on=None).exclude(pk=here.pk).exists():
        raise errors.GuestAlready(here.name)
    here.outflow, here.person, here.home = there, there.person, there.organisation
    here.save(update_fields=["outflow", "person", "home"])
    tell_home(GuestAttendance.objects.filter(inflow=here), by)
    note("transfers.matched", here, unit, by, {})
    return here


@transaction.atomic
def end_inflow(inflow: Inflow, *, on: date, by: User, because: str = EndedBecause.LEFT) -> Inflow:
    """The guest left. At home the member stays registered as away, unmatched."""
    row = Inflow.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=inflow.pk)
    policy.require(by, CHANGE, row.organisation)
    if row.ended_on is not None:
        raise errors.EndedAlready
    check_day(on, today())
    if on < row.from_on:
        raise errors.DayWrong(on, errors.ENDS_BEFORE)
    row.ended_on, row.ended_because, row.outflow = on, because, None
    row.save(update_fields=["ended_on", "ended_because", "outflow"])
    note("transfers.inflow_ended", row, row.organisation, by, {"on": on.isoformat()})
    return row


def _check_contact(contact: Person | None, unit: Organisation, on: date) -> None:
    if contact is None:
        return
    here = Affiliation.objects.filter(holds_on(on), person=contact, organisation=unit).exists()
    if not here or not Stage.objects.filter(holds_on(on), person=contact, kind__in=MEMBER_STAGES).exists():
        raise errors.ContactNotHere(contact.name, unit.short_name)

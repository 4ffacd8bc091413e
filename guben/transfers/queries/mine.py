"""What a member sees of oneself: my unit, my host, meetings of both, dues, a transfer under way, whom to call."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from guben.accounts.models import User
from guben.dues import queries as dues
from guben.kit.days import add_months
from guben.meetings.models import Meeting
from guben.meetings.queries import in_force
from guben.members.models import Affiliation, Holding, Person
from guben.members.spans import holds_on
from guben.organisations.choices import PostKind
from guben.organisations.models import Organisation
from guben.procedures.models import Case
from guben.transfers.choices import PROCEDURES
from guben.transfers.models import GuestAttendance, Inflow, Letter, Outflow
from guben.transfers.queries.away import FORMS

MEETINGS, MONTHS = 6, 12


@dataclass(frozen=True, slots=True)
class Side:
    """One unit as the member sees it: its secretary, the contact person, what it held lately."""

    unit: Organisation
    secretary: str
    contact: str
    meetings: list[tuple[Meeting, str]]


@dataclass(slots=True)
class Mine:
    """Everything on the page."""

    person: Person
    home: Side | None = None
    host: Side | None = None
    outflow: Outflow | None = None
    inflow: Inflow | None = None
    cases: list[tuple[Case, Letter | None]] = field(default_factory=list)
    dues: list[tuple[int, object]] = field(default_factory=list)


def mine_of(user: User, on: date) -> Mine | None:
    """None where the user is not linked with a person."""
    person = Person.objects.filter(user=user.pk).first()
    if person is None:
        return None
    found = Mine(person)
    found.outflow = Outflow.objects.filter(person=person, ended_on=None).select_related("contact_person").first()
    here = Inflow.objects.filter(person=person, ended_on=None).select_related("organisation", "contact_person")
    found.inflow = here.first()
    row = Affiliation.objects.filter(holds_on(on), person=person).select_related("organisation").first()
    if row:
        contact = found.outflow.contact_person if found.outflow else None
        if contact is None:
            standing = person.standings.filter(until_on=None).select_related("contact_person").first()
            contact = standing.contact_person if standing else None
        found.home = _side(row.organisation, contact, {}, on)
    if found.inflow:
        rows = GuestAttendance.objects.filter(inflow=found.inflow).values_list("meeting_id", "present")
        found.host = _side(found.inflow.organisation, found.inflow.contact_person, dict(rows), on)
    letters = {one.case_id: one for one in Letter.objects.filter(case__person=person, void_on=None)}
    cases = Case.objects.filter(person=person, procedure__in=PROCEDURES).select_related("organisation", "host", "actor")
    found.cases = [(case, letters.get(case.pk)) for case in cases.order_by("-begun_on", "-pk")[:5]]
    found.dues = [(year, account) for year, (_balance, account) in sorted(dues.balances_of(person, on).items())[-2:]]
    return found


def _side(unit: Organisation, contact: Person | None, came: dict[int, bool], on: date) -> Side:
    secretary = (
        Holding.objects.filter(holds_on(on), post__organisation=unit, post__kind=PostKind.SECRETARY)
        .values_list("person__name", flat=True)
        .first()
    )
    held = in_force().filter(organisation=unit, group=None, form__in=FORMS, held_on__gt=add_months(on, -MONTHS))
    meetings = [(one, _word(came.get(one.pk))) for one in held.order_by("-held_on", "-pk")[:MEETINGS]]
    return Side(unit, secretary or "", contact.name if contact else "", meetings)


def _word(came: bool | None) -> str:
    return "" if came is None else "came" if came else "missed"

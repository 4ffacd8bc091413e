"""What a member sees of oneself: my unit, my host, meetings of both, dues, a transfer under way, whom to call."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from django.db.models import OuterRef, Subquery

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
from guben.transfers.queries.transfers import letters_of

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
    rows = Affiliation.objects.filter(holds_on(on), person__user=user.pk).select_related("organisation", "person")
    row = rows.first()
    person = row.person if row else Person.objects.filter(user=user.pk).first()
    if person is None:
        return None
    found = Mine(person)
    here = Inflow.objects.filter(person=person, ended_on=None)
    found.inflow = here.select_related("organisation", "contact_person", "outflow__contact_person").first()
    found.outflow = found.inflow.outflow if found.inflow else None
    if found.outflow is None:
        away = Outflow.objects.filter(person=person, ended_on=None)
        found.outflow = away.select_related("contact_person").first()
    sides = _Sides([one.organisation for one in (row, found.inflow) if one], found.inflow, on)
    if row:
        found.home = sides.of(row.organisation, _contact_at_home(person, found.outflow))
    if found.inflow:
        found.host = sides.of(found.inflow.organisation, found.inflow.contact_person)
    cases = Case.objects.filter(person=person, procedure__in=PROCEDURES).select_related("organisation", "host", "actor")
    latest = list(cases.order_by("-begun_on", "-pk")[:5])
    letters = letters_of(latest) if latest else {}
    found.cases = [(case, letters.get(case.pk)) for case in latest]
    found.dues = [(year, account) for year, (_balance, account) in sorted(dues.balances_of(person, on).items())[-2:]]
    return found


def _contact_at_home(person: Person, outflow: Outflow | None) -> Person | None:
    if outflow and outflow.contact_person:
        return outflow.contact_person
    standing = person.standings.filter(until_on=None).select_related("contact_person").first()
    return standing.contact_person if standing else None


class _Sides:
    """Who leads the units and what they held lately, in one query each whether there is a host or not."""

    def __init__(self, units: list[Organisation], inflow: Inflow | None, on: date) -> None:
        held = Holding.objects.filter(holds_on(on), post__organisation__in=units, post__kind=PostKind.SECRETARY)
        self._secretaries = dict(held.values_list("post__organisation", "person__name"))
        since = add_months(on, -MONTHS)
        meetings = in_force().filter(
            organisation__in=units, group=None, form__in=FORMS, held_on__gt=since, held_on__lte=on
        )
        came = GuestAttendance.objects.filter(inflow=inflow.pk if inflow else None, meeting=OuterRef("pk"))
        meetings = meetings.annotate(came=Subquery(came.values("present")[:1]))
        self._meetings: dict[int, list[tuple[Meeting, str]]] = {unit.pk: [] for unit in units}
        for one in meetings.order_by("-held_on", "-pk"):
            self._meetings[one.organisation_id].append((one, _word(one.came)))

    def of(self, unit: Organisation, contact: Person | None) -> Side:
        secretary = self._secretaries.get(unit.pk, "")
        return Side(unit, secretary, contact.name if contact else "", self._meetings[unit.pk][:MEETINGS])


def _word(came: bool | None) -> str:
    return "" if came is None else "came" if came else "missed"

"""Members away from a unit and guests at it: both sides, what is matched, who is treated worse (M3.5)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from django.core.exceptions import PermissionDenied
from django.db.models import Count, F, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import Http404

from guben.access import policy
from guben.access.policy import Someone
from guben.kit.days import add_months
from guben.meetings.choices import Form
from guben.meetings.models import Meeting
from guben.meetings.queries import in_force
from guben.members.models import Contact
from guben.organisations.models import Organisation
from guben.procedures.models import Case
from guben.transfers.choices import TRANSFER, TRANSFER_OUT
from guben.transfers.models import GuestAttendance, Inflow, Outflow

Row = TypeVar("Row", Outflow, Inflow)
FORMS = (Form.MEMBER_MEETING, Form.LECTURE, Form.THEME_DAY, Form.ORGANISATIONAL_LIFE, Form.APPRAISAL)
TRANSFER_AFTER, LOST_AFTER = 6, 6  # months; Source: 党员教育管理工作条例 Art. 25, 24


@dataclass(frozen=True, slots=True)
class Away:
    """One member away, as home sees it: the host's side beside it, and what is due."""

    row: Outflow
    inflow: Inflow | None
    last_contact_on: date | None
    attended: int
    last_attended_on: date | None
    should_transfer: bool
    transfer: int | None
    out_of_contact: bool


@dataclass(frozen=True, slots=True)
class Board:
    """Both directions at and below a unit. `unregistered` are guests elsewhere whom home has not registered."""

    out: list[Away]
    guests: list[Inflow]
    unregistered: list[Inflow]
    matched: int
    out_total: int
    guests_total: int
    should_transfer: int
    out_of_contact: int


@dataclass(frozen=True, slots=True)
class Treatment:
    """Guests beside own members at a host: how many came of those who should have, in a year."""

    invitations: int
    chances: int
    came: int
    own_share: float | None

    @property
    def invited_share(self) -> float | None:
        return self.invitations / self.chances if self.chances else None

    @property
    def guest_share(self) -> float | None:
        return self.came / self.chances if self.chances else None

    @property
    def is_worse(self) -> bool:
        """Somebody was not invited to a meeting of all members."""
        return self.invitations < self.chances


def outflows(unit: Organisation, on: date) -> QuerySet[Outflow]:
    rows = Outflow.objects.filter(policy.in_subtrees([unit.path], "organisation__path"), ended_on=None)
    return rows.filter(from_on__lte=on).select_related("person", "organisation", "contact_person")


def inflows(unit: Organisation, on: date) -> QuerySet[Inflow]:
    rows = Inflow.objects.filter(policy.in_subtrees([unit.path], "organisation__path"), ended_on=None)
    return rows.filter(from_on__lte=on).select_related("person", "organisation", "home", "contact_person", "outflow")


def board_of(unit: Organisation, on: date, *, limit: int = 200) -> Board:
    """The board of a unit whose members the reader may see; three queries, and two more where not all are listed."""
    out, here = outflows(unit, on), inflows(unit, on)
    unknown = policy.in_subtrees([unit.path], "home__path") & Q(ended_on=None, outflow=None)
    unregistered = Inflow.objects.filter(unknown).select_related("organisation", "home", "contact_person")
    lines = away_rows(out.order_by("from_on", "pk"), on, limit)
    guests = list(here.order_by("-from_on", "pk")[:limit])
    told = _counted(out, on) if len(lines) == limit else _counts_of(lines)
    return Board(
        out=lines,
        guests=guests,
        unregistered=list(unregistered.order_by("from_on", "pk")[:limit]),
        matched=told["matched"],
        out_total=told["total"],
        guests_total=here.count() if len(guests) == limit else len(guests),
        should_transfer=told["due"],
        out_of_contact=told["lost"],
    )


def _counts_of(lines: list[Away]) -> dict[str, int]:
    return {
        "total": len(lines),
        "matched": sum(one.inflow is not None for one in lines),
        "due": sum(one.should_transfer for one in lines),
        "lost": sum(one.out_of_contact for one in lines),
    }


def _counted(out: QuerySet[Outflow], on: date) -> dict[str, int]:
    """The same where there are more than are listed, in one query."""
    return out.order_by().aggregate(
        total=Count("pk"), matched=Count("inflow"), due=Count("pk", filter=_due(on)), lost=Count("pk", filter=_lost(on))
    )


def _due(on: date) -> Q:
    under_way = Case.objects.filter(procedure__in=(TRANSFER, TRANSFER_OUT), ended_on=None, person__isnull=False)
    return Q(from_on__lte=add_months(on, -TRANSFER_AFTER)) & ~Q(person__in=under_way.values("person"))


def _lost(on: date) -> Q:
    since = add_months(on, -LOST_AFTER)
    reached = Contact.objects.filter(contacted_on__gt=since).values("person")
    met = GuestAttendance.objects.filter(present=True, meeting__held_on__gt=since, inflow__person__isnull=False)
    return Q(from_on__lte=since) & ~Q(person__in=reached) & ~Q(person__in=met.values("inflow__person"))


def away_rows(rows: QuerySet[Outflow], on: date, limit: int) -> list[Away]:
    """Members away with the host's side, the last contact, their attendance and a transfer under way, in one query."""
    present = GuestAttendance.objects.filter(
        inflow__person=OuterRef("person"), present=True, meeting__withdrawn_at=None, meeting__held_on__lte=on
    )
    met = present.order_by().values("inflow__person")
    contacts = Contact.objects.filter(person=OuterRef("person"), contacted_on__lte=on).order_by("-contacted_on")
    cases = Case.objects.filter(person=OuterRef("person"), procedure__in=(TRANSFER, TRANSFER_OUT), ended_on=None)
    told = rows.select_related("inflow__organisation", "inflow__contact_person").annotate(
        contact_on=Subquery(contacts.values("contacted_on")[:1]),
        met=Coalesce(Subquery(met.annotate(number=Count("pk")).values("number")), 0),
        met_on=Subquery(met.annotate(last=Max("meeting__held_on")).values("last")),
        transfer=Subquery(cases.values("pk")[:1]),
    )
    return [_away(row, on) for row in told[:limit]]


def _away(row: Any, on: date) -> Away:
    reached = max((day for day in (row.contact_on, row.met_on) if day), default=row.from_on)
    long_away = row.from_on <= add_months(on, -TRANSFER_AFTER)
    return Away(
        row=row, inflow=getattr(row, "inflow", None), last_contact_on=row.contact_on, attended=row.met,
        last_attended_on=row.met_on, should_transfer=long_away and row.transfer is None, transfer=row.transfer,
        out_of_contact=reached <= add_months(on, -LOST_AFTER),
    )  # fmt: skip


def outflow_for(user: Someone, pk: int, right: str = "members.view") -> Outflow:
    """Raises Http404 for strangers, PermissionDenied where the reader sees it without the right."""
    row = Outflow.objects.select_related("organisation", "person").filter(pk=pk).first()
    return _allowed(user, row, right)


def inflow_for(user: Someone, pk: int, right: str = "members.view") -> Inflow:
    """Raises Http404 for strangers, PermissionDenied where the reader sees it without the right."""
    row = Inflow.objects.select_related("organisation", "home", "person").filter(pk=pk).first()
    return _allowed(user, row, right)


def _allowed(user: Someone, row: Row | None, right: str) -> Row:
    if row is None or not policy.may(user, "members.view", row.organisation):
        raise Http404
    if not policy.may(user, right, row.organisation):
        raise PermissionDenied(right)
    return row


def guests_on(unit: Organisation, day: date) -> QuerySet[Inflow]:
    """The guests of a branch on a day."""
    rows = Inflow.objects.filter(organisation=unit, from_on__lte=day).filter(Q(ended_on=None) | Q(ended_on__gt=day))
    return rows.select_related("home").order_by("name", "pk")


def meetings_for_guests(unit: Organisation, on: date) -> list[Meeting]:
    """The last meetings of all members, with how many guests are noted (`told`)."""
    held = in_force().filter(organisation=unit, group=None, form__in=FORMS, held_on__lte=on)
    return list(held.annotate(told=Count("guests")).order_by("-held_on", "-pk")[:5])


def treatment_of(unit: Organisation, on: date) -> Treatment:
    """How guests fare beside own members at and below a unit, over the meetings of all members of a year."""
    held = in_force().filter(
        policy.in_subtrees([unit.path], "organisation__path"),
        group=None, form__in=FORMS, held_on__lte=on, held_on__gt=add_months(on, -12),
    )  # fmt: skip
    pairs = Inflow.objects.filter(
        policy.in_subtrees([unit.path], "organisation__path"),
        Q(ended_on=None) | Q(ended_on__gt=F("organisation__meetings__held_on")),
        organisation__meetings__in=held, organisation__meetings__held_on__gte=F("from_on"),
    )  # fmt: skip
    chances = pairs.values("pk", "organisation__meetings__pk").distinct().count()
    entitled = present = invitations = came = 0
    for base, missed, told, met in _shares(held.filter(organisation__in=pairs.values("organisation"))):
        entitled, present = entitled + base, present + base - missed
        invitations, came = invitations + told, came + met
    return Treatment(invitations, chances, came, present / entitled if entitled else None)


def _shares(held: QuerySet[Meeting]) -> Iterable[tuple[int, int, int, int]]:
    """Of each meeting who should have come and who did not of the unit's own, and the guests invited and present."""
    here = Meeting.objects.filter(pk=OuterRef("pk")).order_by()
    absent = here.annotate(number=Count("absences", filter=Q(absences__entitled=True))).values("number")
    told = here.annotate(number=Count("guests")).values("number")
    came = here.annotate(number=Count("guests", filter=Q(guests__present=True))).values("number")
    rows = held.order_by().annotate(
        missed=F("unnamed_absent_count") + Coalesce(Subquery(absent), 0),
        told=Coalesce(Subquery(told), 0),
        came=Coalesce(Subquery(came), 0),
    )
    return rows.values_list("entitled_count", "missed", "told", "came")

"""Transfers of a unit in both directions, their letters, batches."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, F, Q, QuerySet
from django.http import Http404

from guben.access import policy
from guben.access.policy import Someone
from guben.organisations.models import Organisation
from guben.procedures.models import Case
from guben.procedures.queries import cases_for
from guben.transfers.choices import PROCEDURES, TRANSFER, TRANSFER_IN, RowState
from guben.transfers.models import Batch, Letter

DIRECTIONS, STATES = ("out", "in"), ("late", "open", "ended", "letter")


@dataclass(frozen=True, slots=True)
class Counts:
    """How many there are of each kind."""

    out: int
    into: int
    late: int
    open: int
    ended: int
    letter: int


def transfers_at(
    user: Someone, unit: Organisation, on: date, *, direction: str = "", state: str = ""
) -> QuerySet[Case]:
    """The transfers from, to and below a unit that the user may see, the late ones first."""
    found = _all(user, unit).filter(_directed(unit, direction), _of_state(state, on))
    return found.order_by(F("ended_on").desc(nulls_first=True), F("due_on").asc(nulls_last=True), "-begun_on", "-pk")


def counts_at(user: Someone, unit: Organisation, on: date) -> Counts:
    """All of them in one query."""
    told = (
        _all(user, unit)
        .order_by()
        .aggregate(
            out=Count("pk", filter=_directed(unit, "out") & Q(ended_on=None), distinct=True),
            into=Count("pk", filter=_directed(unit, "in") & Q(ended_on=None), distinct=True),
            **{state: Count("pk", filter=_of_state(state, on), distinct=True) for state in STATES},
        )
    )
    return Counts(**told)


def _all(user: Someone, unit: Organisation) -> QuerySet[Case]:
    return cases_for(user).filter(_directed(unit, ""), procedure__in=PROCEDURES)


def _directed(unit: Organisation, direction: str) -> Q:
    """Out: what a unit at or below sends; in: what one receives."""
    own = policy.in_subtrees([unit.path], "organisation__path")
    out = own & ~Q(procedure=TRANSFER_IN)
    into = (policy.in_subtrees([unit.path], "host__path") & Q(procedure=TRANSFER)) | (own & Q(procedure=TRANSFER_IN))
    return {"out": out, "in": into}.get(direction, out | into)


def _of_state(state: str, on: date) -> Q:
    match state:
        case "late":
            return Q(ended_on=None, due_on__lt=on)
        case "open":
            return Q(ended_on=None)
        case "ended":
            return Q(ended_on__isnull=False)
        case "letter":
            past = Letter.objects.filter(void_on=None, received_on=None, valid_until__lt=on)
            return Q(ended_on=None, pk__in=past.values("case"))
    return Q()


def letters_of(cases: Iterable[Case]) -> dict[int, Letter]:
    """The letter in force of each of these cases, in one query."""
    return {one.case_id: one for one in Letter.objects.filter(case__in=[case.pk for case in cases], void_on=None)}


def batches_at(user: Someone, unit: Organisation) -> QuerySet[Batch]:
    """The batches of a unit and below with how many rows are in which state."""
    seen = policy.within(user, "cases.view", "organisation__path")
    batches = Batch.objects.filter(seen, policy.in_subtrees([unit.path], "organisation__path"))
    return (
        batches.select_related("organisation")
        .annotate(
            total=Count("rows"),
            sent=Count("rows", filter=Q(rows__state=RowState.SENT)),
            failed=Count("rows", filter=Q(rows__state=RowState.FAILED)),
        )
        .order_by("-begun_on", "-pk")
    )


def batch_for(user: Someone, pk: int) -> Batch:
    """Raises Http404 for strangers."""
    batch = Batch.objects.select_related("organisation", "begun_by").filter(pk=pk).first()
    if batch is None or not policy.may(user, "cases.view", batch.organisation):
        raise Http404
    return batch

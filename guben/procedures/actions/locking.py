"""What all acts on a case share: the case locked and readable, where it stands written down, the history."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.http import Http404

from guben.access import policy
from guben.accounts.installation import now
from guben.accounts.models import User
from guben.audit import trail
from guben.organisations.models import Organisation
from guben.procedures import errors
from guben.procedures.models import Case, Entry
from guben.procedures.places import Acting, Places
from guben.procedures.placing import COLUMNS, Kept, columns
from guben.procedures.queries import visible
from guben.procedures.records import Records, records_of
from guben.procedures.rules import Rules
from guben.procedures.standing import hanging
from guben.rulebook_engine.roads import where

RIGHTS = {"own": "cases.act", "below": "cases.record_below"}


def locked(case: Case, by: User) -> Case:
    """The case, locked until the act ends. Raises Http404 for those who may not see it."""
    found = (
        Case.objects.select_for_update(no_key=True, of=("self",))
        .select_related("organisation", "host", "person", "actor")
        .filter(pk=case.pk)
        .first()
    )
    if found is None or not visible(by, found):
        raise Http404
    return found


def place(case: Case, known: Rules, on: date, records: Records | None = None) -> Case:
    """Writes where the case stands now, as its entries and the rules say."""
    records = records or records_of(case)
    found = where(known.editions(case.procedure), case.begun_on, records.done, on, known.calendar)
    hangs = found.step is not None and found.step.kind == "notice" and hanging(records, found.step) is not None
    places = Places([case.organisation, *([case.host] if case.host else [])], on)
    for name, value in columns(found, Kept.of(case), places, hangs=hangs).items():
        setattr(case, name, value)
    try:
        with transaction.atomic():
            case.save(update_fields=COLUMNS)
    except IntegrityError:  # opened again by a correction, while another one was begun
        raise errors.OpenCaseExists(str(case.person or case.organisation)) from None
    return case


def add(  # noqa: PLR0913 - an entry has this many facts
    case: Case,
    records: Records,
    *,
    step: str,
    outcome: str,
    edition: str,
    done_on: date,
    today: date,
    by: User,
    acted_at: Organisation,
    acting: Acting,
    days_late: int = 0,
    **more: Any,
) -> Entry:
    """The next entry of a locked case."""
    before = records.standing[-1].done_on if records.standing else case.begun_on
    return Entry.objects.create(
        case=case,
        number=max((entry.number for entry in records.entries), default=0) + 1,
        step=step,
        outcome=outcome,
        edition=edition,
        done_on=done_on,
        recorded_on=today,
        recorded_at=now(),
        recorded_by=by,
        acted_at=acted_at,
        recorded_for_unit=acting == "below",
        days_since=(done_on - before).days,
        days_late=max(days_late, 0),
        **more,
    )


def note(
    action: str,
    case: Case,
    by: User,
    *,
    unit: Organisation | None = None,
    right: str = "cases.act",
    changed: Mapping[str, Any] | None = None,
    details: Mapping[str, Any] | None = None,
) -> None:
    """Writes the history. Details hold keys, days and numbers, and nothing about the person."""
    unit = unit or case.organisation
    trail.record(
        action,
        case,
        by=by,
        organisation_id=unit.pk,
        right=policy.under_which_right(by, right, unit) or policy.under_which_right(by, "cases.view", unit),
        changed=changed,
        details={"number": case.number, "procedure": case.procedure, **(details or {})},
    )

"""What all acts on a case share: the case locked and readable, where it stands written down, the history."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.http import Http404
from django.utils import timezone

from guben.access import policy
from guben.accounts.models import User
from guben.audit import trail
from guben.organisations.models import Organisation
from guben.procedures.models import Case, Entry
from guben.procedures.places import Acting, Places
from guben.procedures.queries import visible
from guben.procedures.records import Records, records_of
from guben.procedures.rules import Rules, article_of
from guben.procedures.standing import hanging, of
from guben.publication.queries import standing_of
from guben.rulebook_engine.procedures import Procedure
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
    for name, value in columns(case, known, records, on).items():
        setattr(case, name, value)
    case.save(
        update_fields=["step", "edition", "actor", "opens_on", "due_on", "ended_on", "ended_as", "once_about", "title"]
    )
    return case


def columns(case: Case, known: Rules, records: Records, on: date, places: Places | None = None) -> dict[str, Any]:
    """The columns that follow from the entries and the rules."""
    found = where(known.editions(case.procedure), case.begun_on, records.done, on, known.calendar)
    if found.step is None:
        return {
            "step": "",
            "edition": found.procedure.edition_label,
            "actor_id": None,
            "opens_on": None,
            "due_on": None,
            "ended_on": found.ended_on,
            "ended_as": found.ended.key if found.ended else "",
            "once_about": None,
        }
    places = places or Places([case.organisation, *([case.host] if case.host else [])], on)
    actor = places.of(case, found.procedure, found.step.at)
    opens_on = found.opens_on
    if found.step.kind == "notice" and (notice := hanging(records, found.step)):
        opens_on = max(filter(None, (found.leaves_on, standing_of(notice, on).result_opens_on)))
    return {
        "step": found.step.key,
        "edition": found.procedure.edition_label,
        "actor_id": actor.pk if actor else None,
        "opens_on": opens_on,
        "due_on": found.due_on,
        "ended_on": None,
        "ended_as": "",
        "once_about": once_about(found.procedure, case),
    }


def once_about(rule: Procedure, case: Case) -> str | None:
    """Whom an open case is about where there may be only one."""
    if not rule.once or rule.subject == "none":
        return None
    return f"p{case.person_id}" if case.person_id else f"u{case.organisation_id}"


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
        recorded_at=timezone.now(),
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


__all__ = ["add", "article_of", "columns", "locked", "note", "of", "once_about", "place"]

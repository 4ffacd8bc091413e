"""Withdrawing a case, and holding it for a while. Everything that was written of it stays."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from guben.accounts.installation import today
from guben.accounts.models import User
from guben.kit.days import add_months
from guben.procedures import errors
from guben.procedures.actions.locking import RIGHTS, add, locked, note, place
from guben.procedures.choices import WITHDRAWN
from guben.procedures.models import Case, Entry, Held
from guben.procedures.places import may_hold, may_withdraw, who
from guben.procedures.records import holds
from guben.procedures.rules import rules
from guben.procedures.standing import of

MOST_MONTHS = 12


@transaction.atomic
def withdraw(case: Case, reason: str, *, by: User) -> Entry:
    """Ends a case before its road does. Entries, papers and what was done to other records stay as they are.

    Raises:
        Http404: the case is not this user's to see.
        WrongPerson, CaseEnded, ReasonMissing.
    """
    case = locked(case, by)
    day, known = today(), rules()
    standing = of(case, day, known=known)
    if case.ended_on is not None:
        raise errors.CaseEnded(case.ended_on)
    rule = standing.procedure
    how = may_withdraw(by, rule, case)
    if not how:
        raise errors.WrongPerson(who(rule.withdraws or rule.begins or rule.step[0].by, case.organisation))
    text = _reason(reason)
    entry = add(
        case,
        standing.records,
        step=case.step,
        outcome=WITHDRAWN,
        edition=rule.edition_label,
        done_on=day,
        today=day,
        by=by,
        acted_at=case.organisation,
        acting=how,
        reason=text,
    )
    place(case, known, day)
    note("cases.withdrawn", case, by, right=RIGHTS[how], changed={"reason": text}, details={"step": entry.step})
    return entry


@transaction.atomic
def hold(case: Case, reason: str, *, until_on: date, by: User) -> Held:
    """Stops a case until it is released, at the latest until a day, so that nobody can block it for ever.

    Raises:
        Http404, WrongPerson, CaseEnded, ReasonMissing, HoldTooLong, CaseHeld.
    """
    case = locked(case, by)
    day = today()
    if case.ended_on is not None:
        raise errors.CaseEnded(case.ended_on)
    _require_act(case, by)
    text = _reason(reason)
    if not day < until_on <= add_months(day, MOST_MONTHS):
        raise errors.HoldTooLong(MOST_MONTHS)
    there = next((one for one in Held.objects.filter(case=case) if holds(one, day)), None)
    if there is not None:
        raise errors.CaseHeld(there.reason, there.until_on)
    row = Held.objects.create(case=case, reason=text[:200], from_on=day, until_on=until_on, recorded_by=by)
    note("cases.held", case, by, changed={"reason": text}, details={"until_on": str(until_on)})
    return row


@transaction.atomic
def release(case: Case, reason: str, *, by: User) -> Held:
    """Lets a held case go on from today.

    Raises:
        Http404, WrongPerson, NotHeld, ReasonMissing.
    """
    case = locked(case, by)
    day = today()
    _require_act(case, by)
    row = next((one for one in Held.objects.filter(case=case) if holds(one, day)), None)
    if row is None:
        raise errors.NotHeld
    text = _reason(reason)
    row.ended_on, row.ended_reason, row.ended_by = day, text[:200], by
    row.save(update_fields=["ended_on", "ended_reason", "ended_by"])
    note("cases.released", case, by, changed={"reason": text}, details={"from_on": str(row.from_on)})
    return row


def _require_act(case: Case, by: User) -> None:
    if not may_hold(by, case):
        raise errors.WrongPerson(case.organisation.short_name)


def _reason(text: str) -> str:
    text = text.strip().replace("\0", "")
    if not text:
        raise errors.ReasonMissing
    return text[:500]

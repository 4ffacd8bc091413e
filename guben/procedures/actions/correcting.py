"""Corrections: a new entry takes the place of an earlier one, with a reason, as long as what came after stays right."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from django.db import transaction

from guben.accounts.installation import today
from guben.accounts.models import User
from guben.procedures import checks, effects, errors
from guben.procedures.actions import outdating
from guben.procedures.actions.locking import RIGHTS, add, locked, note, place
from guben.procedures.choices import TAKEN_BACK, WITHDRAWN
from guben.procedures.filling import Filling, fill
from guben.procedures.kinds import kind_of
from guben.procedures.models import Count, Entry, Paper
from guben.procedures.places import Acting, acting, may_withdraw, who
from guben.procedures.records import Records, done_of, records_of
from guben.procedures.rules import Rules, article_of, outcome_of, rules, say, step_of
from guben.rulebook_engine.plans import effect_of
from guben.rulebook_engine.procedures import BEFORE, STAY, Procedure, Step
from guben.rulebook_engine.roads import Done, road


@transaction.atomic
def correct(
    entry: Entry,
    *,
    reason: str,
    by: User,
    outcome: str | None = None,
    done_on: date | None = None,
    values: Mapping[str, Any] | None = None,
) -> Entry:
    """Puts an entry right: another outcome, day or values. What is not given stays.

    Raises:
        Http404: the case is not this user's to see.
        WrongPerson, ReasonMissing, NothingToCorrect, LaterStepsHang, EffectStays, VoteStays, NoticeStays, and what
        is wrong with a value.
    """
    case, records, entry, rule, step, how = _prepared(entry, by)
    known, day = rules(), today()
    text = _reason(reason)
    new_outcome, new_day = outcome or entry.outcome, done_on or entry.done_on
    stated = outcome_of(step, new_outcome)
    if stated is None or (new_outcome == WITHDRAWN) != (entry.outcome == WITHDRAWN):
        raise errors.UnknownOutcome(new_outcome)
    if new_day > day:
        raise errors.InFuture(new_day, day, article_of(step, rule))
    kept = entry.values
    if values is not None:
        own = kind_of(step).own_values | {"vote"}
        given = {key: value for key, value in values.items() if key not in own}
        filling = Filling(case, by, new_day, article_of(step, rule))
        filled = fill(step.field, given, filling, required=stated.good)
        kept = {**{key: value for key, value in entry.values.items() if key in own}, **filled}
    moved = (new_outcome, new_day) != (entry.outcome, entry.done_on)
    if not moved and kept == entry.values:
        raise errors.NothingToCorrect
    if moved:
        _refuse_fixed(entry, step)
    effect = _effect(entry, rule, step, new_outcome)
    if effect is not None and effect.follow is None:
        raise errors.EffectStays(say(step.title))
    changed = replace(done_of(entry), outcome=new_outcome, on=new_day)
    _refuse_broken(records, entry, [changed], known, case.begun_on)
    if moved and stated.good and stated.to not in (STAY, BEFORE):
        checks.papers_in_time(step, rule, records, new_day)
    papers = outdating.told(case, entry)
    new = _put(entry, records, by, how, day, outcome=new_outcome, done_on=new_day, values=kept, reason=text)
    if effect is not None and effect.follow is not None:
        effect.follow(case, entry, new, by)
    outdating.mark(case, papers, new)
    _finish("cases.corrected", entry, new, known, day, by, how)
    return new


@transaction.atomic
def take_back(entry: Entry, *, reason: str, by: User) -> Entry:
    """Takes the last entry of a case away, as if it had not been made; it stays readable.

    Raises:
        Http404: the case is not this user's to see.
        WrongPerson, ReasonMissing, OnlyTheLast, EffectStays.
    """
    case, records, entry, rule, step, how = _prepared(entry, by)
    known, day = rules(), today()
    text = _reason(reason)
    if records.standing[-1].pk != entry.pk:
        raise errors.OnlyTheLast
    effect = _effect(entry, rule, step, entry.outcome)
    if effect is not None and effect.follow is None:
        raise errors.EffectStays(say(step.title))
    papers = outdating.told(case, entry)
    new = _put(entry, records, by, how, day, outcome=TAKEN_BACK, done_on=entry.done_on, values={}, reason=text)
    if effect is not None and effect.follow is not None:
        effect.follow(case, entry, new, by)
    outdating.mark(case, papers, new)
    _finish("cases.taken_back", entry, new, known, day, by, how)
    return new


def _prepared(entry: Entry, by: User) -> tuple[Any, Records, Entry, Procedure, Step, Acting]:
    """The case locked, the entry as it stands, its step as it was judged, and how the user may act."""
    case = locked(entry.case, by)
    records = records_of(case)
    there = next((one for one in records.standing if one.pk == entry.pk), None)
    if there is None:
        raise errors.NothingToCorrect
    rule = rules().edition(case.procedure, there.edition)
    step = step_of(rule, there.step)
    if rule is None or step is None:
        raise errors.UnknownProcedure(case.procedure)
    ends = there.outcome == WITHDRAWN
    how = may_withdraw(by, rule, case) if ends else acting(by, step, there.acted_at, case)
    if not how:
        raise errors.WrongPerson(who(step.by, there.acted_at), article_of(step, rule))
    return case, records, there, rule, step, how


def _reason(text: str) -> str:
    text = text.strip().replace("\0", "")
    if not text:
        raise errors.ReasonMissing
    return text[:500]


def _refuse_fixed(entry: Entry, step: Step) -> None:
    if step.kind == "vote" and entry.outcome != WITHDRAWN:
        raise errors.VoteStays
    if step.kind == "notice" and entry.notice_id:
        raise errors.NoticeStays


def _effect(entry: Entry, rule: Procedure, step: Step, new_outcome: str) -> effects.Effect | None:
    """The effect that the entry had, or that the new outcome would have."""
    for key in (entry.outcome, new_outcome):
        stated = outcome_of(step, key)
        if stated is not None and (name := effect_of(step, stated)):
            return effects.find(name)
    return None


def _refuse_broken(records: Records, entry: Entry, changed: list[Done], known: Rules, begun_on: date) -> None:
    """Replays the case with the correction: every later entry must still be a step that was open on its day."""
    case = entry.case
    editions = known.editions(case.procedure)
    standing = list(records.standing)
    index = [one.pk for one in standing].index(entry.pk)
    done = [done_of(one) for one in standing[:index]]
    rows: list[tuple[Entry, Done]] = [(entry, one) for one in changed]
    rows += [(one, done_of(one)) for one in standing[index + 1 :]]
    for number, (row, one) in enumerate(rows):
        before = done[-1].on if done else begun_on
        way = road(editions, begun_on, done, one.on, known.calendar)
        step = way.step(one.step)
        fits = one.outcome == WITHDRAWN or (
            way.ended is None and step is not None and step.is_open_to_take and _is_open(step, one.on)
        )
        in_order = one.on >= before or (step is not None and step.step.any_order)
        if not (fits and in_order):
            _refuse_row(row, one, number, before, known)
        done.append(one)


def _is_open(step: Any, on: date) -> bool:
    if step.step.kind in ("notice", "examination"):
        return True
    return step.opens_on is None or on >= step.opens_on


def _refuse_row(row: Entry, one: Done, number: int, before: date, known: Rules) -> None:
    stated = step_of(known.edition(row.case.procedure, row.edition), row.step)
    title = say(stated.title) if stated else row.step
    if number == 0:
        raise errors.BeforeEarlierStep(one.on, title, before)
    raise errors.LaterStepsHang(title, one.on)


def _put(entry: Entry, records: Records, by: User, how: Acting, day: date, **values: Any) -> Entry:
    new = add(
        entry.case,
        records,
        step=entry.step,
        edition=entry.edition,
        today=day,
        by=by,
        acted_at=entry.acted_at,
        acting=how,
        days_late=entry.days_late,
        meeting=entry.meeting if values["outcome"] != TAKEN_BACK else None,
        notice=entry.notice,
        corrects=entry,
        **values,
    )
    index = [one.pk for one in records.standing].index(entry.pk)
    before = records.standing[index - 1].done_on if index else entry.case.begun_on
    new.days_since = (new.done_on - before).days
    new.days_late = max(entry.days_late + (new.done_on - entry.done_on).days, 0) if entry.days_late else 0
    new.save(update_fields=["days_since", "days_late"])
    if values["outcome"] == TAKEN_BACK:
        Paper.objects.filter(entry=entry, state__in=("received", "uploaded")).update(entry=None)
    else:
        Paper.objects.filter(entry=entry).update(entry=new)
        Count.objects.filter(entry=entry).update(entry=new)
    return new


def _finish(action: str, entry: Entry, new: Entry, known: Rules, day: date, by: User, how: Acting) -> None:
    case = entry.case
    place(case, known, day)
    note(
        action,
        case,
        by,
        unit=entry.acted_at,
        right=RIGHTS[how],
        changed={"values": new.values, "reason": new.reason},
        details={"step": new.step, "outcome": new.outcome, "done_on": str(new.done_on), "entry": entry.number},
    )

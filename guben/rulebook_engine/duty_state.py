"""Whether a unit has done a duty in a period: pure arithmetic over days."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from guben.kit.days import Period
from guben.rulebook_engine.entries import Duty

State = Literal["due", "done", "done_late", "late", "exempt", "not_kept"]
Reason = Literal["", "founded_later", "dissolved", "not_applicable"]


@dataclass(frozen=True, slots=True)
class Evidence:
    """A record that is meant by a duty. `day` places it in a period, `meets` tells whether it is good enough."""

    record: int
    day: date
    held_on: date
    recorded_on: date
    meets: bool


@dataclass(frozen=True, slots=True)
class DutyState:
    """What became of a duty in one period.

    `held_on` and `recorded_after_days` are those of the last record that was needed; `records` are the ones that
    count, `falls_short` those that were held and are not good enough.
    """

    state: State
    due_on: date
    reason: Reason = ""
    held_on: date | None = None
    recorded_after_days: int | None = None
    records: tuple[int, ...] = ()
    falls_short: tuple[int, ...] = ()


def state_of(  # noqa: PLR0913 - each is a fact of its own
    duty: Duty,
    period: Period,
    on: date,
    *,
    founded_on: date,
    kept_from: date | None,
    dissolved_on: date | None,
    applies: bool,
    evidence: Iterable[Evidence],
    times: int,
) -> DutyState | None:
    """The state on the day `on`; None where nothing is owed: before the founding, after the end, or not yet begun.

    The edition in force on the first day of a period rules it, so any other edition answers None.
    """
    due_on = period.ends_on + timedelta(days=duty.due_after_days)
    if not duty.in_force(period.starts_on):
        return None
    if period.ends_on < founded_on or (dissolved_on is not None and dissolved_on <= period.starts_on):
        return None
    found = sorted((one for one in evidence if one.day in period), key=lambda one: (one.held_on, one.record))
    if period.starts_on > on and not found:
        return None
    reason = _exempt(period, founded_on, dissolved_on, applies=applies and times > 0)
    if reason:
        return DutyState("exempt", due_on, reason)
    if kept_from is None or period.starts_on < kept_from:
        return DutyState("not_kept", due_on)
    return _from_records(found, due_on, on, times)


def _exempt(period: Period, founded_on: date, dissolved_on: date | None, *, applies: bool) -> Reason:
    if period.starts_on < founded_on:
        return "founded_later"
    if dissolved_on is not None and dissolved_on <= period.ends_on:
        return "dissolved"
    return "" if applies else "not_applicable"


def _from_records(found: list[Evidence], due_on: date, on: date, times: int) -> DutyState:
    good = [one for one in found if one.meets]
    short = tuple(one.record for one in found if not one.meets)
    records = tuple(one.record for one in good)
    if len(good) < times:
        state: State = "late" if on > due_on else "due"
        return DutyState(state, due_on, records=records, falls_short=short)
    last = good[times - 1]
    return DutyState(
        "done" if last.held_on <= due_on else "done_late",
        due_on,
        held_on=last.held_on,
        recorded_after_days=(last.recorded_on - last.held_on).days,
        records=records,
        falls_short=short,
    )

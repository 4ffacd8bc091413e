"""The days still to come on a road: the earliest of each step if there is no delay, the latest where terms set one."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from guben.rulebook_engine.procedures import BEGIN, Term
from guben.rulebook_engine.terms import day_of
from guben.rulebook_engine.tracks import Track


class Days(NamedTuple):
    """The first and the last day on which a step can be completed, and the term that sets the first one."""

    earliest: date
    latest: date | None
    because: Term | None


def project(track: Track, on: date) -> dict[int, Days]:
    """The days of the steps from where a case stands to its end if all goes well, none of them before a day.

    The latest day of a step counts from the latest days of those before it; a step without a term is then taken as
    soon as it opens.
    """
    plan, found = track.plan, dict[int, Days]()
    early: dict[str, date] = {BEGIN: track.begun_on, **track.taken}
    late = dict(early)
    entered = (max(on, track.entered_on),) * 2
    floor, group = entered, range(0)
    for number in plan.main_line(track.at):
        if number not in group:
            group, entered = plan.groups[number], floor
        key = plan.steps[number].key
        earliest, because = _opening(track, number, entered[0], early)
        latest = _closing(track, number, late)
        found[number] = Days(earliest, latest, because)
        early[key] = earliest
        late[key] = _opening(track, number, entered[1], late)[0] if latest is None else max(latest, on)
        floor = max(floor[0], earliest), max(floor[1], late[key])
    return found


def _opening(track: Track, number: int, floor: date, days: dict[str, date]) -> tuple[date, Term | None]:
    step, first, because = track.plan.steps[number], floor, None
    for term in step.opens:
        day = day_of(term, days[term.after], track.calendar) if term.after in days else None
        if day is not None and day > first:
            first, because = day, term
    if step.kind == "notice" and step.notice is not None:
        result = track.leaving(number)[0] if step.key in track.stay else None
        first = max(result, first) if result else track.calendar.day_after(first, step.notice.working_days)
    return first, because


def _closing(track: Track, number: int, days: dict[str, date]) -> date | None:
    ends = (day_of(term, days[term.after], track.calendar) for term in track.closes(number) if term.after in days)
    return min(ends, default=None)

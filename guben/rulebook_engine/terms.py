"""Terms of a procedure: the day on which one ends, and how it is said in words."""

from __future__ import annotations

from datetime import date, timedelta

from guben.kit.calendar import Calendar
from guben.kit.chinese import worded
from guben.kit.days import add_months
from guben.rulebook_engine.procedures import BEGIN, Procedure, Term

UNITS = {
    "working_days": ("个工作日", "working day"),
    "days": ("天", "day"),
    "months": ("个月", "month"),
    "years": ("年", "year"),
}


def day_of(term: Term, start: date, calendar: Calendar) -> date:
    """The day on which a term that starts on a day has run. At most the last day of the calendar."""
    if term.months or term.years:
        return later(start, term.months + 12 * term.years)
    if term.days:
        try:
            return start + timedelta(days=term.days)
        except OverflowError:
            return date.max
    return calendar.add_working_days(start, term.working_days)


def later(day: date, months: int) -> date:
    """So many calendar months later, at most the last day of the calendar."""
    try:
        return add_months(day, months)
    except ValueError:
        return date.max


def describe(term: Term, lang: str, procedure: Procedure, *, end: bool = False) -> str:
    """A term in words: “预审满1个月后” where something opens, “预审后1个月内” where it ends."""
    unit, count = _length(term)
    zh_unit, en_unit = UNITS[unit]
    zh_start, en_start = _start(term.after, procedure)
    en_length = f"{count} {en_unit}{'' if count == 1 else 's'}"
    if not count:
        return worded(
            f"{zh_start}当天" if end else f"{zh_start}后", f"{'on the day of' if end else 'after'} {en_start}", lang
        )
    if end:
        return worded(f"{zh_start}后{count}{zh_unit}内", f"within {en_length} after {en_start}", lang)
    return worded(f"{zh_start}满{count}{zh_unit}后", f"{en_length} after {en_start}", lang)


def _length(term: Term) -> tuple[str, int]:
    return next(((unit, getattr(term, unit)) for unit in UNITS if getattr(term, unit)), ("days", 0))


def _start(key: str, procedure: Procedure) -> tuple[str, str]:
    if key == BEGIN:
        return "开始", "the start"
    title = next((step.title for step in procedure.step if step.key == key), None)
    return (f"“{title.zh}”", f"“{title.en}”") if title else (f"“{key}”", f"“{key}”")

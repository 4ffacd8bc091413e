"""Arithmetic of attendance and of late entry: values in, values out."""

from __future__ import annotations

from datetime import date, timedelta

from guben.kit.days import Period, add_months

LATE_ENTRY_DAYS = 7
MAKES_UP_MONTHS = 12
TAKE_BACK = timedelta(minutes=10)


def is_quorate(present: int, entitled: int) -> bool:
    """At least half came. Source: 支部工作条例 Art. 11, 12."""
    return present * 2 >= entitled


def needed(entitled: int) -> int:
    """The smallest number present that makes a quorum."""
    return (entitled + 1) // 2


def days_to_record(held_on: date, recorded_on: date) -> int:
    return (recorded_on - held_on).days


def is_entered_late(held_on: date, recorded_on: date) -> bool:
    """Entered more than a week after it was held (补录)."""
    return days_to_record(held_on, recorded_on) > LATE_ENTRY_DAYS


def makes_up_day(held_on: date, period: Period | None) -> date | None:
    """The day that ties a later meeting to the period it makes up for; None where it needs no tie."""
    return period.ends_on if period and held_on > period.ends_on else None


def may_make_up(makes_up_on: date, held_on: date) -> bool:
    """A meeting makes up for an earlier day, at most one year back."""
    return add_months(held_on, -MAKES_UP_MONTHS) <= makes_up_on <= held_on

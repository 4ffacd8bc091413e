"""The days that statistics speak of: ends of years, and the day before which a change is told."""

from __future__ import annotations

from datetime import date

from guben.kit.days import years_before

YEARS = 5


def last_year_end(on: date) -> date:
    """The last 31 December before a day."""
    return date(on.year - 1, 12, 31)


def is_year_end(on: date) -> bool:
    return (on.month, on.day) == (12, 31)


def trend_days(on: date) -> list[date]:
    """The last five ends of a year up to a day, and the day itself where it is none; oldest first."""
    last = on.year if is_year_end(on) else on.year - 1
    ends = [date(year, 12, 31) for year in range(last - YEARS + 1, last + 1)]
    return ends if is_year_end(on) else [*ends, on]


def year_before(on: date) -> date:
    """The day with which a change in a year is told."""
    return years_before(on, 1)

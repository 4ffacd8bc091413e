"""Days, calendar months and reporting periods. The day is always an argument."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

Every = Literal["month", "quarter", "half_year", "year"]
MONTHS_IN: dict[str, int] = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}

FIRST_DAY = date(1900, 1, 1)  # no page is about a day before it; ages and windows before such a day can be counted


def add_months(day: date, months: int) -> date:
    """The same day `months` calendar months later (earlier when negative), cut to the month's last day."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def read_day(text: str) -> date | None:
    """The day of an address, written 2026-06-30; None where it cannot be read or lies before any record."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day >= FIRST_DAY else None


def years_before(day: date, years: int) -> date:
    """The latest birth day of a person who has completed `years` years on `day`.

    A person born on 29 February completes the year on 1 March of other years.
    """
    try:
        return day.replace(year=day.year - years)
    except ValueError:  # 29 February, and no such day in the earlier year
        return date(day.year - years, 2, 28)


def years_after(day: date, years: int) -> date:
    """The day on which a person born on `day` completes `years` years: who was born on 29 February on 1 March."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


def completed_years(born_on: date, on: date) -> int:
    """Age in completed years on the day `on`."""
    return on.year - born_on.year - ((on.month, on.day) < (born_on.month, born_on.day))


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """A calendar period: both days belong to it. `label` reads 2026-06, 2026-Q2, 2026-H1 or 2026."""

    starts_on: date
    ends_on: date
    every: Every

    @property
    def label(self) -> str:
        year, month = self.starts_on.year, self.starts_on.month
        if self.every == "month":
            return f"{year}-{month:02d}"
        if self.every == "quarter":
            return f"{year}-Q{(month + 2) // 3}"
        if self.every == "half_year":
            return f"{year}-H{1 if month == 1 else 2}"
        return str(year)

    def __contains__(self, day: date) -> bool:
        return self.starts_on <= day <= self.ends_on


def period_of(day: date, every: Every) -> Period:
    """The period of the given length that the day lies in."""
    months = MONTHS_IN[every]
    first = date(day.year, (day.month - 1) // months * months + 1, 1)
    return Period(first, add_months(first, months) - timedelta(days=1), every)


def previous_period(period: Period) -> Period:
    return period_of(period.starts_on - timedelta(days=1), period.every)


def next_period(period: Period) -> Period:
    return period_of(period.ends_on + timedelta(days=1), period.every)


def periods_between(first: date, last: date, every: Every) -> list[Period]:
    """All periods that touch the days from `first` to `last`, oldest first; empty when last < first."""
    found: list[Period] = []
    if last < first:
        return found
    period = period_of(first, every)
    while period.starts_on <= last:
        found.append(period)
        period = next_period(period)
    return found


def parse_period(label: str) -> Period:
    """The period of a label such as 2026-Q2.

    Raises:
        ValueError: the label is none of 2026, 2026-H1, 2026-Q2, 2026-06.
    """
    try:
        if len(label) == 4:
            return period_of(date(int(label), 1, 1), "year")
        year, rest = int(label[:4]), label[5:]
        if label[4] != "-":
            raise ValueError
        if rest[0] == "Q" and rest[1:] in {"1", "2", "3", "4"}:
            return period_of(date(year, int(rest[1:]) * 3, 1), "quarter")
        if rest[0] == "H" and rest[1:] in {"1", "2"}:
            return period_of(date(year, int(rest[1:]) * 6, 1), "half_year")
        if len(rest) == 2:
            return period_of(date(year, int(rest), 1), "month")
    except (ValueError, IndexError):
        pass
    raise ValueError(f"{label!r} is not a period: write 2026, 2026-H1, 2026-Q2 or 2026-06.")

"""Working days by the official calendar: days off, make-up days, and years of which no notice is known yet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

DAY = timedelta(days=1)
SATURDAY = 5


@dataclass(frozen=True, slots=True)
class CalendarYear:
    """What the notice for one year says: days off that are no weekend, and weekend days on which work is done.

    A year is `provisional` as long as its notice has not come: its days may change.
    """

    year: int
    days_off: Mapping[date, str] = field(default_factory=dict)
    make_up_days: Mapping[date, str] = field(default_factory=dict)
    source: str = ""
    confidence: str = "verified"
    provisional: bool = False


class Calendar:
    """The official calendar. Of years it does not know, Saturdays and Sundays are off and the days are provisional."""

    __slots__ = ("_off", "_settled", "_work", "years")

    def __init__(self, years: Iterable[CalendarYear] = ()) -> None:
        self.years: dict[int, CalendarYear] = {year.year: year for year in years}
        known = self.years.values()
        self._off = frozenset(day for year in known for day in year.days_off)
        self._work = frozenset(day for year in known for day in year.make_up_days)
        self._settled = frozenset(year.year for year in known if not year.provisional)

    def is_working_day(self, day: date) -> bool:
        if day.weekday() >= SATURDAY:
            return day in self._work
        return day not in self._off

    def is_provisional(self, day: date) -> bool:
        """Whether the notice for the day's year is still to come."""
        return day.year not in self._settled

    def name_of(self, day: date) -> str:
        """What a day is off for, or made up for; empty on plain days."""
        year = self.years.get(day.year)
        return "" if year is None else year.days_off.get(day, "") or year.make_up_days.get(day, "")

    def add_working_days(self, day: date, count: int) -> date:
        """The `count`-th working day after the day, which does not count itself; the day itself for 0. The calendar
        ends with the year 9999: what lies behind is its last day."""
        try:
            while count > 0:
                day += DAY
                count -= self.is_working_day(day)
        except OverflowError:
            return date.max
        return day

    def last_day_of(self, posted_on: date, working_days: int) -> date:
        """The last day of a term of so many working days that starts on a day, which counts if it is one."""
        return self.add_working_days(posted_on - DAY, working_days)

    def day_after(self, posted_on: date, working_days: int) -> date:
        """The first working day after such a term: the day on which its result opens."""
        return self.add_working_days(posted_on - DAY, working_days + 1)

    def working_days_between(self, first: date, last: date) -> int:
        """How many working days the days from `first` to `last` hold, both included."""
        days = (last - first).days + 1
        return sum(self.is_working_day(first + timedelta(days=number)) for number in range(max(days, 0)))

"""Working days: make-up days, days off, years without a notice, and the boundaries of a term."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guben.kit.calendar import Calendar
from guben.rulebook_engine.calendar_files import shipped_years

OFFICIAL = Calendar(shipped_years().values())
PLAIN = Calendar()
KNOWN_DAYS = st.dates(date(2010, 1, 1), date(2026, 12, 1))


def test_the_years_have_as_many_working_days_as_the_notices_give() -> None:
    counted = {year: OFFICIAL.working_days_between(date(year, 1, 1), date(year, 12, 31)) for year in (2024, 2025, 2026)}

    assert counted == {2024: 251, 2025: 248, 2026: 248}


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2026, 1, 1), False),
        (date(2026, 1, 4), True),  # a Sunday made up for
        (date(2026, 2, 14), True),
        (date(2026, 2, 23), False),
        (date(2026, 2, 28), True),
        (date(2026, 10, 8), True),
        (date(2026, 10, 10), True),
        (date(2025, 10, 8), False),
        (date(2025, 10, 11), True),
        (date(2020, 1, 31), False),  # the Spring Festival that was made longer
    ],
)
def test_days_off_and_make_up_days_are_those_of_the_notice(day: date, works: bool) -> None:
    assert OFFICIAL.is_working_day(day) is works


def test_five_working_days_over_new_year_and_over_national_day() -> None:
    # 2025-12-31 is a Wednesday; 1 to 3 January are off, Sunday the 4th is made up.
    assert OFFICIAL.last_day_of(date(2025, 12, 31), 5) == date(2026, 1, 7)
    assert OFFICIAL.day_after(date(2025, 12, 31), 5) == date(2026, 1, 8)
    # 2026-09-29 is a Tuesday; 1 to 7 October are off, Saturday the 10th is made up.
    assert OFFICIAL.last_day_of(date(2026, 9, 29), 5) == date(2026, 10, 10)
    assert OFFICIAL.day_after(date(2026, 9, 29), 5) == date(2026, 10, 12)


def test_the_day_of_posting_counts_only_if_it_is_a_working_day() -> None:
    monday = date(2026, 3, 2)

    assert PLAIN.last_day_of(monday, 1) == monday
    assert PLAIN.last_day_of(monday - timedelta(days=2), 1) == monday
    assert PLAIN.add_working_days(monday, 1) == monday + timedelta(days=1)


def test_years_without_a_notice_know_weekends_only_and_say_so() -> None:
    assert OFFICIAL.is_provisional(date(2027, 5, 3))  # the decree is known, the notice is not
    assert not OFFICIAL.is_working_day(date(2027, 5, 3))
    assert OFFICIAL.is_provisional(date(2040, 5, 1))
    assert OFFICIAL.is_working_day(date(2040, 5, 1))
    assert not OFFICIAL.is_provisional(date(2026, 5, 1))


@given(KNOWN_DAYS, st.integers(0, 60))
def test_a_term_holds_exactly_its_working_days(day: date, count: int) -> None:
    end = OFFICIAL.add_working_days(day, count)

    assert OFFICIAL.working_days_between(day + timedelta(days=1), end) == count
    assert count == 0 or OFFICIAL.is_working_day(end)


@given(KNOWN_DAYS, st.integers(1, 60))
def test_a_notice_hangs_its_days_and_its_result_opens_on_the_next(day: date, count: int) -> None:
    last, after = OFFICIAL.last_day_of(day, count), OFFICIAL.day_after(day, count)

    assert OFFICIAL.working_days_between(day, last) == count
    assert OFFICIAL.working_days_between(last + timedelta(days=1), after) == 1


def test_the_end_of_the_calendar_is_no_fault() -> None:
    assert PLAIN.add_working_days(date(9999, 12, 30), 1000) == date.max

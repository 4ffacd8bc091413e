"""The days of a trend, and the bins of a spread."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guben.statistics.spreads import MOST_BINS, spread_of
from guben.statistics.years import last_year_end, trend_days, year_before


def test_a_trend_ends_with_the_day_asked_for() -> None:
    assert trend_days(date(2026, 6, 30)) == [*(date(year, 12, 31) for year in range(2021, 2026)), date(2026, 6, 30)]
    assert trend_days(date(2025, 12, 31)) == [date(year, 12, 31) for year in range(2021, 2026)]


def test_the_usual_day_beside_is_the_end_of_the_year_before() -> None:
    assert last_year_end(date(2026, 1, 1)) == date(2025, 12, 31)
    assert last_year_end(date(2025, 12, 31)) == date(2024, 12, 31)


def test_a_year_before_a_leap_day_there_is_a_day() -> None:
    assert year_before(date(2024, 2, 29)) in (date(2023, 2, 28), date(2023, 3, 1))


@given(st.lists(st.integers(0, 5_000), min_size=1, max_size=60), st.sampled_from([1, 5]))
def test_every_unit_stands_in_one_bin_that_holds_its_value(values: list[int], least: int) -> None:
    spread = spread_of(values, is_share=False, least_width=least)
    assert spread is not None
    assert spread.units == len(values)
    assert len(spread.counts) <= MOST_BINS
    assert spread.width >= least
    for value in values:
        low, high = spread.bounds(spread.bin_of(value))
        assert low <= value < high


@given(st.lists(st.floats(0, 1), min_size=1, max_size=60))
def test_shares_fall_into_tenths(values: list[float]) -> None:
    spread = spread_of(values, is_share=True)
    assert spread is not None
    assert len(spread.counts) == 10
    assert spread.units == len(values)


@pytest.mark.parametrize("share", [0.3, 0.6, 0.7, 1.0])
def test_a_share_on_an_edge_belongs_to_the_bin_above_but_all_to_the_last(share: float) -> None:
    spread = spread_of([share], is_share=True)
    assert spread is not None
    assert spread.counts.index(1) == min(round(share * 10), 9)


def test_without_values_there_is_no_spread() -> None:
    assert spread_of([], is_share=False) is None

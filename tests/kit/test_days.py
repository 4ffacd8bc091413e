"""Days read from addresses."""

from __future__ import annotations

from datetime import date

import pytest

from guben.kit.days import read_day


def test_a_day_of_an_address_is_read() -> None:
    assert read_day("2026-06-30") == date(2026, 6, 30)


@pytest.mark.parametrize(
    "text", ["", "2026-02-30", "２０２６-０６-３０", "yesterday", "2026-6-1", "\x00", "10000-01-01", "0001-01-01"]
)
def test_what_is_no_day_is_none(text: str) -> None:
    assert read_day(text) is None

"""All days that records may tell, made once: by the text in which most lists have them, and in order as numbers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

import numpy

from guben.imports.values import FIRST_YEAR

FIRST_BIRTH = date(1880, 1, 1)  # identity numbers of people born earlier were never given out


@dataclass(frozen=True, slots=True)
class AllDays:
    """`by_text` are the days from 1900 on, as 1990-05-03; `numbers` and `days` go together: 19900503."""

    by_text: dict[str, date]
    numbers: Any
    days: Any


@lru_cache(maxsize=1)
def all_days(today: date) -> AllDays:
    """Every day up to today."""
    days = list(map(date.fromordinal, range(FIRST_BIRTH.toordinal(), today.toordinal() + 1)))
    by_text = {day.isoformat(): day for day in days if day.year >= FIRST_YEAR}
    numbers = numpy.array([day.year * 10_000 + day.month * 100 + day.day for day in days], dtype=numpy.int32)
    return AllDays(by_text, numbers, numpy.array(days, dtype=object))

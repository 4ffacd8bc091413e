"""What is done to a row that is altered: one value of a member or a unit becomes another one that it may have."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any

import numpy as np

from guben.generator.persons import EDUCATIONS, ETHNICITIES, STAGES
from guben.generator.rows import OCCUPATIONS
from guben.generator.trees import TERRITORY
from guben.generator.units_plan import FIELDS, UNIT_KINDS

Row = dict[str, Any]
YEAR_DAYS = 365.25
OLDEST, YOUNGEST, LONGEST = 101, 16, 80  # years of age, and in the party
NOT_KNOWN = 0.05  # of dates
REMOVED, ADDED, MOVED = "removed", "added", "unit"
CODED: dict[str, Sequence[str | None]] = {
    "sex": ("1", "2", None),
    "ethnicity": (*ETHNICITIES, "97", "98", None),
    "education": (*EDUCATIONS, None),
    "occupation": (*OCCUPATIONS, "", None),
    "stage": STAGES,
}
DATED = {"born_on": (YOUNGEST, OLDEST), "joined_on": (0, LONGEST)}
OF_MEMBERS = (*CODED, *DATED, MOVED, REMOVED, ADDED)
OF_UNITS = {"kind": UNIT_KINDS, "field": FIELDS, "territory": TERRITORY}


def change(row: Row, column: str, on: date, chance: np.random.Generator) -> None:
    """Gives a column of a row another value."""
    values = OF_UNITS.get(column) or CODED.get(column)
    draw: Callable[[], Any] = (lambda: _one(values, chance)) if values else (lambda: _day(column, on, chance))
    before = row[column]
    while row[column] == before:
        row[column] = draw()


def _one(values: Sequence[Any], chance: np.random.Generator) -> Any:
    return values[int(chance.integers(len(values)))]


def _day(column: str, on: date, chance: np.random.Generator) -> date | None:
    if chance.random() < NOT_KNOWN:
        return None
    low, high = (int(years * YEAR_DAYS) for years in DATED[column])
    return on - timedelta(days=int(chance.integers(low, high)))

"""Identity numbers of a whole column: area, birth date and tail of a number are each worked out once.

The check digit is a sum over the eighteen places modulo 11 (GB 11643-1999), so it may be added up in three parts.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from math import isnan, nan

from guben.imports import columns as c
from guben.imports.table import Table
from guben.imports.values import Wrong, read_identity
from guben.members.choices import Sex

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
FIRST_YEAR = 1880


def _share(digits: str, first: int) -> float:
    if not (digits.isascii() and digits.isdigit()):
        return nan
    return sum(int(digit) * WEIGHTS[place] for place, digit in enumerate(digits, first))


class _Areas(dict[str, float]):
    def __missing__(self, digits: str) -> float:
        share = self[digits] = _share(digits, 0)
        return share


class _Births(dict[str, tuple[float, date | None]]):
    def __missing__(self, digits: str) -> tuple[float, date | None]:
        share = _share(digits, 6)
        self[digits] = (nan, None)
        if not isnan(share):
            with suppress(ValueError):
                day = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
                self[digits] = (share, day) if day.year >= FIRST_YEAR else (nan, None)
        return self[digits]


class _Tails(dict[str, tuple[float, str]]):
    def __missing__(self, signs: str) -> tuple[float, str]:
        share, last = _share(signs[:3], 14), signs[3]
        self[signs] = (nan, "")
        if not isnan(share) and (last == "X" or (last.isascii() and last.isdigit())):
            sex = Sex.MALE if int(signs[2]) % 2 else Sex.FEMALE
            self[signs] = (share + (10 if last == "X" else int(last)), sex.value)
        return self[signs]


Identities = tuple[list[str | None], list[date | None], list[str | None]]


def read_identities(table: Table) -> Identities:
    """The numbers of a sheet with the birth dates and sexes in them; None where a cell is empty or wrong."""
    areas, births, tails = _Areas(), _Births(), _Tails()
    slow = read_identity(c.ID_NUMBER)
    numbers: list[str | None] = []
    days: list[date | None] = []
    sexes: list[str | None] = []
    for index, cell in enumerate(table.cells(c.ID_NUMBER)):
        number, day, sex = None, None, None
        if cell.__class__ is str and len(cell) == 18:  # type: ignore[arg-type]
            share, day = births[cell[6:14]]  # type: ignore[index]
            rest, sex = tails[cell[14:]]  # type: ignore[index]
            if (areas[cell[:6]] + share + rest) % 11 == 1:  # type: ignore[index]
                number = cell
        if number is None:
            facts = slow(cell) if cell is not None else None
            if isinstance(facts, Wrong):
                table.wrong(index, c.ID_NUMBER, facts)
                facts = None
            number, day, sex = (facts.number, facts.born_on, facts.sex) if facts else (None, None, None)
        numbers.append(number)  # type: ignore[arg-type]
        days.append(day)
        sexes.append(sex)
    return numbers, days, sexes

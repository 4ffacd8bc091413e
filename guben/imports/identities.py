"""Identity numbers of a whole column at once: check digits, birth dates and sexes (GB 11643-1999).

The digits of all numbers are one array; what is no plain number of eighteen signs is read by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy

from guben.imports import columns as c
from guben.imports.table import Table
from guben.imports.values import Wrong, read_identity
from guben.kit.tables import Cell
from guben.members.choices import Sex

LENGTH = 18
WEIGHTS = numpy.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2, 1], dtype=numpy.int32)
PLACES = numpy.array([10**power for power in range(7, -1, -1)], dtype=numpy.int32)
NO_NUMBER = "?" * LENGTH
FIRST_YEAR = 1880
SEXES = (Sex.FEMALE.value, Sex.MALE.value)

Identities = tuple[list[str | None], list[date | None], list[str | None]]


def read_identities(table: Table) -> Identities:
    """The numbers of a sheet with the birth dates and sexes in them; None where a cell is empty or wrong."""
    cells = table.cells(c.ID_NUMBER)
    if not table.has(c.ID_NUMBER):
        return [None] * table.size, [None] * table.size, [None] * table.size
    right, days, sexes = _plain(cells)
    numbers = [cell if is_right else None for cell, is_right in zip(cells, right, strict=True)]
    slow = read_identity(c.ID_NUMBER)
    for index in [i for i, is_right in enumerate(right) if not is_right]:
        cell = cells[index]
        facts = slow(cell) if cell is not None else None
        if isinstance(facts, Wrong):
            table.wrong(index, c.ID_NUMBER, facts)
            facts = None
        numbers[index] = facts.number if facts else None
        days[index], sexes[index] = (facts.born_on, facts.sex) if facts else (None, None)
    return numbers, days, sexes  # type: ignore[return-value]


def _plain(cells: Sequence[Cell]) -> tuple[list[bool], list[date | None], list[str | None]]:
    """Which cells are right as they stand, with birth date and sex; what the others tell means nothing."""
    texts = [cell if cell.__class__ is str and len(cell) == LENGTH else NO_NUMBER for cell in cells]
    joined = "".join(texts)
    if not joined.isascii():
        joined = "".join(text if text.isascii() else NO_NUMBER for text in texts)
    letters = numpy.frombuffer(joined.encode("ascii"), dtype=numpy.uint8).reshape(-1, LENGTH)
    signs = letters.astype(numpy.int32) - ord("0")
    last = signs[:, -1]
    last[last == ord("X") - ord("0")] = 10
    in_range = (signs[:, :-1] >= 0).all(axis=1) & (signs[:, :-1] <= 9).all(axis=1) & (last >= 0) & (last <= 10)
    births, which = numpy.unique(signs[:, 6:14] @ PLACES, return_inverse=True)
    known = [_birth_day(int(number)) for number in births]
    real = numpy.array([day is not None for day in known], dtype=bool)[which]
    right = in_range & ((signs @ WEIGHTS) % 11 == 1) & real
    days = [known[place] for place in which.tolist()]
    return right.tolist(), days, [SEXES[odd] for odd in (signs[:, 16] & 1).tolist()]


def _birth_day(number: int) -> date | None:
    year, rest = divmod(number, 10_000)
    if not FIRST_YEAR <= year <= date.max.year:
        return None
    try:
        return date(year, *divmod(rest, 100))
    except ValueError:
        return None

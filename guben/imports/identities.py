"""Identity numbers of a whole column at once: check digits, birth dates and sexes (GB 11643-1999).

The digits of all numbers are one array; what is no plain number of eighteen signs is read by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy

from guben.imports import columns as c
from guben.imports.all_days import all_days
from guben.imports.table import Table
from guben.imports.values import Wrong, read_identity
from guben.kit.tables import Cell
from guben.members.choices import Sex

LENGTH = 18
WEIGHTS = numpy.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2, 1], dtype=numpy.float32)
PLACES = numpy.array([10**power for power in range(7, -1, -1)], dtype=numpy.int32)
NO_NUMBER = "?" * LENGTH
SEXES = numpy.array([Sex.FEMALE.value, Sex.MALE.value], dtype=object)

Identities = tuple[list[str | None], list[date | None], list[str | None]]


def read_identities(table: Table, today: date) -> Identities:
    """The numbers of a sheet with the birth dates and sexes in them; None where a cell is empty or wrong."""
    cells = table.cells(c.ID_NUMBER)
    if not table.has(c.ID_NUMBER):
        return [None] * table.size, [None] * table.size, [None] * table.size
    odd, days, sexes = _plain(cells, today)
    numbers: list[Any] = list(cells)
    slow = read_identity(c.ID_NUMBER)
    for index in odd:
        cell = cells[index]
        facts = slow(cell) if cell is not None else None
        if isinstance(facts, Wrong):
            table.wrong(index, c.ID_NUMBER, facts)
            facts = None
        numbers[index] = facts.number if facts else None
        days[index], sexes[index] = (facts.born_on, facts.sex) if facts else (None, None)
    return numbers, days, sexes


def _plain(cells: Sequence[Cell], today: date) -> tuple[list[int], list[date | None], list[str | None]]:
    """Which cells can't be taken as they stand, and the birth dates and sexes in those that can."""
    texts = [cell if cell.__class__ is str and len(cell) == LENGTH else NO_NUMBER for cell in cells]
    joined = "".join(texts)
    if not joined.isascii():
        joined = "".join(text if text.isascii() else NO_NUMBER for text in texts)
    signs = numpy.frombuffer(joined.encode("ascii"), dtype=numpy.uint8).reshape(-1, LENGTH) - ord("0")
    last = signs[:, -1]
    last[last == ord("X") - ord("0")] = 10
    are_digits = (signs[:, :-1].max(axis=1) <= 9) & (last <= 10)  # what is below 0 has come round to 200 and more
    known = all_days(today)
    births = signs[:, 6:14] @ PLACES
    places = numpy.searchsorted(known.numbers, births) % len(known.numbers)
    right = are_digits & (signs.astype(numpy.float32) @ WEIGHTS % 11 == 1) & (known.numbers[places] == births)
    return numpy.flatnonzero(~right).tolist(), known.days[places].tolist(), SEXES[signs[:, 16] & 1].tolist()

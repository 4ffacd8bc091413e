"""A sheet by column: cells become values for a whole column at once, each distinct cell read once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any

from django.utils.translation import gettext as _

from guben.imports.columns import Column
from guben.imports.lines import Line, places_of
from guben.imports.results import Fault
from guben.imports.values import Wrong
from guben.kit.tables import Cell, Sheet, cell_text, column_letters

Reader = Callable[[Cell], Any]
Check = Callable[[str, Sequence[str]], bool]  # of many texts: all in one, and one by one
BLOCK = 128  # rows that are looked at together


class Table:
    """The cells of a sheet's known columns, and the faults and checks found in them, by row.

    A row is named by its index, 0 for the first record; `numbers` gives its row number in the sheet.
    """

    def __init__(self, sheet: Sheet, columns: Sequence[Column]) -> None:
        self.sheet = sheet
        self.places = places_of(sheet, columns)
        self._letters = {header: column_letters(place) for header, place in self.places.items()}
        self.size = len(sheet.rows)
        self.numbers = [row.number for row in sheet.rows]
        self.faults: dict[int, list[Fault]] = {}
        self.checks: dict[int, list[Fault]] = {}
        self._columns: list[tuple[Cell, ...]] = list(zip(*(row.cells for row in sheet.rows), strict=True))
        self._nothing: tuple[Cell, ...] = (None,) * self.size

    def has(self, header: str) -> bool:
        """Has the sheet this column?"""
        return header in self.places

    def cells(self, header: str) -> tuple[Cell, ...]:
        """A column's cells, all empty where the sheet has it not."""
        return self._columns[self.places[header]] if header in self.places else self._nothing

    def text(self, index: int, header: str) -> str:
        return cell_text(self.cells(header)[index])

    def line(self, index: int) -> Line:
        """The row by itself."""
        return Line(self.sheet.rows[index], self.places)

    def fault(self, index: int, header: str, kind: str, message: str, choices: Sequence[str] = ()) -> None:
        """Refuses the row; `choices` are what the cell could hold instead."""
        self.faults.setdefault(index, []).append(self._about(index, header, kind, message, choices))

    def check(self, index: int, header: str, kind: str, message: str) -> None:
        """Accepted, but somebody should look."""
        self.checks.setdefault(index, []).append(self._about(index, header, kind, message, ()))

    def wrong(self, index: int, header: str, wrong: Wrong) -> None:
        self.fault(index, header, *wrong)

    def is_wrong(self, index: int, header: str) -> bool:
        """Has this cell been found wrong?"""
        return any(fault.column == header for fault in self.faults.get(index, ()))

    def missing(self, index: int, header: str) -> None:
        self.fault(index, header, "missing", _("%(column)s空着，必须填。") % {"column": header})

    def _about(self, index: int, header: str, kind: str, message: str, choices: Sequence[str]) -> Fault:
        number = self.numbers[index]
        place = f"{self._letters[header]}{number}" if header in self.places else ""
        return Fault(number, header, message, kind, place, tuple(choices))

    def read(self, header: str, reader: Reader) -> list[Any]:
        """The values of a column, each distinct cell read once; None where a cell is empty or wrong."""
        if header not in self.places:
            return list(self._nothing)
        cells = self.cells(header)
        known: dict[Cell, Any] = {cell: reader(cell) for cell in dict.fromkeys(cells) if cell is not None}
        known[None] = None
        wrong = {cell for cell, value in known.items() if value.__class__ is Wrong}
        if wrong:
            for index, cell in enumerate(cells):
                if cell in wrong:
                    self.wrong(index, header, known[cell])
            known.update(dict.fromkeys(wrong))
        return list(map(known.__getitem__, cells))

    def read_known(self, header: str, known: Mapping[Any, Any], reader: Reader) -> list[Any]:
        """The values of a column whose usual cells are known beforehand."""
        cells = self.cells(header)
        values = list(map(known.get, cells))
        for index in [place for place, value in enumerate(values) if value is None]:
            values[index] = self._read_one(index, header, cells[index], reader)
        return values

    def read_each(self, header: str, reader: Reader, are_plain: Check) -> list[Any]:
        """The values of a column in which nearly every cell is another: blocks of plain texts are taken as they are."""
        cells = self.cells(header)
        values = list(cells)
        for start in range(0, self.size, BLOCK) if header in self.places else ():
            for index in _odd_ones(cells, start, min(start + BLOCK, self.size), are_plain):
                values[index] = self._read_one(index, header, cells[index], reader)
        return values

    def _read_one(self, index: int, header: str, cell: Cell, reader: Reader) -> Any:
        value = None if cell is None else reader(cell)
        if value.__class__ is Wrong:
            self.wrong(index, header, value)
            return None
        return value

    def require(self, header: str) -> None:
        """Faults for the empty cells of a column, whether or not the sheet has it."""
        cells = self.cells(header)
        if not all(cells):
            for index, cell in enumerate(cells):
                if cell is None:
                    self.missing(index, header)

    def in_order(self) -> None:
        """Brings each row's faults and checks into the order of the sheet's columns."""
        for found in (self.faults, self.checks):
            for about in found.values():
                about.sort(key=lambda fault: (self.places.get(fault.column, len(self.places)), fault.kind))


def _odd_ones(cells: Sequence[Cell], first: int, last: int, are_plain: Check) -> Iterator[int]:
    """The filled cells of a block that are not plain, found by halving it."""
    block: Sequence[Any] = cells[first:last]
    texts = block if all(block) else [cell for cell in block if cell is not None]
    with suppress(TypeError):  # not all are texts
        if not texts or are_plain("".join(texts), texts):
            return
    if last - first == 1:
        yield first
        return
    middle = (first + last) // 2
    yield from _odd_ones(cells, first, middle, are_plain)
    yield from _odd_ones(cells, middle, last, are_plain)

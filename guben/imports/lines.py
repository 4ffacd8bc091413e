"""One row of a sheet on its way to a record: cells become values, or faults with a sentence each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from guben.house.words import listed
from guben.imports.columns import FURTHER_COLUMNS, PROBLEMS, Column
from guben.imports.errors import HeadersMissing, NoRows
from guben.imports.layout import is_counting
from guben.imports.results import Fault
from guben.imports.values import Wrong, read_choice, read_day, read_number_text
from guben.kit.tables import Cell, Row, Sheet, cell_text, column_letters
from guben.organisations.queries import nearest

ASIDES_TOLD = 20


class Line:
    """The cells of one row by header, and the faults found in them so far."""

    def __init__(self, row: Row, places: dict[str, int]) -> None:
        self.number = row.number
        self._cells = row.cells
        self._places = places
        self.faults: list[Fault] = []
        self.checks: list[Fault] = []

    def has(self, header: str) -> bool:
        """Has the sheet this column?"""
        return header in self._places

    def cell(self, header: str) -> Cell:
        return self._cells[self._places[header]] if header in self._places else None

    def text(self, header: str) -> str:
        return cell_text(self.cell(header))

    def fault(self, header: str, kind: str, message: str, choices: Sequence[str] = ()) -> None:
        """Refuses the row; `choices` are what the cell could hold instead."""
        self.faults.append(replace(self._about(header, kind, message), choices=tuple(choices)))

    def check(self, header: str, kind: str, message: str) -> None:
        """Accepted, but somebody should look."""
        self.checks.append(self._about(header, kind, message))

    def _about(self, header: str, kind: str, message: str) -> Fault:
        place = f"{column_letters(self._places[header])}{self.number}" if header in self._places else ""
        return Fault(self.number, header, message, kind, place)

    def required(self, header: str) -> str:
        """The text of a cell that must not be empty."""
        text = self.text(header)
        if not text:
            self.missing(header)
        return text

    def missing(self, header: str) -> None:
        self.fault(header, "missing", _("%(column)s空着，必须填。") % {"column": header})

    def number_text(self, header: str) -> str:
        """The digits of a number that belongs into a text cell."""
        digits = self._taken(header, read_number_text(header, self.cell(header)))
        return self.text(header) if digits else ""

    def choice(self, column: Column) -> str | None:
        """The value of a word from a closed list; None where the cell is empty or wrong."""
        cell = self.cell(column.header)
        if cell is None:
            if column.required:
                self.missing(column.header)
            return None
        value: str | None = self._taken(column.header, read_choice(column)(cell))
        return value

    def day(self, header: str, *, today: date) -> date | None:
        """The day in a cell; None where it is empty or wrong. A month alone is its first day."""
        cell = self.cell(header)
        day: date | None = None if cell is None else self._taken(header, read_day(today)(cell))
        return date(day.year, day.month, day.day) if day else None

    def _taken(self, header: str, value: Any) -> Any:
        """A value, or None and the fault where the cell was wrong."""
        if isinstance(value, Wrong):
            self.fault(header, *value)
            return None
        return value


def lines_of(sheet: Sheet, columns: Sequence[Column]) -> tuple[list[Line], list[str]]:
    """The rows of a sheet, and notes about columns that were not read.

    Raises:
        HeadersMissing: a required column is not there.
        NoRows: nothing stands below the headers.
    """
    check_headers(sheet, columns)
    places = places_of(sheet, columns)
    return [Line(row, places) for row in sheet.rows], notes_on(sheet, columns)


def check_headers(sheet: Sheet, columns: Sequence[Column]) -> None:
    """Refuses a sheet that lacks a column, or has no rows.

    Raises:
        HeadersMissing, NoRows.
    """
    missing = [column.header for column in columns if column.required and column.header not in sheet.headers]
    if missing:
        raise HeadersMissing(missing, [header for header in sheet.written or sheet.headers if header])
    if not sheet.rows:
        raise NoRows


def places_of(sheet: Sheet, columns: Sequence[Column]) -> dict[str, int]:
    """Where each known header stands in the sheet."""
    known = {column.header for column in columns}
    return {header: place for place, header in enumerate(sheet.headers) if header in known}


def notes_on(sheet: Sheet, columns: Sequence[Column]) -> list[str]:
    """What was not read: columns that we do not keep, rows that are no records."""
    notes = []
    known = {column.header for column in columns if not column.derived}
    unread = [header for header in sheet.headers if header and header not in known and header != PROBLEMS]
    if unread := [header for header in unread if not is_counting(header)]:
        notes.append(_("这几列没有读：%(headers)s。") % {"headers": listed([header[:40] for header in unread])})
    headers = [column.header for column in columns]
    for header in unread:
        if header not in (*headers, *FURTHER_COLUMNS) and (near := nearest(header, headers, limit=1)):
            sentence = _("“%(header)s”列没有读。是不是“%(near)s”？是就改列名，重新导入。")
            notes.append(sentence % {"header": header[:40], "near": near[0]})
    for number, text in sheet.asides[:ASIDES_TOLD]:
        notes.append(_("第%(row)d行不是记录，没有读：%(text)s") % {"row": number, "text": text})
    if len(sheet.asides) > ASIDES_TOLD:
        notes.append(_("另有%(count)d行不是记录，没有读。") % {"count": len(sheet.asides) - ASIDES_TOLD})
    return notes

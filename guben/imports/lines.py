"""One row of a sheet on its way to a record: cells become values, or faults with a sentence each."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from django.utils.translation import gettext as _

from guben.house.words import listed
from guben.imports.columns import PROBLEMS, Column
from guben.imports.errors import HeadersMissing, NoRows
from guben.imports.results import Fault
from guben.kit.tables import Cell, LongNumber, Row, Sheet, cell_text, column_letters
from guben.organisations.queries import nearest

DAY = re.compile(r"(\d{4})([-/.]|年)(\d{1,2})(?:[-/.]|月)(\d{1,2})日?")
EIGHT_DIGITS = re.compile(r"(\d{4})(\d{2})(\d{2})")
FIRST_YEAR = 1900


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
        if isinstance(self.cell(header), LongNumber):
            sentence = _("%(column)s被表格软件变成了数字，后几位已丢失。把这一列设为文本，重新录入。")
            self.fault(header, "lost_digits", sentence % {"column": header})
            return ""
        return self.text(header)

    def choice(self, column: Column, *, suffix: str = "") -> str | None:
        """The value of a word from a closed list; None where the cell is empty or wrong."""
        text = self.text(column.header)
        if not text:
            if column.required:
                self.missing(column.header)
            return None
        value = column.allowed.get(text) or (column.allowed.get(text.removesuffix(suffix)) if suffix else None)
        if value is None:
            self.fault(column.header, "choice", _choice_sentence(column, text))
        return value

    def day(self, header: str, *, today: date) -> date | None:
        """The day in a cell; None where it is empty or wrong. A day to come is wrong."""
        cell = self.cell(header)
        if cell is None:
            return None
        day = cell if isinstance(cell, date) else _read_day(cell_text(cell))
        if day is None or day.year < FIRST_YEAR:
            self.fault(header, "day", _day_sentence(cell))
            return None
        if day > today:
            sentence = _("%(day)s还没有到，今天是%(today)s。核对年份。")
            self.fault(header, "day", sentence % {"day": day.isoformat(), "today": today.isoformat()})
            return None
        return day


def _read_day(text: str) -> date | None:
    found = DAY.fullmatch(text)
    if found and (found[2] == "年") == ("月" in text):
        parts = (found[1], found[3], found[4])
    elif eight := EIGHT_DIGITS.fullmatch(text):
        parts = (eight[1], eight[2], eight[3])
    else:
        return None
    try:
        return date(int(parts[0]), int(parts[1]), int(parts[2]))
    except ValueError:
        return None


def _day_sentence(cell: Cell) -> str:
    found = cell_text(cell)
    if isinstance(cell, float) and 1000 <= cell < 100_000 and not 1900 <= cell <= 2100:
        sentence = _("“%(found)s”是数字，不是日期。把这一格的格式设为日期，或写成1990-05-03这样。")
    elif re.fullmatch(r"\d{4}[-/.年]?\d{1,2}月?|\d{4}年?", found):
        sentence = _("“%(found)s”不完整，要写到日。写成1990-05-03这样。")
    else:
        sentence = _("看不懂“%(found)s”。写成1990-05-03这样，年月日都要有。")
    return sentence % {"found": found[:30]}


def _choice_sentence(column: Column, text: str) -> str:
    words = list(column.allowed)
    values = {"column": column.header, "found": text[:30], "words": listed(words)}
    if len(words) <= 12:
        return _("%(column)s里没有“%(found)s”。可以写：%(words)s。") % values
    near = nearest(text, words)
    if near:
        return _("%(column)s里没有“%(found)s”。是不是“%(near)s”？全部写法见模板的“选项”表。") % {
            **values, "near": "”“".join(near)
        }  # fmt: skip
    return _("%(column)s里没有“%(found)s”。全部写法见模板的“选项”表。") % values


def lines_of(sheet: Sheet, columns: Sequence[Column]) -> tuple[list[Line], list[str]]:
    """The rows of a sheet, and notes about columns that were not read.

    Raises:
        HeadersMissing: a required column is not there.
        NoRows: nothing stands below the headers.
    """
    missing = [column.header for column in columns if column.required and column.header not in sheet.headers]
    if missing:
        raise HeadersMissing(missing, [header for header in sheet.headers if header])
    if not sheet.rows:
        raise NoRows
    known = {column.header for column in columns}
    places = {header: place for place, header in enumerate(sheet.headers) if header in known}
    unknown = [header for header in sheet.headers if header and header not in known and header != PROBLEMS]
    notes = [_("没有认出“%(header)s”列，没有读它。") % {"header": header[:40]} for header in unknown]
    return [Line(row, places) for row in sheet.rows], notes

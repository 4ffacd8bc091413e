"""Workbooks this app gives out: the template with its lists and notes, and the rejected rows with marked cells."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from itertools import chain

from django.utils.translation import gettext as _

from guben.imports import values as v
from guben.imports.columns import (
    BORN,
    COLUMNS,
    FOUNDED,
    FULL,
    ID_NUMBER,
    JOINED,
    KEPT,
    NAME,
    PHONE,
    PROBLEMS,
    Column,
)
from guben.imports.results import Fault, ImportResult
from guben.kit.tables import Cell, LongNumber, Row, Sheet, Written, cell_text, workbook_bytes
from guben.members.calculations import IdFacts

Progress = Callable[[int, int, str], None]
Reader = Callable[[Cell], Written]
DAYS = {BORN, JOINED, FULL, FOUNDED, KEPT}

TEMPLATE_ROWS = 5000


def template(kind: str) -> bytes:
    """An empty sheet with the headers, lists to choose from and a page of notes."""
    columns = [column for column in COLUMNS[kind] if column.in_template]
    notes = [(column.header, str(column.note)) for column in columns]
    notes.append((_("日期"), _("写成1990-05-03、1990/5/3，或用日期格式的单元格。")))
    notes.append((_("文件"), _("保存为 .xlsx 或 .xls，或 CSV（UTF-8、GB18030）。一次最多10万行、20兆。")))
    return workbook_bytes(
        [column.header for column in columns],
        [],
        sheet_name=_("名册"),
        choices={column.header: list(column.allowed) for column in columns if column.allowed},
        notes=(_("填写说明"), notes),
        input_rows=TEMPLATE_ROWS,
    )


def marked(
    sheet: Sheet,
    result: ImportResult,
    kind: str = "members",
    *,
    all_rows: bool = False,
    progress: Progress | None = None,
) -> bytes:
    """The rejected rows (or all) as they were read, wrong cells marked, and what to do in a last column of ours.

    It holds whole identity numbers, so that it can be put right and imported: an owner-only file that expires.
    """
    headers = [header for header in sheet.headers if header and header != PROBLEMS]
    faults: dict[int, list[Fault]] = {}
    for fault in chain(result.faults, result.checks if all_rows else ()):
        faults.setdefault(fault.row, []).append(fault)
    missing = [fault.column for row in faults.values() for fault in row if fault.column not in headers]
    headers += dict.fromkeys(missing)  # a column the sheet has not, but must have
    rows = [row for row in sheet.rows if all_rows or row.number in faults]
    marks: dict[tuple[int, int], str] = {}
    for place, row in enumerate(rows):
        for fault in faults.get(row.number, ()):
            words = marks.get((place, headers.index(fault.column)), "")
            marks[place, headers.index(fault.column)] = f"{words}\n{fault.message}".strip()
    lines = _rewritten(sheet, rows, headers, COLUMNS[kind], faults, progress)
    return workbook_bytes([*headers, PROBLEMS], lines, sheet_name=sheet.name or _("名册"), marked=marks)


def _rewritten(
    sheet: Sheet,
    rows: Sequence[Row],
    headers: Sequence[str],
    columns: Sequence[Column],
    faults: Mapping[int, Sequence[Fault]],
    progress: Progress | None,
) -> Iterator[list[Written]]:
    readers = readers_of(columns)
    places = [(readers.get(header, _as_written), sheet.column(header)) for header in headers]
    for number, row in enumerate(rows, start=1):
        told = "\n".join(f"{fault.cell} {fault.message}".strip() for fault in faults.get(row.number, ()))
        cells = [None if place is None else rewrite(row.cells[place]) for rewrite, place in places]
        yield [*cells, told]
        if progress:
            progress(number, len(rows), _("写工作簿"))


def readers_of(columns: Sequence[Column]) -> dict[str, Reader]:
    """How a cell of each column is written anew: days as days, codes as words, numbers without spaces."""
    readers: dict[str, Reader] = {NAME: _as(v.read_name), ID_NUMBER: _as(v.read_identity(ID_NUMBER))}
    readers[PHONE] = _as(v.read_telephone(PHONE))
    readers |= dict.fromkeys(DAYS, _as(v.read_day(date.max)))
    readers |= {column.header: _as(v.read_choice(column), _words(column)) for column in columns if column.allowed}
    return readers


def _words(column: Column) -> dict[str, str]:
    return {value: word for word, value in reversed(list(column.allowed.items()))}


def _as(read: Callable[[Cell], object], words: Mapping[str, str] | None = None) -> Reader:
    """A cell as it was understood; what was not stays as it was written."""

    def rewrite(cell: Cell) -> Written:
        if cell is None:
            return None
        value = read(cell)
        if value is None or isinstance(value, (v.Wrong, v.Month)):
            return cell_text(cell)
        if isinstance(value, IdFacts):
            return value.number
        if isinstance(value, date):
            return value
        return words.get(str(value), "") if words is not None else str(value)

    return rewrite


def _as_written(cell: Cell) -> Written:
    return cell_text(cell) if isinstance(cell, LongNumber) else cell

"""Workbooks this app gives out: the template with its lists and notes, and the rejected rows with marked cells."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from itertools import chain

from django.utils.translation import gettext as _

from guben.imports.columns import BORN, COLUMNS, FOUNDED, FULL, JOINED, KEPT, PROBLEMS, Column
from guben.imports.results import Fault, ImportResult
from guben.imports.values import day_in as _day
from guben.kit.tables import Cell, LongNumber, Row, Sheet, Written, cell_text, workbook_bytes

Progress = Callable[[int, int, str], None]
DAYS = {BORN, JOINED, FULL, FOUNDED, KEPT}

TEMPLATE_ROWS = 5000


def template(kind: str) -> bytes:
    """An empty sheet with the headers, lists to choose from and a page of notes."""
    columns = [column for column in COLUMNS[kind] if column.in_template]
    notes = [(column.header, str(column.note)) for column in columns]
    notes.append((_("日期"), _("写成1990-05-03、1990/5/3，或用日期格式的单元格。")))
    notes.append((_("文件"), _("保存为 .xlsx，或 UTF-8 编码的 CSV。一次最多10万行、20兆。")))
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
    by_header = {column.header: column for column in columns}
    places = [(by_header.get(header), sheet.column(header)) for header in headers]
    for number, row in enumerate(rows, start=1):
        told = "\n".join(f"{fault.cell} {fault.message}".strip() for fault in faults.get(row.number, ()))
        cells: list[Written] = [
            None if place is None else as_read(column, row.cells[place]) for column, place in places
        ]
        yield [*cells, told]
        if progress:
            progress(number, len(rows), _("写工作簿"))


def as_read(column: Column | None, cell: Cell) -> Written:
    """A cell as we understood it: days as days, codes as words; what was not understood stays as it was written."""
    if column is None or cell is None or isinstance(cell, LongNumber):
        return cell_text(cell) if isinstance(cell, LongNumber) else cell
    text = cell_text(cell)
    if column.allowed:
        value = column.allowed.get(text) or column.also.get(text)
        return next((word for word, own in column.allowed.items() if own == value), text)
    if column.header in DAYS:
        return cell if isinstance(cell, date) else _day(text) or text
    return text

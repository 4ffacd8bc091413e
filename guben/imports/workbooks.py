"""Workbooks this app gives out: the template with its lists and notes, and the rejected rows with marked cells."""

from __future__ import annotations

from django.utils.translation import gettext as _

from guben.imports.columns import COLUMNS, PROBLEMS
from guben.imports.results import ImportResult
from guben.kit.tables import Sheet, Written, workbook_bytes

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


def marked(sheet: Sheet, result: ImportResult) -> bytes:
    """The rejected rows as they were uploaded, wrong cells marked, and what to do in a last column of ours.

    It holds whole identity numbers, so that it can be put right and imported: an owner-only file that expires.
    """
    headers = [header for header in sheet.headers if header != PROBLEMS]
    places = [sheet.headers.index(header) for header in headers]
    faults: dict[int, list[tuple[str, str]]] = {}
    for fault in result.faults:
        faults.setdefault(fault.row, []).append((fault.column, f"{fault.cell} {fault.message}".strip()))
    rows: list[list[Written]] = []
    marks: list[tuple[int, int]] = []
    for row in sheet.rows:
        if row.number in faults:
            marks += [(len(rows), headers.index(column)) for column, _text in faults[row.number] if column in headers]
            told = "\n".join(text for _column, text in faults[row.number])
            rows.append([*(row.cells[place] for place in places), told])
    return workbook_bytes([*headers, PROBLEMS], rows, sheet_name=sheet.name or _("名册"), marked=marks)

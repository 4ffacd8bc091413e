"""Large sheets written row by row, so that their size does not matter: workbooks and CSV. Cells stay what they are."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import chain, islice
from typing import BinaryIO
from xml.sax.saxutils import escape

from guben.kit.tables import Written, column_letters

MAX_WORKBOOK_ROWS = 1_048_575  # below the header
ROWS_AT_ONCE = 500
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
WIDEST_TEXT = 32_767
FIRST_DAY = date(1900, 3, 1)  # days before it count differently in each spreadsheet program
DAY_ZERO = date(1899, 12, 30)
DAY_STYLE, TEXT_STYLE, HEAD_STYLE = 1, 2, 3

_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_PARTS = {
    "[Content_Types].xml": f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_SHEET_TYPE}.sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_SHEET_TYPE}.worksheet+xml"/>'
    f'<Override PartName="/xl/styles.xml" ContentType="{_SHEET_TYPE}.styles+xml"/></Types>',
    "_rels/.rels": f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/_rels/workbook.xml.rels": f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="rId2" Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>',
    "xl/styles.xml": f'{_HEAD}<styleSheet xmlns="{_MAIN}">'
    '<numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/></numFmts>'
    '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
    '</fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="4"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '<xf numFmtId="49" fontId="1" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyFont="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>',
}
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_LOOKS_ESCAPED = re.compile("_(?=x[0-9A-Fa-f]{4}_)")


def write_workbook(
    file: BinaryIO, headers: Sequence[str], rows: Iterable[Sequence[Written]], *, sheet_name: str = "Sheet1"
) -> int:
    """Writes an xlsx workbook with one sheet and a frozen, bold header; returns how many rows it has below.

    Texts stay texts: never a formula, never a link, and a number written as text keeps all its digits.
    """
    rows = iter(rows)
    first = list(islice(rows, 200))
    title = escape(re.sub(r"[\[\]:*?/\\']", " ", sheet_name)[:31] or "Sheet1", {'"': "&quot;"})
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as parts:
        for name, text in _PARTS.items():
            parts.writestr(name, text)
        book = f'<sheets><sheet name="{title}" sheetId="1" r:id="rId1"/></sheets>'
        parts.writestr("xl/workbook.xml", f'{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}">{book}</workbook>')
        with parts.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            sheet.write(_sheet_head(headers, first).encode())
            written = 0
            lines = chain(first, rows)
            while part := list(islice(lines, ROWS_AT_ONCE)):
                letters = [column_letters(place) for place in range(max(map(len, part)))]
                sheet.write("".join(_row(written + at, row, letters) for at, row in enumerate(part, 2)).encode())
                written += len(part)
            sheet.write(b"</sheetData></worksheet>")
    return written


def _sheet_head(headers: Sequence[str], first: Sequence[Sequence[Written]]) -> str:
    columns = []
    for place, header in enumerate(headers, start=1):
        longest = max([_width(header), *(_width(str(row[place - 1])) for row in first if row[place - 1] is not None)])
        wide = min(max(longest, 8) + 2, 60)
        columns.append(f'<col min="{place}" max="{place}" width="{wide}" style="{TEXT_STYLE}" customWidth="1"/>')
    cells = "".join(_text(f"{column_letters(place)}1", header, HEAD_STYLE) for place, header in enumerate(headers))
    view = '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
    return (
        f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">{view}</sheetView></sheetViews>'
        f'<cols>{"".join(columns)}</cols><sheetData><row r="1">{cells}</row>'
    )


def _width(text: str) -> int:
    return sum(2 if ord(letter) > 0x2E7F else 1 for letter in text)


def _row(number: int, row: Sequence[Written], letters: Sequence[str]) -> str:
    cells = (_cell(f"{letter}{number}", value) for letter, value in zip(letters, row, strict=False))
    return f'<row r="{number}">{"".join(cells)}</row>'


def _cell(place: str, value: Written) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, str):
        return _text(place, value, TEXT_STYLE)
    if isinstance(value, bool):
        return _text(place, str(value), TEXT_STYLE)
    if isinstance(value, date):
        if value < FIRST_DAY:
            return _text(place, value.isoformat(), TEXT_STYLE)
        return f'<c r="{place}" s="{DAY_STYLE}"><v>{(value - DAY_ZERO).days}</v></c>'
    if abs(float(value)) >= 1e15:  # the spreadsheet would drop digits
        return _text(place, str(value), TEXT_STYLE)
    return f'<c r="{place}"><v>{value}</v></c>'


def _text(place: str, text: str, style: int) -> str:
    text = _UNWRITABLE.sub("", text[:WIDEST_TEXT])
    if "_x" in text:
        text = _LOOKS_ESCAPED.sub("_x005F_", text)
    kept = ' xml:space="preserve"' if text[:1].isspace() or text[-1:].isspace() or "\n" in text else ""
    return f'<c r="{place}" s="{style}" t="inlineStr"><is><t{kept}>{escape(text)}</t></is></c>'


def write_csv(
    file: BinaryIO, headers: Sequence[str], rows: Iterable[Sequence[Written]], *, encoding: str = "utf-8-sig"
) -> int:
    """Writes CSV; returns how many rows it has below the header. A text that a spreadsheet would run gets an apostrophe
    in front."""
    text = io.TextIOWrapper(file, encoding=encoding, errors="replace", newline="")
    writer = csv.writer(text)
    writer.writerow([_guarded(header) for header in headers])
    counted = _Counted(rows)
    writer.writerows([_guarded(value) for value in row] for row in counted)
    text.detach()  # writes the rest and leaves the file open
    return counted.number


class _Counted:
    def __init__(self, rows: Iterable[Sequence[Written]]) -> None:
        self._rows = rows
        self.number = 0

    def __iter__(self) -> Iterator[Sequence[Written]]:
        for row in self._rows:
            self.number += 1
            yield row


def _guarded(value: Written) -> str:
    text = "" if value is None else str(value)
    return f"'{text}" if isinstance(value, str) and text.startswith(FORMULA_STARTS) else text

"""Tables in files: one sheet of a workbook or a CSV file read within limits, and workbooks and CSV written safely."""

from __future__ import annotations

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal, NamedTuple

import xlsxwriter
from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

MAX_BYTES = 20 * 1024 * 1024
MAX_UNPACKED_BYTES = 400 * 1024 * 1024
MAX_PACKING = 200  # times; a real sheet packs 10 to 40 times
MAX_ROWS = 100_000
MAX_COLUMNS = 130
CHUNK = 1 << 16
LISTS_SHEET = "选项"

Problem = Literal[
    "too_large", "unpacks_too_large", "too_many_rows", "too_far_out", "old_or_locked", "broken", "not_utf8", "empty",
    "header_twice",
]  # fmt: skip
Written = str | int | float | Decimal | date | bool | None


class LongNumber(float):
    """A number of sixteen digits or more: the spreadsheet keeps fifteen, so the last ones are gone."""


Cell = str | float | date | None


class UnreadableTable(Exception):
    """The file is no table that can be read. `problem` is a key, `values` belong into its sentence."""

    def __init__(self, problem: Problem, **values: object) -> None:
        super().__init__(problem, values)
        self.problem = problem
        self.values = values


class Row(NamedTuple):
    """One filled row. `number` is its row number in the sheet, as the spreadsheet shows it."""

    number: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """The headers of the first filled row and the filled rows below it, each as wide as the headers."""

    name: str
    headers: tuple[str, ...]
    rows: tuple[Row, ...]

    def column(self, header: str) -> int | None:
        """Where a header stands (0 for column A), or None."""
        return self.headers.index(header) if header in self.headers else None

    def mended(self, cells: Mapping[tuple[int, str], str]) -> Sheet:
        """The sheet with the texts of some cells, named by row number and header, written anew; others are ignored."""
        by_row: dict[int, list[tuple[int, str]]] = {}
        for (number, header), text in cells.items():
            place = self.column(header)
            if place is not None:
                by_row.setdefault(number, []).append((place, text))
        return replace(self, rows=tuple(_mended(row, by_row.get(row.number, ())) for row in self.rows))


def _mended(row: Row, changes: Iterable[tuple[int, str]]) -> Row:
    cells = list(row.cells)
    for place, text in changes:
        cells[place] = _cell(text)
    return Row(row.number, tuple(cells)) if changes else row


def column_letters(index: int) -> str:
    """The letters of a column: 0 is A, 26 is AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def read_sheet(content: bytes, *, name: str = "") -> Sheet:
    """The first visible sheet of an xlsx workbook, or a CSV file in UTF-8 (with or without a byte order mark).

    The kind is told from the content, not from the file's name, which only names a CSV's sheet.

    Raises:
        UnreadableTable: too large, not a table, another encoding, or no header.
    """
    if len(content) > MAX_BYTES:
        raise UnreadableTable("too_large", megabytes=MAX_BYTES // 1024**2)
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise UnreadableTable("old_or_locked")
    if content.startswith(b"PK"):
        return _sheet_of(*_workbook_rows(content))
    return _sheet_of(name, _csv_rows(content))


def _sheet_of(name: str, lines: Iterator[tuple[int, Sequence[object]]]) -> Sheet:
    headers: tuple[str, ...] = ()
    rows: list[Row] = []
    for number, line in lines:
        cells = tuple(_cell(value) for value in line)
        if not any(cell is not None for cell in cells):
            continue
        if not headers:
            headers = _headers(cells)
            continue
        if len(rows) == MAX_ROWS:
            raise UnreadableTable("too_many_rows", rows=MAX_ROWS)
        width = len(headers)
        rows.append(Row(number, (cells + (None,) * (width - len(cells)))[:width]))
    if not headers:
        raise UnreadableTable("empty")
    return Sheet(name, headers, tuple(rows))


def _headers(cells: Sequence[Cell]) -> tuple[str, ...]:
    found = [re.sub(r"\s", "", str(cell)) if cell is not None else "" for cell in cells]
    while found and not found[-1]:
        found.pop()
    for header in found:
        if header and found.count(header) > 1:
            raise UnreadableTable("header_twice", header=header)
    if len(found) > MAX_COLUMNS:
        raise UnreadableTable("too_far_out", cell=f"{column_letters(MAX_COLUMNS)}1", columns=MAX_COLUMNS)
    return tuple(found)


def _cell(value: object) -> Cell:
    if isinstance(value, str):
        return value.strip(" \t\r\n\u3000\ufeff\u00a0") or None
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, (int, float)):
        return LongNumber(value) if abs(value) >= 1e15 else float(value)
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    return None if value is None else str(value)


def cell_text(cell: Cell) -> str:
    """A cell as the user wrote it; whole numbers without a point, nothing as the empty text."""
    if cell is None:
        return ""
    if isinstance(cell, float):
        return f"{cell:.5G}" if isinstance(cell, LongNumber) else f"{cell:.15g}"
    return cell.isoformat() if isinstance(cell, date) else cell


def _csv_rows(content: bytes) -> Iterator[tuple[int, Sequence[object]]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UnreadableTable("not_utf8") from None
    if "\0" in text:  # UTF-16, or no text at all
        raise UnreadableTable("not_utf8")
    try:
        yield from enumerate(csv.reader(io.StringIO(text, newline="")), start=1)
    except csv.Error:
        raise UnreadableTable("broken") from None


def _workbook_rows(content: bytes) -> tuple[str, Iterator[tuple[int, Sequence[object]]]]:
    _check_workbook(content)
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
        for sheet in workbook.sheets_metadata:
            if sheet.visible is SheetVisibleEnum.Visible and sheet.typ is SheetTypeEnum.WorkSheet:
                rows = workbook.get_sheet_by_name(sheet.name).to_python(skip_empty_area=False)
                return sheet.name, iter(enumerate(rows, start=1))
    except (CalamineError, OSError, ValueError):
        raise UnreadableTable("broken") from None
    raise UnreadableTable("empty")


# A filled cell outside of what is read: the reader would make room for every cell up to it.
FAR_CELL = re.compile(
    rb'<(?:\w+:)?c\b[^>]*?\br="([A-Z]{3,}\d+|[E-Z][A-Z]\d+|[A-Z]+(?:\d{7,}|[2-9]\d{5}|1[1-9]\d{4}))"[^>]*>\s*<(?:\w+:)?(?:v|is|f)\b'
)


def _check_workbook(content: bytes) -> None:
    """Unpacks every part once, piece by piece, and refuses what is no workbook or would not fit into memory."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            names = {part.filename for part in parts.infolist()}
            if "xl/workbook.xml" not in names:
                raise UnreadableTable("broken")
            unpacked = 0
            for part in parts.infolist():
                for piece in _pieces(content, part):
                    unpacked += len(piece)
                    if unpacked > min(MAX_UNPACKED_BYTES, max(MAX_PACKING * len(content), 1024**2)):
                        raise UnreadableTable("unpacks_too_large", megabytes=MAX_UNPACKED_BYTES // 1024**2)
    except (zipfile.BadZipFile, zlib.error, IndexError, NotImplementedError):
        raise UnreadableTable("broken") from None


def _pieces(content: bytes, part: zipfile.ZipInfo) -> Iterator[bytes]:
    """One part's unpacked bytes. The sizes in the archive's own list are not believed: they may lie."""
    head = part.header_offset
    start = head + 30 + int.from_bytes(content[head + 26 : head + 28], "little")
    start += int.from_bytes(content[head + 28 : head + 30], "little")
    packed = content[start : start + part.compress_size]
    if part.flag_bits & 1:
        raise UnreadableTable("old_or_locked")
    if part.compress_type == zipfile.ZIP_STORED:
        yield packed
        return
    if part.compress_type != zipfile.ZIP_DEFLATED:
        raise UnreadableTable("broken")
    unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
    is_sheet = part.filename.startswith("xl/worksheets/")
    before = b""
    while not unpacker.eof:
        piece = unpacker.decompress(packed, CHUNK)
        packed = unpacker.unconsumed_tail
        if not piece:
            break
        if is_sheet and (far := FAR_CELL.search(before + piece)):
            raise UnreadableTable("too_far_out", cell=far[1].decode(), columns=MAX_COLUMNS)
        before = piece[-300:]
        yield piece


def workbook_bytes(
    headers: Sequence[str],
    rows: Iterable[Sequence[Written]],
    *,
    sheet_name: str = "Sheet1",
    marked: Iterable[tuple[int, int]] = (),
    choices: Mapping[str, Sequence[str]] | None = None,
    notes: tuple[str, Sequence[Sequence[str]]] | None = None,
    input_rows: int = 0,
) -> bytes:
    """An xlsx workbook with a frozen, bold header. Texts stay texts: never a formula, never a link.

    `marked` are the (row, column) places to colour, row 0 being the first below the header. `choices` gives a column a
    list to choose from, for as many rows as `input_rows`; lists and `notes` (title, lines) get sheets of their own.
    """
    file = io.BytesIO()
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(file, options) as book:
        formats = _formats(book)
        sheet = book.add_worksheet(sheet_name[:31])
        kept = list(rows)
        for index, header in enumerate(headers):
            longest = max((_width(row[index]) for row in kept[:200] if index < len(row)), default=0)
            sheet.set_column(index, index, min(max(longest, _width(header), 8) + 2, 60), formats["text"])
        _write_row(sheet, 0, headers, formats, head=True)
        sheet.freeze_panes(1, 0)
        marks: dict[int, set[int]] = {}
        for line, column in marked:
            marks.setdefault(line, set()).add(column)
        for number, row in enumerate(kept):
            _write_row(sheet, number + 1, row, formats, marks=marks.get(number, frozenset()))
        if choices:
            _add_choices(book, sheet, headers, choices, input_rows)
        if notes:
            _add_notes(book, *notes)
    return file.getvalue()


def _formats(book: Any) -> dict[str, Any]:
    return {
        "head": book.add_format({"bold": True, "bottom": 1}),
        "text": book.add_format({"num_format": "@"}),
        "day": book.add_format({"num_format": "yyyy-mm-dd"}),
        "mark": book.add_format({"bg_color": "#FAECE9", "border": 1, "border_color": "#B3261E", "num_format": "@"}),
    }


def _width(value: Written) -> int:
    return sum(2 if ord(letter) > 0x2E7F else 1 for letter in _plain(value))


def _plain(value: Written) -> str:
    return "" if value is None else str(value)


def _write_row(
    sheet: Any,
    number: int,
    row: Sequence[Written],
    formats: Mapping[str, Any],
    *,
    head: bool = False,
    marks: Set[int] = frozenset(),
) -> None:
    for index, value in enumerate(row):
        style = formats["head"] if head else formats["mark"] if index in marks else None
        if isinstance(value, (bool, str)):
            sheet.write_string(number, index, _plain(value)[:32_767], style or formats["text"])
        elif isinstance(value, date):
            sheet.write_datetime(number, index, value, style or formats["day"])
        elif value is None:
            sheet.write_blank(number, index, None, style or formats["text"])
        elif abs(float(value)) >= 1e15:  # the sheet would drop digits
            sheet.write_string(number, index, str(value), style or formats["text"])
        else:
            sheet.write_number(number, index, value, style)


def _add_choices(
    book: Any, sheet: Any, headers: Sequence[str], choices: Mapping[str, Sequence[str]], input_rows: int
) -> None:
    lists = book.add_worksheet(LISTS_SHEET)
    columns = list(choices)
    for index, header in enumerate(columns):
        lists.set_column(index, index, 18)
        place = headers.index(header)
        letters, last = column_letters(index), len(choices[header]) + 1
        rule = {"validate": "list", "source": f"={LISTS_SHEET}!${letters}$2:${letters}${last}"}
        sheet.data_validation(1, place, max(input_rows, 1), place, rule)
    lists.write_row(0, 0, columns, book.add_format({"bold": True}))
    for number in range(max(map(len, choices.values()))):  # constant memory: row by row, never back
        for index, header in enumerate(columns):
            if number < len(choices[header]):
                lists.write_string(number + 1, index, choices[header][number])


def _add_notes(book: Any, title: str, lines: Sequence[Sequence[str]]) -> None:
    notes = book.add_worksheet(title[:31])
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    notes.set_column(0, 0, 18)
    notes.set_column(1, 1, 80)
    for number, line in enumerate(lines):
        for index, text in enumerate(line):
            notes.write_string(number, index, text, wrapped)


FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def csv_bytes(headers: Sequence[str], rows: Iterable[Sequence[Written]]) -> bytes:
    """CSV in UTF-8 with a byte order mark. A text that a spreadsheet would run gets an apostrophe in front."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow([_guarded(header) for header in headers])
    writer.writerows([_guarded(value) for value in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def _guarded(value: Written) -> str:
    text = _plain(value)
    return f"'{text}" if isinstance(value, str) and text.startswith(FORMULA_STARTS) else text

"""Tables in files: one sheet of a workbook or a CSV file read within limits, and workbooks and CSV written safely."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from itertools import chain, islice
from typing import Any, NamedTuple

import xlsxwriter

from guben.kit import collecting
from guben.kit.grids import MAX_BYTES as MAX_BYTES
from guben.kit.grids import MAX_COLUMNS, MAX_ROWS, grid_of
from guben.kit.grids import UnreadableTable as UnreadableTable

LISTS_SHEET = "选项"
MAX_COMMENTS = 5000
LONGEST_TEXT = 32_767  # letters that a cell of a workbook holds
BLOCK = 1000  # rows that are read together
TEXTS = {str}
FEW = 20


class Count(int):
    """A number of things, written 1,046 in a sheet."""


class Share(float):
    """A share, written 30.9% in a sheet."""


Written = str | int | float | Decimal | date | bool | None


class LongNumber(float):
    """A number of sixteen digits or more: the spreadsheet keeps fifteen, so the last ones are gone."""


Cell = str | float | date | None


class Row(NamedTuple):
    """One filled row. `number` is its row number in the sheet, as the spreadsheet shows it."""

    number: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """The headers and the filled rows below them, each as wide as the headers.

    `written` are the headers as the file has them, where a layout gave them other names, and `asides` the rows that
    are no records (titles, totals, notes), with their row number.
    """

    name: str
    headers: tuple[str, ...]
    rows: tuple[Row, ...]
    written: tuple[str, ...] = ()
    asides: tuple[tuple[int, str], ...] = ()

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


Layout = Callable[[str, Sequence[Row]], Sheet]


@collecting.put_off()
def read_sheet(content: bytes, *, name: str = "", layout: Layout | None = None) -> Sheet:
    """The first visible sheet of an xlsx or xls workbook, or a CSV file in UTF-8, UTF-16 or GB18030.

    The kind is told from the content, not from the file's name, which only names a CSV's sheet. A layout finds the
    headers among the filled rows; without one they are the first.

    Raises:
        UnreadableTable: too large, locked, not a table, another encoding, or no header.
    """
    title, lines = grid_of(content, name)
    rows = _filled(lines)
    if not rows:
        raise UnreadableTable("empty")
    sheet = (layout or under_first_row)(title, rows)
    if len(sheet.rows) > MAX_ROWS:
        raise UnreadableTable("too_many_rows", rows=MAX_ROWS)
    return sheet


def _filled(lines: Iterator[tuple[int, Sequence[object]]]) -> list[Row]:
    """The rows in which something stands."""
    rows: list[Row] = []
    texts = _Texts()
    while block := list(islice(lines, BLOCK)):
        cells = [line for _number, line in block]
        if len({*map(len, cells)}) == 1 and cells[0]:
            kept = list(zip(*(_column(values, texts) for values in zip(*cells, strict=True)), strict=True))
        else:
            kept = [tuple(_column(line, texts)) for line in cells]
        numbered = zip(block, kept, strict=True)
        rows += [Row(number, row) for (number, _line), row in numbered if row.count(None) < len(row)]
        if len(rows) > MAX_ROWS + 200:  # room for titles and notes
            raise UnreadableTable("too_many_rows", rows=MAX_ROWS)
    return rows


def _column(values: Sequence[Any], texts: _Texts) -> Sequence[Cell]:
    if {*map(type, values)} != TEXTS:
        return [texts[value] if value.__class__ is str else _cell(value) for value in values]
    first = values[:FEW]
    if len({*first}) == len(first) and all(values) and "".join(values).isalnum():  # names, numbers: no two are the same
        return values
    return list(map(texts.__getitem__, values))


def under_first_row(name: str, rows: Sequence[Row]) -> Sheet:
    """The layout of a plain list: the headers stand in the first filled row."""
    headers = header_texts(rows[0].cells)
    return Sheet(name, headers, tuple(fitted(row, len(headers)) for row in rows[1:]))


def fitted(row: Row, width: int) -> Row:
    """A row made as wide as the headers."""
    cells = row.cells
    return row if len(cells) == width else Row(row.number, (cells + (None,) * (width - len(cells)))[:width])


def header_texts(cells: Sequence[Cell]) -> tuple[str, ...]:
    """The headers in a row, without spaces and line breaks; none twice, none too far out.

    Raises:
        UnreadableTable: header_twice, too_far_out.
    """
    found = [re.sub(r"\s", "", cell_text(cell)) for cell in cells]
    while found and not found[-1]:
        found.pop()
    for header in found:
        if header and found.count(header) > 1:
            raise UnreadableTable("header_twice", header=header)
    if len(found) > MAX_COLUMNS:
        raise UnreadableTable("too_far_out", cell=f"{column_letters(MAX_COLUMNS)}1", columns=MAX_COLUMNS)
    return tuple(found)


# Spaces of all kinds, and signs that take no room: they stand at the ends of cells and are never meant.
BLANKS = " \t\r\n\v\f\x1c\x1d\x1e\x1f\x85\u00a0\u1680\u2028\u2029\u202f\u205f\u3000\ufeff\u00ad\u2060" + "".join(
    map(chr, [*range(0x2000, 0x2010), *range(0x202A, 0x202F), *range(0x2061, 0x2065)])
)


class _Texts(dict[object, Cell]):
    """Texts as they are kept: the same text is one object, however often it stands in a sheet."""

    def __missing__(self, text: Any) -> Cell:
        kept = self[text] = text if text and text[0] not in BLANKS and text[-1] not in BLANKS else _cell(text)
        return kept


def _cell(value: object) -> Cell:
    if value.__class__ is str:
        return value.strip(BLANKS) or None
    if value is None:
        return None
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, (int, float)):
        return LongNumber(value) if abs(value) >= 1e15 else float(value)
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    return str(value)


def cell_text(cell: Cell) -> str:
    """A cell as the user wrote it; whole numbers without a point, nothing as the empty text."""
    if cell is None:
        return ""
    if isinstance(cell, float):
        return f"{cell:.5G}" if isinstance(cell, LongNumber) else f"{cell:.15g}"
    return cell.isoformat() if isinstance(cell, date) else cell


def workbook_bytes(
    headers: Sequence[str],
    rows: Iterable[Sequence[Written]],
    *,
    sheet_name: str = "Sheet1",
    marked: Mapping[tuple[int, int], str] | None = None,
    choices: Mapping[str, Sequence[str]] | None = None,
    notes: tuple[str, Sequence[Sequence[str]]] | None = None,
    input_rows: int = 0,
) -> bytes:
    """An xlsx workbook with a frozen, bold header. Texts stay texts: never a formula, never a link.

    `marked` are the (row, column) places to colour, row 0 being the first below the header, with the words of a comment
    (the first MAX_COMMENTS of them) or none. `choices` gives a column a list to choose from, for as many rows as
    `input_rows`; lists and `notes` (title, lines) get sheets of their own.
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
        sheet = book.add_worksheet(sheet_title(sheet_name))
        rows = iter(rows)
        first = list(islice(rows, 200))
        for index, header in enumerate(headers):
            longest = max((room(row[index]) for row in first if index < len(row)), default=0)
            sheet.set_column(index, index, min(max(longest, room(header), 8) + 2, 60), formats["text"])
        _write_row(sheet, 0, headers, formats, head=True)
        sheet.freeze_panes(1, 0)
        marks: dict[int, dict[int, str]] = {}
        for number, ((line, column), words) in enumerate((marked or {}).items()):
            marks.setdefault(line, {})[column] = words if number < MAX_COMMENTS else ""
        for number, row in enumerate(chain(first, rows), start=1):
            own = marks.get(number - 1, {})
            _write_row(sheet, number, row, formats, marks=own.keys())
            for column, words in own.items():  # constant memory: a comment goes with its row
                if words:
                    sheet.write_comment(number, column, words[:1000], {"x_scale": 2, "author": ""})
        if choices:
            _add_choices(book, sheet, headers, choices, input_rows)
        if notes:
            _add_notes(book, *notes)
    return file.getvalue()


def sheet_title(name: str) -> str:
    """The name of a sheet without the signs that spreadsheets refuse there, and short enough."""
    return re.sub(r"[\[\]:*?/\\']", " ", name)[:31] or "Sheet1"


def _formats(book: Any) -> dict[str, Any]:
    return {
        "head": book.add_format({"bold": True, "bottom": 1}),
        "text": book.add_format({"num_format": "@"}),
        "day": book.add_format({"num_format": "yyyy-mm-dd"}),
        "number": book.add_format(),
        "count": book.add_format({"num_format": "#,##0"}),
        "share": book.add_format({"num_format": "0.0%"}),
        "mark": book.add_format({"bg_color": "#FAECE9", "border": 1, "border_color": "#B3261E", "num_format": "@"}),
    }


def room(value: Written) -> int:
    """How wide a value is in a cell, in letters of the alphabet; a Chinese one takes two."""
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
            sheet.write_string(number, index, _plain(value)[:LONGEST_TEXT], style or formats["text"])
        elif isinstance(value, date):
            sheet.write_datetime(number, index, value, style or formats["day"])
        elif value is None:
            sheet.write_blank(number, index, None, style or formats["text"])
        elif abs(float(value)) >= 1e15:  # the sheet would drop digits
            sheet.write_string(number, index, str(value), style or formats["text"])
        else:
            kind = "count" if isinstance(value, Count) else "share" if isinstance(value, Share) else "number"
            sheet.write_number(number, index, value, style or formats[kind])


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

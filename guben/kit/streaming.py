"""Large sheets written row by row, so that their size does not matter: workbooks and CSV. Cells stay what they are."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import chain, islice
from typing import BinaryIO

from rustpy_xlsxwriter import Format, write_worksheet

from guben.kit.tables import LONGEST_TEXT, Written, room, sheet_title, workbook_bytes

MAX_WORKBOOK_ROWS = 1_048_575  # below the header
LOOKED_AT = 200  # rows that tell how wide a column is and what it holds
WIDEST = 60
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
FIRST_DAY = date(1900, 3, 1)  # days before it count differently in each spreadsheet program
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def write_workbook(
    file: BinaryIO, headers: Sequence[str], rows: Iterable[Sequence[Written]], *, sheet_name: str = "Sheet1"
) -> int:
    """Writes an xlsx workbook with one sheet and a frozen, bold header; returns how many rows it has below.

    Only the packed file is held in memory, some seventy bytes a row, never the rows.
    Texts stay texts: never a formula, never a link, and a number written as text keeps all its digits. A column that
    starts with texts, or with nothing, is one of texts throughout, so that a number typed into it keeps its digits too.

    Raises:
        ValueError: two headers are the same, or a row is not as wide as the headers.
    """
    if len({*headers}) < len(headers):
        raise ValueError("Two columns have the same header.")
    rows = iter(rows)
    first = list(islice(rows, LOOKED_AT))
    if not first:
        file.write(workbook_bytes(headers, [], sheet_name=sheet_name))
        return 0
    columns = list(zip(*first, strict=True))
    texts = [all(isinstance(value, (str, bool)) or value is None for value in column) for column in columns]
    counted = _Counted(chain(first, rows))
    kinds = list(zip(headers, texts, strict=True))
    write_worksheet(
        ({header: _cell(value, text) for (header, text), value in zip(kinds, row, strict=True)} for row in counted),
        file,
        sheet_name=sheet_title(sheet_name),
        freeze_row=1,
        datetime_format="yyyy-mm-dd",
        header_format=Format().set_bold().set_num_format("@"),
        column_widths=[_width(header, column) for header, column in zip(headers, columns, strict=True)],
        column_formats={header: Format().set_num_format("@") for header, text in kinds if text},
    )
    return counted.number


def _width(header: str, values: Iterable[Written]) -> float:
    return min(max(8, room(header), *map(room, values)) + 2, WIDEST)


def _cell(value: Written, text: bool) -> str | float | date | None:
    """A value as the sheet can hold it without losing digits or days; `text` where the column is one of texts."""
    if value is None or value == "":
        return None
    if isinstance(value, str):
        shown = value[:LONGEST_TEXT]
        return shown if shown.isprintable() else _UNWRITABLE.sub("", shown)
    if text or isinstance(value, bool):
        return str(value)
    if isinstance(value, date):
        return value if value >= FIRST_DAY else value.isoformat()
    number = float(value)
    return number if abs(number) < 1e15 else str(value)


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

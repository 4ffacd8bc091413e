"""A bulletin file: lines of `table,row,value,unit` (more columns may follow), read and checked; nothing is said here of
what a row counts."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from guben.generator.errors import BadBulletin

COLUMNS = ["table", "row", "value", "unit"]
FACTORS = {"万名": 10_000, "万个": 10_000, "万枚": 10_000, "名": 1, "个": 1, "枚": 1, "%": 1}
NUMBER = re.compile(r"[+-]?\d{1,12}(\.\d{1,6})?")
CHANGES = ("增减", "净增", "增幅")  # rows that may be below nought
MOST_BYTES = 1_000_000
FIRST_YEAR, LAST_YEAR = 1950, 2199


@dataclass(frozen=True, slots=True)
class Line:
    """One published number as it is written, and in persons, units or percent."""

    number: int
    table: str
    row: str
    text: str
    unit: str

    @property
    def is_share(self) -> bool:
        return self.unit == "%"

    @property
    def decimals(self) -> int:
        return len(self.text.partition(".")[2])

    @property
    def value(self) -> float:
        return float(self.text) * FACTORS[self.unit]

    @property
    def half(self) -> float:
        """How far a count may be from the published value and still be published so."""
        return 0.5 * 10.0**-self.decimals * FACTORS[self.unit]

    @property
    def name(self) -> tuple[str, str]:
        return self.table, self.row


@dataclass(frozen=True, slots=True)
class Bulletin:
    """All lines of a file and the day they speak of."""

    name: str
    on: date
    lines: tuple[Line, ...]

    def __iter__(self) -> Iterator[Line]:
        return iter(self.lines)


def read_bulletin(path: Path, on: date | None = None) -> Bulletin:
    """Reads a file; its name tells the day (2023.csv: the year's last, 2021-06-05.csv: that one) unless `on` is given.

    Raises:
        BadBulletin: every mistake of the file, each with its line.
    """
    try:
        content = path.read_bytes()
    except OSError as fault:
        raise BadBulletin([f"{path}: can't be read ({fault.strerror or fault})."]) from None
    if len(content) > MOST_BYTES:
        raise BadBulletin([f"{path}: has {len(content):,} bytes; a bulletin has a few thousand."])
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        raise BadBulletin([f"{path}: is not UTF-8 (byte {fault.start:,}). Save it as UTF-8."]) from None
    return Bulletin(path.name, on or day_of(path), tuple(_lines(path, text)))


def day_of(path: Path) -> date:
    """The day that a file's name tells.

    Raises:
        BadBulletin: it tells none.
    """
    try:
        day = date(int(path.stem), 12, 31) if re.fullmatch(r"\d{4}", path.stem) else date.fromisoformat(path.stem)
        if FIRST_YEAR <= day.year <= LAST_YEAR:
            return day
    except ValueError:
        pass
    sentence = f"{path}: the name tells no day. Call it 2023.csv or 2021-06-05.csv, or give the day with --on."
    raise BadBulletin([sentence])


def _lines(path: Path, text: str) -> list[Line]:
    mistakes: list[str] = []
    found: dict[tuple[str, str], Line] = {}
    try:
        rows = list(csv.reader(io.StringIO(text), strict=True))
    except csv.Error as fault:
        raise BadBulletin([f"{path}: is no CSV file ({fault})."]) from None
    if not rows or [cell.strip() for cell in rows[0]][: len(COLUMNS)] != COLUMNS:
        raise BadBulletin([f"{path}:1: the first line must begin with {','.join(COLUMNS)}."])
    for number, row in enumerate(rows[1:], start=2):
        cells = [cell.strip() for cell in row][: len(COLUMNS)]
        if not any(cells):
            continue
        mistake = _mistake(cells) or _twice(cells, found)
        if mistake:
            mistakes.append(f"{path}:{number}: {mistake}")
        else:
            line = Line(number, *cells)
            found[line.name] = line
    if not found and not mistakes:
        mistakes.append(f"{path}: holds no numbers.")
    if mistakes:
        raise BadBulletin(mistakes)
    return list(found.values())


def _mistake(cells: list[str]) -> str:
    if len(cells) != len(COLUMNS):
        return f"has {len(cells)} cells; there must be {len(COLUMNS)} at least."
    table, row, value, unit = cells
    if not table or not row:
        return "names no table or no row."
    if unit not in FACTORS:
        return f"the unit {unit!r} is not known; it must be one of {', '.join(FACTORS)}."
    if not NUMBER.fullmatch(value):
        return f"{value!r} is no number. Write it as 9918.5."
    if value.startswith("-") and not any(word in row for word in CHANGES):
        return f"{value} is below nought; only changes may be."
    if unit == "%" and float(value) > 100 and not any(word in row for word in CHANGES):
        return f"{value} % is more than everything."
    return ""


def _twice(cells: list[str], found: dict[tuple[str, str], Line]) -> str:
    before = found.get((cells[0], cells[1]))
    return f"{cells[0]} {cells[1]} stands in line {before.number} already." if before else ""

"""Where the table lies in a sheet: headers in one or two rows below titles, records, and what is no record.

Gives a sheet whose headers are ours wherever the file's mean the same.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from functools import cache, lru_cache

from guben.imports import words
from guben.imports.columns import COLUMNS, NAME, TITLE
from guben.kit.chinese import simplified
from guben.kit.tables import Cell, Layout, Row, Sheet, UnreadableTable, cell_text, fitted, header_texts

LOOKED_THROUGH = 30  # filled rows in which the headers must stand
IN_BRACKETS = re.compile(r"[(\[【〔<{].*?[)\]】〕>}]")
SIGNS = " \t\r\n*※★●:;,.。、\"'“”‘’·_-—/|"
NO_RECORD = re.compile(
    r"(填表|填报|制表|审核|复核|校对|负责人|经办|联系人|备注[:：]|说明[:：]|注[:：]|注释|单位[:：(（盖]|"
    r"党(委|支部|总支)?书记[:：]|统计(人|日期|时间)|日期[:：]|上报|盖章|第.{1,4}页|共.{1,6}[人名条页行]|以上|[(（]?(公|盖)章)"
)


@cache
def _headers(kind: str) -> dict[str, str]:
    """Our header for each way to write it."""
    return {_bare(written): column.header for column in COLUMNS[kind] for written in (*column.synonyms, column.header)}


@lru_cache(maxsize=4096)
def _bare(text: str) -> str:
    return simplified(unicodedata.normalize("NFKC", "".join(text.split()))).strip(SIGNS)


def header_for(text: str, kind: str) -> str:
    """Our header for one in a file, or the empty text."""
    known, bare = _headers(kind), _bare(text)
    return known.get(bare) or known.get(IN_BRACKETS.sub("", bare).strip(SIGNS), "")


def is_counting(text: str) -> bool:
    """Is this the header of a column that counts the rows?"""
    return _bare(text) in words.COUNTING


def layout(kind: str = "") -> Layout:
    """The layout of a list of people or of units; without a kind, of whichever the headers look like."""

    def find(name: str, rows: Sequence[Row]) -> Sheet:
        kinds = [kind] if kind else list(COLUMNS)
        found = [(_find_headers(rows, one), one) for one in kinds]
        (_known, at, texts), chosen = max(found, key=lambda pair: pair[0][0])
        return _sheet(name, rows, at, texts, chosen)

    return find


def named(sheet: Sheet, kind: str) -> Sheet:
    """The sheet with our headers in place of those that mean the same.

    Raises:
        UnreadableTable: same_header, two columns mean the same.
    """
    ours = [header_for(header, kind) for header in sheet.headers]
    first: dict[str, int] = {}
    for place, header in enumerate(ours):
        if header and first.setdefault(header, place) != place:
            one, other = sheet.headers[first[header]], sheet.headers[place]
            raise UnreadableTable("same_header", one=one[:40], other=other[:40], header=header)
    headers = tuple(our or header for our, header in zip(ours, sheet.headers, strict=True))
    return replace(sheet, headers=headers, written=sheet.written or sheet.headers)


Found = tuple[int, range, tuple[str, ...]]  # how many headers are known, in which rows, their texts


def _find_headers(rows: Sequence[Row], kind: str) -> Found:
    """The row, or the two rows, with the most headers that are known; without any, the first filled row."""
    best: Found = (0, range(1), ())
    for place, row in enumerate(rows[:LOOKED_THROUGH]):
        texts = tuple(map(_header_text, row.cells))
        known = _count(texts, kind)
        if known > best[0]:
            best = (known, range(place, place + 1), texts)
        if place + 1 < len(rows):
            both = _joined(row.cells, rows[place + 1].cells, kind)
            lower = _count(tuple(map(_header_text, rows[place + 1].cells)), kind)
            if (known_both := _count(both, kind)) > max(best[0], lower):
                best = (known_both, range(place, place + 2), both)
    return best


def _header_text(cell: Cell) -> str:
    return "".join(cell_text(cell).split())


def _count(texts: Sequence[str], kind: str) -> int:
    return len({header for text in texts if (header := header_for(text, kind))})


def _joined(upper: Sequence[Cell], lower: Sequence[Cell], kind: str) -> tuple[str, ...]:
    """Two rows of headers as one: a merged cell above belongs to all below it (入党 under 时间 is 入党时间)."""
    joined, above = [], ""
    for place in range(max(len(upper), len(lower))):
        over = _header_text(upper[place]) if place < len(upper) else ""
        under = _header_text(lower[place]) if place < len(lower) else ""
        above = over or (above if under else "")
        ways = (under, under + above, above + under, over)
        joined.append(next((way for way in ways if header_for(way, kind)), under or over))
    return tuple(joined)


def _sheet(name: str, rows: Sequence[Row], at: range, texts: tuple[str, ...], kind: str) -> Sheet:
    headers = header_texts(texts or rows[at.start].cells)
    asides = [(row.number, _told(row)) for row in rows[: at.start]]
    records = []
    sheet = named(Sheet(name, headers, ()), kind)
    name_at, width = sheet.column(NAME if kind == "members" else TITLE), len(headers)
    for row in rows[at.stop :]:
        if _is_record(row, name_at, texts):
            records.append(fitted(row, width))
        else:
            asides.append((row.number, _told(row)))
    return replace(sheet, rows=tuple(records), asides=tuple(asides))


def _is_record(row: Row, name_at: int | None, texts: Sequence[str]) -> bool:
    """Totals, notes, and headers that come again on each printed page are no records."""
    cells = row.cells
    name = cells[name_at] if name_at is not None and name_at < len(cells) else None
    first = cells[0]
    if isinstance(name, str) and name.isalpha() and len(name) < 5 and name not in LIKE_NAMES:
        begins_a_total = isinstance(first, str) and first[0] in TOTALS_BEGIN
        if not begins_a_total:
            return True
    filled = [cell_text(cell) for cell in cells if cell is not None]
    opening, told = "".join(filled[0].split()), _header_text(name)
    if tuple(map(_header_text, cells)) == texts[: len(cells)] or told in LIKE_NAMES:
        return False
    if TOTAL.match(opening) and opening != told:
        return len(filled) > 4 and told.isalpha()
    if len(filled) == 1 and len(opening) > 12:
        return False
    if NO_RECORD.match(opening):
        return told not in ("", opening) and any(map(str.isalpha, told))
    return True


LIKE_NAMES = frozenset("合计 总计 小计 共计 填表人 制表人 备注 审核人 负责人 姓名 说明 注".split())
TOTAL = re.compile("(合|总|小|共)计|总数|共.{0,6}[人名]")
TOTALS_BEGIN = "合总小共"


def _told(row: Row) -> str:
    return " ".join(cell_text(cell) for cell in row.cells if cell is not None)[:80]

"""One cell to one value: days, numbers, words of closed lists, texts. A cell that can't be read gives what is wrong."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from contextlib import suppress
from datetime import date, timedelta
from functools import cache
from typing import Any, NamedTuple, TypeVar

from django.utils.translation import gettext as _

from guben.house.words import listed
from guben.imports import words
from guben.imports.columns import DEGREE, ETHNIC, SEX, Column
from guben.kit.chinese import simplified
from guben.kit.errors import DomainError
from guben.kit.tables import Cell, LongNumber, cell_text
from guben.members import calculations
from guben.organisations.queries import nearest

FIRST_YEAR = 1900
SERIAL_ZERO = date(1899, 12, 30)  # spreadsheets count days from here
SERIALS = range(2101, 100_000)  # smaller numbers are years
NOTHING = frozenset("无 没有 / \\ - -- — —— 空 暂无".split())
NO_ROOM = dict.fromkeys(
    [0xAD, 0xFEFF, 0x180E, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2065)]
)  # signs that take no room
EXPONENT = re.compile(r"\d(\.\d+)?[Ee]\+?\d{2}")
YMD = re.compile(r"(\d{4})([-/.年])(\d{1,2})[-/.月](\d{1,2})[日号]?\.?")
YM = re.compile(r"(\d{4})([-/.年])(\d{1,2})月?份?\.?")
DIGITS = re.compile(r"(\d{4})(\d{2})(\d{2})?")
TIME_OF_DAY = re.compile(r"[T ]\s*\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?$")
T = TypeVar("T")


class Wrong(NamedTuple):
    """Why a cell can't be taken: a key of FAULT_KINDS, a sentence, and what the cell could hold instead."""

    kind: str
    message: str
    choices: tuple[str, ...] = ()


class Month(date):
    """The first day of a month of which no day was told."""


def bare(text: str) -> str:
    """A text without spaces, with full-width signs made narrow: for codes, numbers and days, never for names."""
    if text.isascii():
        return text if text.isalnum() else "".join(text.split()).lstrip("'")
    return "".join(unicodedata.normalize("NFKC", text).translate(NO_ROOM).split()).lstrip("'‘’")


def read_name(cell: Cell) -> str | Wrong:
    """The name as it is written, without stray spaces. Its characters are never converted."""
    text = " ".join(cell_text(cell).translate(NO_ROOM).split())
    if any(letter >= "\u2e80" for letter in text):
        text = text.replace(" ", "")
    return trying("text", lambda: _checked_name(text))


def _checked_name(name: str) -> str:
    calculations.check_name(name)
    return name


def trying(kind: str, read: Callable[[], T]) -> T | Wrong:
    """What a reading gives, or its refusal as what is wrong."""
    try:
        return read()
    except DomainError as error:
        return Wrong(kind, str(error))


def read_text(column: str, room: int) -> Callable[[Cell], str | Wrong]:
    """A reader of short texts."""

    def read(cell: Cell) -> str | Wrong:
        text = " ".join(cell_text(cell).translate(NO_ROOM).split())
        if text in NOTHING:
            return ""
        return trying("text", lambda: calculations.read_text(column, text, room))

    return read


def read_number_text(column: str, cell: Cell) -> str | Wrong:
    """The digits of a number that belongs into a text cell."""
    text = cell_text(cell)
    if isinstance(cell, LongNumber) or EXPONENT.fullmatch(bare(text)):
        sentence = _(
            "%(column)s被当作数字存了，第15位以后的数字已丢失，补不回来。选中这一列，在 Excel 里按 Ctrl+1 选“文本”，"
            "在 WPS 里从“开始”选项卡把“常规”改为“文本”，再重新录入，或从原来的系统重新导出。"
        )
        return Wrong("lost_digits", sentence % {"column": column})
    return bare(text)


def read_identity(column: str) -> Callable[[Cell], calculations.IdFacts | Wrong | None]:
    """A reader of identity numbers."""

    def read(cell: Cell) -> calculations.IdFacts | Wrong | None:
        text = read_number_text(column, cell)
        if isinstance(text, Wrong):
            return text
        return None if text in NOTHING else trying("id_number", lambda: calculations.read_id_number(text))

    return read


def read_telephone(column: str) -> Callable[[Cell], str | Wrong | None]:
    """A reader of telephone numbers."""

    def read(cell: Cell) -> str | Wrong | None:
        text = read_number_text(column, cell)
        if isinstance(text, Wrong):
            return text
        return None if text in NOTHING else trying("text", lambda: calculations.read_phone(text))

    return read


def read_whole(column: str, most: int) -> Callable[[Cell], int | Wrong | None]:
    """A reader of whole numbers, which may be below nothing."""

    def read(cell: Cell) -> int | Wrong | None:
        text = bare(cell_text(cell)).removesuffix("年")
        if text in NOTHING:
            return None
        if not re.fullmatch(r"[-+]?\d{1,5}", text) or abs(int(text)) > most:
            return Wrong("text", _("%(column)s要写整数。") % {"column": column})
        return int(text)

    return read


def read_years(cell: Cell) -> int | None:
    """The years in 12, 12年 or 12年3个月; None where there is no number."""
    found = re.match(r"(\d{1,3})(\.\d+)?(?!\d)", bare(cell_text(cell)))
    return int(found[1]) if found else None


def read_choice(column: Column) -> Callable[[Cell], str | Wrong]:
    """A reader of words and codes of a closed list."""
    may_be_nothing = not column.required and column.header not in (SEX, ETHNIC)

    def read(cell: Cell) -> str | Wrong:
        written = cell_text(cell)
        text = simplified(bare(written))
        for word in (written, text):
            value = column.allowed.get(word) or column.also.get(word)
            if value is not None:
                return value
        if may_be_nothing and text in NOTHING:
            return ""
        if column.header == DEGREE and (value := words.DEGREES.get(text.removesuffix("学位")[-2:])):
            return value
        return Wrong("choice", choice_sentence(column, written), tuple(_offered(column, text)))

    return read


def _offered(column: Column, text: str) -> list[str]:
    allowed = list(column.allowed)
    return allowed if len(allowed) <= 12 else nearest(text, allowed)


def choice_sentence(column: Column, text: str) -> str:
    """What may stand in a column of a closed list."""
    allowed = list(column.allowed)
    values = {"column": column.header, "found": text[:30], "words": listed(allowed)}
    if len(allowed) <= 12:
        return _("%(column)s里没有“%(found)s”。可以写：%(words)s。") % values
    near = nearest(text, allowed)
    if near:
        return _("%(column)s里没有“%(found)s”。是不是“%(near)s”？全部写法见模板的“选项”表。") % {
            **values, "near": "”“".join(near)
        }  # fmt: skip
    return _("%(column)s里没有“%(found)s”。全部写法见模板的“选项”表。") % values


def read_day(today: date) -> Callable[[Cell], date | Wrong | None]:
    """A reader of days: any usual way to write one, a month alone, or the number a spreadsheet keeps for a day."""

    @cache  # the same days stand in several columns
    def read(cell: Cell) -> date | Wrong | None:
        if isinstance(cell, str) and len(cell) == 10 and cell[4] == "-" == cell[7]:  # what most lists hold
            with suppress(ValueError):
                plain = date.fromisoformat(cell)
                if plain.year >= FIRST_YEAR and plain <= today:
                    return plain
        if cell.__class__ is str and bare(cell_text(cell)) in NOTHING:
            return None
        day = cell if isinstance(cell, date) else day_in(cell_text(cell))
        if day is None or day.year < FIRST_YEAR:
            return Wrong("day", day_sentence(cell))
        if day > today:
            sentence = _("%(day)s还没有到，今天是%(today)s。核对年份。")
            return Wrong("day", sentence % {"day": day.isoformat(), "today": today.isoformat()})
        return day

    return read


def day_in(text: str) -> date | None:
    """The day, or the month, that a text tells; None where it tells neither."""
    bare_text = bare(TIME_OF_DAY.sub("", text.strip()))
    if "." in bare_text and bare_text.replace(".", "", 1).isdigit() and len(bare_text.partition(".")[0]) == 5:
        bare_text = bare_text.partition(".")[0]  # a day and a time of day
    try:
        if found := YMD.fullmatch(bare_text):
            return date(int(found[1]), int(found[3]), int(found[4])) if _one_way(found[2], bare_text) else None
        if found := YM.fullmatch(bare_text):
            if (found[2] == "年") != bare_text.endswith(("月", "月份")) or bare_text.endswith(".1"):
                return None
            return Month(int(found[1]), int(found[3]), 1)
        if found := DIGITS.fullmatch(bare_text):
            year, month = int(found[1]), int(found[2])
            return date(year, month, int(found[3])) if found[3] else Month(year, month, 1)
        if bare_text.isdecimal() and len(bare_text) < 6 and int(bare_text) in SERIALS:
            return SERIAL_ZERO + timedelta(days=int(bare_text))
    except (ValueError, OverflowError):
        return None
    return None


def _one_way(sign: str, text: str) -> bool:
    """Is the day written in one way from end to end, with 年 and 月 or without?"""
    return (sign == "年") == ("月" in text)


def day_sentence(cell: Any) -> str:
    """What is wrong with a day, and how to write it."""
    found = cell_text(cell)
    short = bare(found)
    if re.fullmatch(r"\d{4}\.1", short):
        sentence = _("“%(found)s”看不出是1月还是10月，表格软件会丢掉末尾的0。写成1990-10这样。")
    elif re.fullmatch(r"\d{4}年?", short):
        sentence = _("“%(found)s”不完整，至少写到月。写成1990-05-03这样。")
    else:
        sentence = _("看不懂“%(found)s”。写成1990-05-03这样。")
    return sentence % {"found": found[:30]}

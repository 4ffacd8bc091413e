"""The numbers that the yearly bulletins published, as shipped with the rulebooks, beside ours rounded alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path

from django.utils.translation import get_language, gettext_noop
from django.utils.translation import gettext as _

import guben.rulebooks
from guben.rulebook_engine.aggregates import Figure
from guben.rulebook_engine.published import Published, days_in, read_published
from guben.statistics.subjects import Line, Table

DOUBTS = (  # of the shipped files, so that they are translated
    gettext_noop("由公开的数据文件转录，总数、净增与新闻核对过"),
    gettext_noop("由公开的数据文件转录，没有核对公报原文"),
    gettext_noop("由公开的数据文件转录"),
    gettext_noop("取自没有日期、与2018年相符的网页"),
    gettext_noop("取自转述公报的网页"),
    gettext_noop("2020年末没有公报，由2021年公报的增减回推"),
    gettext_noop("只见于一处，比上年多18.1万，近年没有这么大的变化，公报原文没有核对"),
)
FOLDER = Path(guben.rulebooks.__file__).parent / "published"


@dataclass(frozen=True, slots=True)
class Beside:
    """A printed number with ours as it would be printed in its place; `ours` is empty where we have none to show."""

    printed: Published
    ours: str

    @property
    def words(self) -> str:
        """The number with its unit, as it was printed."""
        return _words(self.printed, self.printed.value)


def latest(on: date) -> date | None:
    """The last day up to this one of which numbers were published."""
    return next((day for day in _days() if day <= on), None)


def beside(table: Table, line: Line, on: date | None, figure: Figure | None) -> Beside | None:
    """What the bulletin of a day printed in this line, under any of its wordings."""
    if on is None or not table.name:
        return None
    printed = _of_day(on)
    found = next((printed[table.name, words] for words in line.wordings if (table.name, words) in printed), None)
    return Beside(found, _ours(found, figure)) if found else None


def _ours(printed: Published, figure: Figure | None) -> str:
    if figure is None or figure.value is None:
        return ""
    number = figure.value * 100 if printed.is_share else figure.value
    return _words(printed, printed.rounded(number))


def _words(printed: Published, value: Decimal) -> str:
    """As it is printed: 10,128.6万名; in other languages than Chinese 101,286,000."""
    if (get_language() or "zh").startswith("zh"):
        return f"{value:,}{printed.unit}".replace("-", "−")
    words = f"{value:,}%" if printed.is_share else f"{value * printed.each:,.0f}"
    return words.replace("-", "−")


def doubt_about(printed: Published) -> str:
    """Why a printed number may not be right; empty where there is no doubt."""
    if printed.doubt:
        return _(printed.doubt)
    return "" if printed.confidence == "verified" else _("二手，待核")


@cache
def _days() -> dict[date, Path]:
    return days_in(FOLDER)


@cache
def _of_day(on: date) -> Mapping[tuple[str, str], Published]:
    file = _days().get(on)
    return {(one.table, one.row): one for one in read_published(file)} if file else {}

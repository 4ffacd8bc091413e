"""The numbers that the yearly bulletins published, as shipped with the rulebooks, beside ours rounded alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import guben.rulebooks
from guben.rulebook_engine.aggregates import Figure
from guben.rulebook_engine.published import Published, days_in, read_published
from guben.statistics.subjects import Line, Table

FOLDER = Path(guben.rulebooks.__file__).parent / "published"


@dataclass(frozen=True, slots=True)
class Beside:
    """A printed number with ours as it would be printed in its place; `ours` is empty where we have none to show."""

    printed: Published
    ours: str

    @property
    def words(self) -> str:
        """The number with its unit, as it was printed."""
        return f"{self.printed.value:,}{self.printed.unit}".replace("-", "−")


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
    return f"{printed.rounded(number):,}{printed.unit}".replace("-", "−")


@cache
def _days() -> dict[date, Path]:
    return days_in(FOLDER)


@cache
def _of_day(on: date) -> Mapping[tuple[str, str], Published]:
    file = _days().get(on)
    return {(one.table, one.row): one for one in read_published(file)} if file else {}

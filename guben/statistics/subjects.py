"""What statistics speak of: the yearly tables with their rows, and the other figures that rules give for subtrees."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from guben.organisations.models import Organisation
from guben.rulebook.audience import indicators_for
from guben.rulebook.queries import library as installed
from guben.rulebook_engine.entries import Entry, Indicator, Words
from guben.rulebook_engine.library import Library
from guben.rulebook_engine.yearly import Row, YearlyTable


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a table: an indicator, the change of one in a year, or a row that is not counted, with the reason."""

    key: str
    title: Words
    indicator: Indicator | None
    unit: str
    decimals: int = 0
    of: str = ""
    change: str = ""
    uncounted: Words | None = None
    beside: bool = False
    wordings: tuple[str, ...] = ()

    @property
    def is_share(self) -> bool:
        return self.unit == "share"


@dataclass(frozen=True, slots=True)
class Table:
    """Lines that stand together. `name` is the bulletin's name of the table, empty for other figures."""

    key: str
    title: Words
    rule: Entry | None
    lines: tuple[Line, ...]
    name: str = ""
    each: int = 1
    decimals: int = 0
    adds_up: bool = False

    @property
    def indicators(self) -> list[Indicator]:
        return [line.indicator for line in self.lines if line.indicator]

    @property
    def parts(self) -> list[Line]:
        """The lines that add up to a whole."""
        return [line for line in self.lines if line.indicator and not line.beside] if self.adds_up else []


@dataclass(frozen=True, slots=True)
class Subjects:
    """All tables of a day, those of the bulletin first."""

    tables: tuple[Table, ...]

    @property
    def indicators(self) -> list[Indicator]:
        return list({one.key: one for table in self.tables for one in table.indicators}.values())

    def table(self, key: str) -> Table | None:
        return next((table for table in self.tables if table.key == key), None)

    def line(self, key: str) -> tuple[Table, Line] | None:
        return next(((table, line) for table in self.tables for line in table.lines if line.key == key), None)

    @property
    def yearly(self) -> list[Table]:
        """The tables of the bulletin."""
        return [table for table in self.tables if table.name]

    @property
    def others(self) -> list[Table]:
        """Other figures, a table for each rulebook."""
        return [table for table in self.tables if not table.name]

    @property
    def tells_changes(self) -> bool:
        """Whether a line tells the change of a figure in a year."""
        return any(line.of for table in self.tables for line in table.lines)


def subjects(at: Organisation, on: date) -> Subjects:
    """What can be told of a unit by the rules in force on a day: the nation's, and those of the units above."""
    return subjects_by(installed(), indicators_for(at, on), on)


def subjects_by(known: Library, indicators: Iterable[Indicator], on: date) -> Subjects:
    """The yearly tables, and of these indicators those of subtrees."""
    allowed = {one.key: one for one in indicators if one.scope == "subtree"}
    yearly = [_yearly(table, on) for table in known.tables(on) if table.is_national]
    others = []
    for book in known.rulebooks:
        mine = [allowed[one.key] for one in book.indicators if allowed.get(one.key) is one]
        if mine:
            others.append(Table(f"book-{book.key}", book.title, None, tuple(map(_line, mine))))
    return Subjects((*yearly, *others))


def _yearly(table: YearlyTable, on: date) -> Table:
    lines = tuple(_of_row(table, row) for row in table.printed(on))
    return Table(
        table.key, table.title, table, lines, table.name, table.each, table.decimals, adds_up=bool(table.adds_up_to)
    )


def _of_row(table: YearlyTable, row: Row) -> Line:
    indicator = table.indicators.get(row.key)
    unit = table.unit_of(row)
    of = f"{table.key_of(row).removesuffix(row.key)}{row.of}" if row.of else ""
    return Line(
        table.key_of(row),
        row.title,
        indicator,
        unit,
        table.decimals if unit == "share" else 0,
        of,
        row.change or "",
        row.uncounted,
        row.beside or unit == "share",
        row.wordings,
    )


def _line(indicator: Indicator) -> Line:
    return Line(indicator.key, indicator.title, indicator, indicator.unit, indicator.decimals, beside=True)

"""One row of a yearly table opened at a unit: its formula, the units directly below, or the records."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from guben.access import policy
from guben.access.policy import Someone
from guben.figures.bulletin import LiveUnit
from guben.figures.discretion import TOO_FEW, is_about_people, shown_rows
from guben.figures.explanations import in_plain_words, records_behind
from guben.figures.listing import right_to_list
from guben.figures.queries import Row, evaluate_live
from guben.figures.trees import day_tree
from guben.organisations.models import Organisation
from guben.rulebook.live import LiveEngine
from guben.rulebook_engine.adapters.frozen_unit import FrozenUnit
from guben.rulebook_engine.aggregates import Figure
from guben.rulebook_engine.engines import needed_table
from guben.rulebook_engine.entries import Indicator
from guben.rulebook_engine.facts import catalogue
from guben.rulebook_engine.one_unit import atoms_of, figures_of, made_of, rows_counted

MOST_RECORDS = 100


@dataclass(frozen=True, slots=True)
class Below:
    """A unit directly below with its figure."""

    code: str
    name: str
    figure: Figure


@dataclass(frozen=True, slots=True)
class Opened:
    """A row at a unit; `records` are the first that were counted, where no units are below."""

    indicator: Indicator
    figure: Figure
    condition: str
    below: tuple[Below, ...]
    records: tuple[int, ...]

    def without_few(self) -> Opened:
        """The same for a reader who may not see the persons: no records, and no figures of units below."""
        if not is_about_people(self.indicator):
            return self
        return replace(self, below=tuple(replace(one, figure=TOO_FEW) for one in self.below), records=())

    def lines(self) -> Iterator[str]:
        """The row for a terminal."""
        indicator, figure = self.indicator, self.figure
        yield f"{indicator.title.zh}（{indicator.key}）"
        yield f"  {in_plain_words(indicator.value)}"
        if indicator.where:
            yield f"  {in_plain_words(indicator.where)}"
        yield f"  {indicator.over}: {self.condition or '全部'}"
        yield f"  {indicator.source_text}"
        parts = f"{figure.numerator} ÷ {figure.denominator} = " if figure.denominator is not None else ""
        yield f"  {parts}{figure.value}"
        for one in self.below:
            shown = "人数太少，不单独显示" if one.figure is TOO_FEW else f"{one.figure.value}"
            yield f"    {one.code:<16} {shown:>12}  {one.name}"
        for record in self.records:
            yield f"    {indicator.over} {record}"


def opened_frozen(indicator: Indicator, unit: FrozenUnit) -> Opened:
    """The row from a snapshot; where records are about persons, their numbers are those of the file."""
    on, table = unit.manifest.on, needed_table(indicator.over, catalogue)
    figure = figures_of([indicator], unit, on, catalogue)[indicator.key]
    condition = rows_counted(indicator, unit.dialect, on)
    atoms = atoms_of([indicator])
    sums = unit.sums_below(table, [atom.sql(unit.dialect, on) for atom in atoms])
    nothing = tuple(None for _atom in atoms)
    below = tuple(
        Below(
            one.code,
            one.name,
            made_of([indicator], atoms, sums.get(one.organisation, nothing), on)[indicator.key],
        )
        for one in unit.children()
    )
    records = () if below else tuple(unit.records(table, condition, MOST_RECORDS))
    return Opened(indicator, figure, condition, below, records)


def opened_live(indicator: Indicator, at: Organisation, on: date, reader: Someone) -> Opened:
    """The row from the records as they are now, without figures that the reader is not shown."""
    unit = LiveUnit(at, on)
    figure = figures_of([indicator], unit, on, catalogue)[indicator.key]
    found = [row for row in evaluate_live(at, on, [indicator]) if row.unit.parent_id == at.pk]
    below = tuple(_below(row) for row in shown_rows(found, reader, at, on))
    records: tuple[int, ...] = ()
    if not below and policy.may(reader, right_to_list(indicator.over), at):
        day = day_tree(at, on)
        behind = records_behind(indicator, indicator, day.units[at.pk], day, LiveEngine(day.within))
        records = tuple(behind[:MOST_RECORDS])
    return Opened(indicator, figure, rows_counted(indicator, unit.dialect, on), below, records)


def _below(row: Row) -> Below:
    return Below(row.unit.code, row.unit.name, row.figure)

"""Figures of one unit with all below it as one sum, with no row for each unit: for reports over very large trees."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Protocol

from guben.rulebook_engine.aggregates import Atom, AtomValueNow, Figure, aggregation_of
from guben.rulebook_engine.dialects import Dialect
from guben.rulebook_engine.engines import needed_table
from guben.rulebook_engine.entries import Indicator
from guben.rulebook_engine.expressions import Checked, Junction, Node
from guben.rulebook_engine.facts import Catalogue, FactTable

Sums = tuple[Any, ...]


class OneUnit(Protocol):
    """Adds up the rows of a unit and all below it."""

    @property
    def dialect(self) -> Dialect: ...

    def sums(self, table: FactTable, columns_sql: Sequence[str], on: date) -> Sums:
        """The aggregates over all these rows, which are compiled and hold no parameters."""


def figures_of(indicators: Iterable[Indicator], unit: OneUnit, on: date, catalogue: Catalogue) -> dict[str, Figure]:
    """The figure of the unit with all below it, by indicator; one query for each fact table."""
    found: dict[str, Figure] = {}
    for name, over in _by_table(indicators).items():
        atoms = atoms_of(over)
        sums = unit.sums(needed_table(name, catalogue), [atom.sql(unit.dialect, on) for atom in atoms], on)
        found |= made_of(over, atoms, sums, on)
    return found


def _by_table(indicators: Iterable[Indicator]) -> Mapping[str, list[Indicator]]:
    found: dict[str, list[Indicator]] = {}
    for one in indicators:
        found.setdefault(one.over, []).append(one)
    return found


def atoms_of(indicators: Sequence[Indicator]) -> list[Atom]:
    """The distinct atoms of indicators over one fact table."""
    return list(dict.fromkeys(atom for one in indicators for atom in aggregation_of(one).atoms))


def made_of(indicators: Sequence[Indicator], atoms: Sequence[Atom], sums: Sums, on: date) -> dict[str, Figure]:
    """The figures that the sums of these atoms make."""
    values = {atom: _value(atom, found) for atom, found in zip(atoms, sums, strict=True)}
    found: dict[str, Figure] = {}
    for one in indicators:
        aggregation = aggregation_of(one)
        figure: Callable[[Sequence[AtomValueNow]], Figure] = aggregation.figures(on)
        found[one.key] = figure([values[atom] for atom in aggregation.atoms])
    return found


def _value(atom: Atom, found: Any) -> AtomValueNow:
    if found is None:
        return atom.of_nothing
    return float(found) if atom.is_double else int(found)


def counted(indicator: Indicator) -> Checked | None:
    """The condition of the rows that a single count counts; None where the figure tells no rows apart."""
    tree = indicator.value.tree
    argument = getattr(tree, "argument", None) if getattr(tree, "function", "") == "count" else None
    return Checked(indicator.value.text, indicator.over, argument) if argument is not None else None


def rows_counted(indicator: Indicator, dialect: Dialect, on: date) -> str:
    """The SQL condition of the rows that make a figure; empty where all do."""
    parts: list[Node] = [check.tree for check in (indicator.where, counted(indicator)) if check]
    return dialect.sql(Junction("and", tuple(parts)), on) if parts else ""

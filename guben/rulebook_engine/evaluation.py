"""Figures of all units at once: one query for each fact table (or for all, where few units are asked), one pass up
the tree."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from guben.kit.tree import STEP
from guben.rulebook_engine.aggregates import Atom, AtomValueNow, Figure, aggregation_of
from guben.rulebook_engine.engines import MOST_COLUMNS, RECORD, Engine, conditions, needed_table, summed, unit_rows
from guben.rulebook_engine.entries import Indicator, Standard
from guben.rulebook_engine.expressions import Checked, Junction, Node, Value, columns_of
from guben.rulebook_engine.facts import Catalogue, Column, FactTable
from guben.rulebook_engine.interpreting import reading

Figures = dict[str, dict[int, Figure]]
MOST_FILLED = 1_000_000  # empty places in rows read together: above, they weigh more than the asking


class Tree:
    """Units in pre-order (sorted by path), with the number of each one's parent (-1 = none here)."""

    def __init__(self, ids: Sequence[int], paths: Sequence[str]) -> None:
        if len(ids) != len(paths) or any(one >= other for one, other in zip(paths, paths[1:], strict=False)):
            raise ValueError("A tree needs one path for each unit, sorted, each only once.")
        self.ids = list(ids)
        self.numbers = {unit: number for number, unit in enumerate(self.ids)}
        self.parents = _parents(paths)

    def __len__(self) -> int:
        return len(self.ids)


def _parents(paths: Sequence[str]) -> list[int]:
    numbers = {path: number for number, path in enumerate(paths)}
    parents: list[int] = []
    for path in paths:
        above = path[:-STEP]
        while above and above not in numbers:
            above = above[:-STEP]
        parents.append(numbers[above] if above else -1)
    return parents


def evaluate(indicators: Iterable[Indicator], engine: Engine, tree: Tree, on: date, catalogue: Catalogue) -> Figures:
    """For each indicator's key, the figure of each unit it is about; other units are absent."""
    indicators = list(indicators)
    about = _about([indicator.who for indicator in indicators], engine, tree, on, catalogue)
    split_up = {one.key: aggregation_of(one) for one in indicators}
    over_table: dict[str, list[Indicator]] = {}
    for indicator in indicators:
        over_table.setdefault(indicator.over, []).append(indicator)
    wanted = {
        name: list(dict.fromkeys(atom for one in over for atom in split_up[one.key].atoms))
        for name, over in over_table.items()
    }
    atoms_of = atoms_of_units(wanted, engine, tree, on, catalogue)
    found: Figures = {}
    for name, over in over_table.items():
        own = atoms_of[name]
        below = _rolled_up(own, tree) if any(one.scope == "subtree" for one in over) else own
        for indicator in over:
            aggregation = split_up[indicator.key]
            atoms = [(below if indicator.scope == "subtree" else own)[atom] for atom in aggregation.atoms]
            units = about.get(indicator.who, range(len(tree))) if indicator.who else range(len(tree))
            figure = aggregation.figures(on)
            found[indicator.key] = {tree.ids[number]: figure([atom[number] for atom in atoms]) for number in units}
    return found


AtomColumns = dict[Atom, list[AtomValueNow]]


def atoms_of_units(
    wanted: Mapping[str, Sequence[Atom]], engine: Engine, tree: Tree, on: date, catalogue: Catalogue
) -> dict[str, AtomColumns]:
    """For each table, each atom for each unit by its number in the tree, over the unit's own rows."""
    found: dict[str, AtomColumns] = {
        name: {atom: [atom.of_nothing] * len(tree) for atom in atoms} for name, atoms in wanted.items()
    }
    parts = [
        (name, atoms[start : start + MOST_COLUMNS])
        for name, atoms in wanted.items()
        for start in range(0, len(atoms), MOST_COLUMNS)
    ]
    asked = [(needed_table(name, catalogue), [atom.sql(engine.dialect, on) for atom in some]) for name, some in parts]
    answered = summed(asked, engine, on, together=len(tree) * _filled(asked) <= MOST_FILLED)
    for (name, some), rows in zip(parts, answered, strict=True):
        _put(rows, [(found[name][atom], float if atom.is_double else int) for atom in some], tree)
    return found


def _filled(asked: Sequence[tuple[FactTable, list[str]]]) -> int:
    """How many places stay empty where the rows of these tables are made equally wide."""
    widths = [len(columns) for _table, columns in asked]
    return max(widths, default=0) * len(widths) - sum(widths)


def _put(
    rows: Iterable[tuple[Any, ...]], places: Sequence[tuple[list[AtomValueNow], type[int] | type[float]]], tree: Tree
) -> None:
    """Writes the values of rows to the places of their units."""
    for row in rows:
        number = tree.numbers.get(row[0])
        if number is None:
            continue
        for (column, kind), value in zip(places, row[1:], strict=True):
            if value is not None:
                column[number] = kind(value)


def _rolled_up(own: AtomColumns, tree: Tree) -> AtomColumns:
    """The same atoms over each unit and all below it: children come after parents, so one pass from the end does."""
    found: AtomColumns = {}
    for atom, values in own.items():
        total = list(values)
        for number in range(len(tree) - 1, 0, -1):
            parent = tree.parents[number]
            if parent >= 0:
                total[parent] = atom.joined(total[parent], total[number])
        found[atom] = total
    return found


def _about(
    checks: Sequence[Checked | None], engine: Engine, tree: Tree, on: date, catalogue: Catalogue
) -> dict[Checked, list[int]]:
    """For each condition, the numbers of the units where it is true, in the order of the tree."""
    distinct = list(dict.fromkeys(check for check in checks if check))
    found = conditions(distinct, engine, on, catalogue)
    about: dict[Checked, list[int]] = {check: [] for check in distinct}
    for number, unit in enumerate(tree.ids):
        for check, true in zip(distinct, found.get(unit, ()), strict=False):
            if true:
                about[check].append(number)
    return about


@dataclass(frozen=True, slots=True)
class Verdict:
    """A unit's figure against the line: `holds` is None where it can't be told."""

    holds: bool | None
    figure: Figure


def judge(
    standards: Iterable[Standard], figures: Figures, engine: Engine, tree: Tree, on: date, catalogue: Catalogue
) -> dict[str, dict[int, Verdict]]:
    """For each standard's key, the verdict on each unit it is about. `figures` holds its indicator."""
    standards = [standard for standard in standards if standard.indicator in figures]
    about = _about([standard.who for standard in standards], engine, tree, on, catalogue)
    columns = [column for standard in standards for column in unit_columns(standard.holds)]
    rows = unit_rows(columns, engine, on, catalogue) if columns else {}
    found: dict[str, dict[int, Verdict]] = {}
    for standard in standards:
        held = reading(standard.holds.tree, on)
        units = figures[standard.indicator]
        if standard.who:
            meant = {tree.ids[number] for number in about[standard.who]}
            units = {unit: figure for unit, figure in units.items() if unit in meant}
        found[standard.key] = {
            unit: Verdict(held(_row(figure, rows.get(unit))), figure)
            for unit, figure in units.items()
            if not columns or unit in rows
        }
    return found


def unit_columns(check: Checked) -> tuple[Column, ...]:
    """The unit's own columns that a line speaks of, beside its figure."""
    return tuple(
        column for column in columns_of(check.tree) if column.name not in ("value", "numerator", "denominator")
    )


def _row(figure: Figure, facts: dict[str, Value] | None) -> dict[str, Value]:
    return {
        **(facts or {}),
        "value": figure.value,
        "numerator": figure.numerator,
        "denominator": figure.denominator,
    }


def records(
    indicator: Indicator, opens: Checked | None, engine: Engine, on: date, catalogue: Catalogue
) -> list[tuple[int, int]]:
    """The rows that explain a figure, as (organisation, record): those the indicator counts and `opens` picks."""
    picked: list[Node] = [check.tree for check in (indicator.where, opens) if check]
    where = engine.dialect.sql(Junction("and", tuple(picked)), on) if picked else None
    table = needed_table(indicator.over, catalogue)
    column = engine.dialect.quoted(RECORD)
    rows = engine.select(table, [column], where=where, group_by_organisation=False, on=on)
    return [(row[0], row[1]) for row in rows]

"""What an engine must be able to do, and questions about units that any engine answers in one query."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Protocol, runtime_checkable

from guben.rulebook_engine.dialects import Dialect
from guben.rulebook_engine.expressions import Checked, Value
from guben.rulebook_engine.facts import Catalogue, Column, ColumnType, FactTable

UNITS = "organisation"
RECORD = "record"
MOST_COLUMNS = 300  # in one query: databases stop at some 1,600


class Engine(Protocol):
    """Runs one query over one fact table as of a day.

    `select` answers rows of (organisation, *columns). `columns_sql` and `where` are written in the engine's dialect,
    hold no parameters and no % sign, and name the table's columns (and `record`) in double quotes. Grouped, the
    columns are aggregates and there is one row for each organisation that has rows.
    """

    @property
    def dialect(self) -> Dialect: ...

    def select(
        self, table: FactTable, columns_sql: list[str], *, where: str | None, group_by_organisation: bool, on: date
    ) -> list[tuple[Any, ...]]: ...


@runtime_checkable
class ReadsTogether(Protocol):
    """An engine that reads several tables in one query: for each (table, columns, where) the rows that `select` gives.

    The columns up to the `facts`-th are of the same types in all of them, the others are true or false.
    """

    def select_together(
        self, asked: Sequence[tuple[FactTable, list[str], str]], facts: int, on: date
    ) -> list[list[tuple[Any, ...]]]: ...


@runtime_checkable
class SumsTogether(Protocol):
    """An engine that adds up several tables in one query: for each (table, aggregates) the rows that a grouped `select`
    gives. All aggregates are numbers."""

    def sum_together(self, asked: Sequence[tuple[FactTable, list[str]]], on: date) -> list[list[tuple[Any, ...]]]: ...


def summed(
    asked: Sequence[tuple[FactTable, list[str]]], engine: Engine, on: date, *, together: bool
) -> list[list[tuple[Any, ...]]]:
    """The grouped rows of several tables, in one query where the engine can and it is asked for."""
    if together and len(asked) > 1 and isinstance(engine, SumsTogether):
        return engine.sum_together(asked, on)
    return [engine.select(table, columns, where=None, group_by_organisation=True, on=on) for table, columns in asked]


def conditions(
    checks: Sequence[Checked], engine: Engine, on: date, catalogue: Catalogue
) -> dict[int, tuple[bool | None, ...]]:
    """For each unit, the truth of each condition over its own facts (None = unknown)."""
    found: dict[int, tuple[bool | None, ...]] = {}
    for start in range(0, len(checks), MOST_COLUMNS):
        columns = [check.sql(engine.dialect, on) for check in checks[start : start + MOST_COLUMNS]]
        for row in engine.select(_units(catalogue), columns, where=None, group_by_organisation=False, on=on):
            truths = tuple(None if one is None else bool(one) for one in row[1:])
            found[row[0]] = found.get(row[0], ()) + truths
    return found


def unit_rows(columns: Sequence[Column], engine: Engine, on: date, catalogue: Catalogue) -> dict[int, dict[str, Value]]:
    """For each unit, its stored columns by name."""
    stored = list(dict.fromkeys(_stored(column, catalogue) for column in columns))
    names = [engine.dialect.quoted(column.name) for column in stored]
    rows = engine.select(_units(catalogue), names, where=None, group_by_organisation=False, on=on)
    return {
        row[0]: {column.name: value(found, column.type) for column, found in zip(stored, row[1:], strict=True)}
        for row in rows
    }


def value(found: Any, type_: ColumnType) -> Value:
    """A value as Python has it: SQLite hands out days as texts, truth as 0 and 1, doubles as whole numbers."""
    if found is None:
        return None
    match type_:
        case "date":
            return date.fromisoformat(found[:10]) if isinstance(found, str) else found
        case "boolean":
            return bool(found)
        case "number":
            return float(found)
        case "integer" | "age":
            return int(found)
        case _:
            return str(found)


def needed_table(name: str, catalogue: Catalogue) -> FactTable:
    table = catalogue.table(name)
    if table is None:
        raise LookupError(f"No fact table '{name}'.")
    return table


def _units(catalogue: Catalogue) -> FactTable:
    return needed_table(UNITS, catalogue)


def _stored(column: Column, catalogue: Catalogue) -> Column:
    if column.type != "age":
        return column
    found = _units(catalogue).column(column.of)
    if found is None:
        raise LookupError(f"No column '{column.of}' in fact table '{UNITS}'.")
    return found

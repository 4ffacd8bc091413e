"""Small tables given as rows in Python, answered by SQLite or DuckDB in memory (PostgreSQL in tests): for examples."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Literal

import duckdb

from guben.rulebook_engine.dialects import DIALECTS, POSTGRES_TYPES, Dialect
from guben.rulebook_engine.facts import Column, FactTable

TYPES = {
    "sqlite": {"text": "TEXT", "integer": "INTEGER", "number": "REAL", "date": "TEXT", "boolean": "INTEGER"},
    "duckdb": {"text": "VARCHAR", "integer": "BIGINT", "number": "DOUBLE", "date": "DATE", "boolean": "BOOLEAN"},
    "postgresql": POSTGRES_TYPES,
}
Row = Mapping[str, Any]


class RowsEngine:
    """Holds rows with `organisation`, `record` and stored columns by name; a column that is not given is null.

    A connection (psycopg's) is given where the engine is a server; its tables end with it.
    """

    def __init__(
        self,
        name: Literal["sqlite", "duckdb", "postgresql"],
        tables: Mapping[FactTable, Sequence[Row]],
        connection: Any = None,
    ) -> None:
        self.dialect: Dialect = DIALECTS[name]
        self.connection: Any = connection
        if connection is None:
            self.connection = sqlite3.connect(":memory:") if name == "sqlite" else duckdb.connect()
        for table, rows in tables.items():
            self._fill(name, table, rows)

    def _fill(self, name: str, table: FactTable, rows: Sequence[Row]) -> None:
        columns = (
            Column("organisation", "integer", "", ""),
            Column("record", "integer", "", ""),
            *table.stored_columns,
        )
        written = ", ".join(f"{self.dialect.quoted(one.name)} {TYPES[name][one.type]}" for one in columns)
        self.connection.execute(f"CREATE TEMPORARY TABLE {self.dialect.quoted(table.name)} ({written})")
        if not rows:
            return
        found = [[_stored(name, row.get(one.name)) for row in rows] for one in columns]
        target = f"INSERT INTO {self.dialect.quoted(table.name)}"  # noqa: S608 - quoted name
        if name == "duckdb":  # whole columns at once: row by row is slow there
            lists = ", ".join(f"unnest(?::{TYPES[name][one.type]}[])" for one in columns)
            self.connection.execute(f"{target} SELECT {lists}", found)
        else:
            marks = ", ".join("?" if name == "sqlite" else "%s" for _ in columns)
            self.connection.cursor().executemany(f"{target} VALUES ({marks})", list(zip(*found, strict=True)))

    def select(
        self, table: FactTable, columns_sql: list[str], *, where: str | None, group_by_organisation: bool, on: date
    ) -> list[tuple[Any, ...]]:
        """The rows of (organisation, *columns), as the engine protocol says."""
        sql = f"SELECT {', '.join(['organisation', *columns_sql])} FROM {self.dialect.quoted(table.name)}"  # noqa: S608 - from the checked tree
        if where:
            sql += f" WHERE {where}"
        if group_by_organisation:
            sql += " GROUP BY organisation"
        found: list[tuple[Any, ...]] = self.connection.execute(sql).fetchall()
        return found

    def close(self) -> None:
        self.connection.close()


def _stored(name: str, value: Any) -> Any:
    if name == "sqlite" and isinstance(value, date):
        return value.isoformat()
    if name == "sqlite" and isinstance(value, bool):
        return int(value)
    return value

"""DuckDB over a folder of Parquet files, one for each fact table: the reference engine."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import Any

import duckdb

from guben.rulebook_engine.dialects import DUCKDB, Dialect
from guben.rulebook_engine.facts import Column, FactTable

TYPES = {"text": "VARCHAR", "integer": "BIGINT", "number": "DOUBLE", "date": "DATE", "boolean": "BOOLEAN"}
NULL = "\\N"


class ParquetEngine:
    """Answers from `FOLDER/TABLE.parquet`. Close it, or use it in a `with` block."""

    dialect: Dialect = DUCKDB

    def __init__(self, folder: Path, *, threads: int | None = None) -> None:
        self.folder = folder
        self.connection = duckdb.connect(config={"threads": threads} if threads else {})

    def select(
        self, table: FactTable, columns_sql: list[str], *, where: str | None, group_by_organisation: bool, on: date
    ) -> list[tuple[Any, ...]]:
        """The rows of (organisation, *columns). A snapshot speaks of its own day, so `on` only dates the SQL."""
        file = DUCKDB.text(str(self.folder / f"{table.name}.parquet"))
        sql = f"SELECT {', '.join(['organisation', *columns_sql])} FROM read_parquet({file})"  # noqa: S608 - from the checked tree
        if where:
            sql += f" WHERE {where}"
        if group_by_organisation:
            sql += " GROUP BY organisation"
        return self.connection.execute(sql).fetchall()

    def close(self) -> None:
        self.connection.close()

    def __enter__(self) -> ParquetEngine:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def write_parquet(folder: Path, table: FactTable, rows: Iterable[Sequence[Any]]) -> int:
    """Writes one fact table and tells how many rows it has.

    A row is (organisation, record, *stored columns) in the order of `stored_columns`; truth may come as 0 and 1, days
    as ISO texts.
    """
    columns = table.stored_columns
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", newline="", suffix=".csv", dir=folder) as file:
        writer = csv.writer(file, quoting=csv.QUOTE_ALL, lineterminator="\n")
        written = 0
        for row in rows:
            writer.writerow(_cells(row, columns))
            written += 1
        file.flush()
        _copy(Path(file.name), folder / f"{table.name}.parquet", columns)
    return written


def _cells(row: Sequence[Any], columns: Sequence[Column]) -> list[str]:
    cells = [str(row[0]), str(row[1])]
    for found, column in zip(row[2:], columns, strict=True):
        if found is None:
            cells.append(NULL)
        elif column.type == "boolean":
            cells.append("true" if found else "false")
        else:
            cell = str(found)
            if cell == NULL:
                raise ValueError(f"The text {NULL} in column '{column.name}' means that there is none.")
            cells.append(cell)
    return cells


def _copy(source: Path, target: Path, columns: Sequence[Column]) -> None:
    """From the sheet of quoted texts to Parquet, each column with its type, sorted by unit."""
    types = {"organisation": "BIGINT", "record": "BIGINT"} | {column.name: TYPES[column.type] for column in columns}
    listed = ", ".join(f"{DUCKDB.text(name)}: '{type_}'" for name, type_ in types.items())
    with duckdb.connect() as connection:
        connection.execute(
            f"COPY (SELECT * FROM read_csv({DUCKDB.text(str(source))}, header=false, delim=',', quote='\"',"  # noqa: S608 - names of columns
            f" escape='\"', nullstr={DUCKDB.text(NULL)}, columns={{{listed}}}, auto_detect=false, parallel=false)"
            f" ORDER BY organisation, record)"
            f" TO {DUCKDB.text(str(target))} (FORMAT parquet, COMPRESSION zstd)"
        )

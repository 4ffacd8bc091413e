"""DuckDB over the Parquet files of a snapshot (see `frozen`): the reference engine."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import Any

import duckdb

from guben.rulebook_engine.dialects import DUCKDB, Dialect
from guben.rulebook_engine.facts import Column, FactTable
from guben.rulebook_engine.frozen import TREE_ROWS, TREE_TABLE, File, Part, digest, file_name

TYPES = {"text": "VARCHAR", "integer": "BIGINT", "number": "DOUBLE", "date": "DATE", "boolean": "BOOLEAN"}
NULL = "\\N"
WHOLE = Part(0, 0, 0, 0)


class ParquetEngine:
    """Answers from `FOLDER/TABLE/*.parquet`. Close it, or use it in a `with` block."""

    dialect: Dialect = DUCKDB

    def __init__(self, folder: Path, *, threads: int | None = None) -> None:
        self.folder = folder
        self.connection = duckdb.connect(config={"threads": threads} if threads else {})

    def select(
        self, table: FactTable, columns_sql: list[str], *, where: str | None, group_by_organisation: bool, on: date
    ) -> list[tuple[Any, ...]]:
        """The rows of (organisation, *columns). A snapshot speaks of its own day, so `on` only dates the SQL."""
        files = DUCKDB.text(str(self.folder / table.name / "*.parquet"))
        sql = f"SELECT {', '.join(['organisation', *columns_sql])} FROM read_parquet({files})"  # noqa: S608 - from the checked tree
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


def write_parquet(
    folder: Path, table: FactTable, rows: Iterable[Sequence[Any]], parts: Sequence[Part] = (WHOLE,)
) -> tuple[File, ...]:
    """Writes one fact table and tells what files came of it.

    A row is (organisation, record, *stored columns) in the order of `stored_columns`; truth may come as 0 and 1, days
    as ISO texts. The tree is written first: it says in which part and where in its order the rows of a unit belong.
    """
    columns = table.stored_columns
    (folder / table.name).mkdir(mode=0o700, exist_ok=True)
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", newline="", suffix=".csv", dir=folder) as file:
        writer = csv.writer(file, quoting=csv.QUOTE_ALL, lineterminator="\n")
        for row in rows:
            writer.writerow(_cells(row, columns))
        file.flush()
        return tuple(_copy(Path(file.name), folder, table, parts))


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


def _copy(source: Path, folder: Path, table: FactTable, parts: Sequence[Part]) -> Iterator[File]:
    """From the sheet of quoted texts to Parquet, each column with its type, each part for itself."""
    columns = {column.name: TYPES[column.type] for column in table.stored_columns}
    types = {"organisation": "BIGINT", "record": "BIGINT"} | columns
    listed = ", ".join(f"{DUCKDB.text(name)}: '{type_}'" for name, type_ in types.items())
    with duckdb.connect() as connection:
        connection.execute(
            f"CREATE TABLE rows AS SELECT * FROM read_csv({DUCKDB.text(str(source))}, header=false, delim=',',"  # noqa: S608 - names of columns
            f" quote='\"', escape='\"', nullstr={DUCKDB.text(NULL)}, columns={{{listed}}}, auto_detect=false,"
            " parallel=false)"
        )
        number = _numbered(connection, folder, table)
        groups = f", ROW_GROUP_SIZE {TREE_ROWS}" if table.name == TREE_TABLE else ""
        for part in parts:
            name = file_name(table.name, part.number)
            target = DUCKDB.text(str(folder / name))
            (count,) = connection.execute(
                f"COPY (SELECT rows.* FROM rows {number} WHERE {_belongs(part, parts)}"  # noqa: S608 - numbers
                f" ORDER BY place, organisation, record) TO {target} (FORMAT parquet, COMPRESSION zstd{groups})"
            ).fetchone() or (0,)
            if not count and part.number:
                (folder / name).unlink()
                continue
            (folder / name).chmod(0o600)
            yield File(part.number, name, count, digest(folder / name))


def _numbered(connection: duckdb.DuckDBPyConnection, folder: Path, table: FactTable) -> str:
    """Gives each row the place of its unit in the tree; rows of units that are not in it come last, in part 0."""
    if table.name == TREE_TABLE:
        return "CROSS JOIN LATERAL (SELECT number AS place)"
    if not (folder / TREE_TABLE).is_dir():
        return "CROSS JOIN (SELECT 0 AS place)"
    files = DUCKDB.text(str(folder / TREE_TABLE / "*.parquet"))
    connection.execute(f"CREATE TABLE places AS SELECT organisation, number AS place FROM read_parquet({files})")  # noqa: S608 - our own folder
    return "LEFT JOIN places USING (organisation)"


def _belongs(part: Part, parts: Sequence[Part]) -> str:
    if part.number:
        return f"place >= {part.first} AND place < {part.ends}"
    others = [f"(place >= {other.first} AND place < {other.ends})" for other in parts if other.number]
    return f"coalesce(NOT ({' OR '.join(others)}), TRUE)" if others else "TRUE"

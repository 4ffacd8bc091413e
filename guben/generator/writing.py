"""Invented tables on disk: one Parquet file for each table and part, as a snapshot has them."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import duckdb

from guben.generator.columns import Shape
from guben.rulebook_engine.frozen import TREE_ROWS, TREE_TABLE, File, digest, file_name

TYPES = {"text": "VARCHAR", "integer": "BIGINT", "number": "DOUBLE", "date": "DATE", "boolean": "BOOLEAN"}
ROWS_IN_A_GROUP = 500_000


def write(folder: Path, shape: Shape, part: int, rows: Any) -> File | None:
    """Writes the rows of a part; None where there are none and the part is not the first."""
    if not rows.num_rows and part:
        return None
    name = file_name(shape.name, part)
    (folder / shape.name).mkdir(mode=0o700, exist_ok=True)
    columns = ['"organisation"', '"record"']
    columns += [f'CAST("{column}" AS {TYPES[kind]}) AS "{column}"' for column, kind in shape.columns]
    in_a_group = TREE_ROWS if shape.name == TREE_TABLE else ROWS_IN_A_GROUP
    connection = _connection()
    connection.register("rows", rows)
    connection.execute(
        f"COPY (SELECT {', '.join(columns)} FROM rows) TO '{_quoted(folder / name)}'"  # noqa: S608 - our own names
        f" (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {in_a_group})"
    )
    connection.unregister("rows")
    (folder / name).chmod(0o600)
    return File(part, name, rows.num_rows, digest(folder / name))


@cache
def _connection() -> duckdb.DuckDBPyConnection:
    """One for each process: opening takes longer than writing a small file."""
    connection = duckdb.connect(config={"threads": 1, "preserve_insertion_order": True})
    connection.execute("SET enable_progress_bar = false")
    return connection


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")

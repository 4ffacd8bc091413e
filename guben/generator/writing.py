"""Invented tables on disk: one Parquet file for each table and part, as a snapshot has them, in a folder that is there
whole or not at all."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import duckdb

from guben.generator.columns import Shape
from guben.generator.errors import GeneratorRefused
from guben.generator.reading import quiet_connection, quoted
from guben.rulebook_engine.frozen import MANIFEST, TREE_ROWS, TREE_TABLE, File, Manifest, digest, file_name

TYPES = {"text": "VARCHAR", "integer": "BIGINT", "number": "DOUBLE", "date": "DATE", "boolean": "BOOLEAN"}
ROWS_IN_A_GROUP = 500_000
UNFINISHED = ".unfinished"


def require_new(out: Path) -> None:
    """Raises GeneratorRefused where a folder holds something already."""
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise GeneratorRefused(f"{out} holds something already. Give a new folder.")


@contextmanager
def new_folder(out: Path) -> Iterator[Path]:
    """A draft beside `out` that takes its place in the end. Stopped or failed, nothing is left of it.

    Raises:
        GeneratorRefused: the disk does not take it.
    """
    draft = out.with_name(out.name + UNFINISHED)
    try:
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(parents=True, mode=0o700)
        yield draft
        if out.exists():
            out.rmdir()
        draft.rename(out)
    except (OSError, duckdb.IOException) as fault:
        raise GeneratorRefused(f"{out} can't be written: {_in_short(fault)}. Nothing of it is left.") from None
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _in_short(fault: Exception) -> str:
    if os.strerror(errno.ENOSPC) in str(fault):
        return "the disk is full"
    words = fault.strerror if isinstance(fault, OSError) else ""
    return (words or str(fault).partition("\n")[0]).rstrip(".")


def write_manifest(folder: Path, manifest: Manifest) -> None:
    (folder / MANIFEST).write_text(manifest.text(), encoding="utf-8")
    (folder / MANIFEST).chmod(0o600)


def write(folder: Path, shape: Shape, part: int, rows: Any) -> File | None:
    """Writes the rows of a part; None where there are none and the part is not the first."""
    if not rows.num_rows and part:
        return None
    columns = ['"organisation"', '"record"']
    columns += [f'CAST("{column}" AS {TYPES[kind]}) AS "{column}"' for column, kind in shape.columns]
    connection = _connection()
    connection.register("rows", rows)
    file = copy(connection, f"SELECT {', '.join(columns)} FROM rows", folder, shape.name, part)  # noqa: S608 - our own names
    connection.unregister("rows")
    return file


def copy(connection: duckdb.DuckDBPyConnection, sql: str, folder: Path, table: str, part: int) -> File:
    """Writes what a query finds as the file of a part."""
    name = file_name(table, part)
    (folder / table).mkdir(mode=0o700, exist_ok=True)
    in_a_group = TREE_ROWS if table == TREE_TABLE else ROWS_IN_A_GROUP
    written = connection.execute(
        f"COPY ({sql}) TO {quoted(folder / name)} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {in_a_group})"
    ).fetchone()
    (folder / name).chmod(0o600)
    return File(part, name, int(written[0]) if written else 0, digest(folder / name))


@cache
def _connection() -> duckdb.DuckDBPyConnection:
    """One for each process: opening takes longer than writing a small file."""
    return quiet_connection(threads=1, preserve_insertion_order=True)

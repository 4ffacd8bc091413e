"""The Parquet files of a run's result, from the arrays of a part: see `results` for their layout."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
from numpy.typing import NDArray

from guben.rulebook_engine.adapters.parquet_writing import write_numbers
from guben.rulebook_engine.dialects import DUCKDB
from guben.rulebook_engine.frozen import File, digest, file_name
from guben.rulebook_engine.plan_of_run import NULL, PartFigures, Plan
from guben.rulebook_engine.results import BELOW, CODES, NAMED, ROW_GROUP, TALLIES, TOPS, TREE, UNITS

Columns = dict[str, NDArray[Any]]


def write_part(
    folder: Path, snapshot: Path, tree: File, plan: Plan, found: PartFigures
) -> tuple[tuple[str, File], ...]:
    """Writes all files of one part; the table of each and what it holds. `tree` is the snapshot's file of the tree."""
    names = {table: file_name(table, found.part) for table in (UNITS, BELOW, TALLIES, TOPS, TREE)}
    for name in names.values():
        (folder / name).parent.mkdir(mode=0o700, exist_ok=True)
    shutil.copyfile(snapshot / tree.name, folder / names[TREE])
    written = {TREE: tree.rows}
    written[UNITS] = write_numbers(folder / names[UNITS], _units(folder / names[TREE], plan, found), ROW_GROUP)
    if len(found.with_children):
        heads: Columns = {"number": found.number[found.with_children]}
        below = heads | {f"b{number}": array for number, array in enumerate(found.below)}
        written[BELOW] = write_numbers(folder / names[BELOW], below, ROW_GROUP)
        counts = heads | {f"t{place}": column for place, column in enumerate(np.ascontiguousarray(found.tally.T))}
        written[TALLIES] = write_numbers(folder / names[TALLIES], counts, ROW_GROUP)
    if found.part:
        tops = ", ".join(str(number) for number in found.number[found.parent < 0].tolist())
        rows = f"SELECT {', '.join(NAMED)} FROM {_read(folder / names[TREE])} WHERE number IN ({tops}) ORDER BY number"
        written[TOPS] = _copy(rows, folder / names[TOPS])
    for table in written:
        (folder / names[table]).chmod(0o600)
    return tuple(
        (table, File(found.part, names[table], rows, digest(folder / names[table]))) for table, rows in written.items()
    )


def write_codes(folder: Path) -> File:
    """Writes the index of units by their codes, when the trees of all parts are there."""
    name = file_name(CODES, 0)
    (folder / name).parent.mkdir(mode=0o700, exist_ok=True)
    rows = _copy(f"SELECT code, number FROM {_read(folder / TREE / '*.parquet')} ORDER BY code", folder / name)
    (folder / name).chmod(0o600)
    return File(0, name, rows, digest(folder / name))


def _units(tree: Path, plan: Plan, found: PartFigures) -> Columns:
    columns: Columns = {"number": found.number, "organisation": found.organisation}
    columns |= {"parent": _parents(tree), "ends": found.ends}
    columns |= {f"a{number}": found.about[check] for number, check in enumerate(plan.abouts)}
    columns |= {f"v{number}": found.verdict[standard.key] for number, standard in enumerate(plan.standards)}
    columns |= {f"d{number}": found.duty[planned.label] for number, planned in enumerate(plan.duties)}
    return columns | {f"o{number}": array for number, array in enumerate(found.own)}


def _parents(tree: Path) -> NDArray[np.int64]:
    rows = f"SELECT coalesce(parent, CAST({NULL} AS BIGINT)) AS parent FROM {_read(tree)} ORDER BY number"
    with _connected() as connection:
        parents: NDArray[np.int64] = connection.execute(rows).fetchnumpy()["parent"]
    return parents


def _copy(rows: str, target: Path) -> int:
    options = f"FORMAT parquet, COMPRESSION snappy, ROW_GROUP_SIZE {ROW_GROUP}"
    with _connected() as connection:
        (count,) = connection.execute(f"COPY ({rows}) TO {_literal(target)} ({options})").fetchone() or (0,)
    return int(count)


def _connected() -> duckdb.DuckDBPyConnection:
    return duckdb.connect(config={"threads": 1})


def _read(files: Path) -> str:
    return f"read_parquet({_literal(files)})"


def _literal(path: Path) -> str:
    return DUCKDB.text(str(path))

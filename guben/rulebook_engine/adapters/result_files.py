"""The Parquet files of a run's result, written by DuckDB from the arrays of a part: see `results` for their layout."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
from numpy.typing import NDArray

from guben.rulebook_engine.dialects import DUCKDB
from guben.rulebook_engine.frozen import File, digest, file_name
from guben.rulebook_engine.plan_of_run import NULL, PartFigures, Plan
from guben.rulebook_engine.results import CODES, OWN, ROW_GROUP, TALLIES, TOPS, TREE, UNITS

Columns = dict[str, NDArray[Any]]
NAMES = ("path", "code", "name", "short_name", "kind", "field", "territory")


def write_part(
    folder: Path, snapshot: Path, tree: File, plan: Plan, found: PartFigures
) -> tuple[tuple[str, File], ...]:
    """Writes all files of one part; the table of each and what it holds. `tree` is the snapshot's file of the tree."""
    names = {table: file_name(table, found.part) for table in (UNITS, OWN, TALLIES, TOPS, TREE)}
    for name in names.values():
        (folder / name).parent.mkdir(mode=0o700, exist_ok=True)
    shutil.copyfile(snapshot / tree.name, folder / names[TREE])
    written = {TREE: tree.rows}
    with duckdb.connect(config={"threads": 1}) as connection:
        units = _units(connection, folder / names[TREE], plan, found)
        written[UNITS] = _write(connection, units, _selected(plan, "b"), folder / names[UNITS])
        if len(found.with_children):
            heads: Columns = {"number": found.number[found.with_children]}
            own = heads | {f"o{number}": array for number, array in enumerate(found.own)}
            written[OWN] = _write(connection, own, _selected(plan, "o"), folder / names[OWN])
            counts = heads | {f"t{place}": column for place, column in enumerate(found.tally.T)}
            written[TALLIES] = _write(connection, counts, {}, folder / names[TALLIES])
        if found.part:
            tops = {name: array[found.parent < 0] for name, array in units.items()}
            tree_rows = f"read_parquet({_literal(folder / names[TREE])})"
            written[TOPS] = _write(connection, tops, _selected(plan, "b"), folder / names[TOPS], tree_rows)
    for table in written:
        (folder / names[table]).chmod(0o600)
    return tuple(
        (table, File(found.part, names[table], rows, digest(folder / names[table]))) for table, rows in written.items()
    )


def write_codes(folder: Path) -> File:
    """Writes the index of units by their codes, when the trees of all parts are there."""
    name = file_name(CODES, 0)
    (folder / name).parent.mkdir(mode=0o700, exist_ok=True)
    trees = _literal(folder / TREE / "*.parquet")
    with duckdb.connect() as connection:
        rows = _copy(connection, f"SELECT code, number FROM read_parquet({trees}) ORDER BY code", folder / name)
    (folder / name).chmod(0o600)
    return File(0, name, rows, digest(folder / name))


def _units(connection: duckdb.DuckDBPyConnection, tree: Path, plan: Plan, found: PartFigures) -> Columns:
    columns: Columns = {"number": found.number, "organisation": found.organisation}
    columns |= {"parent": _parents(connection, tree), "ends": found.ends}
    columns |= {f"a{number}": found.about[check] for number, check in enumerate(plan.abouts)}
    columns |= {f"v{number}": found.verdict[standard.key] for number, standard in enumerate(plan.standards)}
    columns |= {f"d{number}": found.duty[planned.label] for number, planned in enumerate(plan.duties)}
    return columns | {f"b{number}": array for number, array in enumerate(found.below)}


def _parents(connection: duckdb.DuckDBPyConnection, tree: Path) -> NDArray[np.int64]:
    null = f"CAST({NULL} AS BIGINT)"
    rows = f"SELECT coalesce(parent, {null}) AS parent FROM read_parquet({_literal(tree)}) ORDER BY number"
    parents: NDArray[np.int64] = connection.execute(rows).fetchnumpy()["parent"]
    return parents


def _selected(plan: Plan, letter: str) -> Mapping[str, str]:
    """How columns are read from their arrays, where null is a number of its own."""
    found = {"parent": f"nullif(parent, {NULL})"}
    for number, column in enumerate(plan.columns):
        name = f"{letter}{number}"
        if column.atom.function == "count":
            found[name] = f"CAST({name} AS BIGINT)"
        elif column.atom.is_double:
            found[name] = f"CASE WHEN isnan({name}) THEN NULL ELSE {name} END"
        else:
            found[name] = f"nullif(CAST({name} AS BIGINT), {NULL})"
    return found


def _write(
    connection: duckdb.DuckDBPyConnection,
    columns: Columns,
    selected: Mapping[str, str],
    target: Path,
    tree: str = "",
) -> int:
    """One file of equally long arrays, with the words of the tree beside them where one is given."""
    connection.register("arrays", columns)
    names = [f"{selected.get(name, f'arrays.{name}')} AS {name}" for name in columns]
    source = "arrays"
    if tree:
        names += [f"tree.{name}" for name in NAMES]
        source = f"arrays JOIN (SELECT number, {', '.join(NAMES)} FROM {tree}) AS tree USING (number) ORDER BY number"
    count = _copy(connection, f"SELECT {', '.join(names)} FROM {source}", target)
    connection.unregister("arrays")
    return count


def _copy(connection: duckdb.DuckDBPyConnection, rows: str, target: Path) -> int:
    options = f"FORMAT parquet, COMPRESSION snappy, ROW_GROUP_SIZE {ROW_GROUP}"
    (count,) = connection.execute(f"COPY ({rows}) TO {_literal(target)} ({options})").fetchone() or (0,)
    return int(count)


def _literal(path: Path) -> str:
    return DUCKDB.text(str(path))

"""Columns of numbers that we write ourselves are read by others as what they are."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest
from numpy.typing import NDArray

from guben.rulebook_engine.adapters.parquet_writing import write_numbers
from guben.rulebook_engine.plan_of_run import NULL

GROUP = 512
CHANCE = np.random.default_rng(5)
Column = NDArray[Any]


def columns(rows: int) -> dict[str, Column]:
    """Whole numbers of every width with what is at their edges, alike and unlike, and all of them with nulls."""
    some = CHANCE.random(rows)
    found: dict[str, Column] = {
        "number": np.arange(rows),
        "nought": np.zeros(rows, np.int32),
        "all_null": np.full(rows, NULL),
        "truth": some < 0.3,
        "state": CHANCE.integers(0, 7, rows).astype(np.int8),
        "least_byte": CHANCE.integers(-128, 128, rows).astype(np.int8),
        "double": np.where(some < 0.5, some, -0.0),
        "no_double": np.where(some < 0.5, some, np.nan),
        "extremes": np.where(some < 0.5, np.iinfo(np.int64).max, NULL + 1),
    }
    for top in (1, 2, 3, 4, 15, 16, 255, 256, 70_000, 1 << 40):
        found[f"to_{top}"] = CHANCE.integers(0, top + 1, rows)
        found[f"from_{top}"] = CHANCE.integers(-top, 1, rows).astype(np.int64)
        found[f"few_beyond_{top}"] = np.where(some < 0.1, found[f"to_{top}"], found["state"])
        found[f"null_{top}"] = np.where(some < 0.4, NULL, found[f"to_{top}"])
    for name in ("state", "to_4"):  # alike in the first row group
        found[f"{name}_late"] = np.where(found["number"] < GROUP, found[name].dtype.type(3), found[name])
    return found


def by_duckdb(file: Path) -> dict[str, Any]:
    with duckdb.connect() as connection:
        return connection.execute(f"SELECT * FROM read_parquet('{file}')").fetchnumpy()


def by_pyarrow(file: Path) -> dict[str, Any]:
    parquet = pytest.importorskip("pyarrow.parquet")
    return {name: one.to_pylist() for name, one in zip(*_named(parquet.read_table(file)), strict=True)}


def _named(table: Any) -> tuple[Any, Any]:
    return table.column_names, table.columns


def by_polars(file: Path) -> dict[str, Any]:
    return {column.name: column.to_list() for column in pytest.importorskip("polars").read_parquet(file)}


@pytest.mark.parametrize("read", [by_duckdb, by_pyarrow, by_polars])
@pytest.mark.parametrize("rows", [1, 7, GROUP, 3 * GROUP + 5])
def test_what_is_written_is_read(tmp_path: Path, rows: int, read: Any) -> None:
    wanted = columns(rows)

    assert write_numbers(tmp_path / "some.parquet", wanted, GROUP) == rows

    found = read(tmp_path / "some.parquet")
    assert list(found) == list(wanted)
    for name, column in wanted.items():
        assert listed(found[name]) == [None if is_null(one) else one for one in column.tolist()], name


def listed(found: Any) -> list[Any]:
    return found if isinstance(found, list) else list(np.ma.asarray(found).tolist())


def is_null(value: float) -> bool:
    return value == NULL or math.isnan(value)


def test_readers_pass_over_row_groups_and_know_the_types(tmp_path: Path) -> None:
    file = tmp_path / "some.parquet"
    write_numbers(file, columns(4 * GROUP), GROUP)
    with duckdb.connect() as connection:
        types = {name: kind for name, kind, *_ in connection.execute(f"DESCRIBE FROM '{file}'").fetchall()}
        bounds = connection.execute(
            f"SELECT stats_min_value, stats_max_value, stats_null_count, num_values FROM parquet_metadata('{file}')"
            " WHERE path_in_schema = 'number' ORDER BY row_group_id"
        ).fetchall()

    assert [types[name] for name in ("truth", "state", "to_1", "double")] == ["BOOLEAN", "TINYINT", "BIGINT", "DOUBLE"]
    assert bounds == [(str(at * GROUP), str((at + 1) * GROUP - 1), 0, GROUP) for at in range(4)]


def test_small_numbers_take_little_space(tmp_path: Path) -> None:
    rows = 64 * GROUP
    written = {"nought": np.zeros(rows, np.int64), "states": np.arange(rows) % 4}
    write_numbers(tmp_path / "some.parquet", written, rows)

    assert (tmp_path / "some.parquet").stat().st_size < rows // 4 + 800

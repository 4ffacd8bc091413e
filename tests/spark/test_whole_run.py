"""Runs over whole trees on Spark agree with the figures worked out unit by unit, and with the reference's files."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import pytest

from guben.rollup import results, runs
from guben.rulebook.sources import read_all, shipped_files
from guben.rulebook_engine.adapters import spark as adapter
from guben.rulebook_engine.adapters import whole_spark
from guben.rulebook_engine.facts import catalogue
from guben.rulebook_engine.plan_of_run import plan
from guben.rulebook_engine.results import TABLES
from tests.generator.countries import invent, published
from tests.rulebook_engine.test_whole_tree import random_rules
from tests.rulebook_engine.whole_trees import World, assert_as_expected, build, chain, random_paths, roots
from tests.spark.reading import parts_of

SHAPES: dict[str, tuple[list[str], int]] = {
    "one unit": (chain(1), 10),
    "a chain of twelve levels in a tree of many parts": (
        sorted({*chain(12), *random_paths(random.Random(11), 50)}),
        12,
    ),
    "several roots": (roots(random_paths(random.Random(11), 20), chain(3), chain(1)), 6),
}
SEEDS = {"one unit": 1, "several roots": 3}


@pytest.fixture
def interpreted(spark: Any) -> Iterator[Any]:
    """Spark without compiling each query: small trees take less time than their compiling."""
    as_ever = {"spark.sql.codegen.wholeStage": "true", "spark.sql.codegen.factoryMode": "FALLBACK"}
    for name, value in zip(as_ever, ("false", "NO_CODEGEN"), strict=True):
        spark.conf.set(name, value)
    yield spark
    for name, value in as_ever.items():
        spark.conf.set(name, value)


def world(name: str, folder: Path) -> World:
    paths, most = SHAPES[name]
    return build(folder / "frozen", paths, len(paths), most)


@pytest.mark.parametrize("name", SHAPES)
def test_random_rules_and_duties_on_random_trees(interpreted: Any, tmp_path: Path, name: str) -> None:
    made = random_rules(SEEDS.get(name, 7))
    found = world(name, tmp_path)
    work = tmp_path / "work"
    work.mkdir()

    whole_spark.write_all(interpreted, found.folder, found.manifest, made, work)

    assert len(made.indicators) > 5
    assert len(made.duties) > 2
    assert_as_expected(parts_of(work, found.manifest, made), found, made)
    found.live.close()


def test_all_shipped_rules_give_the_files_of_the_reference(
    interpreted: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    @contextmanager
    def opened(master: str) -> Iterator[Any]:
        assert master == "spark://one"
        yield interpreted

    monkeypatch.setattr(adapter, "session", opened)
    invent(tmp_path / "country", published("2023"), 3000)
    made = plan(read_all(shipped_files()), published("2023").on, catalogue)
    hows = {"duckdb": runs.How("duckdb"), "spark": runs.How("spark", master="spark://one")}

    for name, how in hows.items():
        runs.run(tmp_path / "country", tmp_path / name, made, how)

    assert len(made.columns) > 100
    results.check(tmp_path / "spark")
    for table in TABLES:
        assert_alike(*(tmp_path / name / runs.current(tmp_path / name) / table for name in hows))


def assert_alike(one: Path, other: Path) -> None:
    """Two tables of a result: the same files, columns, types and values, doubles to the twelfth digit."""
    assert sorted(file.name for file in one.iterdir()) == sorted(file.name for file in other.iterdir())
    with duckdb.connect() as connection:
        for file in one.iterdir():
            wanted, found = (f"read_parquet('{folder / file.name}', file_row_number = true)" for folder in (one, other))
            columns = connection.execute(f"DESCRIBE SELECT * FROM {wanted}").fetchall()
            assert connection.execute(f"DESCRIBE SELECT * FROM {found}").fetchall() == columns
            unequal = [
                f"sum(CAST(abs(w.{name} - f.{name}) > 1e-12 * abs(w.{name}) OR (w.{name} IS NULL) <> (f.{name} IS NULL) AS INT))"
                if kind == "DOUBLE"
                else f"sum(CAST(w.{name} IS DISTINCT FROM f.{name} AS INT))"
                for name, kind, *_ in columns
            ]
            rows = f"SELECT {', '.join(unequal)} FROM {wanted} AS w FULL JOIN {found} AS f USING (file_row_number)"
            counted = connection.execute(rows).fetchone() or ()
            assert {column[0]: count for column, count in zip(columns, counted, strict=True) if count} == {}, file

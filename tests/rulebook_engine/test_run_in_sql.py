"""A run in a database's SQL alone, from the pieces that engines share, gives what the reference gives: on DuckDB part
by part, on PostgreSQL all parts at once."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import psycopg
import pytest

from benchmarks.national_postgres import load
from benchmarks.national_sql import Formulation, SqlRun
from guben.rulebook_engine.adapters import whole_duckdb
from guben.rulebook_engine.dialects import POSTGRES
from guben.rulebook_engine.plan_of_run import PartFigures, Plan
from tests.rulebook_engine.test_whole_tree import random_rules
from tests.rulebook_engine.whole_trees import World, build, chain, plain, random_paths, sizes_of, work_out_all

Rows = dict[str, dict[int, Any]]


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    paths = sorted({*chain(5), *random_paths(random.Random(11), 25)})
    world = build(tmp_path_factory.mktemp("world") / "frozen", paths, 5, 8)
    yield world
    world.live.close()


@pytest.mark.parametrize(("seed", "truths"), [(7, True), (8, False)])
def test_duckdb_says_what_the_reference_says(found: World, tmp_path: Path, seed: int, truths: bool) -> None:
    made = random_rules(seed)
    with duckdb.connect() as connection:
        way = Formulation(by_part=True, truths=truths)
        units = SqlRun(connection, found.folder, found.manifest, made, way).run(tmp_path / "out")

        def read(name: str) -> Rows:
            asked = connection.execute(f"SELECT * FROM read_parquet('{tmp_path}/out/*/{name}.parquet')")
            return by_unit([one[0] for one in asked.description or ()], asked.fetchall())

        assert units == len(found.tree)
        assert_as_reference(read("units"), read("below"), read("tallies"), found, made)


@pytest.mark.parametrize("seed", [7, 8])
def test_postgresql_says_what_the_reference_says(found: World, embedded_postgres: str, seed: int) -> None:
    made = random_rules(seed)
    with psycopg.connect(embedded_postgres, autocommit=True) as connection:
        connection.execute("CREATE SCHEMA whole_run")
        connection.execute("SET search_path = whole_run")
        try:
            load(connection, found.folder, found.manifest, made)
            way = Formulation(by_part=False, truths=False)
            run = SqlRun(connection, found.folder, found.manifest, made, way, POSTGRES)

            def read(name: str) -> Rows:
                asked = connection.execute(run._results()[name].encode())
                return by_unit([one.name for one in asked.description or ()], asked.fetchall())

            assert run.run(None) == len(found.tree)
            assert_as_reference(read("units"), read("below"), read("tallies"), found, made)
        finally:
            connection.execute("DROP SCHEMA whole_run CASCADE")


def by_unit(names: list[str], rows: list[Any]) -> Rows:
    """Each column's values by what names the unit in the first one."""
    return {name: {row[0]: row[at] for row in rows} for at, name in enumerate(names)}


def assert_as_reference(units: Rows, below: Rows, tallies: Rows, world: World, plan: Plan) -> None:
    parts = work_out_all(whole_duckdb.work_out, world, plan)
    assert len(parts) > 2
    codes = {f"v{at}": lambda part, one=one: part.verdict[one.key] for at, one in enumerate(plan.standards)}
    codes |= {f"d{at}": lambda part, one=one: part.duty[one.label] for at, one in enumerate(plan.duties)}
    codes |= {f"a{at}": lambda part, one=one: part.about[one] for at, one in enumerate(plan.abouts)}
    for name, array in codes.items():
        wanted = {number: code for part in parts for number, code in zip(part.number, array(part), strict=True)}
        assert {number: code or 0 for number, code in units[name].items()} == wanted, name
    for number in range(len(plan.columns)):
        sizes = sizes_of(number, world, plan)
        assert_atom(units[f"o{number}"], [(part.number, part.own[number]) for part in parts], sizes, world)
        assert_atom(below[f"b{number}"], heads(parts, number), sizes, world)
    for place in range(parts[0].tally.shape[1]):
        wanted = {
            world.tree.ids[number]: count
            for part in parts
            for number, count in zip(part.number[part.with_children], part.tally[:, place], strict=True)
        }
        assert tallies[f"t{place}"] == wanted, place


def heads(parts: list[PartFigures], column: int) -> list[tuple[Any, Any]]:
    return [(part.number[part.with_children], part.below[column]) for part in parts]


def assert_atom(found: dict[int, Any], arrays: list[tuple[Any, Any]], sizes: dict[int, float], world: World) -> None:
    """Whole numbers are equal; doubles to the twelfth digit of what they are made of."""
    wanted = {int(at): plain(one) for numbers, values in arrays for at, one in zip(numbers, values, strict=True)}
    assert set(found) == set(wanted)
    for number, one in wanted.items():
        if isinstance(one, float):
            one = pytest.approx(one, rel=1e-12, abs=1e-12 * sizes[world.tree.ids[number]])
        assert found[number] == one, number

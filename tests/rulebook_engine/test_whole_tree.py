"""Runs over whole trees agree with the figures worked out unit by unit, whatever the tree, the rows and the rules."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date

import psycopg
import pytest

from guben.rulebook_engine.adapters import kernel, whole_duckdb
from guben.rulebook_engine.adapters.rows import RowsEngine
from guben.rulebook_engine.library import Library
from guben.rulebook_engine.loading import read_rulebook
from guben.rulebook_engine.plan_of_run import Plan, WorksOut, plan
from tests.rulebook_engine.random_rules import RandomRules
from tests.rulebook_engine.tables import HEAD
from tests.rulebook_engine.whole_trees import (
    CATALOGUE,
    World,
    assert_as_expected,
    build,
    chain,
    expected_of,
    in_small_row_groups,
    random_paths,
    roots,
    work_out_all,
)

ON = date(2026, 6, 30)
ENGINES: dict[str, WorksOut] = {"duckdb": whole_duckdb.work_out, "kernel": kernel.work_out}


@pytest.fixture(scope="module")
def worlds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, World]]:
    folder = tmp_path_factory.mktemp("worlds")
    chance = random.Random(11)
    found = {
        "one unit": build(folder / "one", chain(1), 1, 10),
        "a chain of twelve levels": build(folder / "chain", chain(12), 2, 5),
        "one part": build(folder / "small", random_paths(chance, 20), 3, 100),
        "large units": build(folder / "crowded", random_paths(chance, 4), 6, 100, largest=2_500),
        "many parts": build(folder / "large", random_paths(chance, 70), 4, 12),
        "several roots": build(folder / "roots", roots(random_paths(chance, 15), chain(3), chain(1)), 5, 6),
    }
    in_small_row_groups(found["large units"])
    assert found["large units"].manifest.rows("member") > 2_500
    yield found
    for world in found.values():
        world.live.close()


def planned(text: str) -> Plan:
    return plan(Library([read_rulebook(HEAD + text, "sample.toml", CATALOGUE)]), ON, CATALOGUE)


DUTIES = """
[[duty]]
key        = "member-meeting"
title      = { zh = "党员大会", en = "Members' meeting" }
who        = "kind in ('branch', 'joint_branch')"
every      = "quarter"
times      = 2
due_after_days = 10
answerable = "secretary"
evidence   = { record = "meeting", is = "form = 'member_meeting'", where = "present * 2 >= entitled" }

[[duty]]
key        = "group-meeting"
title      = { zh = "党小组会", en = "Group meeting" }
who        = "kind = 'branch'"
every      = "month"
times      = "groups"
answerable = "secretary"
evidence   = { record = "meeting", is = "form = 'group'" }
applies    = [{ where = "has_committee", otherwise = { zh = "不设委员会", en = "No committee" } }]

[[duty]]
key        = "yearly"
title      = { zh = "年会", en = "Yearly meeting" }
who        = "members > 10"
every      = "year"
due_after_days = 200
answerable = "secretary"
evidence   = { record = "meeting", is = "has_minutes" }
"""


def assert_engines_agree(worlds: dict[str, World], made: Plan) -> None:
    for world in worlds.values():
        expected = expected_of(world, made)
        for engine in ENGINES.values():
            assert_as_expected(work_out_all(engine, world, made), world, made, expected)


def test_duties_of_every_unit(worlds: dict[str, World]) -> None:
    assert_engines_agree(worlds, planned(DUTIES))


SEEDS = {1: ON, 2: date(2026, 2, 28), 3: date(2024, 2, 29)}
TABLES = ("member", "member", "member", "meeting", "publication", "organisation")


def random_rules(seed: int) -> Plan:
    """The rules that the seed draws over the small catalogue."""
    made = RandomRules(seed, CATALOGUE).plan(SEEDS.get(seed, ON), TABLES)
    assert len(made.standards) > 15
    assert len(made.duties) >= 4
    assert set(made.tables) == set(TABLES)
    return made


@pytest.mark.parametrize("seed", SEEDS)
def test_random_rules_on_random_trees(worlds: dict[str, World], seed: int) -> None:
    assert_engines_agree(worlds, random_rules(seed))


@pytest.mark.parametrize("seed", [4, 5])
@pytest.mark.parametrize("name", ["a chain of twelve levels", "several roots"])
def test_postgresql_says_the_same(worlds: dict[str, World], embedded_postgres: str, name: str, seed: int) -> None:
    world, made = worlds[name], random_rules(seed)
    tables = {table: world.rows[table.name] for table in CATALOGUE}
    with psycopg.connect(embedded_postgres, autocommit=True) as connection:
        expected = expected_of(world, made, RowsEngine("postgresql", tables, connection))

    assert_as_expected(work_out_all(kernel.work_out, world, made), world, made, expected)

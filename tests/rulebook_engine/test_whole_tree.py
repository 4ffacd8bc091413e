"""Runs over whole trees agree with the figures worked out unit by unit, whatever the tree, the rows and the rules."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date

import pytest

from guben.rulebook_engine.adapters import kernel, whole_duckdb
from guben.rulebook_engine.checking import check
from guben.rulebook_engine.crosschecks import impossible_line
from guben.rulebook_engine.entries import Indicator, Standard
from guben.rulebook_engine.errors import ExpressionMistake
from guben.rulebook_engine.library import Library
from guben.rulebook_engine.loading import FIGURE_COLUMNS, read_rulebook
from guben.rulebook_engine.plan_of_run import Plan, WorksOut, plan
from tests.rulebook_engine.random_texts import condition, figure
from tests.rulebook_engine.tables import HEAD, MEMBER, ORGANISATION
from tests.rulebook_engine.whole_trees import (
    CATALOGUE,
    World,
    assert_as_expected,
    build,
    chain,
    expected_of,
    in_small_row_groups,
    random_paths,
    work_out_all,
)

ON = date(2026, 6, 30)
ENGINES: dict[str, WorksOut] = {"duckdb": whole_duckdb.work_out, "kernel": kernel.work_out}
LINES = [
    "value >= 0.25", "value = 0", "value between 1 and 3 or members > 20", "numerator * 2 >= denominator",
    "value is null", "has_committee", "not (value > 2 and months(founded_on) < 40)", "groups * value < 5",
]  # fmt: skip
WHO = [
    "kind = 'branch'",
    "kind in ('branch', 'joint_branch') and (territory is null or territory <> 'city')",
    "members > 200",
]


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


def random_rules(chance: random.Random, *, duties: bool = False) -> Plan:
    """A plan of random indicators, each with a random line; with the duties above where they are asked for."""
    indicators, standards = [], []
    words = {"zh": "样本", "en": "Sample"}
    head = {"title": words, "issued_by": "national", "source": "S", "confidence": "verified", "from": date(2018, 1, 1)}
    for number in range(20):
        where = condition(chance) if chance.random() < 0.6 else None
        try:
            value, filtered = check(figure(chance), MEMBER, "figure"), check(where, MEMBER) if where else None
        except ExpressionMistake:
            continue
        who, second = chance.choice([None, *WHO]), chance.choice([None, *WHO])
        line = check(chance.choice(LINES), ORGANISATION, more=FIGURE_COLUMNS)
        key = f"figure-{number}"
        indicators.append(
            Indicator(
                **head, key=key, value=value, over="member", where=filtered,
                who=check(who, ORGANISATION) if who else None, scope=chance.choice(["own", "subtree"]),
            )
        )  # fmt: skip
        standards.append(
            Standard(
                **head | {"issued_by": chance.choice(["national", "national", "C2"])}, key=f"line-{number}",
                indicator=key, holds=line, line=words, severity="low", remedy=words,
                who=check(second, ORGANISATION) if second else None,
            )
        )  # fmt: skip
    empty = read_rulebook(HEAD + DUTIES, "sample.toml", CATALOGUE)
    by_key = {one.key: one for one in indicators}
    standards = [one for one in standards if not impossible_line(one, by_key[one.indicator])]
    rules = {"indicators": tuple(indicators), "standards": tuple(standards), "duties": empty.duties if duties else ()}
    book = empty.model_copy(update=rules)
    return plan(Library([book]), ON, CATALOGUE)


@pytest.mark.parametrize("seed", range(2))
def test_random_rules_on_random_trees(worlds: dict[str, World], seed: int) -> None:
    made = random_rules(random.Random(seed))

    assert len(made.indicators) > 5
    assert_engines_agree(worlds, made)

"""One meaning on Spark too: random conditions, numbers and figures over rows full of edges, many in one query."""

from __future__ import annotations

import random
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from guben.rulebook_engine.adapters.duckdb import write_parquet
from guben.rulebook_engine.adapters.spark import SparkEngine
from guben.rulebook_engine.aggregates import Atom, split
from guben.rulebook_engine.checking import check
from guben.rulebook_engine.engines import value
from guben.rulebook_engine.errors import ExpressionMistake
from guben.rulebook_engine.expressions import Checked
from tests.rulebook_engine.random_texts import condition, figure, number
from tests.rulebook_engine.tables import MEMBER
from tests.rulebook_engine.test_engines_agree import BY_UNIT, TEXTS, assert_same, computed
from tests.rulebook_engine.test_engines_agree import ROWS as MANY_ROWS
from tests.rulebook_engine.test_meaning import CASES, DAYS, ROWS, by_python


def engine(spark: Any, folder: Path, rows: list[dict[str, Any]]) -> SparkEngine:
    names = ["organisation", "record", *(column.name for column in MEMBER.stored_columns)]
    write_parquet(folder, MEMBER, [[row.get(name) for name in names] for row in rows])
    return SparkEngine(spark, str(folder))


def answers(found: SparkEngine, asked: list[Checked], on: date) -> list[list[Any]]:
    """For each expression its values over all rows in the order of their records."""
    columns = ["`record`", *(one.sql(found.dialect, on) for one in asked)]
    rows = found.select(MEMBER, columns, where=None, group_by_organisation=False, on=on)
    ordered = sorted(rows, key=lambda row: row[1])
    return [[value(row[at], one.type) for row in ordered] for at, one in enumerate(asked, start=2)]


def drawn(draw: Any, chance: random.Random, how_many: int) -> list[Any]:
    """So many that can be read; what the language refuses is drawn again."""
    found: list[Any] = []
    while len(found) < how_many:
        try:
            found.append(draw(chance))
        except ExpressionMistake:
            continue
    return found


def one_number(chance: random.Random) -> Checked:
    text = number(chance)
    return Checked(text, MEMBER.name, check(f"{text} = {text}", MEMBER).tree.left)  # type: ignore[union-attr]


@pytest.mark.parametrize("seed", range(3))
def test_expressions_have_one_meaning(spark: Any, tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    on = chance.choice(DAYS)
    asked = drawn(lambda chance: check(condition(chance), MEMBER), chance, 40) + drawn(one_number, chance, 20)
    found = answers(engine(spark, tmp_path, ROWS), asked, on)

    for one, values in zip(asked, found, strict=True):
        expected = by_python(one, on)
        if one.type == "number":
            expected = [None if wanted is None else pytest.approx(wanted, rel=1e-12) for wanted in expected]
        assert values == expected, (one.text, on)


def test_the_meanings_that_engines_differ_on(spark: Any, tmp_path: Path) -> None:
    rows = [{"organisation": 1, "record": at, "born_on": born_on} for at, (_, born_on, _, _) in enumerate(CASES)]
    found = engine(spark, tmp_path, rows)

    for on in {day for _, _, day, _ in CASES}:
        places = [at for at, case in enumerate(CASES) if case[2] == on]
        asked = [check(CASES[at][0], MEMBER) for at in places]
        for at, values in zip(places, answers(found, asked, on), strict=True):
            assert values[at] is CASES[at][3], CASES[at]


@pytest.mark.parametrize("seed", range(2))
def test_figures_are_the_same(spark: Any, tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    on = chance.choice(DAYS)

    def draw(chance: random.Random) -> tuple[Atom, ...]:
        where = check(condition(chance), MEMBER) if chance.random() < 0.5 else None
        return split(check(figure(chance), MEMBER, "figure").tree, where.tree if where else None).atoms

    atoms = list(dict.fromkeys(atom for some in drawn(draw, chance, 25) for atom in some))
    found = engine(spark, tmp_path, MANY_ROWS)
    columns = [atom.sql(found.dialect, on) for atom in atoms]
    rows = found.select(MEMBER, columns, where=None, group_by_organisation=True, on=on)

    assert {row[0] for row in rows} == set(BY_UNIT)
    for unit, *values in rows:
        for atom, one in zip(atoms, values, strict=True):
            assert_same(one, *computed(atom, BY_UNIT[unit], on), atom, (atom, on, unit))


def test_a_text_equals_itself_and_no_look_alike(spark: Any, tmp_path: Path) -> None:
    odd = ["${env:HOME}", "$", "it''s", "a`b", "-- a", "u0041"]
    texts = [text for text in TEXTS if text] + odd
    rows = [{"organisation": 1, "record": at, "note": text} for at, text in enumerate(texts)]
    asked = [check("note = '" + text.replace("'", "''") + "'", MEMBER) for text in texts]

    found = answers(engine(spark, tmp_path, rows), asked, DAYS[0])

    assert found == [[one == text for one in texts] for text in texts]

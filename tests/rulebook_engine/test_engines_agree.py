"""Random figures over two hundred small random tables at once, on SQLite, PostgreSQL and DuckDB: the same atoms."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from guben.rulebook_engine.adapters.rows import RowsEngine
from guben.rulebook_engine.aggregates import Atom, split
from guben.rulebook_engine.checking import check
from guben.rulebook_engine.errors import ExpressionMistake
from guben.rulebook_engine.interpreting import reading
from tests.rulebook_engine.tables import MEMBER
from tests.rulebook_engine.test_meaning import DAYS, condition, is_small, number

UNITS = 200
MONTH_ENDS = [date(year, month, 1) - timedelta(days=1) for year in (2024, 2025, 2026) for month in range(1, 13)]
LEAP_DAYS = [date(year, 2, 29) for year in (1940, 1996, 2000, 2004, 2024)]
TEXTS = [None, "", " ", "a", "A", "é", "e\u0301", "甲", "乙", "𠮷", "it's", "10", "9", "\u200b", "ß", "ss", "İ"]


def random_tables() -> list[dict[str, Any]]:
    """Each unit has its own small table; some have no rows, some one row of nulls."""
    chance = random.Random(29)
    days: list[date | None] = [None, *DAYS, *MONTH_ENDS, *LEAP_DAYS]
    rows: list[dict[str, Any]] = []
    for unit in range(1, UNITS + 1):
        size = chance.choice([0, 0, 1, 1, 2, 3, 8])
        blank = chance.random() < 0.15
        for _ in range(size):
            rows.append({"organisation": unit, "record": len(rows) + 1, **({} if blank else one_row(chance, days))})
    return rows


def one_row(chance: random.Random, days: list[date | None]) -> dict[str, Any]:
    born_on = chance.choice(days)
    if chance.random() < 0.3:
        born_on = date(1930, 1, 1) + timedelta(days=chance.randrange(36_000))
    return {
        "stage": chance.choice([None, "activist", "probationary", "full"]),
        "sex": chance.choice([None, "1", "2"]),
        "born_on": born_on,
        "education": chance.choice([None, "", "10", "20", "30", "40", "60"]),
        "last_contact_on": chance.choice(days),
        "has_contact_person": chance.choice([None, True, False]),
        "note": chance.choice(TEXTS),
        "hours": chance.choice([None, 0.0, -0.0, 0.1, 2.5, -3.0, 1e6, 1e-7, 1 / 3, -1e12]),
        "talks": chance.choice([None, 0, 1, 2, -5, 10**9, -(10**9), 2**31, -(2**31) - 1, 10**15]),
    }


ROWS = random_tables()
BY_UNIT: dict[int, list[dict[str, Any]]] = {}
for row in ROWS:
    BY_UNIT.setdefault(row["organisation"], []).append({name.name: None for name in MEMBER.stored_columns} | row)


@pytest.fixture(scope="module")
def engines(embedded_postgres: str) -> Iterator[list[RowsEngine]]:
    """The same rows in each engine."""
    with psycopg.connect(embedded_postgres, autocommit=True) as connection:
        found = [RowsEngine(name, {MEMBER: ROWS}) for name in ("sqlite", "duckdb")]
        found.append(RowsEngine("postgresql", {MEMBER: ROWS}, connection))
        yield found
        for engine in found[:2]:
            engine.close()


aggregate = st.one_of(
    st.builds("{}({})".format, st.sampled_from(["count", "share"]), condition),
    st.builds("{}({})".format, st.sampled_from(["sum", "mean", "min", "max"]), number),
    st.just("count()"),
)
figure = st.one_of(aggregate, st.builds("{} {} {}".format, aggregate, st.sampled_from("+-*/"), aggregate))
day = st.sampled_from([*DAYS, *MONTH_ENDS, *LEAP_DAYS[2:]])


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(figure.filter(is_small), st.none() | condition.filter(is_small), day)
def test_a_figure_is_the_same_on_every_engine(
    engines: list[RowsEngine], text: str, where: str | None, on: date
) -> None:
    try:
        value = check(text, MEMBER, "figure")
        filtered = check(where, MEMBER) if where else None
    except ExpressionMistake:
        assume(False)
    atoms = split(value.tree, filtered.tree if filtered else None).atoms

    expected = {unit: [computed(atom, rows, on) for atom in atoms] for unit, rows in BY_UNIT.items()}

    for engine in engines:
        columns = [atom.sql(engine.dialect, on) for atom in atoms]
        found = engine.select(MEMBER, columns, where=None, group_by_organisation=True, on=on)
        assert {row[0] for row in found} == set(BY_UNIT)
        for unit, *values in found:
            for atom, value_found, (wanted, size) in zip(atoms, values, expected[unit], strict=True):
                assert_same(value_found, wanted, size, atom, (engine.dialect.name, text, where, on, unit))


def computed(atom: Atom, rows: list[dict[str, Any]], on: date) -> tuple[Any, float]:
    """The atom by Python, and the sum of what it adds up without signs: the measure of its rounding."""
    kept = reading(atom.filter, on) if atom.filter else None
    item = reading(atom.argument, on) if atom.argument is not None else None
    chosen = [row for row in rows if kept is None or kept(row)]
    if atom.function == "count":
        return sum(1 for row in chosen if item is None or item(row)), 0.0
    assert item is not None
    values = [found for row in chosen if (found := item(row)) is not None]
    if not values:
        return None, 0.0
    function = {"sum": sum, "min": min, "max": max}[atom.function]
    return function(values), float(sum(abs(one) for one in values))


def assert_same(found: Any, wanted: Any, size: float, atom: Atom, where: object) -> None:
    if wanted is None:
        assert found is None, where
    elif atom.is_double:
        assert float(found) == pytest.approx(float(wanted), rel=1e-12, abs=1e-12 * size), where
    else:
        assert int(found) == wanted, where


@pytest.mark.parametrize("one", [text for text in TEXTS if text])
def test_a_text_equals_itself_and_no_look_alike(engines: list[RowsEngine], one: str) -> None:
    checked = check("note = '" + one.replace("'", "''") + "'", MEMBER)

    expected = {row["record"] for row in ROWS if row.get("note") == one}
    for engine in engines:
        sql = checked.sql(engine.dialect, DAYS[0])
        found = engine.select(MEMBER, ['"record"'], where=sql, group_by_organisation=False, on=DAYS[0])
        assert {row[1] for row in found} == expected, engine.dialect.name


@pytest.mark.parametrize("sign", ["<", "<=", ">", ">="])
def test_texts_that_databases_order_differently_can_not_be_ordered(sign: str) -> None:
    for text in (f"note {sign} '甲'", f"stage {sign} 'full'", f"note {sign} stage", f"'a' {sign} note"):
        with pytest.raises(ExpressionMistake, match="does not order texts"):
            check(text, MEMBER)


@pytest.mark.parametrize(
    "text",
    [
        "sum(" + " * ".join(["talks"] * 17) + ")",
        "sum(" + " * ".join(["hours / talks"] * 8) + ")",
        "sum(" + " / ".join(["1"] + ["hours"] * 16) + ")",
        "sum(talks * 1000000000000 * 1000000000000 * 1000000000000) / 0.000000001 / 0.000000001",
        "sum(talks + 1000000000000) * sum(talks - 1000000000000)",
    ],
)
def test_very_large_and_very_small_numbers_break_no_engine(engines: list[RowsEngine], text: str) -> None:
    try:
        tree = check(text, MEMBER, "figure").tree
    except ExpressionMistake:
        return
    for atom in split(tree).atoms:
        for engine in engines:
            sql = atom.sql(engine.dialect, DAYS[0])
            assert engine.select(MEMBER, [sql], where=None, group_by_organisation=True, on=DAYS[0])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (" * ".join(["talks"] * 18) + " > 1", "nested"),
        ("(" + " * ".join(["talks"] * 10) + ") * (" + " * ".join(["talks"] * 9) + ") > 1", "multiplies and divides"),
        ("talks > 0." + "0" * 20 + "1", "too small"),
        ("talks > 0." + "0" * 400 + "1", "too small"),
        ("talks / 0.0 > 1", "divided by 0"),
    ],
)
def test_what_no_double_can_hold_is_refused(text: str, said: str) -> None:
    with pytest.raises(ExpressionMistake) as caught:
        check(text, MEMBER)

    assert said in caught.value.sentence

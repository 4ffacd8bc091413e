"""The meanings that engines differ on, on PostgreSQL too."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import psycopg
import pytest

from guben.rulebook_engine.adapters.rows import RowsEngine
from guben.rulebook_engine.checking import check
from guben.rulebook_engine.engines import value
from guben.rulebook_engine.expressions import Checked
from guben.rulebook_engine.interpreting import reading
from tests.rulebook_engine.tables import MEMBER
from tests.rulebook_engine.test_meaning import CASES, DAYS, ROWS

EXPRESSIONS = [
    "age",
    "talks",
    "hours",
    "talks + 2000000000",
    "talks * talks * 1000000000",
    "hours / talks",
    "talks / (1 - 1)",
    "hours + 0.1",
    "0.1 + 0.2",
    "1 / 3 * 3 - 1",
    "months(born_on)",
    "days(last_contact_on)",
    "months(last_contact_on) * 2 / 3 - days(born_on)",
    "age - -3",
]
CONDITIONS = [
    "education between '10' and '33'",
    "education > ''",
    "education <= '40' and not has_contact_person",
    "has_contact_person = false or note = 'it''s'",
    "age in (25, 36) or age between 30 and 40",
    "hours in (0, 2.5)",
    "talks <> 0.5",
    "born_on < last_contact_on",
    "last_contact_on >= '2025-03-01'",
    "note is null or true",
]


@pytest.fixture
def engine(embedded_postgres: str) -> Iterator[Any]:
    connection = psycopg.connect(embedded_postgres, autocommit=True)

    def build(rows: list[dict[str, Any]]) -> RowsEngine:
        connection.execute("DROP TABLE IF EXISTS pg_temp.member")
        return RowsEngine("postgresql", {MEMBER: rows}, connection)

    yield build
    connection.close()


def answers(engine: RowsEngine, checked: Checked, on: date) -> list[Any]:
    found = engine.select(
        MEMBER, ['"record"', checked.sql(engine.dialect, on)], where=None, group_by_organisation=False, on=on
    )
    return [value(row[2], checked.type) for row in sorted(found, key=lambda row: row[1])]


@pytest.mark.parametrize(("text", "born_on", "on", "expected"), CASES)
def test_a_case_has_the_same_meaning(
    engine: Any, text: str, born_on: date | None, on: date, expected: bool | None
) -> None:
    row = {"organisation": 1, "record": 1, "born_on": born_on}

    assert answers(engine([row]), check(text, MEMBER), on) == [expected]


def test_numbers_and_conditions_are_what_python_computes(engine: Any) -> None:
    filled = engine(ROWS)

    for on in DAYS:
        for text in EXPRESSIONS:
            whole = check(f"{text} = 0", MEMBER)
            checked = Checked(text, MEMBER.name, whole.tree.left)  # type: ignore[union-attr]
            read = reading(checked.tree, on)
            expected = [None if found is None else pytest.approx(found, rel=1e-12) for found in map(read, ROWS)]
            assert answers(filled, checked, on) == expected, (text, on)
        for text in CONDITIONS:
            checked = check(text, MEMBER)
            assert answers(filled, checked, on) == [reading(checked.tree, on)(row) for row in ROWS], (text, on)


def test_codes_are_ordered_byte_by_byte_whatever_the_collation_of_the_database(engine: Any) -> None:
    sql = check("education > '30'", MEMBER).sql(engine([]).dialect, date(2026, 6, 30))

    assert sql == """(("education" COLLATE "C") > '30')"""

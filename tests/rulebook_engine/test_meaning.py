"""One meaning on every engine: the same expression over the same rows on SQLite, on DuckDB and in Python."""

from __future__ import annotations

import random
import re
from datetime import date, timedelta
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guben.kit.days import completed_years
from guben.rulebook_engine.adapters.rows import RowsEngine
from guben.rulebook_engine.checking import MAX_PRODUCTS, check
from guben.rulebook_engine.dialects import SPARK
from guben.rulebook_engine.engines import value
from guben.rulebook_engine.expressions import Checked
from guben.rulebook_engine.interpreting import reading
from tests.rulebook_engine.tables import MEMBER

DAYS = [
    date(2024, 2, 29),
    date(2025, 2, 28),
    date(2025, 3, 1),
    date(2026, 1, 31),
    date(2026, 6, 30),
    date(2026, 12, 31),
    date(2000, 2, 29),
    date(1999, 12, 31),
]


def some_rows() -> list[dict[str, Any]]:
    """Rows with every kind of edge: nulls, month ends, 29 February, the days themselves, days ahead."""
    chance = random.Random(7)
    days: list[date | None] = [None, *DAYS]
    days += [day + timedelta(days=shift) for day in DAYS for shift in (-1, 1)]
    days += [date(1950, 1, 1) + timedelta(days=chance.randrange(30_000)) for _ in range(60)]
    rows = []
    for number, day in enumerate(days * 2):
        rows.append(
            {
                "organisation": 1,
                "record": number,
                "stage": chance.choice([None, "activist", "probationary", "full"]),
                "sex": chance.choice([None, "1", "2"]),
                "born_on": day,
                "education": chance.choice([None, "", "10", "20", "30", "40", "60"]),
                "last_contact_on": chance.choice(days),
                "has_contact_person": chance.choice([None, True, False]),
                "note": chance.choice([None, "", "it's", "甲", "a"]),
                "hours": chance.choice([None, 0.0, 0.1, 2.5, -3.0, 1e6]),
                "talks": chance.choice([None, 0, 1, 2, -5, 10**9]),
            }
        )
    return rows


ROWS = some_rows()


@cache
def engine(name: Any) -> RowsEngine:
    return RowsEngine(name, {MEMBER: ROWS})


def by_engine(checked: Checked, name: str, on: date) -> list[Any]:
    found = engine(name).select(
        MEMBER, ['"record"', checked.sql(engine(name).dialect, on)], where=None, group_by_organisation=False, on=on
    )
    type_ = checked.type
    return [value(row[2], type_) for row in sorted(found, key=lambda row: row[1])]


def by_python(checked: Checked, on: date) -> list[Any]:
    read = reading(checked.tree, on)
    return [read(row) for row in ROWS]


day = st.one_of(st.sampled_from(DAYS), st.dates(date(1960, 1, 1), date(2035, 12, 31)))
text_of_day = day.map(lambda found: f"'{found.isoformat()}'")
whole = st.integers(-250, 250).map(str)
sign = st.sampled_from(["=", "<>", "<", "<=", ">", ">="])
number = st.deferred(
    lambda: st.one_of(
        st.sampled_from(
            ["age", "talks", "hours", "months(born_on)", "days(last_contact_on)", "months(last_contact_on)"]
        ),
        whole,
        st.sampled_from(["0.85", "1.5", "0"]),
        st.builds("({} {} {})".format, number, st.sampled_from("+-*/"), number),
    )
)
condition = st.deferred(
    lambda: st.one_of(
        st.builds("{} {} {}".format, number, sign, number),
        st.builds("age {} {}".format, sign, whole),
        st.builds("{} {} age".format, whole, sign),
        st.builds("age between {} and {}".format, whole, whole),
        st.builds("age in ({}, {})".format, whole, whole),
        st.builds("born_on {} {}".format, sign, text_of_day),
        st.builds("born_on {} last_contact_on".format, sign),
        st.builds("last_contact_on between {} and {}".format, text_of_day, text_of_day),
        st.sampled_from(
            [
                "has_contact_person",
                "has_contact_person = false",
                "sex in ('1')",
                "sex not in ('1', '2')",
                "note = 'it''s'",
                "note <> '甲'",
                "education between '10' and '33'",
                "education > ''",
                "age is null",
                "note is not null",
                "stage <> 'full'",
                "true",
            ]
        ),
        st.builds("not ({})".format, condition),
        st.builds("({} {} {})".format, condition, st.sampled_from(["and", "or"]), condition),
    )
)


NOUGHT = re.compile(r"/ \(*-?0(?![.\d])")


def is_small(text: str) -> bool:
    """Short enough to be read, twice too, and nothing is divided by a plain nought, which is refused."""
    products = text.count("*") + text.count("/")
    return len(text) < 500 and text.count("(") < 10 and products <= MAX_PRODUCTS // 2 and not NOUGHT.search(text)


@settings(max_examples=250, deadline=None)
@given(condition.filter(is_small), day)
def test_a_condition_has_one_meaning(text: str, on: date) -> None:
    checked = check(text, MEMBER)

    expected = by_python(checked, on)

    assert by_engine(checked, "sqlite", on) == expected
    assert by_engine(checked, "duckdb", on) == expected


@settings(max_examples=150, deadline=None)
@given(number.filter(is_small), sign, day)
def test_a_number_has_one_meaning(text: str, sign: str, on: date) -> None:
    checked = check(f"{text} {sign} {text}", MEMBER)
    left = Checked(text, MEMBER.name, checked.tree.left)  # type: ignore[union-attr]

    expected = [None if found is None else pytest.approx(found, rel=1e-12) for found in by_python(left, on)]

    assert by_engine(left, "sqlite", on) == expected
    assert by_engine(left, "duckdb", on) == expected


CASES = [
    # expression, born_on, day, meaning
    ("age = 35", date(1990, 6, 30), date(2026, 6, 29), True),
    ("age = 36", date(1990, 6, 30), date(2026, 6, 30), True),
    ("age >= 25", date(2000, 2, 29), date(2025, 2, 28), False),
    ("age >= 25", date(2000, 2, 29), date(2025, 3, 1), True),
    ("age >= 28", date(2000, 2, 29), date(2028, 2, 29), True),
    ("age < 25", date(2000, 2, 29), date(2025, 2, 28), True),
    ("age <= 24", date(2000, 2, 29), date(2025, 2, 28), True),
    ("age > 24", date(2000, 2, 29), date(2025, 3, 1), True),
    ("age = 1", date(2023, 3, 1), date(2024, 2, 29), False),
    ("age = 0", date(2023, 3, 1), date(2024, 2, 29), True),
    ("age < 0", date(2026, 1, 2), date(2026, 1, 1), True),
    ("months(born_on) = 0", date(2026, 1, 31), date(2026, 2, 28), True),
    ("months(born_on) = 1", date(2026, 1, 31), date(2026, 3, 1), True),
    ("months(born_on) = 6", date(2025, 12, 30), date(2026, 6, 30), True),
    ("months(born_on) = 5", date(2025, 12, 31), date(2026, 6, 30), True),
    ("months(born_on) = -1", date(2026, 7, 1), date(2026, 6, 30), True),
    ("days(born_on) = 366", date(2024, 1, 1), date(2025, 1, 1), True),
    ("days(born_on) = -1", date(2026, 7, 1), date(2026, 6, 30), True),
    ("age > 3", None, date(2026, 6, 30), None),
    ("age > 3 or true", None, date(2026, 6, 30), True),
    ("age > 3 and false", None, date(2026, 6, 30), False),
    ("not age > 3", None, date(2026, 6, 30), None),
    ("age is null", None, date(2026, 6, 30), True),
    ("age in (1, 2)", None, date(2026, 6, 30), None),
    ("1 / 2 = 0.5", None, date(2026, 6, 30), True),
    ("1 / (1 - 1) = 1", None, date(2026, 6, 30), None),
    ("0.1 + 0.2 = 0.3", None, date(2026, 6, 30), False),
    ("2000000000 + 2000000000 > 0", None, date(2026, 6, 30), True),
    ("1000000000000 * 1000000000000 * 1000000000000 > 1", None, date(2026, 6, 30), True),
]


@pytest.mark.parametrize(("text", "born_on", "on", "expected"), CASES)
def test_the_meanings_that_engines_differ_on(text: str, born_on: date | None, on: date, expected: bool | None) -> None:
    checked = check(text, MEMBER)
    row = {"organisation": 1, "record": 1, "born_on": born_on}

    assert reading(checked.tree, on)(row) is expected
    for name in ("sqlite", "duckdb"):
        own = RowsEngine(name, {MEMBER: [row]})  # type: ignore[arg-type]
        ((_, found),) = own.select(
            MEMBER, [checked.sql(own.dialect, on)], where=None, group_by_organisation=False, on=on
        )
        assert value(found, "boolean") is expected


@settings(max_examples=200, deadline=None)
@given(st.dates(date(1900, 1, 1), date(2040, 1, 1)), day, st.integers(0, 120))
def test_age_against_a_number_is_a_comparison_of_days(born_on: date, on: date, years: int) -> None:
    age = completed_years(born_on, on)

    for written, expected in {">=": age >= years, "<": age < years, ">": age > years, "=": age == years}.items():
        assert reading(check(f"age {written} {years}", MEMBER).tree, on)({"born_on": born_on}) is expected


def test_an_age_is_compared_without_computing_it() -> None:
    checked = check("age <= 35", MEMBER)

    assert checked.sql(engine("sqlite").dialect, date(2026, 6, 30)) == "(\"born_on\" > '1990-06-30')"
    assert checked.sql(engine("duckdb").dialect, date(2026, 6, 30)) == "(\"born_on\" > DATE '1990-06-30')"


@pytest.mark.parametrize("name", ["sqlite", "duckdb"])
def test_the_sql_holds_no_percent_sign_and_no_open_text(name: str) -> None:
    checked = check("note = 'it''s; drop table member' and months(born_on) * 2 / 3 > days(born_on)", MEMBER)

    sql = checked.sql(engine(name).dialect, date(2026, 6, 30))

    assert "%" not in sql
    assert "'it''s; drop table member'" in sql


def test_spark_is_given_no_sign_in_a_text_that_it_reads_otherwise() -> None:
    checked = check("note = 'it''s ${env:HOME}' and days(born_on) > 3 and talks > 5000000000", MEMBER)

    assert checked.sql(SPARK, date(2026, 6, 30)) == (
        "((`note` = 'it\\u0027s \\u0024{env:HOME}') AND (datediff(DATE '2026-06-30', `born_on`) > 3)"
        " AND (`talks` > CAST(5000000000 AS BIGINT)))"
    )

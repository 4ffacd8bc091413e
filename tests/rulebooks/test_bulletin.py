"""The tables of the bulletin: they know every published row, their parts add up, and the published numbers are read."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest

import guben.rulebooks
from guben.members.choices import Occupation
from guben.organisations.choices import Field, Kind, Territory
from guben.rulebook_engine.adapters.rows import RowsEngine
from guben.rulebook_engine.evaluation import Tree, evaluate
from guben.rulebook_engine.examples import read_examples
from guben.rulebook_engine.facts import catalogue
from guben.rulebook_engine.library import Library
from guben.rulebook_engine.loading import read_rulebook
from guben.rulebook_engine.published import Published, days_in, read_published

FOLDER = Path(guben.rulebooks.__file__).parent
SHEETS = days_in(FOLDER / "published")


@cache
def library() -> Library:
    return Library([read_rulebook((FOLDER / "bulletin.toml").read_text("utf-8"), "bulletin.toml", catalogue)])


@pytest.mark.parametrize("on", SHEETS, ids=str)
def test_every_published_row_is_a_row_of_a_table_of_its_day(on: date) -> None:
    printed = read_published(SHEETS[on])
    tables = {table.name: table for table in library().tables(on)}

    unknown = [
        (one.table, one.row)
        for one in printed
        if one.table not in tables or tables[one.table].row_called(one.row) not in tables[one.table].printed(on)
    ]
    assert printed
    assert unknown == []


@pytest.mark.parametrize("on", SHEETS, ids=str)
def test_a_published_row_counts_what_its_table_says(on: date) -> None:
    words = {"persons": "名", "units": "个", "pieces": "枚", "share": "%"}
    tables = {table.name: table for table in library().tables(on)}

    for one in read_published(SHEETS[on]):
        table = tables[one.table]
        row = table.row_called(one.row)
        assert row is not None
        assert words[table.unit_of(row)] == one.counted_in, one


def test_what_is_not_counted_says_why_and_all_else_has_a_formula() -> None:
    without = {
        table.key_of(row) for table in library().tables(date(2018, 12, 31)) for row in table.row if not row.value
    }
    changes = {key for key in without if key.endswith(("_increase", "_growth", "_change"))}

    assert changes == {
        "bulletin-members_increase",
        "bulletin-members_growth",
        "bulletin-units_increase",
        "bulletin-units_growth",
        "bulletin-admissions_change",
    }
    assert {key.split("_")[0] for key in without - changes} == {
        "bulletin-admitted",  # the front line
        "bulletin-awards",
        "bulletin-coverage",
        "bulletin-other-units",  # leading groups
    }


def test_the_examples_stand_for_every_kind_of_table() -> None:
    shown = read_examples((FOLDER / "bulletin.examples.toml").read_text("utf-8"), "bulletin.examples.toml")

    assert all(library().editions(example.rule) for example in shown)
    assert len({example.rule.split("_")[0] for example in shown}) >= 11


@pytest.mark.parametrize("on", [date(2014, 12, 31), date(2024, 12, 31)], ids=str)
def test_the_parts_of_a_table_make_its_whole(on: date) -> None:
    """Every age, every day of joining, every occupation, kind and level falls into just one row."""
    figures = of_every_edge(on)

    checked = []
    for table in library().tables(on):
        if table.adds_up_to:
            parts = [figures[table.key_of(row)] for row in table.row if not row.beside and row.value]
            whole = figures[table.adds_up_to]
            assert sum(parts) == whole, table.key
            assert 0 < max(parts) < whole, table.key
            checked.append(table.key)
    assert len(checked) == 6


def test_the_older_bands_make_the_whole_too() -> None:
    figures = of_every_edge(date(2014, 12, 31))
    age = ["up-to-35", "36-45", "46-60", "from-61"]
    joined = ["before-1949", "1949-1966", "1966-1976", "1976-1978", "1978-2002", "2002-2012", "from-2012"]

    assert sum(figures[f"bulletin-age_{key}"] for key in age) == figures["bulletin-members_total"]
    assert sum(figures[f"bulletin-joined_{key}"] for key in joined) == figures["bulletin-members_total"]


@cache
def of_every_edge(on: date) -> dict[str, int]:
    """The counts over people of every age on, before and after their birthday, and units of every kind and level."""
    joined = [date(1949, 9, 30), date(1949, 10, 1), date(1966, 5, 16), date(1976, 10, 6), date(1978, 12, 17)]
    joined += [date(1978, 12, 18), date(2002, 11, 8), date(2007, 10, 15), date(2012, 11, 7), date(2012, 11, 8), on]
    people = [
        {
            "organisation": 1,
            "record": record,
            "stage": ("full", "probationary", "activist")[record % 3],
            "born_on": born_on,
            "joined_on": joined[record % len(joined)],
            "occupation": Occupation.values[record % len(Occupation.values)],
        }
        for record, born_on in enumerate(
            date(on.year - age, month, day) for age in range(18, 100) for month, day in ((1, 1), (12, 31))
        )
    ]
    units = [
        {"organisation": 1, "record": 1, "kind": kind, "field": field, "territory": territory}
        for kind in Kind.values
        for field in Field.values
        for territory in ("", *Territory.values)
    ]
    tables = {one: {"member": people, "organisation": units}.get(one.name, []) for one in catalogue}
    engine = RowsEngine("duckdb", tables)
    counted = [one for one in library().rows(on) if one.over in ("member", "organisation") and one.unit == "count"]
    found = evaluate(counted, engine, Tree([1], ["0001"]), on, catalogue)
    engine.close()
    return {key: int(units[1].value or 0) for key, units in found.items()}


def test_numbers_are_rounded_as_they_were_printed() -> None:
    printed = Published("members.total", "党员总数", Decimal("10027.1"), "万名")

    assert printed.whole == 100_271_000
    assert printed.equals(100_270_500)
    assert printed.equals(100_271_499)
    assert not printed.equals(100_270_499)
    assert not printed.equals(100_271_500)
    assert str(printed.rounded(100_200_000)) == "10020.0"
    assert Published("orgs.territory", "乡镇", Decimal("29620"), "个").equals(29_620)
    assert Published("members.age", "x", Decimal("24.9"), "%").equals(24.85)


@pytest.mark.parametrize(
    "text", ["table,row,value\na,b,1\n", "table,row,value,unit\na,b,many,名\n", "table,row,value,unit\na,b,NaN,名\n"]
)
def test_a_sheet_that_cannot_be_read_is_refused_with_its_line(text: str, tmp_path: Path) -> None:
    file = tmp_path / "2024-12-31.csv"
    file.write_text(text, encoding="utf-8")

    with pytest.raises(ValueError, match=r"2024-12-31.csv:2"):
        read_published(file)

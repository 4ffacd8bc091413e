"""Yearly tables are read, their rows are indicators, and every mistake in them is told."""

from __future__ import annotations

from datetime import date

import pytest

from guben.rulebook_engine.adapters.rows import RowsEngine
from guben.rulebook_engine.amending import amended, changes
from guben.rulebook_engine.errors import RulebookErrors
from guben.rulebook_engine.evaluation import Tree, evaluate
from guben.rulebook_engine.library import Library
from guben.rulebook_engine.loading import read_rulebook
from guben.rulebook_engine.yearly import YearlyTable
from tests.rulebook_engine.tables import HEAD, INDICATOR, small_catalogue

ON = date(2026, 6, 30)
TABLE = """
[[table]]
key        = "by-age"
name       = "members.age"
title      = { zh = "年龄", en = "Age" }
over       = "member"
where      = "stage = 'full'"
adds-up-to = "by-age_all"

  [[table.row]]
  key    = "all"
  title  = { zh = "总数", en = "All" }
  value  = "count()"
  beside = true

  [[table.row]]
  key   = "young"
  title = { zh = "35岁及以下", en = "35 or under" }
  also  = ["35岁以下"]
  value = "count(age <= 35)"
  until = 2020-01-01

  [[table.row]]
  key   = "units"
  title = { zh = "组织数", en = "Units" }
  over  = "organisation"
  value = "count()"
  unit  = "units"

  [[table.row]]
  key    = "more"
  title  = { zh = "净增", en = "Increase" }
  of     = "all"
  change = "difference"

  [[table.row]]
  key       = "medals"
  title     = { zh = "奖章", en = "Medals" }
  uncounted = { zh = "没有登记。", en = "Not recorded." }
  unit      = "pieces"
"""


def library(table: str = TABLE, more: str = "") -> Library:
    return Library([read_rulebook(HEAD + table + more, "sample.toml", small_catalogue())])


def table() -> YearlyTable:
    (found,) = library().tables(ON)
    return found


def test_a_row_with_a_formula_is_an_indicator_over_unit_and_below() -> None:
    rows = {one.key: one for one in library().rows(ON)}

    assert list(rows) == ["by-age_all", "by-age_young", "by-age_units"]
    assert rows["by-age_young"].scope == "subtree"
    assert rows["by-age_young"].title.zh == "年龄：35岁及以下"
    assert rows["by-age_young"].where == rows["by-age_all"].where
    assert str(rows["by-age_young"].where) == "stage = 'full'"


def test_a_row_over_another_table_does_not_take_the_condition() -> None:
    rows = {one.key: one for one in library().rows(ON)}

    assert (rows["by-age_units"].over, rows["by-age_units"].where) == ("organisation", None)


def test_a_row_is_found_by_its_key_and_no_indicator_of_the_list() -> None:
    found = library(more=INDICATOR)

    assert found.get("by-age_young", ON) == found.rows(ON)[1]
    assert found.get("by-age_young", date(2001, 1, 1)) is None
    assert [one.key for one in found.indicators(ON)] == ["share-35-or-under"]
    assert "by-age_young" not in [entry.key for entry in found]


def test_wordings_and_years_of_a_row() -> None:
    found = table()
    young = found.row_called("35岁以下")

    assert young is not None
    assert young.key == "young"
    assert [row.key for row in found.printed(date(2019, 12, 31))] == ["all", "young", "units", "more", "medals"]
    assert [row.key for row in found.printed(date(2020, 1, 1))] == ["all", "units", "more", "medals"]
    assert [found.unit_of(row) for row in found.row] == ["persons", "persons", "units", "persons", "pieces"]


@pytest.mark.parametrize("name", ["sqlite", "duckdb"])
def test_rows_are_counted_like_indicators(name: str) -> None:
    catalogue = small_catalogue()
    engine = RowsEngine(
        name,  # type: ignore[arg-type]
        {
            one: [
                {"organisation": unit, "record": number, "stage": stage, "born_on": date(1990 + number, 1, 1)}
                for number, (unit, stage) in enumerate([(1, "full"), (2, "full"), (2, "activist"), (2, "full")])
            ]
            if one.name == "member"
            else [{"organisation": unit, "record": unit} for unit in (1, 2)]
            if one.name == "organisation"
            else []
            for one in catalogue
        },
    )
    found = evaluate(library().rows(ON), engine, Tree([1, 2], ["0001", "00010001"]), ON, catalogue)
    engine.close()

    assert {key: [figure.value for figure in units.values()] for key, units in found.items()} == {
        "by-age_all": [3, 2],
        "by-age_young": [2, 2],
        "by-age_units": [2, 1],
    }


def test_no_rule_is_named_like_a_row() -> None:
    with pytest.raises(RulebookErrors, match="The key 'by-age_young' already names a row of a table"):
        library(more=INDICATOR.replace("share-35-or-under", "by-age_young"))


def test_a_table_ends_with_its_book_and_changes_nobodys_duties() -> None:
    old = library()
    later = TABLE.replace('key        = "by-age"', 'key        = "by-age"\nfrom       = 2027-01-01')
    new = read_rulebook(HEAD.replace('"sample"', '"other"') + later, "other.toml", small_catalogue())
    both = amended(old.rulebooks, [new])

    assert [(one.from_on, one.until_on) for one in both.editions("by-age")] == [
        (date(2018, 1, 1), date(2027, 1, 1)),
        (date(2027, 1, 1), None),
    ]
    assert [one.from_on for one in both.editions("by-age_all")] == [date(2018, 1, 1), date(2027, 1, 1)]
    assert both.rows(ON)[0].until_on == date(2027, 1, 1)
    assert changes(old, [new], ON) == []

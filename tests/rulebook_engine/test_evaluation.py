from __future__ import annotations

import random
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guben.kit.days import completed_years
from guben.kit.tree import step
from guben.rulebook_engine.adapters.duckdb import ParquetEngine, write_parquet
from guben.rulebook_engine.adapters.rows import RowsEngine
from guben.rulebook_engine.aggregates import Figure
from guben.rulebook_engine.engines import conditions
from guben.rulebook_engine.entries import Indicator, Standard
from guben.rulebook_engine.evaluation import Tree, Verdict, evaluate, judge, records
from guben.rulebook_engine.loading import read_rulebook
from tests.rulebook_engine.tables import HEAD, MEMBER, ORGANISATION, small_catalogue

ON = date(2026, 6, 30)
ENGINES = ["sqlite", "duckdb"]


def indicators(*written: dict[str, str]) -> list[Indicator]:
    text = HEAD
    for number, fields in enumerate(written):
        fields = {"key": f"figure-{number}", "over": "member", **fields}
        text += '\n[[indicator]]\ntitle = { zh = "数", en = "figure" }\n'
        text += "".join(f'{key} = "{value}"\n' for key, value in fields.items())
    return list(read_rulebook(text, "sample.toml", small_catalogue()).indicators)


def standard(**fields: str) -> Standard:
    text = HEAD + '\n[[indicator]]\nkey = "figure-0"\ntitle = { zh = "数", en = "figure" }\nvalue = "count()"\n'
    text += 'over = "member"\n[[standard]]\nkey = "line"\nindicator = "figure-0"\ntitle = { zh = "线", en = "line" }\n'
    text += 'line = { zh = "线", en = "line" }\nremedy = { zh = "办", en = "do" }\nseverity = "low"\n'
    text += "".join(f'{key} = "{value}"\n' for key, value in fields.items())
    return read_rulebook(text, "sample.toml", small_catalogue()).standards[0]


def family() -> tuple[Tree, dict[Any, list[dict[str, Any]]]]:
    """A town (10) with two branches (20, 30), the second without members; ids are not in the order of the tree."""
    units = [
        {"organisation": 10, "record": 10, "kind": "committee", "territory": "town", "groups": 0},
        {"organisation": 30, "record": 30, "kind": "branch", "territory": "village", "groups": 2},
        {"organisation": 20, "record": 20, "kind": "branch", "territory": "", "groups": None},
    ]
    members = [
        {"organisation": 10, "record": 1, "stage": "full", "born_on": date(1990, 1, 1), "talks": 2, "hours": 1.5},
        {"organisation": 30, "record": 2, "stage": "full", "born_on": date(1960, 1, 1), "talks": 4},
        {"organisation": 30, "record": 3, "stage": "activist", "born_on": date(2001, 1, 1), "talks": 9},
        {"organisation": 30, "record": 4, "stage": "full", "hours": 0.5},
        {"organisation": 99, "record": 5, "stage": "full", "born_on": date(1990, 1, 1), "talks": 100},
    ]
    return Tree([10, 30, 20], ["0001", "00010001", "00010002"]), {ORGANISATION: units, MEMBER: members}


def figures(name: str, *written: dict[str, str]) -> list[dict[int, Figure]]:
    tree, data = family()
    found = evaluate(indicators(*written), RowsEngine(name, data), tree, ON, small_catalogue())  # type: ignore[arg-type]
    return list(found.values())


@pytest.mark.parametrize("name", ENGINES)
def test_own_figures_count_the_units_own_rows_only(name: str) -> None:
    (found,) = figures(name, {"value": "count()"})

    assert found == {10: Figure(1, 1), 30: Figure(3, 3), 20: Figure(0, 0)}


@pytest.mark.parametrize("name", ENGINES)
def test_subtree_figures_count_all_below(name: str) -> None:
    (found,) = figures(name, {"value": "count()", "scope": "subtree", "where": "stage = 'full'"})

    assert found == {10: Figure(3, 3), 30: Figure(2, 2), 20: Figure(0, 0)}


@pytest.mark.parametrize("name", ENGINES)
def test_a_share_of_nobody_is_unknown(name: str) -> None:
    (found,) = figures(name, {"value": "share(age <= 40)", "where": "stage = 'full'", "scope": "subtree"})

    assert found == {10: Figure(1 / 3, 1, 3), 30: Figure(0.0, 0, 2), 20: Figure(None, 0, 0)}


@pytest.mark.parametrize("name", ENGINES)
def test_mean_least_and_greatest_pass_over_what_is_unknown(name: str) -> None:
    mean, least, greatest = figures(
        name,
        {"value": "mean(talks)", "scope": "subtree"},
        {"value": "min(hours)", "scope": "subtree"},
        {"value": "max(age)", "scope": "subtree"},
    )

    assert mean == {10: Figure(5.0, 15, 3), 30: Figure(6.5, 13, 2), 20: Figure(None, None, 0)}
    assert [figure.value for figure in least.values()] == [0.5, 0.5, None]
    assert [figure.value for figure in greatest.values()] == [66, 66, None]


@pytest.mark.parametrize("name", ENGINES)
def test_a_quotient_shows_what_it_is_made_of(name: str) -> None:
    (found,) = figures(name, {"value": "sum(talks) / (count() - 1)", "scope": "subtree"})

    assert found[10] == Figure(5.0, 15, 3)
    assert found[20] == Figure(None, None, -1)


@pytest.mark.parametrize("name", ENGINES)
def test_units_that_an_indicator_is_not_about_are_absent(name: str) -> None:
    (found,) = figures(name, {"value": "count()", "who": "groups > 0"})

    assert found == {30: Figure(3, 3)}


class CountingEngine(RowsEngine):
    queries = 0

    def select(self, *arguments: Any, **named: Any) -> list[tuple[Any, ...]]:
        self.queries += 1
        return super().select(*arguments, **named)


def test_any_number_of_indicators_over_one_table_takes_one_query() -> None:
    tree, data = family()
    engine = CountingEngine("sqlite", data)

    evaluate(indicators(*[{"value": f"share(age <= {age})"} for age in range(40)]), engine, tree, ON, small_catalogue())

    assert engine.queries == 1


@pytest.mark.parametrize("name", ENGINES)
def test_conditions_tell_true_false_and_unknown(name: str) -> None:
    _, data = family()
    checks = [indicators({"value": "count()", "who": who})[0].who for who in ("groups > 0", "territory = ''")]

    found = conditions(checks, RowsEngine(name, data), ON, small_catalogue())  # type: ignore[arg-type]

    assert found == {10: (False, False), 30: (True, False), 20: (None, True)}


@pytest.mark.parametrize("name", ENGINES)
def test_a_standard_judges_by_the_figure_and_the_units_facts(name: str) -> None:
    tree, data = family()
    engine = RowsEngine(name, data)  # type: ignore[arg-type]
    line = standard(holds="value < 3 or groups >= 3", who="kind = 'branch'")
    found = evaluate(indicators({"value": "count()"}), engine, tree, ON, small_catalogue())

    verdicts = judge([line], found, engine, tree, ON, small_catalogue())

    assert verdicts == {"line": {30: Verdict(False, Figure(3, 3)), 20: Verdict(True, Figure(0, 0))}}


def test_what_is_unknown_is_neither_kept_nor_broken() -> None:
    tree, data = family()
    engine = RowsEngine("sqlite", data)
    found = evaluate(indicators({"value": "share(talks > 1)"}), engine, tree, ON, small_catalogue())

    verdicts = judge([standard(holds="value > 0.5")], found, engine, tree, ON, small_catalogue())

    assert verdicts["line"][20].holds is None


@pytest.mark.parametrize("name", ENGINES)
def test_the_records_behind_a_figure_are_those_it_counts(name: str) -> None:
    _, data = family()
    (indicator,) = indicators({"value": "share(age > 40)", "where": "stage = 'full'"})
    opens = standard(holds="value > 0", opens="age is null or age > 40").opens

    found = records(indicator, opens, RowsEngine(name, data), ON, small_catalogue())  # type: ignore[arg-type]

    assert sorted(found) == [(30, 2), (30, 4)]


def test_a_tree_must_be_sorted() -> None:
    with pytest.raises(ValueError, match="sorted"):
        Tree([1, 2], ["0002", "0001"])


def test_a_unit_without_its_parent_in_the_tree_is_a_root_or_below_the_next_one_above() -> None:
    tree = Tree([1, 2, 3], ["0001", "000100020003", "00050001"])

    assert tree.parents == [-1, 0, -1]


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 30), st.integers(0, 60), st.integers(0, 10**6))
def test_a_roll_up_is_the_figure_over_all_rows_below(units: int, people: int, seed: int) -> None:
    chance = random.Random(seed)
    paths = ["0001"]
    children = {"0001": 0}
    for _ in range(units - 1):
        above = chance.choice(paths)
        path = above + step(children[above])
        children[above] += 1
        children[path] = 0
        paths.append(path)
    ids = dict(zip(paths, chance.sample(range(1000), len(paths)), strict=True))
    members = [
        {
            "path": chance.choice(paths),
            "record": number,
            "born_on": chance.choice([None, date(chance.randint(1940, 2005), 2, 28), date(1996, 2, 29)]),
            "talks": chance.choice([None, 0, 3, 7]),
        }
        for number in range(people)
    ]
    rows = [{**member, "organisation": ids[member["path"]]} for member in members]
    written = ["share(age <= 35)", "mean(talks)", "max(talks) - min(talks)", "sum(talks) / count(age > 50)"]
    tree = Tree([ids[path] for path in sorted(paths)], sorted(paths))

    for name in ENGINES:
        engine = RowsEngine(name, {MEMBER: rows})  # type: ignore[arg-type]
        checked = indicators(*[{"value": value, "scope": "subtree"} for value in written])
        found = list(evaluate(checked, engine, tree, ON, small_catalogue()).values())
        for path in paths:
            below = [member for member in members if member["path"].startswith(path)]
            answers = [figure[ids[path]].value for figure in found]
            assert answers == [None if one is None else pytest.approx(one) for one in by_hand(below)]


def by_hand(members: list[dict[str, Any]]) -> list[float | None]:
    ages = [completed_years(member["born_on"], ON) for member in members if member["born_on"]]
    talks = [member["talks"] for member in members if member["talks"] is not None]
    old = sum(1 for age in ages if age > 50)
    return [
        sum(1 for age in ages if age <= 35) / len(members) if members else None,
        sum(talks) / len(talks) if talks else None,
        max(talks) - min(talks) if talks else None,
        sum(talks) / old if old and talks else None,
    ]


def test_a_parquet_folder_answers_as_the_rows_do(tmp_path: Path) -> None:
    tree, data = family()
    for table, rows in data.items():
        names = ["organisation", "record", *[column.name for column in table.stored_columns]]
        (file,) = write_parquet(tmp_path, table, [[row.get(name) for name in names] for row in rows])
        assert file.rows == len(rows)
    checked = indicators(
        {"value": "share(age <= 40)", "scope": "subtree"}, {"value": "sum(hours)", "who": "kind = 'branch'"}
    )

    with ParquetEngine(tmp_path) as engine:
        found = evaluate(checked, engine, tree, ON, small_catalogue())

    assert found == evaluate(checked, RowsEngine("duckdb", data), tree, ON, small_catalogue())


def test_parquet_keeps_empty_texts_quotes_and_nulls_apart(tmp_path: Path) -> None:
    notes = [None, "", 'a "quoted", text', "two\nlines", "NULL", "\\n"]
    width = len(MEMBER.stored_columns)
    at = [column.name for column in MEMBER.stored_columns].index("note")
    rows = [[1, number, *[None] * at, note, *[None] * (width - at - 1)] for number, note in enumerate(notes)]

    write_parquet(tmp_path, MEMBER, rows)

    with ParquetEngine(tmp_path) as engine:
        found = engine.select(MEMBER, ['"record"', '"note"'], where=None, group_by_organisation=False, on=ON)
    assert [note for _, _, note in sorted(found)] == notes


def test_parquet_refuses_the_text_that_means_nothing(tmp_path: Path) -> None:
    row = [1, 1, *["\\N" if column.name == "note" else None for column in MEMBER.stored_columns]]

    with pytest.raises(ValueError, match="note"):
        write_parquet(tmp_path, MEMBER, [row])
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []

"""All shipped rules and random ones over all units of the demo city: the live database, a DuckDB snapshot, PostgreSQL
and the kernel say the same.

Run on PostgreSQL the live database is one too, so that its own fact tables are compared with the snapshot.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connection, transaction
from pytest_django import DjangoDbBlocker

from guben.accounts.operator import acting_user
from guben.demo.city import build
from guben.demo.plan import DAY
from guben.demo.shape import SMALL
from guben.figures import snapshots, what_if
from guben.figures.trees import DayTree, day_tree
from guben.organisations.models import Organisation
from guben.rulebook.live import LiveEngine, select
from guben.rulebook.sources import RuleFile, read_all, shipped_files
from guben.rulebook_engine.adapters import kernel
from guben.rulebook_engine.adapters.duckdb import ParquetEngine
from guben.rulebook_engine.adapters.rows import RowsEngine
from guben.rulebook_engine.aggregates import Figure, aggregation_of
from guben.rulebook_engine.amending import always
from guben.rulebook_engine.engines import Engine, value
from guben.rulebook_engine.evaluation import evaluate, judge
from guben.rulebook_engine.facts import catalogue
from guben.rulebook_engine.frozen import read_manifest
from guben.rulebook_engine.owing import evidence, owing
from guben.rulebook_engine.plan_of_run import FAILS, HOLDS, NOT_ABOUT, UNKNOWN, PartFigures, Plan, plan
from tests.figures.test_what_if import HEAD, MEETING, RATIO
from tests.rulebook_engine import whole_trees
from tests.rulebook_engine.random_rules import RandomRules

DAYS = [DAY, date(2025, 12, 31), date(2024, 2, 29)]


def quiet(words: str, done: int, total: int) -> None:
    """Nobody watches."""


@pytest.fixture(scope="module")
def city(request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """One city for all tests of this module."""
    with django_db_blocker.unblock(), transaction.atomic():
        build(3, acting_user(), quiet, SMALL, 1_800)
        yield
        transaction.set_rollback(True)


@dataclass(frozen=True)
class Frozen:
    """The records of a day on the live database, in Parquet files, and in tables of a PostgreSQL server."""

    day: DayTree
    folder: Path
    engines: dict[str, Engine]

    def whole(self, plan: Plan) -> PartFigures:
        """The kernel's run over these records; its places are those of the tree's ids."""
        manifest = read_manifest(self.folder)
        assert len(manifest.parts) == 1
        found = kernel.work_out(self.folder, manifest, 0, plan)
        assert found.organisation.tolist() == self.day.tree.ids
        return found


@pytest.fixture
def frozen(city: None, db: None, tmp_path: Path, embedded_postgres: str) -> Iterator[Any]:
    server = psycopg.connect(embedded_postgres, autocommit=True)
    opened: list[ParquetEngine] = []

    def freeze(on: date) -> Frozen:
        folder = tmp_path / str(on)
        snapshots.freeze(on, folder)
        day = day_tree(Organisation.objects.get(parent=None), on)
        for table in catalogue:
            server.execute(f'DROP TABLE IF EXISTS pg_temp."{table.name}"')
        opened.append(ParquetEngine(folder))
        tables = {table: fact_rows(table, on) for table in catalogue}
        remote = RowsEngine("postgresql", tables, server)
        return Frozen(day, folder, {"live": LiveEngine(day.within), "duckdb": opened[-1], "postgresql": remote})

    yield freeze
    server.close()
    for engine in opened:
        engine.close()


def fact_rows(table: Any, on: date) -> list[dict[str, Any]]:
    """A fact table as the live database has it, in Python's types."""
    columns = table.stored_columns
    names = ["organisation", "record", *(f'"{column.name}"' for column in columns)]
    with connection.cursor() as cursor:
        cursor.execute(select(names, table, on, None))
        rows = cursor.fetchall()
    return [
        {"organisation": row[0], "record": row[1]}
        | {column.name: value(found, column.type) for column, found in zip(columns, row[2:], strict=True)}
        for row in rows
    ]


def near(figure: Figure) -> tuple[Any, ...]:
    """Counts exactly, doubles to the twelfth digit."""
    parts = (figure.value, figure.numerator, figure.denominator)
    return tuple(pytest.approx(one, rel=1e-12) if isinstance(one, float) else one for one in parts)


def plain(figure: Figure) -> tuple[Any, ...]:
    return figure.value, figure.numerator, figure.denominator


@pytest.mark.parametrize("on", DAYS)
def test_every_figure_and_verdict_is_the_same(frozen: Any, on: date) -> None:
    library = read_all(shipped_files())
    data = frozen(on)
    indicators, standards = library.indicators(on), library.standards(on)

    figures = {name: evaluate(indicators, one, data.day.tree, on, catalogue) for name, one in data.engines.items()}
    verdicts = {
        name: judge(standards, figures[name], one, data.day.tree, on, catalogue) for name, one in data.engines.items()
    }

    assert len(indicators) > 15
    assert sum(len(units) for units in figures["live"].values()) > 500
    for name in ("duckdb", "postgresql"):
        for key, units in figures["live"].items():
            assert set(figures[name][key]) == set(units), (name, key)
            for unit, figure in units.items():
                assert plain(figures[name][key][unit]) == near(figure), (name, key, unit)
        for key, judged in verdicts["live"].items():
            assert {unit: one.holds for unit, one in verdicts[name][key].items()} == {
                unit: one.holds for unit, one in judged.items()
            }, (name, key)


def every_rule(on: date) -> Plan:
    return plan(read_all(shipped_files()), on, catalogue)


def random_rules(on: date) -> Plan:
    """Rules over all fact tables that were drawn by chance."""
    tables = [table.name for table in catalogue]
    return RandomRules(on.toordinal(), catalogue, issuers=()).plan(on, tables, indicators=60, duties=0)


@pytest.mark.parametrize("on", DAYS[::2])
@pytest.mark.parametrize("rules", [every_rule, random_rules])
def test_the_kernel_says_what_the_live_database_says(frozen: Any, rules: Any, on: date) -> None:
    data, made = frozen(on), rules(on)
    live = data.engines["live"]

    figures = evaluate(made.indicators, live, data.day.tree, on, catalogue)
    verdicts = judge(made.standards, figures, live, data.day.tree, on, catalogue)
    found = data.whole(made)

    assert len(made.tables) > 10
    assert len(made.standards) > 25
    for indicator in made.indicators:
        figure, columns = aggregation_of(indicator).figures(on), made.columns_of(indicator)
        arrays = [found.below_of_all(one) if indicator.scope == "subtree" else found.own[one] for one in columns]
        for at, unit in enumerate(data.day.tree.ids):
            one = figure([whole_trees.plain(array[at]) for array in arrays])
            if indicator.who and not found.about[indicator.who][at]:
                assert unit not in figures[indicator.key], (indicator.key, unit)
            else:
                assert plain(one) == near(figures[indicator.key][unit]), (indicator.key, indicator.value.text, unit)
    for standard in made.standards:
        for at, unit in enumerate(data.day.tree.ids):
            judged = verdicts[standard.key].get(unit)
            wanted = {True: HOLDS, False: FAILS, None: UNKNOWN}[judged.holds] if judged else NOT_ABOUT
            assert found.verdict[standard.key][at] == wanted, (standard.key, unit)


@pytest.mark.parametrize("on", DAYS[:2])
def test_who_owes_what_and_which_records_speak_for_it_is_the_same(frozen: Any, on: date) -> None:
    duties = [always(duty) for duty in read_all(shipped_files()).duties(on)]
    data = frozen(on)

    owed = {name: owing(duties, one, on, catalogue) for name, one in data.engines.items()}
    records = {
        name: {
            key: {unit: sorted(found, key=lambda one: one.record) for unit, found in units.items()}
            for key, units in evidence(duties, one, on, catalogue).items()
        }
        for name, one in data.engines.items()
    }

    assert sum(len(units) for units in owed["live"].values()) > 200
    assert owed["duckdb"] == owed["postgresql"] == owed["live"]
    for name in ("duckdb", "postgresql"):
        for key, units in records["live"].items():
            for unit in data.day.units:  # the live database reads no meetings of units that are no more
                assert records[name][key].get(unit) == units.get(unit), (name, key, unit)


def test_what_if_says_the_same_of_the_city_on_live_and_frozen_records(frozen: Any, rules: None) -> None:
    data = frozen(DAY)
    top = data.day.top
    file = RuleFile("trial.toml", HEAD + RATIO.replace("LINE", "0.80") + MEETING)

    live = what_if.document(what_if.on_live(top, DAY, [file]), "")
    snapshot = what_if.document(what_if.on_snapshot(top, data.folder, [file]), "")

    assert json.dumps(live, sort_keys=True) == json.dumps(snapshot, sort_keys=True)
    ratio = next(row for row in live["rows"] if row["rule"] == "full-time-organisers")
    have, towns = ratio["after"]["numerator"], ratio["after"]["denominator"]
    assert ratio["after"]["missing"] == next(more for more in range(towns + 1) if (have + more) / towns >= 0.8)
    assert ratio["lacking_count"] == sum(
        1 for row in fact_rows(catalogue.table("organisation"), DAY)
        if row["territory"] == "town" and row["full_time_organisers"] == 0
    )  # fmt: skip
    assert live["totals"]["minutes_after"] > live["totals"]["minutes_before"] > 0

"""Small random trees with rows full of edges, frozen as a snapshot in several parts and held in SQLite at once; and what
a run over the whole tree must give, worked out unit by unit."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest

from guben.figures.snapshots import TREE
from guben.kit.tree import STEP, step, subtree_ends
from guben.rulebook_engine.adapters.duckdb import write_parquet
from guben.rulebook_engine.adapters.rows import RowsEngine
from guben.rulebook_engine.aggregates import Figure, aggregation_of
from guben.rulebook_engine.duty_state import state_of
from guben.rulebook_engine.engines import Engine
from guben.rulebook_engine.evaluation import Figures, Tree, evaluate, judge
from guben.rulebook_engine.frozen import Manifest, cut
from guben.rulebook_engine.interpreting import reading
from guben.rulebook_engine.owing import evidence, owing
from guben.rulebook_engine.plan_of_run import (
    NOT_ABOUT,
    NULL,
    STATES,
    HandedUp,
    PartFigures,
    Plan,
    WorksOut,
    tally_places,
)
from tests.rulebook_engine.tables import MEETING, MEMBER, ORGANISATION, PUBLICATION, small_catalogue
from tests.rulebook_engine.test_engines_agree import LEAP_DAYS, MONTH_ENDS, one_row
from tests.rulebook_engine.test_meaning import DAYS

CATALOGUE = small_catalogue()
SOME_DAYS: list[date | None] = [None, *DAYS, *MONTH_ENDS, *LEAP_DAYS]


@dataclass(frozen=True)
class World:
    """One tree with its rows, frozen and live."""

    folder: Path
    manifest: Manifest
    tree: Tree
    paths: Sequence[str]
    rows: dict[str, list[dict[str, Any]]]
    live: RowsEngine


def random_paths(chance: random.Random, units: int) -> list[str]:
    """A tree with some long chains and some broad families."""
    paths = [step(0)]
    children = {paths[0]: 0}
    while len(paths) < units:
        above = chance.choice(paths[-3:]) if chance.random() < 0.4 else chance.choice(paths)
        if len(above) >= 12 * STEP:
            continue
        paths.append(above + step(children[above]))
        children[above] += 1
        children[paths[-1]] = 0
    return sorted(paths)


def chain(levels: int) -> list[str]:
    return ["".join(step(0) for _ in range(level)) for level in range(1, levels + 1)]


def roots(*trees: list[str]) -> list[str]:
    """Trees side by side, with nothing above them."""
    return sorted(step(number) + path[STEP:] for number, tree in enumerate(trees) for path in tree)


def build(folder: Path, paths: list[str], seed: int, most: int, largest: int = 40) -> World:
    """A world over the paths; some units have no rows, some no facts, and some rows belong to nobody."""
    chance = random.Random(seed)
    ids = chance.sample(range(1, 10 * len(paths) + 10), len(paths))
    rows: dict[str, list[dict[str, Any]]] = {"organisation": [], "member": [], "meeting": [], "publication": []}
    for unit in ids:
        if chance.random() < 0.97:
            rows["organisation"].append(_unit(chance, unit))
        for _ in range(chance.choice([0, 0, 1, 2, 3, 8, 40] if largest == 40 else [0, 300, largest])):
            blank = chance.random() < 0.1
            rows["member"].append({"organisation": unit, **({} if blank else one_row(chance, SOME_DAYS))})
        rows["meeting"] += [_meeting(chance, unit) for _ in range(chance.choice([0, 1, 3, 9]))]
    rows["publication"] += [_publication(chance, unit) for unit in ids if chance.random() < 0.4]
    rows["member"] += [{"organisation": 10**9, **one_row(chance, SOME_DAYS)} for _ in range(3)]
    for listed in rows.values():
        for record, row in enumerate(listed):
            row["record"] = record
    manifest = _frozen(folder, ids, paths, rows, most)
    tables = {CATALOGUE.table(name): listed for name, listed in rows.items()}
    return World(folder, manifest, Tree(ids, paths), paths, rows, RowsEngine("sqlite", tables))  # type: ignore[arg-type]


def _unit(chance: random.Random, unit: int) -> dict[str, Any]:
    return {
        "organisation": unit,
        "kind": chance.choice(["committee", "general_branch", "branch", "branch", "joint_branch", None]),
        "territory": chance.choice(["", "city", "county", "town", "village", "community", None]),
        "founded_on": date(2020, 1, 1) + timedelta(days=chance.randrange(2500)),
        "kept_from": chance.choice([None, date(2019, 1, 1), date(2025, 4, 1), date(2026, 4, 1)]),
        "groups": chance.choice([None, 0, 1, 2, 4]),
        "has_committee": chance.choice([None, True, False]),
        "members": chance.randrange(60),
        "full_time_organisers": chance.randrange(3),
    }


def _meeting(chance: random.Random, unit: int) -> dict[str, Any]:
    held = chance.choice([None, *(date(2025, 12, 1) + timedelta(days=chance.randrange(220)) for _ in range(9))])
    late = timedelta(days=chance.choice([0, 0, 0, -40, 5]))
    return {
        "organisation": unit,
        "form": chance.choice(["member_meeting", "member_meeting", "committee", "group"]),
        "held_on": held,
        "counts_on": held and held + late,
        "recorded_on": held and held + timedelta(days=3),
        "entitled": chance.choice([None, 0, 10, 20]),
        "present": chance.choice([None, 0, 5, 9, 10, 20]),
        "has_minutes": chance.choice([None, True, False]),
    }


def _publication(chance: random.Random, unit: int) -> dict[str, Any]:
    published = chance.choice([None, date(2025, 12, 31) + timedelta(days=chance.randrange(190))])
    return {
        "organisation": unit,
        "rule": chance.choice([None, "dues", "甲's", ""]),
        "audience": chance.choice(["unit", "subtree", "signed_in", "public", None]),
        "published_on": published,
        "counts_on": published,
        "recorded_on": published and published + timedelta(days=chance.choice([0, 3, -40])),
    }


def _frozen(
    folder: Path, ids: list[int], paths: list[str], rows: dict[str, list[dict[str, Any]]], most: int
) -> Manifest:
    folder.mkdir(exist_ok=True)
    ends = subtree_ends(paths)
    parts = cut(ends, most)
    number = dict(zip(paths, ids, strict=True))
    tree = [
        (ids[at], at, at, ends[at], path, f"C{at}", "", "", number.get(path[:-STEP]), "branch", "", "")
        for at, path in enumerate(paths)
    ]
    files = {"tree": write_parquet(folder, TREE, tree, parts)}
    for table in (ORGANISATION, MEMBER, MEETING, PUBLICATION):
        names = ["organisation", "record", *(column.name for column in table.stored_columns)]
        listed = [[row.get(name) for name in names] for row in rows[table.name]]
        files[table.name] = write_parquet(folder, table, listed, parts)
    return Manifest(date(2026, 6, 30), "test", {}, tuple(parts), files)


def work_out_all(engine: WorksOut, world: World, plan: Plan) -> list[PartFigures]:
    """All parts, the first of them last."""
    found = []
    handed: list[HandedUp] = []
    for part in reversed(world.manifest.parts):
        figures = engine(world.folder, world.manifest, part.number, plan, handed if part.number == 0 else ())
        handed.append(figures.up)
        found.append(figures)
    return found


@dataclass(frozen=True)
class Expected:
    """Figures by indicator and unit; the codes of verdicts and duties by name and unit; for each column of the plan
    the measure of its rounding at and below each unit: see `sizes_of`."""

    figures: Figures
    codes: dict[Any, dict[int, int]]
    sizes: dict[int, dict[int, float]]


def expected_of(world: World, plan: Plan, engine: Engine | None = None) -> Expected:
    """What an engine says that asks for all units and their rows: the live one's, unless another is given."""
    asked: Engine = engine or world.live
    figures = evaluate(plan.indicators, asked, world.tree, plan.on, CATALOGUE)
    codes: dict[Any, dict[int, int]] = {}
    for standard in plan.standards:
        judged = judge([standard], figures, asked, world.tree, plan.on, CATALOGUE)[standard.key]
        codes[standard.key] = {unit: {True: 1, False: 2, None: 3}[one.holds] for unit, one in judged.items()}
    for planned in plan.duties:
        codes[planned.label] = _states(planned, world, plan, asked)
    for name, by_unit in codes.items():
        for unit in _elsewhere(name, world, plan):
            by_unit.pop(unit, None)
    return Expected(figures, codes, {number: sizes_of(number, world, plan) for number in range(len(plan.columns))})


def sizes_of(number: int, world: World, plan: Plan) -> dict[int, float]:
    """For a column that sums doubles, by unit the sum of what it adds up without signs; 0 for other columns."""
    column = plan.columns[number]
    found = dict.fromkeys(world.tree.ids, 0.0)
    if not column.atom.is_double or column.atom.function != "sum" or column.atom.argument is None:
        return found
    item = reading(column.atom.argument, plan.on)
    kept = reading(column.atom.filter, plan.on) if column.atom.filter else None
    empty = {one.name: None for one in CATALOGUE.table(column.table).stored_columns}  # type: ignore[union-attr]
    for row in world.rows[column.table]:
        whole = empty | row
        if row["organisation"] in found and (kept is None or kept(whole)):
            found[row["organisation"]] += abs(item(whole) or 0)
    for at in range(len(world.tree) - 1, 0, -1):
        if (above := world.tree.parents[at]) >= 0:
            found[world.tree.ids[above]] += found[world.tree.ids[at]]
    return found


def assert_as_expected(parts: list[PartFigures], world: World, plan: Plan, expected: Expected | None = None) -> None:
    """Every figure, verdict, duty and tally as the live engine has it."""
    expected = expected or expected_of(world, plan)
    place = {unit: (part, at) for part in parts for at, unit in enumerate(part.organisation.tolist())}
    assert sorted(place) == sorted(world.tree.ids)
    for indicator in plan.indicators:
        _assert_figures(indicator, expected, place, plan)
    for name, codes in expected.codes.items():
        for unit, (part, at) in place.items():
            found = (part.duty if isinstance(name, tuple) else part.verdict)[name][at]
            assert found == codes.get(unit, NOT_ABOUT), (name, unit)
    _assert_tallies(expected.codes, place, world, plan)


def _assert_figures(indicator: Any, expected: Expected, place: Any, plan: Plan) -> None:
    figure = aggregation_of(indicator).figures(plan.on)
    columns = plan.columns_of(indicator)
    figures = expected.figures[indicator.key]
    parts = {part.part: part for part, _at in place.values()}
    arrays = {
        number: [part.below_of_all(column) if indicator.scope == "subtree" else part.own[column] for column in columns]
        for number, part in parts.items()
    }
    for unit, (part, at) in place.items():
        if indicator.who and not part.about[indicator.who][at]:
            assert unit not in figures, (indicator.key, unit)
            continue
        atoms = [plain(array[at]) for array in arrays[part.part]]
        rounding = [1e-12 * expected.sizes[column][unit] for column in columns]
        _assert_same(figure, atoms, rounding, figures[unit], (indicator.value.text, indicator.where, unit, plan.on))


def _assert_same(figure: Any, atoms: list[Any], rounding: list[float], wanted: Figure, where: Any) -> None:
    """Whole numbers are equal; doubles to the twelfth digit, or as near as the rounding of the sums they are made of
    lets them be: as far as the figure moves when these move so much."""
    found = figure(atoms)
    moved = [
        figure([one + by * sign if one is not None and by else one for one, by in zip(atoms, rounding, strict=True)])
        for sign in ((-1, 1) if any(rounding) else ())
    ]
    for name in ("value", "numerator", "denominator"):
        one, other = getattr(found, name), getattr(wanted, name)
        if isinstance(other, float) and one is not None:
            near = [abs(getattr(away, name) - one) for away in moved if getattr(away, name) is not None]
            assert one == pytest.approx(other, rel=1e-12, abs=max(near, default=0.0)), (where, name)
        else:
            assert one == other, (where, name)
            assert type(one) is type(other), (where, name)


def plain(value: Any) -> Any:
    if isinstance(value, np.floating):
        return None if np.isnan(value) else float(value)
    return None if value == NULL else int(value)


def _states(planned: Any, world: World, plan: Plan, engine: Engine | None = None) -> dict[int, int]:
    engine = engine or world.live
    facts = {row["organisation"]: row for row in world.rows["organisation"]}
    owed = owing([planned.duty], engine, planned.day, CATALOGUE)[planned.duty.key]
    records = evidence([planned.duty], engine, plan.on, CATALOGUE)[planned.duty.key]
    found = {}
    for unit, owes in owed.items():
        if unit not in world.tree.numbers:
            continue
        state = state_of(
            planned.duty,
            planned.period,
            plan.on,
            founded_on=facts[unit]["founded_on"],
            kept_from=facts[unit]["kept_from"],
            dissolved_on=None,
            applies=owes.applies,
            evidence=records.get(unit, []),
            times=owes.times,
        )
        found[unit] = STATES.index(state.state) if state else 0
    return found


def _elsewhere(name: Any, world: World, plan: Plan) -> list[int]:
    """The units at which a rule of one unit does not hold: those that are not at or below it."""
    rules = {standard.key: standard for standard in plan.standards} | {one.label: one.duty for one in plan.duties}
    issuer = rules[name].issued_by
    if issuer == "national":
        return []
    top = world.paths[int(issuer[1:])] if int(issuer[1:]) < len(world.paths) else "none"
    return [unit for unit, path in zip(world.tree.ids, world.paths, strict=True) if not path.startswith(top)]


def _assert_tallies(expected: Any, place: Any, world: World, plan: Plan) -> None:
    places = tally_places(plan)
    for unit, (part, at) in place.items():
        row = np.flatnonzero(part.with_children == at)
        top = world.paths[world.tree.numbers[unit]]
        below = [one for one, path in zip(world.tree.ids, world.paths, strict=True) if path.startswith(top)]
        assert bool(len(row)) == (len(below) > 1)
        if not len(row):
            continue
        for name, codes in expected.items():
            for code in range(1, 4):
                counted = sum(codes.get(one) == code for one in below)
                assert part.tally[row[0], places[name] + code - 1] == counted, (name, unit, code)


def in_small_row_groups(world: World) -> None:
    """Writes the members again in row groups of 2,048 rows; in each, texts come in another order."""
    for file in (world.folder / "member").glob("*.parquet"):
        source, target = f"'{file}'", f"'{file}.new'"
        duckdb.execute(f"COPY (FROM read_parquet({source})) TO {target} (FORMAT parquet, ROW_GROUP_SIZE 2048)")
        Path(f"{file}.new").rename(file)

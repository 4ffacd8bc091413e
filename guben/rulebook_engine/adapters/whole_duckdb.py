"""The reference for runs over a whole tree: atoms, conditions, verdicts in DuckDB's SQL, sums carried up by numpy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
from numpy.typing import NDArray

from guben.rulebook_engine.dialects import DUCKDB
from guben.rulebook_engine.entries import Entry, Standard
from guben.rulebook_engine.evaluation import unit_columns
from guben.rulebook_engine.expressions import Checked
from guben.rulebook_engine.frozen import TREE_TABLE, Manifest
from guben.rulebook_engine.plan_of_run import NULL, HandedUp, PartFigures, Plan, PlannedDuty
from guben.rulebook_engine.rolling_up import PartTree, add_handed_up, hand_up, nothing, rolled_up, states, tallied
from guben.rulebook_engine.run_in_sql import with_figure

UNITS = "organisation"


def work_out(
    folder: Path, manifest: Manifest, part: int, plan: Plan, handed_up: Sequence[HandedUp] = ()
) -> PartFigures:
    """The figures, verdicts and duties of all units of a part."""
    with duckdb.connect(config={"threads": 2}) as connection:
        work = _Work(connection, folder, manifest, part, plan)
        tree = work.tree
        own = work.own()
        totals = [values.copy() for values in own]
        add_handed_up(plan, totals, tree, handed_up)
        below = tuple(
            rolled_up(column.atom.function, values, tree) for column, values in zip(plan.columns, totals, strict=True)
        )
        about = dict(
            zip(plan.abouts, work.conditions([check.sql(DUCKDB, plan.on) for check in plan.abouts]), strict=True)
        )
        verdict = work.verdicts(own, below, about)
        duty = {planned.label: work.duty(planned, own) for planned in plan.duties}
    counted = tallied(plan, tree, {**verdict, **duty}, handed_up)
    parents = tree.with_children
    return PartFigures(
        part=part,
        number=tree.number,
        organisation=tree.organisation,
        parent=tree.parent,
        ends=tree.ends,
        own=tuple(own),
        below=tuple(values[parents] for values in below),
        about=about,
        verdict=verdict,
        duty=duty,
        with_children=parents,
        tally=counted[parents],
        up=hand_up(plan, [values[tree.tops] for values in below], counted[tree.tops], tree),
        rows=work.rows,
    )


def read_tree(connection: duckdb.DuckDBPyConnection, file: Path) -> PartTree:
    """The units of a tree's file in pre-order."""
    found = connection.execute(
        "SELECT number, organisation, ends, parent FROM read_parquet($1) ORDER BY number", [str(file)]
    ).fetchnumpy()
    number, organisation, ends, parent = (
        _filled(found[name], NULL) for name in ("number", "organisation", "ends", "parent")
    )
    return PartTree(number, organisation, ends, parent)


def spans_of(folder: Path, codes: Sequence[str]) -> dict[str, tuple[int, int]]:
    """The range of pre-order numbers at and below each unit with one of the codes."""
    if not codes:
        return {}
    with duckdb.connect() as connection:
        found = connection.execute(
            "SELECT code, number, ends FROM read_parquet($1) WHERE list_contains($2, code)",
            [str(folder / TREE_TABLE / "*.parquet"), list(codes)],
        ).fetchall()
    return {code: (number, ends) for code, number, ends in found}


@dataclass
class _Work:
    """One part while it is worked out."""

    connection: duckdb.DuckDBPyConnection
    folder: Path
    manifest: Manifest
    part: int
    plan: Plan

    def __post_init__(self) -> None:
        file = self.manifest.file(TREE_TABLE, self.part)
        if file is None:
            raise LookupError(f"No part {self.part} in {self.folder}.")
        self.tree = read_tree(self.connection, self.folder / file.name)
        self.spans = spans_of(self.folder, self.plan.issuers)
        self.rows = 0

    def source(self, table: str) -> str:
        """The table's rows of this part; where it has none, the columns of part 0 without rows."""
        file = self.manifest.file(table, self.part)
        if file is not None:
            return f"read_parquet({DUCKDB.text(str(self.folder / file.name))})"
        first = self.manifest.file(table, 0)
        if first is None:
            raise LookupError(f"No fact table '{table}' in {self.folder}.")
        return f"(SELECT * FROM read_parquet({DUCKDB.text(str(self.folder / first.name))}) WHERE FALSE)"

    def own(self) -> list[NDArray[Any]]:
        """Each atom over the units' own rows."""
        found: list[NDArray[Any]] = []
        for table, numbers in self.plan.tables.items():
            file = self.manifest.file(table, self.part)
            self.rows += file.rows if file else 0
            atoms = [self.plan.columns[number].atom for number in numbers]
            columns = [
                f"CAST({atom.sql(DUCKDB, self.plan.on)} AS {'DOUBLE' if atom.is_double else 'BIGINT'}) AS b{number}"
                for number, atom in zip(numbers, atoms, strict=True)
            ]
            rows = self.connection.execute(
                f"SELECT organisation, {', '.join(columns)} FROM {self.source(table)}"
                " WHERE organisation IS NOT NULL GROUP BY organisation"
            ).fetchnumpy()
            at = self.tree.places(_filled(rows["organisation"], NULL))
            for number, atom in zip(numbers, atoms, strict=True):
                empty = nothing(atom.function, is_double=atom.is_double)
                values = np.full(len(self.tree), empty, np.float64 if atom.is_double else np.int64)
                values[at[at >= 0]] = _filled(rows[f"b{number}"], empty)[at >= 0]
                found.append(values)
        return found

    def conditions(self, conditions: Sequence[str]) -> list[NDArray[np.bool_]]:
        """Where conditions over the units' own facts are true."""
        return [values == 1 for values in self.facts([f"CAST({one} AS BIGINT)" for one in conditions])]

    def facts(self, columns: Sequence[str]) -> list[NDArray[np.int64]]:
        """Whole numbers of the units' own facts; NULL where there are none."""
        listed = "".join(f", CAST({sql} AS BIGINT) AS c{number}" for number, sql in enumerate(columns))
        rows = self.connection.execute(f"SELECT organisation{listed} FROM {self.source(UNITS)}").fetchnumpy()
        at = self.tree.places(_filled(rows["organisation"], NULL))
        found = []
        for number in range(len(columns)):
            values = np.full(len(self.tree), NULL, np.int64)
            values[at[at >= 0]] = _filled(rows[f"c{number}"], NULL)[at >= 0]
            found.append(values)
        return found

    def holds(self, rule: Entry) -> NDArray[np.bool_]:
        """Which units stand at or below the unit that made the rule."""
        return self.tree.within(
            (0, np.iinfo(np.int64).max) if rule.is_national else self.spans.get(rule.issued_by, (0, 0))
        )

    def verdicts(
        self, own: Sequence[NDArray[Any]], below: Sequence[NDArray[Any]], about: Mapping[Checked, NDArray[np.bool_]]
    ) -> dict[str, NDArray[np.int8]]:
        """Each standard's verdict on each unit."""
        if not self.plan.standards:
            return {}
        figures = {"unit": self.tree.organisation}
        figures |= {f"o{number}": values for number, values in enumerate(own)}
        figures |= {f"b{number}": values for number, values in enumerate(below)}
        self.connection.register("raw_figures", figures)
        self.connection.execute(
            f"CREATE VIEW figures AS SELECT unit, {self._with_nulls()}, NULL::DOUBLE AS nothing FROM raw_figures"
        )
        columns = [
            f"CASE WHEN {held} THEN 1 WHEN NOT {held} THEN 2 ELSE 3 END AS v{number}"
            for number, held in enumerate(self._held(standard) for standard in self.plan.standards)
        ]
        rows = self.connection.execute(
            f"SELECT figures.unit, organisation IS NOT NULL AS has_facts, {', '.join(columns)}"
            f" FROM figures LEFT JOIN {self.source(UNITS)} AS facts ON facts.organisation = figures.unit"
        ).fetchnumpy()
        at = self.tree.places(rows["unit"])
        found = {}
        for number, standard in enumerate(self.plan.standards):
            values = np.zeros(len(self.tree), np.int8)
            values[at] = rows[f"v{number}"]
            if unit_columns(standard.holds):
                values[at[~rows["has_facts"]]] = 0
            indicator = self.plan.by_key[standard.indicator]
            for check in (standard.who, indicator.who):
                if check:
                    values[~about[check]] = 0
            values[~self.holds(standard)] = 0
            found[standard.key] = values
        return found

    def _with_nulls(self) -> str:
        columns = []
        for number, column in enumerate(self.plan.columns):
            for name in (f"o{number}", f"b{number}"):
                if column.atom.is_double:
                    columns.append(f"CASE WHEN isnan({name}) THEN NULL ELSE {name} END AS {name}")
                else:
                    columns.append(f"nullif({name}, (-9223372036854775807 - 1)) AS {name}")
        return ", ".join(columns)

    def _held(self, standard: Standard) -> str:
        return DUCKDB.sql(with_figure(standard, self.plan), self.plan.on)

    def duty(self, planned: PlannedDuty, own: Sequence[NDArray[Any]]) -> NDArray[np.int8]:
        """The state of a duty at each unit."""
        duty, day = planned.duty, planned.day
        conditions = [duty.who, *(part.where for part in duty.applies)]
        who, *applies = self.conditions([check.sql(DUCKDB, day) for check in conditions])
        times = DUCKDB.quoted(duty.times) if isinstance(duty.times, str) else str(duty.times)
        days = [f"date_diff('day', DATE '1970-01-01', {DUCKDB.quoted(name)})" for name in ("founded_on", "kept_from")]
        wanted, founded, kept = self.facts([times, *days])
        who &= self.holds(duty)
        asked = np.logical_and.reduce([*applies, np.where(wanted == NULL, 0, wanted) > 0])
        return states(
            planned, self.plan, who, asked, (wanted, founded, kept), (own[planned.good], own[planned.in_time])
        )


def _filled(values: Any, empty: float) -> NDArray[Any]:
    """A fetched column, which has a mask only where there are nulls."""
    return np.asarray(np.ma.filled(values, empty))

"""A whole run in DuckDB's SQL alone, the peer of Guben's own kernel: the same plan, the same results."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import duckdb

from guben.rulebook_engine.adapters.whole_duckdb import spans_of, with_figure
from guben.rulebook_engine.aggregates import Atom
from guben.rulebook_engine.dialects import DUCKDB
from guben.rulebook_engine.entries import Entry, Standard
from guben.rulebook_engine.evaluation import unit_columns
from guben.rulebook_engine.frozen import Manifest
from guben.rulebook_engine.plan_of_run import STATES, UNKNOWN, Plan, PlannedDuty, tally_places

CODE = {name: number for number, name in enumerate(STATES)}
ADD_UP = {"count": "sum", "sum": "sum", "min": "min", "max": "max"}
PLACE = "unit, parent, level"


@dataclass(frozen=True)
class Formulation:
    """How the one pass is written: all parts at once or part by part, counts as sums of cases or of truths."""

    by_part: bool
    truths: bool

    @property
    def name(self) -> str:
        return f"{'part by part' if self.by_part else 'all at once'}, {'sum(truth)' if self.truths else 'sum(case)'}"


FORMULATIONS = tuple(Formulation(by_part, truths) for by_part in (False, True) for truths in (False, True))


@dataclass(frozen=True)
class SqlRun:
    """One run: tables `own` (leaves and parents with `o…`), `done` (all units with `b…`, verdicts and states)."""

    connection: duckdb.DuckDBPyConnection
    folder: Path
    manifest: Manifest
    plan: Plan
    way: Formulation

    def run(self, out: Path | None) -> int:
        """Works everything out, writes the units and tallies as Parquet where a folder is given; how many units."""
        parts = [part.number for part in self.manifest.parts]
        groups = [[number] for number in (*parts[1:], 0)] if self.way.by_part else [parts]
        names = ", ".join(f"CAST(NULL AS {self._type(n)}) AS h{n}" for n in range(len(self.plan.columns)))
        self.connection.execute(f"CREATE TABLE handed AS SELECT CAST(NULL AS BIGINT) AS unit, {names} WHERE FALSE")
        ones = ", ".join(f"CAST(NULL AS BIGINT) AS {name}" for name in self.ones)
        self.connection.execute(f"CREATE TABLE handed_tally AS SELECT CAST(NULL AS BIGINT) AS unit, {ones} WHERE FALSE")
        units = 0
        for number, group in enumerate(groups):
            units += self._group(group, out / f"{number:04d}" if out else None)
        return units

    def _group(self, parts: list[int], out: Path | None) -> int:
        self._execute("own", self._own(parts))
        takes = 0 in parts  # the units above the others: what other groups handed up is for them
        leaves = ", ".join(f"o{n} AS b{n}" for n in range(len(self.plan.columns)))
        self._execute("leaves", self._judged(f"(SELECT *, {leaves} FROM own WHERE ends = number + 1)"))
        self._roll_up_atoms(takes)
        self._execute("parents", self._judged("(SELECT own.*, below.* EXCLUDE unit FROM own JOIN below USING (unit))"))
        self._roll_up_tallies(takes)
        if out:
            out.mkdir(parents=True)
            for name, sql in self._results().items():
                self.connection.execute(f"COPY ({sql}) TO '{out / name}.parquet' (FORMAT parquet, COMPRESSION zstd)")
        (count,) = self.connection.execute("SELECT count(*) FROM own").fetchone() or (0,)
        return int(count)

    def _execute(self, table: str, sql: str) -> None:
        self.connection.execute(f"CREATE OR REPLACE TABLE {table} AS {sql}")

    def _source(self, table: str, parts: list[int]) -> str:
        files = [file for part in parts if (file := self.manifest.file(table, part))]
        rows = "" if files else " WHERE FALSE"
        listed = ", ".join(f"'{self.folder / file.name}'" for file in files or self.manifest.tables[table][:1])
        return f"(SELECT * FROM read_parquet([{listed}]){rows})"

    def _own(self, parts: list[int]) -> str:
        joins, columns = [], []
        for number, (table, atoms) in enumerate(self.plan.tables.items()):
            listed = ", ".join(f"{self._atom(n)} AS o{n}" for n in atoms)
            source = f"SELECT organisation, {listed} FROM {self._source(table, parts)} GROUP BY organisation"
            joins.append(f"LEFT JOIN ({source}) AS t{number} ON t{number}.organisation = tree.organisation")
            columns += [self._filled(n, f"t{number}.o{n}") for n in atoms]
        place = "tree.number, tree.organisation AS unit, tree.parent, tree.ends, length(tree.path) AS level"
        return (
            f"SELECT {place}, {', '.join(columns)}, facts.* EXCLUDE unit, NULL::DOUBLE AS nothing"
            f" FROM {self._source('tree', parts)} AS tree {' '.join(joins)}"
            f" LEFT JOIN ({self._facts(parts)}) AS facts ON facts.unit = tree.organisation"
        )

    def _type(self, number: int) -> str:
        return "DOUBLE" if self.plan.is_double(number) else "BIGINT"

    def _atom(self, number: int) -> str:
        atom: Atom = self.plan.columns[number].atom
        if self.way.truths and atom.function == "count" and (atom.filter or atom.argument):
            parts = [DUCKDB.sql(part, self.plan.on) for part in (atom.filter, atom.argument) if part]
            return f"coalesce(sum(CAST({' AND '.join(parts)} AS INTEGER)), 0)"
        return atom.sql(DUCKDB, self.plan.on)

    def _filled(self, number: int, column: str) -> str:
        counted = self.plan.columns[number].atom.function == "count"
        return f"CAST({f'coalesce({column}, 0)' if counted else column} AS {self._type(number)}) AS o{number}"

    def _facts(self, parts: list[int]) -> str:
        on = self.plan.on
        columns = ["organisation AS unit", "TRUE AS has_facts", "founded_on AS founded", "kept_from AS kept"]
        columns += [f"coalesce({one.sql(DUCKDB, on)}, FALSE) AS a{n}" for n, one in enumerate(self.plan.abouts)]
        for number, planned in enumerate(self.plan.duties):
            columns += _asked(planned, number)
        lines = [column for standard in self.plan.standards for column in unit_columns(standard.holds)]
        columns += dict.fromkeys(DUCKDB.quoted(column.of or column.name) for column in lines)
        return f"SELECT {', '.join(columns)} FROM {self._source('organisation', parts)}"

    def _roll_up_atoms(self, takes: bool) -> None:
        """`below`: for units with children, the atoms over all below them."""
        functions = {f"b{n}": column.atom.function for n, column in enumerate(self.plan.columns)}
        own = ", ".join(f"o{n} AS b{n}" for n in range(len(self.plan.columns)))
        self._roll_up(
            functions,
            f"SELECT {PLACE}, {own} FROM own WHERE ends > number + 1",
            "handed" if takes else "",
            "below",
            "leaves",
        )

    def _roll_up_tallies(self, takes: bool) -> None:
        """`tallies`: for units with children, how many at and below have each verdict and state."""
        ones = ", ".join(f"CAST({condition} AS BIGINT) AS {name}" for name, condition in self.ones.items())
        self._execute("leaf_ones", f"SELECT parent, {ones} FROM leaves")
        functions = dict.fromkeys(self.ones, "sum")
        self._roll_up(
            functions, f"SELECT {PLACE}, {ones} FROM parents", "handed_tally" if takes else "", "tallies", "leaf_ones"
        )

    def _roll_up(self, functions: Mapping[str, str], parents: str, handed: str, target: str, leaves: str) -> None:
        """Leaves first, all at once; then units with children, level by level. What is for units of another group is
        kept; `handed` names what other groups kept for this one."""
        names = ", ".join(functions)
        summed = ", ".join(f"{ADD_UP[function]}({name}) AS {name}" for name, function in functions.items())
        given = ", ".join(f"h{name[1:]} AS {name}" if target == "below" else name for name in functions)
        rows = [f"SELECT unit, {names} FROM ({parents})", f"SELECT parent AS unit, {names} FROM {leaves}"]
        rows += [f"SELECT unit, {given} FROM {handed}"] if handed else []
        self._execute("whole", f"SELECT unit, {summed} FROM ({' UNION ALL '.join(rows)}) GROUP BY unit")
        self._execute("places", f"SELECT unit, parent, level FROM ({parents})")
        self._execute(target, f"SELECT unit, {names} FROM whole WHERE FALSE")
        levels = self.connection.execute("SELECT DISTINCT level FROM places ORDER BY level DESC").fetchall()
        for (level,) in levels:
            units = f"SELECT unit FROM places WHERE level = {level}"
            self.connection.execute(f"INSERT INTO {target} SELECT unit, {names} FROM whole WHERE unit IN ({units})")
            up = (
                f"SELECT parent AS unit, {names} FROM {target} JOIN places USING (unit)"
                f" WHERE level = {level} AND parent IS NOT NULL"
            )
            rows = [f"SELECT unit, {names} FROM whole WHERE unit NOT IN ({units})", up]
            self._execute("whole", f"SELECT unit, {summed} FROM ({' UNION ALL '.join(rows)}) GROUP BY unit")
        if not handed:
            table = "handed" if target == "below" else "handed_tally"
            self.connection.execute(f"INSERT INTO {table} SELECT unit, {names} FROM whole WHERE unit IS NOT NULL")

    def _judged(self, units: str) -> str:
        verdicts = [f"{self._verdict(one)} AS v{n}" for n, one in enumerate(self.plan.standards)]
        states = [f"{self._state(one, n)} AS d{n}" for n, one in enumerate(self.plan.duties)]
        return f"SELECT {', '.join(['*', *verdicts, *states])} FROM {units}"

    def _verdict(self, standard: Standard) -> str:
        held = DUCKDB.sql(with_figure(standard, self.plan), self.plan.on)
        checks = (standard.who, self.plan.by_key[standard.indicator].who)
        about = [f"coalesce(a{self.plan.abouts.index(check)}, FALSE)" for check in checks if check]
        about += ["has_facts IS NOT NULL"] if unit_columns(standard.holds) else []
        about += self._holds(standard)
        cases = f"WHEN {held} THEN 1 WHEN NOT {held} THEN 2 ELSE 3 END"
        return f"CAST(CASE WHEN NOT ({' AND '.join(about) or 'TRUE'}) THEN 0 {cases} AS TINYINT)"

    def _holds(self, rule: Entry) -> list[str]:
        if rule.is_national:
            return []
        first, ends = spans_of(self.folder, [rule.issued_by]).get(rule.issued_by, (0, 0))
        return [f"(number >= {first} AND number < {ends})"]

    def _state(self, planned: PlannedDuty, number: int) -> str:
        starts, ends = DUCKDB.day(planned.period.starts_on), DUCKDB.day(planned.period.ends_on)
        who = " AND ".join([f"coalesce(who{number}, FALSE)", *self._holds(planned.duty)])
        short = CODE["late"] if self.plan.on > planned.due_on else CODE["due"]
        cases = (
            (f"NOT ({who}) OR founded > {ends}", CODE[""]),
            (f"founded > {starts} OR NOT applies{number}", CODE["exempt"]),
            (f"kept IS NULL OR kept > {starts}", CODE["not_kept"]),
            (f"o{planned.good} < times{number}", short),
            (f"o{planned.in_time} >= times{number}", CODE["done"]),
        )
        whens = " ".join(f"WHEN {condition} THEN {code}" for condition, code in cases)
        return f"CAST(CASE {whens} ELSE {CODE['done_late']} END AS TINYINT)"

    @cached_property
    def ones(self) -> dict[str, str]:
        """The columns of a tally, each with the condition that a unit counts in it."""
        verdicts = {standard.key: f"v{n}" for n, standard in enumerate(self.plan.standards)}
        states = {planned.label: f"d{n}" for n, planned in enumerate(self.plan.duties)}
        found: dict[str, str] = {}
        for name, at in tally_places(self.plan).items():
            if name:
                column = states[name] if isinstance(name, tuple) else verdicts[name]
                most = len(STATES) - 1 if isinstance(name, tuple) else UNKNOWN
                found |= {f"t{at + code - 1}": f"{column} = {code}" for code in range(1, most + 1)}
        return found

    def _results(self) -> dict[str, str]:
        columns = ["number", "unit AS organisation", "parent", "ends"]
        columns += [f"a{n}" for n in range(len(self.plan.abouts))]
        columns += [f"v{n}" for n in range(len(self.plan.standards))]
        columns += [f"d{n}" for n in range(len(self.plan.duties))]
        columns += [f"b{n}" for n in range(len(self.plan.columns))]
        listed, own = ", ".join(columns), ", ".join(f"o{n}" for n in range(len(self.plan.columns)))
        both = f"SELECT {listed} FROM leaves UNION ALL SELECT {listed} FROM parents ORDER BY number"
        return {
            "units": both,
            "own": f"SELECT number, {own} FROM parents ORDER BY number",
            "tallies": "SELECT * FROM tallies",
        }


def _asked(planned: PlannedDuty, number: int) -> list[str]:
    duty, day = planned.duty, planned.day
    times = DUCKDB.quoted(duty.times) if isinstance(duty.times, str) else str(duty.times)
    applies = [f"coalesce({part.where.sql(DUCKDB, day)}, FALSE)" for part in duty.applies]
    return [
        f"coalesce({duty.who.sql(DUCKDB, day)}, FALSE) AS who{number}",
        f"({' AND '.join([*applies, f'coalesce({times}, 0) > 0'])}) AS applies{number}",
        f"coalesce({times}, 0) AS times{number}",
    ]

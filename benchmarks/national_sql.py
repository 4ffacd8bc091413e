"""A whole run in a database's SQL alone, the peer of Guben's own kernel: the same plan, the same results."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from guben.rulebook_engine.adapters.whole_duckdb import spans_of
from guben.rulebook_engine.dialects import DUCKDB, POSTGRES, Dialect
from guben.rulebook_engine.frozen import Manifest
from guben.rulebook_engine.plan_of_run import Plan
from guben.rulebook_engine.run_in_sql import ADD_UP, RunInSql, counted

PLACE = "_unit, _parent, _level"


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
    """One run: tables `own` (all units with `o…` and their facts), `leaves` and `parents` (with `b…` and verdicts).

    `connection` is DuckDB's, which reads the files, or one of PostgreSQL, whose tables hold them."""

    connection: Any
    folder: Path
    manifest: Manifest
    plan: Plan
    way: Formulation
    dialect: Dialect = DUCKDB

    @cached_property
    def asked(self) -> RunInSql:
        return RunInSql(self.plan, self.dialect, spans_of(self.folder, self.plan.issuers))

    @cached_property
    def ones(self) -> dict[str, str]:
        return counted(self.plan)

    def run(self, out: Path | None) -> int:
        """Works everything out, writes the units and tallies as Parquet where a folder is given; how many units."""
        parts = [part.number for part in self.manifest.parts]
        groups = [[number] for number in (*parts[1:], 0)] if self.way.by_part else [parts]
        names = ", ".join(f"CAST(NULL AS {self._type(n)}) AS h{n}" for n in range(len(self.plan.columns)))
        self._execute("handed", f"SELECT CAST(NULL AS BIGINT) AS _unit, {names} WHERE FALSE")
        ones = ", ".join(f"CAST(NULL AS BIGINT) AS {name}" for name in self.ones)
        self._execute("handed_tally", f"SELECT CAST(NULL AS BIGINT) AS _unit, {ones} WHERE FALSE")
        return sum(self._group(group, out / f"{at:04d}" if out else None) for at, group in enumerate(groups))

    def _group(self, parts: list[int], out: Path | None) -> int:
        self._execute("own", self._own(parts))
        takes = 0 in parts  # the units above the others: what other groups handed up is for them
        leaves = ", ".join(f"o{n} AS b{n}" for n in range(len(self.plan.columns)))
        self._execute("leaves", self._judged(f"(SELECT *, {leaves} FROM own WHERE _ends = _number + 1)"))
        self._roll_up_atoms(takes)
        below = ", ".join(f"below.b{n}" for n in range(len(self.plan.columns)))
        joined = f"SELECT own.*, {below} FROM own JOIN below ON below._unit = own._unit"
        self._execute("parents", self._judged(f"({joined})"))
        self._roll_up_tallies(takes)
        if out:
            out.mkdir(parents=True)
            for name, sql in self._results().items():
                self.connection.execute(f"COPY ({sql}) TO '{out / name}.parquet' (FORMAT parquet, COMPRESSION zstd)")
        (count,) = self.connection.execute("SELECT count(*) FROM own").fetchone() or (0,)
        return int(count)

    def _execute(self, table: str, sql: str) -> None:
        self.connection.execute(f"DROP TABLE IF EXISTS {table}")
        kind = "UNLOGGED TABLE" if self.dialect is POSTGRES else "TABLE"
        self.connection.execute(f"CREATE {kind} {table} AS {sql}")

    def _source(self, table: str, parts: list[int]) -> str:
        if self.dialect is POSTGRES:
            return f'"snapshot_{table}"'
        files = [file for part in parts if (file := self.manifest.file(table, part))]
        rows = "" if files else " WHERE FALSE"
        listed = ", ".join(f"'{self.folder / file.name}'" for file in files or self.manifest.tables[table][:1])
        return f"(SELECT * FROM read_parquet([{listed}]){rows})"

    def _own(self, parts: list[int]) -> str:
        joins, columns = [], []
        for number, (table, atoms) in enumerate(self.plan.tables.items()):
            listed = ", ".join(f"{self._atom(n)} AS o{n}" for n in atoms)
            source = f"SELECT organisation, {listed} FROM {self._source(table, parts)} AS found GROUP BY organisation"
            joins.append(f"LEFT JOIN ({source}) AS t{number} ON t{number}.organisation = tree.organisation")
            columns += [self._filled(n, f"t{number}.o{n}") for n in atoms]
        place = (
            "tree.number AS _number, tree.organisation AS _unit, tree.parent AS _parent, tree.ends AS _ends,"
            " length(tree.path) AS _level"
        )
        asked = self.asked.facts()
        named = [one.rpartition(" AS ")[2] for one in asked[1:]]  # all but the unit itself
        facts = f"SELECT {', '.join(asked)} FROM {self._source('organisation', parts)} AS found"
        return (
            f"SELECT {place}, {', '.join(columns)}, {', '.join(f'facts.{name}' for name in named)}"
            f" FROM {self._source('tree', parts)} AS tree {' '.join(joins)}"
            f" LEFT JOIN ({facts}) AS facts ON facts._unit = tree.organisation"
        )

    def _type(self, number: int) -> str:
        return "DOUBLE PRECISION" if self.plan.is_double(number) else "BIGINT"

    def _atom(self, number: int) -> str:
        atom = self.plan.columns[number].atom
        if self.way.truths and atom.function == "count" and (atom.filter or atom.argument):
            parts = [self.dialect.sql(part, self.plan.on) for part in (atom.filter, atom.argument) if part]
            return f"coalesce(sum(CAST({' AND '.join(parts)} AS INTEGER)), 0)"
        return atom.sql(self.dialect, self.plan.on)

    def _filled(self, number: int, column: str) -> str:
        counts = self.plan.columns[number].atom.function == "count"
        return f"CAST({f'coalesce({column}, 0)' if counts else column} AS {self._type(number)}) AS o{number}"

    def _roll_up_atoms(self, takes: bool) -> None:
        """`below`: for units with children, the atoms over all below them."""
        functions = {f"b{n}": column.atom.function for n, column in enumerate(self.plan.columns)}
        own = ", ".join(f"o{n} AS b{n}" for n in range(len(self.plan.columns)))
        parents = f"SELECT {PLACE}, {own} FROM own WHERE _ends > _number + 1"
        self._roll_up(functions, parents, "handed" if takes else "", "below", "leaves")

    def _roll_up_tallies(self, takes: bool) -> None:
        """`tallies`: for units with children, how many at and below have each verdict and state."""
        ones = ", ".join(f"{one} AS {name}" for name, one in self.ones.items())
        self._execute("leaf_ones", f"SELECT _parent, {ones} FROM leaves")
        parents, handed = f"SELECT {PLACE}, {ones} FROM parents", "handed_tally" if takes else ""
        self._roll_up(dict.fromkeys(self.ones, "sum"), parents, handed, "tallies", "leaf_ones")

    def _roll_up(self, functions: Mapping[str, str], parents: str, handed: str, target: str, leaves: str) -> None:
        """Leaves first, all at once; then units with children, level by level. What is for units of another group is
        kept; `handed` names what other groups kept for this one."""
        names = ", ".join(functions)
        given = ", ".join(f"h{name[1:]} AS {name}" if target == "below" else name for name in functions)
        rows = [f"SELECT _unit, {names} FROM ({parents}) AS heads", f"SELECT _parent AS _unit, {names} FROM {leaves}"]
        rows += [f"SELECT _unit, {given} FROM {handed}"] if handed else []
        self._execute("whole", self._added_up(functions, rows))
        self._execute("places", f"SELECT {PLACE} FROM ({parents}) AS heads")
        self._execute(target, f"SELECT _unit, {names} FROM whole WHERE FALSE")
        levels = self.connection.execute("SELECT DISTINCT _level FROM places ORDER BY _level DESC").fetchall()
        for (level,) in levels:
            units = f"SELECT _unit FROM places WHERE _level = {level}"
            self.connection.execute(f"INSERT INTO {target} SELECT _unit, {names} FROM whole WHERE _unit IN ({units})")
            up = (
                f"SELECT _parent AS _unit, {names} FROM {target} JOIN places USING (_unit)"
                f" WHERE _level = {level} AND _parent IS NOT NULL"
            )
            kept = f"SELECT _unit, {names} FROM whole WHERE _unit NOT IN ({units})"
            self._execute("wider", self._added_up(functions, [kept, up]))
            self.connection.execute("DROP TABLE whole")
            self.connection.execute("ALTER TABLE wider RENAME TO whole")
        if not handed:
            table = "handed" if target == "below" else "handed_tally"
            self.connection.execute(f"INSERT INTO {table} SELECT _unit, {names} FROM whole WHERE _unit IS NOT NULL")

    def _added_up(self, functions: Mapping[str, str], rows: Sequence[str]) -> str:
        """Sums of whole numbers are whole numbers again, which no engine does by itself."""
        columns = (
            f"CAST({ADD_UP[function]}({name}) AS {self._type(int(name[1:])) if name[0] == 'b' else 'BIGINT'}) AS {name}"
            for name, function in functions.items()
        )
        return f"SELECT _unit, {', '.join(columns)} FROM ({' UNION ALL '.join(rows)}) AS found GROUP BY _unit"

    def _judged(self, units: str) -> str:
        return f"SELECT {', '.join(['*', *self.asked.judged()])} FROM {units} AS units"

    def _results(self) -> dict[str, str]:
        columns = ["_number AS number", "_unit AS organisation", "_parent AS parent", "_ends AS ends"]
        columns += [f"a{n}" for n in range(len(self.plan.abouts))]
        columns += [f"v{n}" for n in range(len(self.plan.standards))]
        columns += [f"d{n}" for n in range(len(self.plan.duties))]
        columns += [f"o{n}" for n in range(len(self.plan.columns))]
        listed, below = ", ".join(columns), ", ".join(f"b{n}" for n in range(len(self.plan.columns)))
        both = f"SELECT {listed} FROM leaves UNION ALL SELECT {listed} FROM parents ORDER BY number"
        return {
            "units": both,
            "below": f"SELECT _number AS number, {below} FROM parents ORDER BY _number",
            "tallies": "SELECT * FROM tallies",
        }

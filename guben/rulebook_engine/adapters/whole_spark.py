"""A run over a whole tree on Apache Spark: one pass over the fact tables, sums carried up the paths, verdicts in
Spark's SQL, and the same files as any other engine writes (see `results`).

All parts are worked out together. A part's units lie together on one worker, so that its leaves are summed there before
anything is sent to where their parents are; from there on only units with children are carried up.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import duckdb
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as sql

from guben.kit.tree import STEP
from guben.rulebook_engine.adapters.spark import COMPRESSION, LIMIT_OF_ROWS
from guben.rulebook_engine.adapters.whole_duckdb import UNITS as FACTS
from guben.rulebook_engine.adapters.whole_duckdb import spans_of, with_figure
from guben.rulebook_engine.dialects import DUCKDB, SPARK
from guben.rulebook_engine.entries import Entry, Standard
from guben.rulebook_engine.evaluation import unit_columns
from guben.rulebook_engine.frozen import TREE_TABLE, File, Manifest, digest, file_name
from guben.rulebook_engine.plan_of_run import STATES, UNKNOWN, Plan, PlannedDuty, tally_places
from guben.rulebook_engine.results import BELOW, NAMED, ROW_GROUP, TALLIES, TOPS, TREE, UNITS

PLACE = ["_part", "_unit", "_parent", "_number", "_ends", "_path"]
PATHS_ABOVE = f"explode(transform(sequence({STEP}, length(_path), {STEP}), end -> left(_path, end)))"
CODE = {name: number for number, name in enumerate(STATES)}


def write_all(
    session: SparkSession, snapshot: Path, manifest: Manifest, plan: Plan, work: Path
) -> list[tuple[str, File]]:
    """Works all parts out and writes their files into `work`, a folder that all workers reach by this name; the table
    of each file and what it holds."""
    tasks = max(len(manifest.parts), 2 * session.sparkContext.defaultParallelism)
    session.conf.set("spark.sql.shuffle.partitions", str(tasks))
    run = _Run(session, snapshot, manifest, plan)
    beside = work / "spark"
    frames = {UNITS: run.units(), BELOW: run.below(), TALLIES: run.tallies()}
    for table, frame in frames.items():
        ordered = frame.repartition("_part").sortWithinPartitions("_part", "number")
        writer = ordered.write.option(COMPRESSION, "zstd").option(LIMIT_OF_ROWS, ROW_GROUP)
        writer.mode("overwrite").partitionBy("_part").parquet(str(beside / table))
    files = [one for table in frames for one in _moved(beside / table, work, table)]
    shutil.rmtree(beside)
    files += [(TREE, _copied(snapshot, file, work)) for file in manifest.tables[TREE_TABLE]]
    files += [(TOPS, _tops(work, part.number)) for part in manifest.parts if part.number]
    return files


@dataclass(frozen=True)
class _Run:
    """One run: frames of units, each with its place in the tree (`PLACE`), `o…` and `b…` as in the results."""

    session: SparkSession
    snapshot: Path
    manifest: Manifest
    plan: Plan

    def read(self, table: str) -> DataFrame:
        return self.session.read.parquet(*(str(self.snapshot / file.name) for file in self.manifest.tables[table]))

    @cached_property
    def spans(self) -> dict[str, tuple[int, int]]:
        return spans_of(self.snapshot, self.plan.issuers)

    @cached_property
    def functions(self) -> list[str]:
        """How the columns of the plan add up, in their order."""
        return [column.atom.function for column in self.plan.columns]

    @cached_property
    def own(self) -> DataFrame:
        """Every unit with the atoms over its own rows and what its facts say."""
        found = self.tree()
        for table in self.plan.tables:
            found = found.join(self.over_table(table), "_unit", "left")
        columns = [*PLACE]
        for number, column in enumerate(self.plan.columns):
            atom = f"{SPARK.quoted(_over(column.table))}.o{number}"
            columns.append(f"{f'coalesce({atom}, 0L)' if column.atom.function == 'count' else atom} AS o{number}")
        found = found.join(self.facts(), "_unit", "left").selectExpr(*columns, "facts.*")
        return found.repartition("_part").localCheckpoint()

    def tree(self) -> DataFrame:
        part = "CAST(split_part(_metadata.file_name, '.', 1) AS INT) AS _part"
        columns = ("organisation AS _unit", "parent AS _parent", "number AS _number", "ends AS _ends", "path AS _path")
        return self.read(TREE_TABLE).selectExpr(part, *columns)

    def over_table(self, table: str) -> DataFrame:
        """The atoms over the rows of one fact table."""
        columns = []
        for number in self.plan.tables[table]:
            atom = self.plan.columns[number].atom
            kind = "DOUBLE" if atom.is_double else "BIGINT"
            columns.append(sql.expr(f"CAST({atom.sql(SPARK, self.plan.on)} AS {kind})").alias(f"o{number}"))
        rows = self.read(table).where("organisation IS NOT NULL")
        found = rows.groupBy(sql.col("organisation").alias("_unit")).agg(*columns)
        return found.select("_unit", sql.struct(*found.columns[1:]).alias(_over(table)))

    def facts(self) -> DataFrame:
        """Of each unit the conditions it meets, what duties ask of it, and the columns that lines speak of."""
        columns = ["organisation AS _unit", "TRUE AS _has_facts", "CAST(NULL AS DOUBLE) AS nothing"]
        columns += ["founded_on AS _founded", "kept_from AS _kept"]
        for number, check in enumerate(self.plan.abouts):
            columns.append(f"coalesce({check.sql(SPARK, self.plan.on)}, FALSE) AS a{number}")
        for number, planned in enumerate(self.plan.duties):
            columns += _asked(planned, number)
        lines = [column for standard in self.plan.standards for column in unit_columns(standard.holds)]
        columns += dict.fromkeys(SPARK.quoted(column.of or column.name) for column in lines)
        found = self.read(FACTS).selectExpr(*columns)
        return found.select("_unit", sql.struct(*found.columns[1:]).alias("facts"))

    @cached_property
    def leaves(self) -> DataFrame:
        found = self.own.where("_ends = _number + 1")
        return self.judged(found.selectExpr("*", *(f"o{n} AS b{n}" for n in range(len(self.functions)))))

    @cached_property
    def parents(self) -> DataFrame:
        """Units with children, with the atoms over all below them."""
        names = [f"b{number}" for number in range(len(self.functions))]
        found = self.own.where("_ends > _number + 1")
        own = found.selectExpr("_path", *(f"o{number} AS {name}" for number, name in enumerate(names)))
        below = rolled_up(own, self.leaves, dict(zip(names, self.functions, strict=True)))
        return self.judged(found.join(below, "_path")).localCheckpoint()

    def judged(self, units: DataFrame) -> DataFrame:
        """Adds the verdicts and the states of duties."""
        verdicts = [f"{self._verdict(one)} AS v{number}" for number, one in enumerate(self.plan.standards)]
        states = [f"{self._state(one, number)} AS d{number}" for number, one in enumerate(self.plan.duties)]
        return units.selectExpr("*", *verdicts, *states)

    def _verdict(self, standard: Standard) -> str:
        held = SPARK.sql(with_figure(standard, self.plan), self.plan.on)
        checks = (standard.who, self.plan.by_key[standard.indicator].who)
        about = [f"coalesce(a{self.plan.abouts.index(check)}, FALSE)" for check in checks if check]
        about += ["_has_facts IS NOT NULL"] if unit_columns(standard.holds) else []
        about += self._holds(standard)
        cases = f"WHEN {held} THEN 1 WHEN NOT {held} THEN 2 ELSE 3 END"
        return f"CAST(CASE WHEN NOT ({' AND '.join(about) or 'TRUE'}) THEN 0 {cases} AS TINYINT)"

    def _holds(self, rule: Entry) -> list[str]:
        """The condition that a unit stands at or below the unit that made the rule."""
        if rule.is_national:
            return []
        first, ends = self.spans.get(rule.issued_by, (0, 0))
        return [f"(_number >= {first} AND _number < {ends})"]

    def _state(self, planned: PlannedDuty, number: int) -> str:
        """As `duty_state.state_of` says of one unit."""
        starts, ends = SPARK.day(planned.period.starts_on), SPARK.day(planned.period.ends_on)
        who = " AND ".join([f"coalesce(_who{number}, FALSE)", *self._holds(planned.duty)])
        short = CODE["late"] if self.plan.on > planned.due_on else CODE["due"]
        cases = (
            (f"NOT ({who}) OR _founded > {ends}", CODE[""]),
            (f"_founded > {starts} OR NOT _applies{number}", CODE["exempt"]),
            (f"_kept IS NULL OR _kept > {starts}", CODE["not_kept"]),
            (f"o{planned.good} < _times{number}", short),
            (f"o{planned.in_time} >= _times{number}", CODE["done"]),
        )
        whens = " ".join(f"WHEN {condition} THEN {code}" for condition, code in cases)
        return f"CAST(CASE {whens} ELSE {CODE['done_late']} END AS TINYINT)"

    def units(self) -> DataFrame:
        """All units as `results` lays them out."""
        columns = ["_part", "_number AS number", "_unit AS organisation", "_parent AS parent", "_ends AS ends"]
        columns += [f"coalesce(a{number}, FALSE) AS a{number}" for number in range(len(self.plan.abouts))]
        columns += [f"v{number}" for number in range(len(self.plan.standards))]
        columns += [f"d{number}" for number in range(len(self.plan.duties))]
        columns += [f"o{number}" for number in range(len(self.functions))]
        return self.leaves.selectExpr(*columns).unionByName(self.parents.selectExpr(*columns))

    def below(self) -> DataFrame:
        """Units with children, with the atoms over all below them."""
        columns = (f"b{number}" for number in range(len(self.functions)))
        return self.parents.selectExpr("_part", "_number AS number", *columns)

    def tallies(self) -> DataFrame:
        """How many units at and below each unit with children have each verdict and state."""
        ones = _ones(self.plan)
        functions = dict.fromkeys(ones, "sum")
        counted = [f"CAST({condition} AS BIGINT) AS {name}" for name, condition in ones.items()]
        leaves, parents = (units.selectExpr("_path", *counted) for units in (self.leaves, self.parents))
        found = rolled_up(parents, leaves, functions).join(self.parents.select(*PLACE), "_path")
        return found.selectExpr("_part", "_number AS number", *ones)


def _asked(planned: PlannedDuty, number: int) -> list[str]:
    """Whether a unit's facts say that the duty is about it and applies, and how often it is owed."""
    duty, day = planned.duty, planned.day
    times = SPARK.quoted(duty.times) if isinstance(duty.times, str) else str(duty.times)
    applies = [f"coalesce({part.where.sql(SPARK, day)}, FALSE)" for part in duty.applies]
    return [
        f"coalesce({duty.who.sql(SPARK, day)}, FALSE) AS _who{number}",
        f"({' AND '.join([*applies, f'coalesce({times}, 0) > 0'])}) AS _applies{number}",
        f"coalesce({times}, 0) AS _times{number}",
    ]


def _ones(plan: Plan) -> dict[str, str]:
    """The columns of a tally, each with the condition that a unit counts in it."""
    found: dict[str, str] = {}
    verdicts = {standard.key: f"v{number}" for number, standard in enumerate(plan.standards)}
    states = {planned.label: f"d{number}" for number, planned in enumerate(plan.duties)}
    for name, at in tally_places(plan).items():
        if name:
            column = states[name] if isinstance(name, tuple) else verdicts[name]
            most = len(STATES) - 1 if isinstance(name, tuple) else UNKNOWN
            found |= {f"t{at + code - 1}": f"{column} = {code}" for code in range(1, most + 1)}
    return found


def rolled_up(parents: DataFrame, leaves: DataFrame, functions: Mapping[str, str]) -> DataFrame:
    """For each unit with children, by its path, the numbers of itself and of all units below it; null adds nothing."""
    above = f"left(_path, length(_path) - {STEP}) AS _path"
    of_leaves = _added_up(leaves.where(f"length(_path) > {STEP}").selectExpr(above, *functions), functions)
    found = parents.select("_path", *functions).unionByName(of_leaves)
    return _added_up(found.selectExpr(f"{PATHS_ABOVE} AS _path", *functions), functions)


def _added_up(units: DataFrame, functions: Mapping[str, str]) -> DataFrame:
    add_up = {"count": "sum", "sum": "sum", "min": "min", "max": "max"}
    columns = [sql.expr(f"{add_up[function]}({name})").alias(name) for name, function in functions.items()]
    return units.groupBy("_path").agg(*columns)


def _over(table: str) -> str:
    """The name of the column that holds a table's atoms."""
    return f"_over_{table}"


def _moved(written: Path, work: Path, table: str) -> list[tuple[str, File]]:
    """The files that Spark wrote, one for each part, under the names that results have."""
    found = []
    (work / table).mkdir(mode=0o700, exist_ok=True)
    for folder in sorted(written.glob("_part=*")):
        part = int(folder.name.partition("=")[2])
        (file,) = folder.glob("*.parquet")
        found.append((table, _taken(file, work, file_name(table, part), part)))
    return found


def _taken(file: Path, work: Path, name: str, part: int) -> File:
    file.rename(work / name)
    return _described(work, name, part)


def _copied(snapshot: Path, file: File, work: Path) -> File:
    name = file_name(TREE, file.part)
    (work / name).parent.mkdir(mode=0o700, exist_ok=True)
    shutil.copyfile(snapshot / file.name, work / name)
    return _described(work, name, file.part)


def _tops(work: Path, part: int) -> File:
    """The part's units whose parent stands above it."""
    name = file_name(TOPS, part)
    (work / name).parent.mkdir(mode=0o700, exist_ok=True)
    tree = f"read_parquet({DUCKDB.text(str(work / file_name(TREE, part)))})"
    tops = f"parent IS NULL OR parent NOT IN (SELECT organisation FROM {tree})"
    target = DUCKDB.text(str(work / name))
    with duckdb.connect() as connection:
        connection.execute(
            f"COPY (SELECT {', '.join(NAMED)} FROM {tree} WHERE {tops} ORDER BY number) TO {target}"
            " (FORMAT parquet, COMPRESSION zstd)"
        )
    return _described(work, name, part)


def _described(work: Path, name: str, part: int) -> File:
    (work / name).chmod(0o600)
    with duckdb.connect() as connection:
        file = DUCKDB.text(str(work / name))
        (rows,) = connection.execute(f"SELECT count(*) FROM read_parquet({file})").fetchone() or (0,)
    return File(part, name, rows, digest(work / name))

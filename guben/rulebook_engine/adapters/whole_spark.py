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
from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as sql

from guben.kit.tree import STEP
from guben.rulebook_engine.adapters.spark import COMPRESSION, LIMIT_OF_ROWS
from guben.rulebook_engine.adapters.whole_duckdb import UNITS as FACTS
from guben.rulebook_engine.adapters.whole_duckdb import spans_of
from guben.rulebook_engine.aggregates import Atom
from guben.rulebook_engine.dialects import DUCKDB, SPARK
from guben.rulebook_engine.frozen import TREE_TABLE, File, Manifest, digest, file_name
from guben.rulebook_engine.plan_of_run import Plan
from guben.rulebook_engine.results import BELOW, NAMED, ROW_GROUP, TALLIES, TOPS, TREE, UNITS
from guben.rulebook_engine.run_in_sql import ADD_UP, RunInSql, counted

PLACE = ["_part", "_unit", "_parent", "_number", "_ends", "_path"]
PATHS_ABOVE = f"explode(transform(sequence({STEP}, length(_path), {STEP}), end -> left(_path, end)))"


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
    def asked(self) -> RunInSql:
        return RunInSql(self.plan, SPARK, spans_of(self.snapshot, self.plan.issuers))

    @cached_property
    def functions(self) -> list[str]:
        """How the columns of the plan add up, in their order."""
        return [column.atom.function for column in self.plan.columns]

    @cached_property
    def own(self) -> DataFrame:
        """Every unit with the atoms over its own rows, what its facts say, and the verdicts and states that it has if
        it is a leaf."""
        found = self.tree()
        for table in self.plan.tables:
            found = found.join(self.over_table(table), "_unit", "left")
        columns = [*PLACE]
        for number, column in enumerate(self.plan.columns):
            atom = f"{SPARK.quoted(_over(column.table))}.o{number}"
            columns.append(f"{f'coalesce({atom}, 0L)' if column.atom.function == 'count' else atom} AS o{number}")
        found = found.join(self.facts(), "_unit", "left").selectExpr(*columns, "facts.*")
        found = found.repartition("_part")
        own = found.columns
        judged = found.selectExpr("*", *(f"o{n} AS b{n}" for n in range(len(self.functions))))
        return judged.selectExpr(*own, *self.asked.judged()).localCheckpoint()

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
            columns.append(sql.expr(f"CAST({self.summed(atom)} AS {kind})").alias(f"o{number}"))
        rows = self.read(table).where("organisation IS NOT NULL")
        found = rows.groupBy(sql.col("organisation").alias("_unit")).agg(*columns)
        return found.select("_unit", sql.struct(*found.columns[1:]).alias(_over(table)))

    def summed(self, atom: Atom) -> str:
        """An atom over a unit's rows; Spark counts quicker than it adds ones up, looking at each for what overflows."""
        conditions = [one for one in (atom.filter, atom.argument) if one]
        if atom.function != "count" or not conditions:
            return atom.sql(SPARK, self.plan.on)
        return f"count(CASE WHEN {' AND '.join(SPARK.sql(one, self.plan.on) for one in conditions)} THEN 1 END)"

    def facts(self) -> DataFrame:
        """Of each unit the conditions it meets, what duties ask of it, and the columns that lines speak of."""
        found = self.read(FACTS).selectExpr(*self.asked.facts())
        return found.select("_unit", sql.struct(*found.columns[1:]).alias("facts"))

    @cached_property
    def leaves(self) -> DataFrame:
        return self.own.where("_ends = _number + 1")

    @cached_property
    def parents(self) -> DataFrame:
        """Units with children, with the atoms over all below them, judged by these."""
        whole = {f"b{number}": (function, f"o{number}") for number, function in enumerate(self.functions)}
        judged = [one.rpartition(" AS ")[2] for one in self.asked.judged()]
        found = self.own.where("_ends > _number + 1").drop(*judged)
        below = rolled_up(found, self.leaves, whole)
        return found.join(below, "_path").selectExpr("*", *self.asked.judged()).localCheckpoint()

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
        ones = {name: ("sum", one) for name, one in counted(self.plan).items()}
        found = rolled_up(self.parents, self.leaves, ones).join(self.parents.select(*PLACE), "_path")
        return found.selectExpr("_part", "_number AS number", *ones)


def rolled_up(parents: DataFrame, leaves: DataFrame, numbers: Mapping[str, tuple[str, str]]) -> DataFrame:
    """For each unit with children, by its path, the numbers of itself and of all units below it; null adds nothing.
    `numbers` tells of each how it adds up, and what it is of one unit."""
    above = sql.expr(f"left(_path, length(_path) - {STEP})").alias("_path")
    below = leaves.where(f"length(_path) > {STEP}").groupBy(above)
    of_leaves = below.agg(*(_added_up(function, one, name) for name, (function, one) in numbers.items()))
    found = parents.selectExpr("_path", *(f"{one} AS {name}" for name, (_, one) in numbers.items()))
    carried = found.unionByName(of_leaves).selectExpr(f"{PATHS_ABOVE} AS _path", *numbers).groupBy("_path")
    return carried.agg(*(_added_up(function, name, name) for name, (function, _) in numbers.items()))


def _added_up(function: str, one: str, name: str) -> Column:
    return sql.expr(f"{ADD_UP[function]}({one})").alias(name)


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

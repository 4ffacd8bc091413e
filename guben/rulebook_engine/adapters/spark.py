"""Apache Spark over the Parquet files of a snapshot: for what is too large for one machine. Needs the extra `spark`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from typing import Any

from py4j.protocol import Py4JError
from pyspark.errors import PySparkException
from pyspark.sql import SparkSession

from guben.rulebook_engine.dialects import SPARK, Dialect
from guben.rulebook_engine.facts import FactTable

COMPRESSION, LIMIT_OF_ROWS = "compression", "parquet.block.row.count.limit"
SETTINGS = {
    "spark.sql.ansi.enabled": "true",  # what overflows is a fault, never another number
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.variable.substitute": "false",
    "spark.sql.parser.escapedStringLiterals": "false",
    "spark.sql.parquet.datetimeRebaseModeInRead": "CORRECTED",
    "spark.sql.codegen.maxFields": "1000",  # a rulebook asks some hundred numbers of a row
    "spark.sql.constraintPropagation.enabled": "false",  # for so many it takes longer than what it saves
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.log.level": "ERROR",
}


ON_LOOPBACK = {"spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1"}


class Unreachable(Exception):
    """No Spark could be started or reached: Java is missing, or nobody answers at the address."""


@contextmanager
def session(master: str = "", settings: Mapping[str, str] | None = None) -> Iterator[SparkSession]:
    """A session on a cluster (`spark://HOST:PORT`) or, with no address, on this machine alone; it ends with the block.

    What is not set here is read from `spark-defaults.conf` in the folder named by SPARK_CONF_DIR.

    Raises:
        Unreachable: there is no Java, or no cluster at the address.
    """
    builder: Any = SparkSession.builder
    builder = builder.appName("guben").master(master or "local[*]")
    at_home = not master or master.startswith(("local", "spark://127.0.0.1:"))
    for name, value in (SETTINGS | (ON_LOOPBACK if at_home else {}) | dict(settings or {})).items():
        builder = builder.config(name, value)
    try:
        opened: SparkSession = builder.getOrCreate()
    except (Py4JError, PySparkException) as fault:
        raise Unreachable(master) from fault
    try:
        yield opened
    finally:
        opened.stop()


class SparkEngine:
    """Answers from `FOLDER/TABLE/*.parquet`; the folder is one that every worker reads by the same name."""

    dialect: Dialect = SPARK

    def __init__(self, opened: SparkSession, folder: str) -> None:
        self.session = opened
        self.folder = folder

    def select(
        self, table: FactTable, columns_sql: list[str], *, where: str | None, group_by_organisation: bool, on: date
    ) -> list[tuple[Any, ...]]:
        """The rows of (organisation, *columns). A snapshot speaks of its own day, so `on` only dates the SQL."""
        named = [f"{column} AS c{number}" for number, column in enumerate(columns_sql)]
        files = SPARK.quoted(f"{self.folder}/{table.name}")
        sql = f"SELECT {', '.join(['organisation', *named])} FROM parquet.{files}"
        if where:
            sql += f" WHERE {where}"
        if group_by_organisation:
            sql += " GROUP BY organisation"
        return [tuple(row) for row in self.session.sql(sql).collect()]

"""SQL for each engine, generated from the checked tree. Meanings that engines differ on are pinned here."""

from __future__ import annotations

from datetime import date
from typing import assert_never

from guben.kit.days import years_before
from guben.rulebook_engine.expressions import (
    Absence,
    Aggregate,
    Arithmetic,
    AtomValue,
    Between,
    ColumnValue,
    Comparison,
    ComparisonSign,
    Constant,
    Elapsed,
    Junction,
    Membership,
    Negation,
    Node,
    type_of,
)
from guben.rulebook_engine.facts import Column

SMALL = 10_000
OLDEST_AGE = 200  # beyond it, and below nought, an age is compared by arithmetic
TURNED: dict[str, ComparisonSign] = {"=": "=", "<>": "<>", "<": ">", "<=": ">=", ">": "<", ">=": "<="}


class Dialect:
    """How one engine writes the tree. No literal but those of the tree, escaped here, reaches the SQL."""

    name = ""

    def sql(self, node: Node, on: date) -> str:
        match node:
            case Constant():
                return self.constant(node.value)
            case ColumnValue():
                return self._column_value(node, on)
            case Elapsed():
                elapsed = self.months if node.unit == "months" else self.days
                return elapsed(self.quoted(node.column.name), on)
            case Comparison():
                return self._comparison(node, on)
            case Junction():
                return "(" + f" {node.word.upper()} ".join(self.sql(part, on) for part in node.parts) + ")"
            case Negation():
                return f"(NOT {self.sql(node.part, on)})"
            case Membership():
                options = ", ".join(self.constant(option.value) for option in node.options)
                return f"({self.sql(node.item, on)} IN ({options}))"
            case Between():
                low, high = Comparison(">=", node.item, node.low), Comparison("<=", node.item, node.high)
                return self.sql(Junction("and", (low, high)), on)
            case Absence():
                return f"({self._stored(node.item, on)} IS NULL)"
            case Arithmetic():
                return self._arithmetic(node, on)
            case Aggregate() | AtomValue():
                raise TypeError("Aggregates are split into atoms before SQL is written.")
            case _ as unreachable:
                assert_never(unreachable)

    def quoted(self, name: str) -> str:
        return '"' + name.replace('"', '""') + '"'

    def text(self, value: str) -> str:
        return "'" + value.replace("'", "''") + "'"

    def constant(self, value: bool | int | float | str | date) -> str:
        match value:
            case bool():
                return self.truth(value)
            case int():
                return self.whole(value)
            case float():
                return self.double(value)
            case date():
                return self.day(value)
            case str():
                return self.text(value)

    def truth(self, value: bool) -> str:
        return "TRUE" if value else "FALSE"

    def whole(self, value: int) -> str:
        return str(value)

    def double(self, value: float) -> str:
        written = repr(value)
        return written if "e" in written else written + "e0"  # 0.85 alone would be a decimal in DuckDB

    def day(self, value: date) -> str:
        raise NotImplementedError

    def year_part(self, column: str) -> str:
        raise NotImplementedError

    def month_part(self, column: str) -> str:
        raise NotImplementedError

    def day_part(self, column: str) -> str:
        raise NotImplementedError

    def days(self, column: str, on: date) -> str:
        """Days from the column's date to the day of evaluation; negative when it lies ahead."""
        raise NotImplementedError

    def as_double(self, sql: str) -> str:
        return f"CAST({sql} AS DOUBLE)"

    def ordered_text(self, sql: str) -> str:
        """A text where it is put in order: byte by byte, on every engine."""
        return sql

    def months(self, column: str, on: date) -> str:
        """Completed months: a month is complete on its own day, or on the first of the next where it has none."""
        return (
            f"({on.year * 12 + on.month} - ({self.year_part(column)} * 12 + {self.month_part(column)})"
            f" - (CASE WHEN {self.day_part(column)} > {on.day} THEN 1 ELSE 0 END))"
        )

    def age(self, column: str, on: date) -> str:
        """Completed years by day; 29 February completes the year on 1 March where it is missing."""
        return (
            f"({on.year} - {self.year_part(column)} - (CASE WHEN {self.month_part(column)} * 100"
            f" + {self.day_part(column)} > {on.month * 100 + on.day} THEN 1 ELSE 0 END))"
        )

    def _column_value(self, node: ColumnValue, on: date) -> str:
        if node.column.type == "age":
            return self.age(self.quoted(node.column.of), on)
        return self.quoted(node.column.name)

    def _stored(self, node: Node, on: date) -> str:
        """The node for a test of null: an age is null when its date is."""
        if isinstance(node, ColumnValue) and node.column.type == "age":
            return self.quoted(node.column.of)
        return self.sql(node, on)

    def _comparison(self, node: Comparison, on: date) -> str:
        for item, bound, sign in ((node.left, node.right, node.sign), (node.right, node.left, TURNED[node.sign])):
            if isinstance(item, ColumnValue) and item.column.type == "age" and isinstance(bound, Constant):
                limit = bound.value
                if isinstance(limit, int) and 0 <= limit < min(OLDEST_AGE, on.year - 1):
                    return self._age_against(item.column.of, sign, limit, on)
        left, right = self.sql(node.left, on), self.sql(node.right, on)
        if node.sign not in ("=", "<>") and type_of(node.left) == "text":
            left = self.ordered_text(left)
        return f"({left} {node.sign} {right})"

    def _age_against(self, born_on: str, sign: str, years: int, on: date) -> str:
        """An age against a whole number, as a comparison of the date with a literal day."""
        born = self.quoted(born_on)
        reached = self.day(years_before(on, years))
        passed = self.day(years_before(on, years + 1))
        written = {
            ">=": f"({born} <= {reached})",
            "<": f"({born} > {reached})",
            ">": f"({born} <= {passed})",
            "<=": f"({born} > {passed})",
            "=": f"({born} <= {reached} AND {born} > {passed})",
            "<>": f"({born} > {reached} OR {born} <= {passed})",
        }
        return written[sign]

    def _arithmetic(self, node: Arithmetic, on: date) -> str:
        left, right = self.sql(node.left, on), self.sql(node.right, on)
        if node.sign == "/":
            return f"({self.as_double(left)} / NULLIF({self.as_double(right)}, 0))"
        if node.sign == "*":
            return f"({self.as_double(left)} * {self.as_double(right)})"
        return f"({left} {node.sign} {right})"


class SQLite(Dialect):
    """Dates are ISO texts, booleans 0 and 1."""

    name = "sqlite"

    def truth(self, value: bool) -> str:
        return "1" if value else "0"

    def day(self, value: date) -> str:
        return f"'{value.isoformat()}'"

    def year_part(self, column: str) -> str:
        return f"CAST(substr({column}, 1, 4) AS INTEGER)"

    def month_part(self, column: str) -> str:
        return f"CAST(substr({column}, 6, 2) AS INTEGER)"

    def day_part(self, column: str) -> str:
        return f"CAST(substr({column}, 9, 2) AS INTEGER)"

    def days(self, column: str, on: date) -> str:
        return f"CAST(julianday({self.day(on)}) - julianday({column}) AS INTEGER)"

    def as_double(self, sql: str) -> str:
        return f"CAST({sql} AS REAL)"


class Typed(Dialect):
    """Engines with a type for days: what most of them write alike."""

    def whole(self, value: int) -> str:
        return str(value) if abs(value) < SMALL else f"CAST({value} AS BIGINT)"  # a sum of literals has 32 bits

    def day(self, value: date) -> str:
        return f"DATE '{value.isoformat()}'"

    def year_part(self, column: str) -> str:
        return f"year({column})"

    def month_part(self, column: str) -> str:
        return f"month({column})"

    def day_part(self, column: str) -> str:
        return f"day({column})"


class DuckDB(Typed):
    """Dates, booleans and doubles have types of their own."""

    name = "duckdb"

    def days(self, column: str, on: date) -> str:
        return f"date_diff('day', {column}, {self.day(on)})"


class PostgreSQL(Typed):
    """Dates, booleans and doubles have types of their own; a number with a point alone would be a decimal.

    It expects columns of the types bigint, double precision, boolean and date: see `typed`.
    """

    name = "postgresql"

    def double(self, value: float) -> str:
        return self.as_double(repr(value))

    def year_part(self, column: str) -> str:
        return f"CAST(EXTRACT(YEAR FROM {column}) AS integer)"

    def month_part(self, column: str) -> str:
        return f"CAST(EXTRACT(MONTH FROM {column}) AS integer)"

    def day_part(self, column: str) -> str:
        return f"CAST(EXTRACT(DAY FROM {column}) AS integer)"

    def days(self, column: str, on: date) -> str:
        return f"({self.day(on)} - {column})"

    def as_double(self, sql: str) -> str:
        return f"CAST({sql} AS double precision)"

    def ordered_text(self, sql: str) -> str:
        return f'({sql} COLLATE "C")'

    def typed(self, column: Column) -> str:
        """A stored column of a fact table's query as the type that expressions expect; truth may come as 0 and 1."""
        name = self.quoted(column.name)
        if column.type == "boolean":
            return f"CAST(CAST({name} AS integer) AS boolean) AS {name}"
        return f"CAST({name} AS {POSTGRES_TYPES[column.type]}) AS {name}"


class SparkSQL(Typed):
    """Apache Spark. Names stand in backticks. In texts a backslash escapes and ${name} would be filled in, so that such
    signs are written by their numbers."""

    name = "spark"

    def quoted(self, name: str) -> str:
        return "`" + name.replace("`", "``") + "`"

    def text(self, value: str) -> str:
        return "'" + "".join(f"\\u{ord(sign):04x}" if sign in "'\\$" else sign for sign in value) + "'"

    def days(self, column: str, on: date) -> str:
        return f"datediff({self.day(on)}, {column})"


POSTGRES_TYPES = {
    "text": "text",
    "integer": "bigint",
    "number": "double precision",
    "date": "date",
    "boolean": "boolean",
}
SQLITE = SQLite()
DUCKDB = DuckDB()
POSTGRES = PostgreSQL()
SPARK = SparkSQL()
DIALECTS: dict[str, Dialect] = {dialect.name: dialect for dialect in (SQLITE, DUCKDB, POSTGRES, SPARK)}

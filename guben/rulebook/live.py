"""The engine over the records as they are now: the fact tables' own queries, on the database Django is connected to."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from guben.accounts.database import is_postgres, prepared_rows
from guben.kit.days import add_months
from guben.rulebook_engine.dialects import DIALECTS, POSTGRES, Dialect
from guben.rulebook_engine.facts import FactTable, Link

_MARK = re.compile(r"/\*within:([a-z_.]+)\*/")
_IDS = "/*these units*/"
MOST_IDS = 900
MOST_PREPARED = 200  # ids for which a plan is good that was made for ten


@dataclass(frozen=True, slots=True)
class Within:
    """Which units' facts are read: the units of some ids, all that stood at and below a path on the day, or all that
    stand there today wherever they stood on the day."""

    ids: tuple[int, ...] = ()
    path: str = ""
    path_today: str = ""

    def condition(self, column: str, on: date) -> str:
        """SQL that holds for the rows of these units; paths come from the tree, the ids are put in by `rows`."""
        if self.path:
            return (
                f"{column} IN (SELECT w.organisation_id FROM organisations_placement w WHERE w.path >= '{self.path}'"
                f" AND w.path < '{self.path}~' AND w.from_on <= '{on}' AND (w.until_on IS NULL OR w.until_on > '{on}'))"
            )
        if self.path_today:
            return (
                f"{column} IN (SELECT w.id FROM organisations_organisation w WHERE w.path >= '{self.path_today}'"
                f" AND w.path < '{self.path_today}~')"
            )
        return f"{column} {_IDS}"


def fact_sql(table: FactTable, on: date, within: Within | None) -> str:
    """The table's query with the day written in and narrowed to the units asked for."""
    sql = table.full_sql().replace("%(on)s", f"'{on}'").replace("%(year_before)s", f"'{add_months(on, -12)}'")
    if within is None:
        return sql
    return _MARK.sub(lambda found: "AND " + within.condition(found.group(1), on), sql)


def linked(link: Link, ids: Iterable[int], on: date) -> set[int]:
    """The units whose rows may change with what was recorded at some units, or on some objects."""
    found: set[int] = set()
    for some in batched(ids, MOST_IDS):
        within = Within(ids=some)
        sql = _MARK.sub(lambda mark: "AND " + within.condition(mark.group(1), on), link.sql)  # noqa: B023 - used at once
        found |= {unit for (unit,) in rows(f"SELECT DISTINCT * FROM ({sql}) AS links", within)}
    return found


def batched(ids: Iterable[int], most: int) -> Iterator[tuple[int, ...]]:
    """Ids in pieces of at most so many."""
    rest = tuple(ids)
    for start in range(0, len(rest), most):
        yield rest[start : start + most]


def select(
    columns_sql: Iterable[str],
    table: FactTable,
    on: date,
    within: Within | None,
    *,
    summed: bool = False,
    where: str | None = None,
) -> str:
    """The query for some SQL columns of a fact table's rows; the columns are compiled, never typed by a user. Where all
    rows are summed, or some are chosen, each is made once, however many columns speak of it: a limit that limits
    nothing keeps the database from working a column out anew for each of them."""
    source = fact_sql(table, on, within)
    all_of_them = "\nOFFSET 0" if is_postgres() else "\nLIMIT -1"
    if summed:
        source += all_of_them
    if is_postgres():
        typed = ["organisation", "record", *(POSTGRES.typed(column) for column in table.stored_columns)]
        source = f"SELECT {', '.join(typed)} FROM ({source}) AS untyped"
    if where:
        source = f"SELECT * FROM ({source}) AS fact WHERE {where}{all_of_them}"
    return f"SELECT {', '.join(columns_sql)} FROM ({source}) AS fact"


class LiveEngine:
    """Runs compiled expressions on the live database. `within` narrows every table to some units."""

    def __init__(self, within: Within | None = None) -> None:
        self.dialect: Dialect = DIALECTS[connection.vendor]
        self.within = within

    def select(
        self, table: FactTable, columns_sql: list[str], *, where: str | None, group_by_organisation: bool, on: date
    ) -> list[tuple[Any, ...]]:
        """Rows of the organisation's id and the given SQL columns."""
        summed = group_by_organisation and where is None
        sql = select(["organisation", *columns_sql], table, on, self.within, summed=summed)
        if where:
            sql += f" WHERE {where}"
        if group_by_organisation:
            sql += " GROUP BY organisation"
        return rows(sql, self.within)

    def sum_together(self, asked: Sequence[tuple[FactTable, list[str]]], on: date) -> list[list[tuple[Any, ...]]]:
        """The grouped rows of several tables in one query. Short rows are filled up, so that all have the same
        columns."""
        widest = max(len(columns) for _table, columns in asked)
        parts = []
        for number, (table, columns) in enumerate(asked):
            filled = ["0"] * (widest - len(columns))
            source = select([str(number), "organisation", *columns, *filled], table, on, self.within, summed=True)
            parts.append(f"{source} GROUP BY organisation")
        found: list[list[tuple[Any, ...]]] = [[] for _ in asked]
        for number, *row in rows(" UNION ALL ".join(parts), self.within):
            found[number].append(tuple(row[: len(asked[number][1]) + 1]))
        return found

    def select_together(
        self, asked: Sequence[tuple[FactTable, list[str], str]], facts: int, on: date
    ) -> list[list[tuple[Any, ...]]]:
        """The rows of several tables in one query. Truths are numbers and short rows are filled up, so that all
        have the same columns."""
        widest = max(len(columns) for _table, columns, _where in asked)
        parts = []
        for number, (table, columns, where) in enumerate(asked):
            truths = [f"CASE WHEN {column} THEN 1 ELSE 0 END" for column in _as_conditions(columns[facts:])]
            filled = ["0"] * (widest - len(columns))
            chosen = [str(number), "organisation", *columns[:facts], *truths, *filled]
            parts.append(select(chosen, table, on, self.within, where=where))
        found: list[list[tuple[Any, ...]]] = [[] for _ in asked]
        for number, *row in rows(" UNION ALL ".join(parts), self.within):
            found[number].append(tuple(row[: len(asked[number][1]) + 1]))
        return found


def _as_conditions(columns: Iterable[str]) -> list[str]:
    return ["1 = 1" if column == "1" else column for column in columns]


def rows(sql: str, within: Within | None) -> list[tuple[Any, ...]]:
    """All rows of a query that carries its own literals; the ids of the units that it is narrowed to are put in."""
    ids = within.ids if within else ()
    listed = ",".join(str(int(number)) for number in ids)
    if _IDS in sql and is_postgres() and len(ids) <= MOST_PREPARED:
        marked = sql.replace("%", "%%").replace(_IDS, "= ANY(%(ids)s::bigint[])")
        return prepared_rows(marked, {"ids": f"{{{listed}}}"})
    sql = sql.replace(_IDS, f"IN ({listed or 'NULL'})")
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())


def ids_or_path(ids: Iterable[int], path_today: str) -> Within | None:
    """Ids where they are few, else the range of today's path; None (everything) where the units share no top."""
    few = tuple(ids)
    if len(few) <= MOST_IDS:
        return Within(ids=few)
    return Within(path_today=path_today) if path_today else None

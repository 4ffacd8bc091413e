"""What a fixture wrote the first time is kept, and written again in one stroke for every test after it."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterable
from typing import Any, Generic, TypeVar

from django.apps import apps
from django.core.management.color import no_style
from django.db import connection, transaction

T = TypeVar("T")
Rows = list[tuple[Any, ...]]


class Kept(Generic[T]):
    """A builder of records that works once in a process; called again, it gives the same rows with the same numbers.

    Where a test wrote into the tables before, the builder works anew: numbers that are taken can't be given again.
    """

    def __init__(self, build: Callable[[], T]) -> None:
        self.build = build
        self.written: list[tuple[str, str, list[Any]]] = []
        self.answer = b""

    def __call__(self) -> T:
        if not self.answer:
            return self._first()
        if not _are_empty(table for table, _insert, _values in self.written):
            return self.build()
        with transaction.atomic(), connection.cursor() as cursor:
            for _table, insert, values in self.written:
                cursor.execute(insert, values)
            for statement in _counted_on(table for table, _insert, _values in self.written):
                cursor.execute(statement)
        answer: T = pickle.loads(self.answer)
        return answer

    def _first(self) -> T:
        """Builds, and keeps what came into empty tables, unless rows of other tables changed."""
        tables = connection.introspection.django_table_names(only_existing=True, include_views=False)
        before = {table: _rows(table) for table in tables}
        answer = self.build()
        changed = [table for table in tables if _rows(table) != before[table]]
        if not any(before[table] for table in changed):
            self.written = [(table, *_insert(table)) for table in changed]
            self.answer = pickle.dumps(answer)
        return answer


def _are_empty(tables: Iterable[str]) -> bool:
    asked = " UNION ALL ".join(f"SELECT EXISTS (SELECT 1 FROM {connection.ops.quote_name(table)})" for table in tables)
    with connection.cursor() as cursor:
        cursor.execute(asked)
        return not any(row[0] for row in cursor.fetchall())


def _counted_on(tables: Iterable[str]) -> list[str]:
    """The next number follows the rows, also where another test made the tables anew since."""
    wanted = set(tables)
    models = [model for model in apps.get_models(include_auto_created=True) if model._meta.db_table in wanted]
    return connection.ops.sequence_reset_sql(no_style(), models)


def _columns(table: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)} LIMIT 0")
        return [connection.ops.quote_name(column[0]) for column in cursor.description]


def _rows(table: str) -> Rows:
    """All rows as the database holds them: before a sign, SQLite's driver makes no days and times of them."""
    sign = "+" if connection.vendor == "sqlite" else ""
    with connection.cursor() as cursor:
        columns = ", ".join(sign + column for column in _columns(table))
        cursor.execute(f"SELECT {columns} FROM {connection.ops.quote_name(table)}")
        return list(cursor.fetchall())


def _insert(table: str) -> tuple[str, list[Any]]:
    columns, rows = _columns(table), _rows(table)
    marks = ", ".join(f"({', '.join(['%s'] * len(columns))})" for _row in rows)
    statement = f"INSERT INTO {connection.ops.quote_name(table)} ({', '.join(columns)}) VALUES {marks}"
    return statement, [value for row in rows for value in row]

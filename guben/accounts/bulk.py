"""Writing many rows of a model at once, under keys that are taken beforehand so that rows can point to each other; and
finding many by their values.

Writing goes past the models: no defaults, no signals, no `save`. Every column must be named, and the values must be
right. Outside a transaction it raises RuntimeError, because rows written before a wrong one would stay.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain, compress, count
from typing import Any

from django.db import connection, models

from guben.accounts.database import is_postgres

PARAMETERS = 500  # of one SQLite statement; beginning one costs as much as five values, and very long ones are slow too


def take_keys(model: type[models.Model], rows: int) -> list[int]:
    """So many new keys of a model, which nobody else is given. Call it inside the transaction that uses them."""
    table, column = model._meta.db_table, str(model._meta.pk.column)
    with connection.cursor() as cursor:
        if is_postgres():
            sequence = "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)"
            cursor.execute(sequence, [connection.ops.quote_name(table), column, rows])
            return [row[0] for row in cursor.fetchall()]
        # SQLite has one writer at a time; its counter never goes back, and follows the keys that are written.
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        found = cursor.fetchone()
    first = (found[0] if found else 0) + 1
    return list(range(first, first + rows))


def insert(model: type[models.Model], columns: Mapping[str, Sequence[Any]]) -> None:
    """Writes rows given by column (`person_id`, not `person`), all columns of one length. JSON comes as text."""
    fields = {field.attname: field for field in model._meta.concrete_fields}
    left_out = [name for name, field in fields.items() if name not in columns and not (field.null or field.primary_key)]
    if left_out:
        raise ValueError(f"{model._meta.label} needs {', '.join(left_out)}.")
    quote = connection.ops.quote_name
    names = ", ".join(quote(str(fields[name].column)) for name in columns)
    turned = [_turned(fields[name], values) for name, values in columns.items()]
    _write(quote(model._meta.db_table), names, turned)


def write_rows(table: str, names: str, rows: Sequence[Sequence[Any]]) -> None:
    """Sends rows whose values are as the database wants them; table and columns are quoted."""
    _write(table, names, list(zip(*rows, strict=True)))


def found_by(model: type[models.Model], name: str, texts: Iterable[str]) -> list[tuple[int, str]]:
    """The keys of the rows that hold one of very many texts in a column, each with its text, by one query."""
    quote, meta, given = connection.ops.quote_name, model._meta, list(texts)
    column = quote(next(str(field.column) for field in meta.concrete_fields if field.attname == name))
    among = "= ANY(%s)" if is_postgres() else "IN (SELECT value FROM json_each(%s))"
    query = f"SELECT {quote(str(meta.pk.column))}, {column} FROM {quote(meta.db_table)} WHERE {column} {among}"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(query, [given if is_postgres() else json.dumps(given)])
        return list(cursor.fetchall())


def _write(table: str, names: str, columns: Sequence[Sequence[Any]]) -> None:
    if not connection.in_atomic_block:
        raise RuntimeError("Rows are written in sets inside a transaction.")
    if columns and columns[0]:
        (_copy if is_postgres() else _insert)(table, names, columns)


def _insert(table: str, names: str, columns: Sequence[Sequence[Any]]) -> None:
    """Many rows with each statement; a value that is the same in all rows is handed over once for all of them.

    OR FAIL, because the transaction takes back what a failing statement wrote: else SQLite keeps a copy of every page
    that a statement of many rows touches, which costs as much as the rows.
    """
    rows = len(columns[0])
    is_shared = [place > 0 and column.count(column[0]) == rows for place, column in enumerate(columns)]
    shared = list(compress((column[0] for column in columns), is_shared))
    own = [column for column, shares in zip(columns, is_shared, strict=True) if not shares]
    values, width = list(chain.from_iterable(zip(*own, strict=True))), len(own)
    size = max(PARAMETERS // width, 1)
    whole = rows // size * size
    with connection.cursor() as cursor:
        for first, last, count in ((0, whole, size), (whole, rows, rows - whole)):
            if first < last:
                places = range(first * width, last * width, count * width)
                blocks = [[*shared, *values[place : place + count * width]] for place in places]
                cursor.executemany(f"INSERT OR FAIL INTO {table} ({names}) VALUES {_marks(is_shared, count)}", blocks)  # noqa: S608


def _marks(is_shared: Sequence[bool], rows: int) -> str:
    """The marks of so many rows: the shared values come first and have the same numbers in each row."""
    shared, own = count(1), count(sum(is_shared) + 1)
    first = [f"?{next(shared)}" if shares else "" for shares in is_shared]
    return ", ".join(f"({', '.join(mark or f'?{next(own)}' for mark in first)})" for _row in range(rows))


def _copy(table: str, names: str, columns: Sequence[Sequence[Any]]) -> None:
    """One stream of rows instead of a statement for each."""
    with connection.cursor() as cursor, connection.wrap_database_errors:
        driver: Any = cursor.cursor
        with driver.copy(f"COPY {table} ({names}) FROM STDIN") as stream:
            for row in zip(*columns, strict=True):
                stream.write_row(row)


def _turned(field: models.Field[Any, Any], values: Sequence[Any]) -> Sequence[Any]:
    """A column's values as the database wants them."""
    if is_postgres():
        return values
    if isinstance(field, models.DateTimeField):
        known = {moment: connection.ops.adapt_datetimefield_value(moment) for moment in {*values}}
        return list(map(known.__getitem__, values))
    if isinstance(field, models.DateField):
        return [day and day.isoformat() for day in values]
    if isinstance(field, models.BinaryField):
        return [value and bytearray(value) for value in values]  # bytes are asked for an adapter, one by one
    return values

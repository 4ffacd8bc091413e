"""Writing many rows of a model at once, under keys that are taken beforehand so that rows can point to each other.

It goes past the models: no defaults, no signals, no `save`. Every column must be named, and the values must be right.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import connection, models

from guben.accounts.database import is_postgres


def take_keys(model: type[models.Model], count: int) -> list[int]:
    """So many new keys of a model, which nobody else is given. Call it inside the transaction that uses them."""
    table, column = model._meta.db_table, str(model._meta.pk.column)
    with connection.cursor() as cursor:
        if is_postgres():
            sequence = "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)"
            cursor.execute(sequence, [connection.ops.quote_name(table), column, count])
            return [row[0] for row in cursor.fetchall()]
        # SQLite has one writer at a time; its counter never goes back, and follows the keys that are written.
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        found = cursor.fetchone()
    first = (found[0] if found else 0) + 1
    return list(range(first, first + count))


def insert(model: type[models.Model], columns: Mapping[str, Iterable[Any]]) -> None:
    """Writes rows given by column (`person_id`, not `person`); a value that is the same in all comes as a `repeat`.

    JSON comes as text. At least one column must end.
    """
    fields = {field.attname: field for field in model._meta.concrete_fields}
    left_out = [name for name, field in fields.items() if name not in columns and not (field.null or field.primary_key)]
    if left_out:
        raise ValueError(f"{model._meta.label} needs {', '.join(left_out)}.")
    quote = connection.ops.quote_name
    names = ", ".join(quote(str(fields[name].column)) for name in columns)
    rows = list(zip(*(_turned(fields[name], values) for name, values in columns.items()), strict=False))
    write_rows(quote(model._meta.db_table), names, rows)


def write_rows(table: str, names: str, rows: Sequence[Sequence[Any]]) -> None:
    """Sends rows whose values are as the database wants them; table and columns are quoted."""
    if rows:
        (_copy if is_postgres() else _insert)(table, names, rows)


def _insert(table: str, names: str, rows: Sequence[Sequence[Any]]) -> None:
    marks = ", ".join(["%s"] * len(rows[0]))
    with connection.cursor() as cursor:
        cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", rows)  # noqa: S608


def _copy(table: str, names: str, rows: Sequence[Sequence[Any]]) -> None:
    """One stream of rows instead of a statement for each."""
    with connection.cursor() as cursor, connection.wrap_database_errors:
        driver: Any = cursor.cursor
        with driver.copy(f"COPY {table} ({names}) FROM STDIN") as stream:
            for row in rows:
                stream.write_row(row)


def _turned(field: models.Field[Any, Any], values: Iterable[Any]) -> Iterable[Any]:
    """A column's values as the database wants them."""
    if is_postgres():
        return values
    if isinstance(field, models.DateTimeField):
        return map(_Moments().__getitem__, values)
    if isinstance(field, models.DateField):
        return (None if day is None else day.isoformat() for day in values)  # a constant never ends
    return values


class _Moments(dict[Any, Any]):
    """Moments as the database wants them; the same one stands in all rows of an act."""

    def __missing__(self, moment: Any) -> Any:
        found = self[moment] = connection.ops.adapt_datetimefield_value(moment)
        return found

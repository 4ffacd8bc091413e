"""Writing many rows of a model at once, under keys that are taken beforehand so that rows can point to each other.

It goes past the models: no defaults, no signals, no `save`. Every column must be named, and the values must be right.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any

from django.db import connection, models


def take_keys(model: type[models.Model], count: int) -> list[int]:
    """So many new keys of a model, which nobody else is given. Call it inside the transaction that uses them."""
    table, column = model._meta.db_table, str(model._meta.pk.column)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            sequence = "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)"
            cursor.execute(sequence, [connection.ops.quote_name(table), column, count])
            return [row[0] for row in cursor.fetchall()]
        # SQLite has one writer at a time; its counter never goes back, and follows the keys that are written.
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        found = cursor.fetchone()
    first = (found[0] if found else 0) + 1
    return list(range(first, first + count))


def insert(model: type[models.Model], names: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Writes rows of values, in the order of the columns named (`person_id`, not `person`)."""
    fields = {field.attname: field for field in model._meta.concrete_fields}
    left_out = [name for name, field in fields.items() if name not in names and not (field.null or field.primary_key)]
    if left_out:
        raise ValueError(f"{model._meta.label} needs {', '.join(left_out)}.")
    quote = connection.ops.quote_name
    columns = ", ".join(quote(str(fields[name].column)) for name in names)
    marks = ", ".join(["%s"] * len(names))
    sql = f"INSERT INTO {quote(model._meta.db_table)} ({columns}) VALUES ({marks})"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.executemany(sql, _turned(rows, [_turner(fields[name]) for name in names]))


Turner = Callable[[Any], Any] | None


def _turned(rows: Iterable[Sequence[Any]], turners: Sequence[Turner]) -> list[list[Any]]:
    """The rows with the values of some columns as the database wants them."""
    places = [(place, turner) for place, turner in enumerate(turners) if turner]
    turned = []
    for row in rows:
        cells = list(row)
        for place, turner in places:
            if cells[place] is not None:
                cells[place] = turner(cells[place])
        turned.append(cells)
    return turned


def _turner(field: models.Field[Any, Any]) -> Turner:
    if isinstance(field, models.DateTimeField):
        return connection.ops.adapt_datetimefield_value
    if isinstance(field, models.DateField):
        return _Days().__getitem__
    if isinstance(field, models.JSONField):
        return _json
    return None


class _Days(dict[date, Any]):
    """A day as the database wants it; few days stand in many rows."""

    def __missing__(self, day: date) -> Any:
        self[day] = connection.ops.adapt_datefield_value(day)
        return self[day]


def _json(value: Any) -> str:
    return json.dumps(value)

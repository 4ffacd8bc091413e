"""Writing very many rows of a model quickly, under keys that are given out here so that rows can point to each other."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime, time
from functools import lru_cache
from typing import Any

from django.db import connection, models
from django.db.models import Max

from guben.accounts import bulk

BATCH = 5000


class Rows:
    """Rows of one model on their way into the table. Columns left out get the field's default."""

    def __init__(self, model: type[models.Model], *names: str) -> None:
        fields = {field.attname: field for field in model._meta.concrete_fields}
        self._model = model
        self._fields = [fields[name] for name in names]
        rest = [field for name, field in fields.items() if name not in names and not field.primary_key]
        self._rest = tuple(field.get_db_prep_save(field.get_default(), connection) for field in rest)
        columns = [model._meta.pk, *self._fields, *rest]
        quoted = ", ".join(connection.ops.quote_name(str(field.column)) for field in columns if field)
        self._table, self._columns = connection.ops.quote_name(model._meta.db_table), quoted
        self._turn = [_turner(field) for field in self._fields]
        self._rows: list[tuple[Any, ...]] = []
        self.next_key: int = (model._default_manager.aggregate(last=Max("pk"))["last"] or 0) + 1
        self.written = 0

    def add(self, *values: Any) -> int:
        """Adds a row, in the order of the columns named at the start; returns its key."""
        key = self.next_key
        self.next_key += 1
        turned = [
            value if value is None or turn is None else turn(value)
            for turn, value in zip(self._turn, values, strict=True)
        ]
        self._rows.append((key, *turned, *self._rest))
        if len(self._rows) >= BATCH:
            self.flush()
        return key

    def flush(self) -> None:
        """Sends what is waiting to the database."""
        bulk.write_rows(self._table, self._columns, self._rows)
        self.written += len(self._rows)
        self._rows.clear()

    def close(self) -> int:
        """Sends the rest, sets the key counter of the table right, and says how many rows were written."""
        self.flush()
        from django.core.management.color import no_style

        with connection.cursor() as cursor:
            for statement in connection.ops.sequence_reset_sql(no_style(), [self._model]):
                cursor.execute(statement)
        return self.written


_days: dict[date, Any] = {}


def _day(value: date) -> Any:
    known = _days.get(value)
    if known is None:
        known = _days[value] = connection.ops.adapt_datefield_value(value)
    return known


@lru_cache(maxsize=4096)
def _moment(value: datetime) -> Any:
    return connection.ops.adapt_datetimefield_value(value)


def _time(value: time) -> Any:
    return connection.ops.adapt_timefield_value(value)


def _turner(field: models.Field[Any, Any]) -> Callable[[Any], Any] | None:
    if isinstance(field, models.DateTimeField):
        return _moment
    if isinstance(field, models.DateField):
        return _day
    if isinstance(field, models.TimeField):
        return _time
    if isinstance(field, models.DecimalField):
        return lambda value: connection.ops.adapt_decimalfield_value(value, field.max_digits, field.decimal_places)
    if isinstance(field, models.JSONField):
        return lambda value: json.dumps(value, ensure_ascii=False)
    if isinstance(field, models.BinaryField | models.UUIDField):
        return lambda value: field.get_db_prep_value(value, connection)
    return None

"""Which columns hold sealed values. Every app registers its own when Django starts, so that all of them are renewed and
checked together."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import models, transaction
from django.db.models import Max, Min

Renew = Callable[[bytes, str], tuple[bytes, str]]


@dataclass(frozen=True, slots=True)
class Value:
    """One sealed value with its index; the index is empty where the column has none."""

    pk: int
    cipher: bytes
    index: str = ""


class SealedColumn(ABC):
    """A column of sealed values. `name` is what the values are bound to, `table.column`."""

    has_index = False

    def __init__(self, name: str, model: str) -> None:
        self.name = name
        self._model = model

    @property
    def rows(self) -> models.QuerySet[Any]:
        """The rows that hold a value."""
        found: models.QuerySet[Any] = apps.get_model(self._model)._default_manager.order_by("pk")
        return found

    @abstractmethod
    def values_of(self, row: Any) -> list[Value]:
        """The sealed values of a row."""

    @abstractmethod
    def put(self, row: Any, renew: Renew) -> list[str]:
        """Lets every value of a row be renewed; the names of the columns that changed."""

    def values(self, after: int, size: int) -> list[Value]:
        """The values of the next rows."""
        return [value for row in self.rows.filter(pk__gt=after)[:size] for value in self.values_of(row)]

    def span(self) -> tuple[int, int]:
        """The first and the last row's number; 0, 0 where there is none."""
        found = self.rows.order_by().aggregate(first=Min("pk"), last=Max("pk"))
        return found["first"] or 0, found["last"] or 0

    @transaction.atomic
    def renew_batch(self, after: int, size: int, renew: Renew) -> tuple[int, int, int]:
        """Renews the next rows, locked meanwhile: the last row's number (0 at the end), how many, how many changed."""
        batch = list(self.rows.select_for_update(of=("self",)).filter(pk__gt=after)[:size])
        names: set[str] = set()
        changed = []
        for row in batch:
            if touched := self.put(row, renew):
                names.update(touched)
                changed.append(row)
        if changed:
            apps.get_model(self._model)._default_manager.bulk_update(changed, sorted(names), batch_size=200)
        return (batch[-1].pk if batch else 0), len(batch), len(changed)


class ModelColumn(SealedColumn):
    """`FIELD_cipher` of a model, found through `FIELD_index` where there is one."""

    def __init__(self, name: str, model: str, field: str, *, has_index: bool = True) -> None:
        super().__init__(name, model)
        self.field, self.has_index = field, has_index

    @property
    def rows(self) -> models.QuerySet[Any]:
        columns = [f"{self.field}_cipher", *([f"{self.field}_index"] if self.has_index else [])]
        return super().rows.exclude(**{f"{self.field}_cipher": None}).only("pk", *columns)

    def values_of(self, row: Any) -> list[Value]:
        index = getattr(row, f"{self.field}_index") or "" if self.has_index else ""
        return [Value(row.pk, bytes(getattr(row, f"{self.field}_cipher")), index)]

    def put(self, row: Any, renew: Renew) -> list[str]:
        old = self.values_of(row)[0]
        cipher, index = renew(old.cipher, old.index)
        changed = []
        if cipher != old.cipher:
            setattr(row, f"{self.field}_cipher", cipher)
            changed.append(f"{self.field}_cipher")
        if self.has_index and index != old.index:
            setattr(row, f"{self.field}_index", index)
            changed.append(f"{self.field}_index")
        return changed


_columns: dict[str, SealedColumn] = {}


def register(columns: Iterable[SealedColumn]) -> None:
    """Makes columns known; a second time changes nothing."""
    for column in columns:
        _columns[column.name] = column


def known() -> list[SealedColumn]:
    return list(_columns.values())

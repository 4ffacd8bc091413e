"""Long lists in pages whose cost does not grow with the whole: counted up to a bound, opened up to the same bound."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any

MOST = 20_000  # rows that are counted and can be turned to; who looks for more narrows the list


def more_than(rows: Any, many: int) -> bool:
    """Whether a query has more rows than that; they are counted no further."""
    return _up_to(rows, many + 1) > many


def _up_to(rows: Any, most: int) -> int:
    return int(rows.order_by().values("pk")[:most].count())


class Bounded:
    """The rows of a query for a paginator. `count` stops at the bound, and `has_more` tells that there are others."""

    ordered = True

    def __init__(self, rows: Any, most: int = MOST) -> None:
        self.rows = rows
        self.most = most

    @cached_property
    def _counted(self) -> int:
        return _up_to(self.rows, self.most + 1)

    def count(self) -> int:
        return min(self._counted, self.most)

    @property
    def has_more(self) -> bool:
        return self._counted > self.most

    def __len__(self) -> int:
        return self.count()

    def __iter__(self) -> Iterator[Any]:
        return iter(self[0 : self.most])

    def __getitem__(self, part: Any) -> Any:
        return self.rows[part]

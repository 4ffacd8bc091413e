"""Produced papers: which template takes which data. Apps register theirs when Django starts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from guben.procedures.models import Case, Entry

Data = Callable[[Case, Entry | None], dict[str, Any]]
_papers: dict[str, Data] = {}


def register(template: str, data: Data) -> None:
    """`data(case, entry)` gives what the template `app/name` is filled with, as JSON can hold it."""
    _papers[template] = data


def data_of(template: str) -> Data | None:
    return _papers.get(template)


def known() -> tuple[str, ...]:
    return tuple(_papers)

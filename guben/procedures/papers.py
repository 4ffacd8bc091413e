"""Produced papers: which template takes which data. Apps register theirs when Django starts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from guben.procedures.models import Case, Entry

Data = Callable[[Case, Entry | None], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Template:
    """`document` is the template's file as `kit.documents` knows it: app/name."""

    name: str
    document: str
    data: Data


_papers: dict[str, Template] = {}


def register(template: str, data: Data, *, document: str = "") -> None:
    """Adds a template by the name that rules call it. `data(case, entry)` gives what it is filled with, as JSON can
    hold it; its file is `guben/procedures/papers/TEMPLATE.typ` unless `document` names another app's."""
    _papers[template] = Template(template, document or f"procedures/{template}", data)


def find(template: str) -> Template | None:
    return _papers.get(template)


def known() -> tuple[str, ...]:
    """The names of all templates."""
    return tuple(_papers)

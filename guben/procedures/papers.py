"""Produced papers: which template takes which data. Apps register theirs when Django starts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from guben.procedures.models import Case, Entry, Paper

SPOKEN = "zh-hans"  # a paper is Chinese, whoever issues it
Data = Callable[[Case, Entry | None], dict[str, Any]]
Fits = Callable[[Entry], bool]
Over = Callable[[Paper, date], str]


def fits_all(entry: Entry) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Template:
    """`document` is the template's file as `kit.documents` knows it: app/name. `fits` tells for which entries of its
    step there is such a paper, as an extension only where one was resolved. `is_told`: the one whom the case is about
    may read it, as it holds nothing that others said of her. `over` says why a paper is in force no longer, where its
    kind can run out, and `checks_itself` that it bears a code of its own."""

    name: str
    document: str
    data: Data
    fits: Fits = fits_all
    is_told: bool = False
    over: Over | None = None
    checks_itself: bool = False


_papers: dict[str, Template] = {}


def register(  # noqa: PLR0913 - each says one thing of the template
    template: str,
    data: Data,
    *,
    document: str = "",
    fits: Fits = fits_all,
    is_told: bool = False,
    over: Over | None = None,
    checks_itself: bool = False,
) -> None:
    """Adds a template by the name that rules call it. `data(case, entry)` gives what it is filled with, as JSON can
    hold it; its file is `guben/procedures/papers/TEMPLATE.typ` unless `document` names another app's."""
    _papers[template] = Template(
        template, document or f"procedures/{template}", data, fits, is_told, over, checks_itself
    )


def find(template: str) -> Template | None:
    return _papers.get(template)


def known() -> tuple[str, ...]:
    """The names of all templates."""
    return tuple(_papers)

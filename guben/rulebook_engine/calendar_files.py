"""Reading the official calendar of a year from TOML: days off and make-up days, each mistake at its place."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Annotated, Any

from pydantic import Field, ValidationError

from guben.kit.calendar import SATURDAY, Calendar, CalendarYear
from guben.rulebook_engine import wording
from guben.rulebook_engine.entries import Confidence, Part, Text
from guben.rulebook_engine.errors import Mistake, RulebookErrors, did_you_mean
from guben.rulebook_engine.positions import Path, Positions
from guben.rulebook_engine.toml import normal, read_toml

PARTS = ("calendar", "days_off", "make_up_days")
MOST_OFF = 60


class Head(Part):
    """Which year it is, where it is laid down, and whether its days may still change."""

    year: Annotated[int, Field(ge=1949, le=2999)]
    source: Text
    confidence: Confidence
    provisional: bool = False


@cache
def shipped_years() -> dict[int, CalendarYear]:
    """The calendars in the package by year."""
    folder = files("guben.rulebooks") / "calendars"
    texts = ((entry.name, entry.read_text(encoding="utf-8")) for entry in folder.iterdir() if entry.name[0].isdigit())
    years = [read_calendar(text, name) for name, text in texts]
    return {year.year: year for year in sorted(years, key=lambda year: year.year)}


@cache
def shipped_calendar() -> Calendar:
    """The official calendar as the package knows it; examples are worked out by it, wherever they are run."""
    return Calendar(shipped_years().values())


def read_calendar(text: str, file: str) -> CalendarYear:
    """The calendar of one year.

    Raises:
        RulebookErrors: with every mistake that was found.
    """
    text = normal(text)
    data = {name.replace("-", "_"): value for name, value in read_toml(text, file).items()}
    positions = Positions(text)
    found = list(_mistakes(data))
    head: Head | None = None
    try:
        head = Head.model_validate(data.get("calendar", {}))
    except ValidationError as error:
        found += [
            (("calendar", *where), said) for where, said in wording.sentences(error, Head, data.get("calendar", {}))
        ]
    off = dict(_days(data, "days_off", head, found))
    work = dict(_days(data, "make_up_days", head, found))
    for day in off.keys() & work.keys():
        found.append((("make_up_days", day.isoformat()), f"{day} is a day off and a make-up day."))
    if len(off) > MOST_OFF:
        found.append((("days_off",), f"{len(off)} days off in a year; at most {MOST_OFF}."))
    if found or head is None:
        raise RulebookErrors(Mistake(file, *positions.of_key(_written(path)), said) for path, said in found)
    return CalendarYear(head.year, off, work, head.source, head.confidence, head.provisional)


def _written(path: Path) -> Path:
    return tuple(step.replace("-", "_") if isinstance(step, str) else step for step in path)


def _mistakes(data: dict[str, Any]) -> Iterator[tuple[Path, str]]:
    if not isinstance(data.get("calendar"), dict):
        data["calendar"] = {}
        yield (), "A calendar starts with a [calendar] table."
    for name in data:
        if name not in PARTS:
            yield (name,), f"No part '{name}' here.{did_you_mean(name, PARTS)}"


def _days(
    data: dict[str, Any], part: str, head: Head | None, found: list[tuple[Path, str]]
) -> Iterator[tuple[date, str]]:
    listed = data.get(part, {})
    if not isinstance(listed, dict):
        found.append(((part,), f"Found a value of type {type(listed).__name__}; needed is a table in {{ }}."))
        return
    for name, title in listed.items():
        try:
            day = date.fromisoformat(name)
        except ValueError:
            found.append(((part, name), f"'{name}' is not a date: write '2026-01-31'."))
            continue
        if not isinstance(title, str):
            found.append(((part, name), f"Found {title!r}; needed is a text in quotes."))
        elif head is not None and day.year != head.year:
            found.append(((part, name), f"{day} does not lie in {head.year}."))
        elif part == "make_up_days" and day.weekday() < SATURDAY:
            found.append(((part, name), f"{day} is no Saturday or Sunday: it needs no making up."))
        else:
            yield day, title

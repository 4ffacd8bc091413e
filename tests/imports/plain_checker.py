"""The checks of a roster written plainly, row by row and cell by cell: what the checks by column must agree with."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from guben.imports import columns as c
from guben.imports import values as v
from guben.imports.lines import places_of
from guben.kit.days import completed_years
from guben.kit.tables import Sheet
from guben.members.choices import MEMBER_STAGES

Found = set[tuple[int, str, str]]
BY_HEADER = {column.header: column for column in c.MEMBER_COLUMNS}
CHOICES = (c.SEX, c.ETHNIC, c.SCHOOLING, c.STAGE, c.WORK, c.STANDING, c.DEGREE, c.MIGRANT, c.LOST, c.AWAY)


def check_rows(sheet: Sheet, today: date) -> tuple[Found, Found, list[dict[str, Any]]]:
    """Faults and checks as (row, header, kind), and the values of each row, units and groups left out."""
    places = places_of(sheet, c.MEMBER_COLUMNS)
    faults: Found = set()
    checks: Found = set()
    values = []
    readers = _readers(today)
    for row in sheet.rows:
        cells = {header: row.cells[place] for header, place in places.items()}
        found: dict[str, Any] = {}
        wrong: dict[str, str] = {}
        for header, read in readers.items():
            cell = cells.get(header)
            value = None if cell is None else read(cell)
            if isinstance(value, v.Wrong):
                wrong[header] = value.kind
                value = None
            found[header] = value
        told = set(wrong.items())
        looks: set[tuple[str, str]] = set()
        _identity(found, wrong, told, looks, today)
        for header in (c.NAME, c.STAGE, c.BRANCH, c.ETHNIC):
            if cells.get(header) is None and (header != c.ETHNIC or header in places):
                told.add((header, "missing"))
        _days(found, wrong, told, looks, today)
        _standing(found, wrong, cells, told)
        _derived(found, looks, today)
        faults |= {(row.number, header, kind) for header, kind in told}
        checks |= {(row.number, header, kind) for header, kind in looks}
        values.append(found)
    return faults, checks, values


def _readers(today: date) -> dict[str, Callable[[Any], Any]]:
    readers: dict[str, Callable[[Any], Any]] = {header: v.read_choice(BY_HEADER[header]) for header in CHOICES}
    readers |= {header: v.read_day(today) for header in (c.BORN, c.JOINED, c.FULL)}
    readers |= {header: v.read_text(header, 40) for header in (c.STRATUM, c.EXPERT)}
    readers |= {header: v.read_text(header, 120) for header in (c.HOME, c.DOMICILE)}
    readers |= {c.NAME: v.read_name, c.PHONE: v.read_telephone(c.PHONE), c.ID_NUMBER: v.read_identity(c.ID_NUMBER)}
    readers |= {c.CORRECTION: v.read_whole(c.CORRECTION, 1200), c.SERVICE: v.read_years, c.AGE: v.read_years}
    return readers


def _identity(found: dict[str, Any], wrong: dict[str, str], told: set[Any], looks: set[Any], today: date) -> None:
    facts, born = found[c.ID_NUMBER], found[c.BORN]
    found[c.ID_NUMBER] = facts.number if facts else None
    if facts is None:
        if c.ID_NUMBER not in wrong:
            told |= {(header, "missing") for header in (c.BORN, c.SEX) if found[header] is None and header not in wrong}
        if isinstance(born, v.Month):
            looks.add((c.BORN, "month"))
        return
    if born is None:
        found[c.BORN] = facts.born_on
        if facts.born_on > today:
            told.add((c.ID_NUMBER, "id_number"))
    elif isinstance(born, v.Month) and (born.year, born.month) == (facts.born_on.year, facts.born_on.month):
        found[c.BORN] = facts.born_on
    elif born != facts.born_on:
        told.add((c.BORN, "id_mismatch"))
    if found[c.SEX] is None:
        found[c.SEX] = facts.sex
    elif found[c.SEX] != facts.sex:
        told.add((c.SEX, "id_mismatch"))


def _days(found: dict[str, Any], wrong: dict[str, str], told: set[Any], looks: set[Any], today: date) -> None:
    stage, born, joined, full = (found[header] for header in (c.STAGE, c.BORN, c.JOINED, c.FULL))
    if stage in MEMBER_STAGES and joined is None and c.JOINED not in wrong:
        told.add((c.JOINED, "missing"))
    if stage and stage not in MEMBER_STAGES:
        told |= {(header, "day_order") for header in (c.JOINED, c.FULL) if found[header]}
    if stage == "probationary" and full:
        told.add((c.FULL, "day_order"))
    begun = joined or (today if stage and stage not in MEMBER_STAGES else None)
    if born and begun and born <= today and completed_years(born, begun) < 18:
        told.add((c.JOINED if joined else c.STAGE, "day_order"))
    if joined and full and full <= joined:
        told.add((c.FULL, "day_order"))
    looks |= {(header, "month") for header in (c.JOINED, c.FULL) if isinstance(found[header], v.Month)}


def _standing(found: dict[str, Any], wrong: dict[str, str], cells: dict[str, Any], told: set[Any]) -> None:
    for header, kind in ((c.LOST, "lost"), (c.AWAY, "away")):
        said, standing = found[header], found[c.STANDING]
        if said == "1" and not standing:
            found[c.STANDING] = kind
        elif said and cells.get(c.STANDING) is not None and standing and (said == "1") != (standing == kind):
            told.add((header, "choice"))


def _derived(found: dict[str, Any], looks: set[Any], today: date) -> None:
    told, born = found[c.AGE], found[c.BORN]
    if told is not None and born and abs(told - completed_years(born, today)) > 1:
        looks.add((c.AGE, "derived"))
    told, more = found[c.SERVICE], found[c.CORRECTION] or 0
    days = [day for day in (found[c.FULL], found[c.JOINED]) if day]
    if told is not None and days:
        years = [completed_years(day, today) for day in days]
        if all(abs(told - one - added) > 1 for one in years for added in (0, more)):
            looks.add((c.SERVICE, "derived"))

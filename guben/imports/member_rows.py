"""The rows of a member sheet: read by column, then against each other, then against the units and groups they name."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from guben.house.words import listed
from guben.imports import columns as c
from guben.imports.lines import Line
from guben.imports.member_checks import NO, SAID_IN, Progress, Values, read_values
from guben.imports.roster import DAYS, TEXTS, Roster
from guben.imports.scope import Scope
from guben.imports.table import Table
from guben.imports.values import Month, Wrong, bare, read_number_text, trying
from guben.kit.chinese import simplified
from guben.kit.sealing import mask_id_number
from guben.kit.tables import Cell, cell_text
from guben.members.places import check_unit
from guben.organisations.models import Group, Organisation
from guben.organisations.queries import nearest

CHUNK = 500


def read_rows(table: Table, scope: Scope, today: date, progress: Progress) -> Roster:
    """All rows, with a fault for each cell that can't be right by itself or beside the others of its row or column."""
    values = read_values(table, today, progress)
    units = _read_units(table, scope)
    groups = _read_groups(table, units)
    _refuse_twice(table, values, units)
    return Roster(table, _fields(table, values, units, groups))


def _fields(
    table: Table, values: Values, units: list[Organisation | None], groups: list[Group | None]
) -> dict[str, Sequence[Any]]:
    """A column for each field of a row."""
    yes = {None: None, "": None, "1": True, NO: False}
    columns: dict[str, Sequence[Any]] = {
        "unit": units,
        "group": groups,
        "service_correction": values[c.CORRECTION],
        "is_migrant_worker": [yes[said] for said in values[c.MIGRANT]],
        "not_standing": _denied(values, table),
    }
    columns |= {name: _filled(values[header]) for name, header in TEXTS.items()}
    return columns | {name: _plain_days(values[header]) for name, header in DAYS.items()}


def _filled(texts: list[Any]) -> Sequence[Any]:
    return [text or "" for text in texts] if None in texts else texts


def _plain_days(days: list[Any]) -> Sequence[Any]:
    return list(map(_plain_day, days)) if Month in {*map(type, days)} else days


def _plain_day(day: date | None) -> date | None:
    return day if day is None or day.__class__ is date else date(day.year, day.month, day.day)


def _denied(values: Values, table: Table) -> list[tuple[str, ...]]:
    if not any(table.has(header) for header, _kind in SAID_IN):
        return [()] * table.size
    kinds = [[(kind,) if said == NO else () for said in values[header]] for header, kind in SAID_IN]
    return [one + other for one, other in zip(*kinds, strict=True)]


def _read_units(table: Table, scope: Scope) -> list[Organisation | None]:
    texts = {cell: _unit_text(cell, scope) for cell in dict.fromkeys(table.cells(c.BRANCH)) if cell is not None}
    scope.look_outside(text for text in texts.values() if isinstance(text, str))

    def read(cell: Cell) -> Organisation | Wrong:
        text = texts[cell] if cell is not None else ""
        if isinstance(text, Wrong):
            return text
        unit = scope.named(text)
        if isinstance(unit, Wrong):
            return unit
        refused = trying("unit", lambda: check_unit(unit))
        return refused if isinstance(refused, Wrong) else unit

    return table.read(c.BRANCH, read)


def _unit_text(cell: Cell, scope: Scope) -> str | Wrong:
    """A unit's name as it is written, else without spaces and in simplified characters."""
    text = cell_text(cell)
    if scope.knows(text):
        return text
    number = read_number_text(c.BRANCH, cell)
    return number if isinstance(number, Wrong) else simplified(bare(text))


def _read_groups(table: Table, units: list[Organisation | None]) -> list[Group | None]:
    cells = table.cells(c.GROUP)
    found: list[Group | None] = [None] * table.size
    if not table.has(c.GROUP):
        return found
    wanted = {unit.pk for unit, cell in zip(units, cells, strict=True) if unit and cell is not None}
    groups, names = _groups_of(sorted(wanted))
    for index, (unit, cell) in enumerate(zip(units, cells, strict=True)):
        if unit is None or cell is None:
            continue
        text = cell_text(cell)
        found[index] = groups.get((unit.pk, text)) or groups.get((unit.pk, simplified(bare(text))))
        if found[index] is None:
            here = names.get(unit.pk, [])
            near = nearest(text, here) or here[:5]
            table.fault(index, c.GROUP, "group", _group_sentence(unit, text, near), near)
    return found


def _groups_of(units: list[int]) -> tuple[dict[tuple[int, str], Group], dict[int, list[str]]]:
    groups: dict[tuple[int, str], Group] = {}
    names: dict[int, list[str]] = {}
    for start in range(0, len(units), CHUNK):
        for group in Group.objects.filter(organisation__in=units[start : start + CHUNK], until_on=None):
            groups[group.organisation_id, group.name] = group
            names.setdefault(group.organisation_id, []).append(group.name)
    return groups, names


def _group_sentence(unit: Organisation, text: str, near: list[str]) -> str:
    values = {"unit": unit.short_name, "found": text[:30], "names": listed(near)}
    if near:
        return _("“%(unit)s”没有党小组“%(found)s”。现有：%(names)s。") % values
    return _("“%(unit)s”还没有登记党小组。先在组织页设立，或清空这一格。") % values


def _refuse_twice(table: Table, values: Values, units: list[Organisation | None]) -> None:
    numbers = values[c.ID_NUMBER]
    given = [number for number in numbers if number]
    if len(set(given)) < len(given):
        first: dict[str, int] = {}
        for index, number in enumerate(numbers):
            if number and (before := first.setdefault(number, index)) != index:
                _twice(table, index, c.ID_NUMBER, before)
    if len(given) < table.size:
        _refuse_namesakes(table, values, units)


def _refuse_namesakes(table: Table, values: Values, units: list[Organisation | None]) -> None:
    """A row without a number may not be told from another of the same name, birth date and branch."""
    rows = list(enumerate(zip(values[c.NAME], values[c.BORN], units, values[c.ID_NUMBER], strict=True)))
    unnumbered = {name for _index, (name, _born, _unit, number) in rows if not number}
    first: dict[tuple[str, date, int], int] = {}
    for index, (name, born, unit, number) in rows:
        if number and name in unnumbered and name and born and unit:
            first.setdefault((name, born, unit.pk), index)
    for index, (name, born, unit, number) in rows:
        if not number and name and born and unit:
            before = first.setdefault((name, born, unit.pk), index)
            if before != index:
                _twice(table, index, c.NAME, before)


def _twice(table: Table, index: int, header: str, before: int) -> None:
    sentence = _("与第%(row)d行是同一个人。删去其中一行。")
    table.fault(index, header, "twice", sentence % {"row": table.numbers[before]})


def shown_cells(line: Line) -> list[str]:
    """The cells of the preview, the identity number masked behind the birth date that stands beside it anyway."""
    cells = []
    for column in c.MEMBER_COLUMNS:
        if column.in_preview:
            text = line.text(column.header)
            if column.header == c.ID_NUMBER:
                text = mask_id_number(text, show_birth=bool(line.cell(c.BORN)))
            cells.append(text[:40])
    return cells

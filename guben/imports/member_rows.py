"""The rows of a member sheet: read cell by cell, then against each other, then against the records, in sets."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from django.utils.translation import gettext as _

from guben.house.words import listed
from guben.imports import columns as c
from guben.imports.lines import Line
from guben.imports.scope import Scope
from guben.kit.errors import DomainError
from guben.kit.sealing import mask_id_number
from guben.members import calculations
from guben.members.choices import MEMBER_STAGES, StageKind
from guben.members.errors import IdNumberOtherBirthDay
from guben.members.places import check_unit
from guben.organisations.models import Group, Organisation
from guben.organisations.queries import nearest

BY_HEADER = {column.header: column for column in c.MEMBER_COLUMNS}
Progress = Callable[[int, int, str], None]
T = TypeVar("T")


@dataclass(slots=True)
class MemberRow:
    """A row whose cells were understood; empty cells are None or empty and change nothing."""

    line: Line
    name: str = ""
    sex: str = ""
    born_on: date | None = None
    id_number: str = ""
    ethnicity: str = ""
    education: str = ""
    occupation: str = ""
    stage: str = ""
    unit: Organisation | None = None
    group: Group | None = None
    joined_on: date | None = None
    full_on: date | None = None
    phone: str = ""
    standing: str = ""

    @property
    def good(self) -> bool:
        return not self.line.faults

    def stages(self, today: date) -> tuple[tuple[str, date], ...]:
        """The stages the row tells of, first to last. Older records know only the day of admission."""
        if self.stage not in MEMBER_STAGES or self.joined_on is None:
            return ((self.stage, today),)
        if self.stage == StageKind.FULL and self.full_on:
            return ((StageKind.PROBATIONARY, self.joined_on), (StageKind.FULL, self.full_on))
        return ((self.stage, self.joined_on),)


def read_rows(lines: Sequence[Line], scope: Scope, today: date, progress: Progress) -> list[MemberRow]:
    """All rows, with a fault for each cell that can't be right by itself or beside the others of its row."""
    scope.look_outside(line.text(c.BRANCH) for line in lines)
    rows = []
    for number, line in enumerate(lines, start=1):
        rows.append(_read_row(line, scope, today))
        progress(number, len(lines), _("逐行检查"))
    _read_groups(rows)
    _refuse_twice(rows)
    return rows


def _read_row(line: Line, scope: Scope, today: date) -> MemberRow:
    row = MemberRow(line)
    row.name = _name(line)
    _identity(row, today)
    row.ethnicity = line.choice(BY_HEADER[c.ETHNIC], suffix="族") or ""
    if line.has(c.ETHNIC) and not line.text(c.ETHNIC):
        line.missing(c.ETHNIC)
    row.education = line.choice(BY_HEADER[c.SCHOOLING]) or ""
    row.occupation = line.choice(BY_HEADER[c.WORK]) or ""
    row.stage = line.choice(BY_HEADER[c.STAGE]) or ""
    row.standing = line.choice(BY_HEADER[c.STANDING]) or ""
    row.unit = _unit(line, scope)
    if digits := line.number_text(c.PHONE):
        row.phone = trying(line, c.PHONE, "text", lambda: calculations.read_phone(digits)) or ""
    _stage_days(row, today)
    return row


def _name(line: Line) -> str:
    name = line.required(c.NAME)
    if name:
        trying(line, c.NAME, "text", lambda: calculations.check_name(name))
    return name


def _identity(row: MemberRow, today: date) -> None:
    line = row.line
    sex = line.choice(BY_HEADER[c.SEX]) or ""
    born_on = line.day(c.BORN, today=today)
    row.sex, row.born_on = sex, born_on
    text = line.number_text(c.ID_NUMBER)
    facts = trying(line, c.ID_NUMBER, "id_number", lambda: calculations.read_id_number(text)) if text else None
    if facts:
        row.id_number = facts.number
        row.born_on, row.sex = born_on or facts.born_on, sex or facts.sex
        if born_on and born_on != facts.born_on:
            line.fault(c.BORN, "id_mismatch", str(IdNumberOtherBirthDay(facts.born_on, born_on)))
        if sex and sex != facts.sex:
            sentence = _("性别是%(found)s，公民身份号码第17位表示的是另一个。核对后改其中一个。")
            line.fault(c.SEX, "id_mismatch", sentence % {"found": line.text(c.SEX)})
        if facts.born_on > today and not born_on:
            line.fault(c.ID_NUMBER, "id_number", _("公民身份号码里的出生日期还没有到。对照身份证核对。"))
        return
    if not line.cell(c.BORN) and not text:
        line.missing(c.BORN)
    if not line.text(c.SEX) and not text:
        line.missing(c.SEX)


def trying(line: Line, header: str, kind: str, read: Callable[[], T]) -> T | None:
    try:
        return read()
    except DomainError as error:
        line.fault(header, kind, str(error))
        return None


def _unit(line: Line, scope: Scope) -> Organisation | None:
    text = line.required(c.BRANCH)
    unit = scope.unit(line, c.BRANCH, text) if text else None
    if unit is not None:
        trying(line, c.BRANCH, "unit", lambda: check_unit(unit))
    return unit


def _stage_days(row: MemberRow, today: date) -> None:
    line = row.line
    row.joined_on, row.full_on = line.day(c.JOINED, today=today), line.day(c.FULL, today=today)
    if not row.stage:
        return
    label = {"stage": StageKind(row.stage).label}
    if row.stage in MEMBER_STAGES and not line.text(c.JOINED):
        line.missing(c.JOINED)
    if row.stage not in MEMBER_STAGES:
        for header in (c.JOINED, c.FULL):
            if line.text(header):
                sentence = _("人员类别是%(stage)s，不该有%(column)s。清空这一格，或改人员类别。")
                line.fault(header, "day_order", sentence % {**label, "column": header})
    elif row.stage == StageKind.PROBATIONARY and line.text(c.FULL):
        sentence = _("预备党员还没有转正，不该有转正日期。清空这一格，或把人员类别改为正式党员。")
        line.fault(c.FULL, "day_order", sentence)
    _order(row, today)


def _order(row: MemberRow, today: date) -> None:
    line = row.line
    header = c.JOINED if row.joined_on else c.STAGE
    begun_on = row.joined_on or (today if row.stage and row.stage not in MEMBER_STAGES else None)
    if row.born_on and begun_on and row.born_on <= today:
        trying(line, header, "day_order", lambda: calculations.check_age(row.born_on or today, begun_on))
    if row.joined_on and row.full_on and row.full_on <= row.joined_on:
        sentence = _("转正日期%(full)s不在入党日期%(joined)s之后。核对这两个日期。")
        values = {"full": row.full_on.isoformat(), "joined": row.joined_on.isoformat()}
        line.fault(c.FULL, "day_order", sentence % values)


def _read_groups(rows: Iterable[MemberRow]) -> None:
    wanted = [row for row in rows if row.unit and row.line.text(c.GROUP)]
    units = sorted({row.unit.pk for row in wanted if row.unit})
    groups: dict[tuple[int, str], Group] = {}
    names: dict[int, list[str]] = {}
    for start in range(0, len(units), 500):
        for group in Group.objects.filter(organisation__in=units[start : start + 500], until_on=None):
            groups[group.organisation_id, group.name] = group
            names.setdefault(group.organisation_id, []).append(group.name)
    for row in wanted:
        unit, text = row.unit, row.line.text(c.GROUP)
        if unit is None:
            continue
        row.group = groups.get((unit.pk, text))
        if row.group is None:
            here = names.get(unit.pk, [])
            row.line.fault(c.GROUP, "group", _group_sentence(unit, text, here), nearest(text, here) or here[:5])


def _group_sentence(unit: Organisation, text: str, names: list[str]) -> str:
    values = {"unit": unit.short_name, "found": text[:30], "names": listed(nearest(text, names) or names[:5])}
    if names:
        return _("“%(unit)s”没有党小组“%(found)s”。现有：%(names)s。") % values
    return _("“%(unit)s”还没有登记党小组。先在组织页设立，或清空这一格。") % values


def _refuse_twice(rows: Iterable[MemberRow]) -> None:
    by_number: dict[str, int] = {}
    by_name: dict[tuple[str, date, int], int] = {}
    for row in rows:
        header, first = c.ID_NUMBER, row.line.number
        if row.id_number:
            first = by_number.setdefault(row.id_number, row.line.number)
        elif row.name and row.born_on and row.unit:
            header = c.NAME
            first = by_name.setdefault((row.name, row.born_on, row.unit.pk), row.line.number)
        if first != row.line.number:
            sentence = _("与第%(row)d行是同一个人。删去其中一行。")
            row.line.fault(header, "twice", sentence % {"row": first})


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

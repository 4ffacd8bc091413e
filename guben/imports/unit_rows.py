"""The rows of a unit sheet: read cell by cell, put into the order of the tree, then beside the records."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from guben.access import policy
from guben.accounts.models import User
from guben.imports import columns as c
from guben.imports.lines import Line
from guben.imports.member_checks import Progress
from guben.imports.scope import Scope
from guben.kit import tree
from guben.organisations.actions import NewUnit
from guben.organisations.calculations import MAX_LEVELS, is_code
from guben.organisations.models import Organisation
from guben.organisations.queries import may_decide_place

BY_HEADER = {column.header: column for column in c.UNIT_COLUMNS}
CHUNK = 500


@dataclass(slots=True, eq=False)
class UnitRow:
    """A row whose cells were understood; empty cells are empty and change nothing of a known unit."""

    line: Line
    code: str = ""
    name: str = ""
    short_name: str = ""
    kind: str = ""
    field: str = ""
    territory: str = ""
    parent_code: str = ""
    founded_on: date | None = None
    kept_from: date | None = None
    paper: str = ""

    @property
    def good(self) -> bool:
        return not self.line.faults

    def new_unit(self) -> NewUnit:
        return NewUnit(
            code=self.code,
            name=self.name,
            short_name=self.short_name or self.name,
            kind=self.kind,
            field=self.field,
            territory=self.territory,
            parent_code=self.parent_code,
            founded_on=self.founded_on or date.min,
            kept_from=self.kept_from,
            paper=self.paper,
        )


@dataclass(slots=True)
class UnitPlan:
    """What saving would do: found these, parents first; change these; leave so many as they are."""

    new: list[UnitRow] = field(default_factory=list)
    updates: list[tuple[UnitRow, Organisation, dict[str, Any]]] = field(default_factory=list)
    unchanged: int = 0


def read_rows(lines: Sequence[Line], today: date, progress: Progress) -> list[UnitRow]:
    """All rows, with a fault for each cell that can't be right by itself or beside the others."""
    rows = []
    for number, line in enumerate(lines, start=1):
        rows.append(_read_row(line, today))
        progress(number, len(lines), _("逐行检查"))
    first: dict[str, int] = {}
    for row in rows:
        if row.code and (before := first.setdefault(row.code, row.line.number)) != row.line.number:
            sentence = _("代码与第%(row)d行相同。一个组织只写一行，改掉或删去其中一行。")
            row.line.fault(c.CODE, "twice", sentence % {"row": before})
    return rows


def _read_row(line: Line, today: date) -> UnitRow:
    row = UnitRow(line)
    row.code = _code(line, c.CODE)
    if not line.text(c.CODE):
        line.missing(c.CODE)
    row.name, row.short_name = _name(line, c.TITLE, 120), _name(line, c.SHORT, 40)
    if not line.text(c.TITLE):
        line.missing(c.TITLE)
    elif not row.short_name and len(row.name) > 40:
        sentence = _("名称超过40个字，要另写简称，最多40个字。")
        line.fault(c.SHORT, "missing", sentence)
    row.kind = line.choice(BY_HEADER[c.KIND]) or ""
    row.field = line.choice(BY_HEADER[c.FIELD]) or ""
    row.territory = line.choice(BY_HEADER[c.LEVEL]) or ""
    row.parent_code = _code(line, c.PARENT)
    row.founded_on, row.kept_from = line.day(c.FOUNDED, today=today), line.day(c.KEPT, today=today)
    if not line.text(c.FOUNDED):
        line.missing(c.FOUNDED)
    if row.founded_on and row.kept_from and row.kept_from < row.founded_on:
        sentence = _("建账日%(kept)s早于成立日期%(founded)s。核对这两个日期。")
        values = {"kept": row.kept_from.isoformat(), "founded": row.founded_on.isoformat()}
        line.fault(c.KEPT, "day_order", sentence % values)
    row.paper = line.text(c.PAPER)[:80]
    return row


def _code(line: Line, header: str) -> str:
    code = line.number_text(header)
    if code and not is_code(code):
        sentence = _("代码“%(found)s”不合规。用字母、数字和连字符，最多32位。")
        line.fault(header, "text", sentence % {"found": code[:40]})
    return code


def _name(line: Line, header: str, room: int) -> str:
    name = line.text(header)
    if name and (len(name) > room or not name[0].isalnum()):
        sentence = _("%(column)s以文字或数字开头，最多%(room)d个字。")
        line.fault(header, "text", sentence % {"column": header, "room": room})
    return name


def plan_for(rows: Sequence[UnitRow], scope: Scope, by: User) -> UnitPlan:
    """Compares with the records, in sets, and orders what is new from the top down."""
    plan = UnitPlan()
    known = _known(rows)
    in_file = {row.code: row for row in rows if row.code}
    fresh = [row for row in rows if row.code and row.code not in known]
    for row in rows:
        if row.code in known and row.good:
            _compare(row, known[row.code], scope, by, plan)
    depth = _depths(fresh, in_file, known)
    for row in sorted(fresh, key=lambda row: depth.get(row.code, 0)):
        _check_parent(row, in_file, known, scope, by)
        if row.good and depth.get(row.code, 0) > MAX_LEVELS:
            sentence = _("组织最多%(levels)d级。换一个更高的上级。")
            row.line.fault(c.PARENT, "parent", sentence % {"levels": MAX_LEVELS})
        if row.good:
            plan.new.append(row)
    return plan


def _known(rows: Iterable[UnitRow]) -> dict[str, Organisation]:
    codes = sorted({code for row in rows for code in (row.code, row.parent_code) if code})
    found: dict[str, Organisation] = {}
    for start in range(0, len(codes), CHUNK):
        units = Organisation.objects.select_related("parent").filter(code__in=codes[start : start + CHUNK])
        found.update((unit.code, unit) for unit in units)
    return found


def _depths(rows: Iterable[UnitRow], in_file: dict[str, UnitRow], known: dict[str, Organisation]) -> dict[str, int]:
    """How many levels from the top each new unit stands; units in a circle get a fault."""
    depth = {code: tree.depth(unit.path) + 1 for code, unit in known.items()}
    for row in rows:
        way: list[UnitRow] = []
        here: UnitRow | None = row
        while here is not None and here.code not in depth and here not in way:
            way.append(here)
            here = in_file.get(here.parent_code)
        if here is not None and here.code not in depth:
            for each in way[way.index(here) :]:
                sentence = _("上级一路往上又回到了自己。核对上级组织代码。")
                each.line.fault(c.PARENT, "parent", sentence)
        for each in reversed(way):
            depth.setdefault(each.code, depth.get(each.parent_code, 0) + 1)
    return depth


def _check_parent(
    row: UnitRow, in_file: dict[str, UnitRow], known: dict[str, Organisation], scope: Scope, by: User
) -> None:
    code = row.parent_code
    if not row.good:
        return
    if not code:
        if not (policy.may_anywhere(by, "units.found_root") or by.is_operator) or scope.at is not None:
            row.line.fault(c.PARENT, "missing", _("上级组织代码空着，必须填。最上一级只能由命令行操作员建立。"))
    elif parent := known.get(code):
        _check_known_parent(row, parent, scope, by)
    elif above := in_file.get(code):
        _check_parent_in_file(row, above)
    else:
        sentence = _("找不到代码为“%(found)s”的上级。先导入上级，或写进同一张表。")
        row.line.fault(c.PARENT, "parent", sentence % {"found": code})


def _check_known_parent(row: UnitRow, parent: Organisation, scope: Scope, by: User) -> None:
    values = {"found": parent.code, "scope": scope.title}
    if not policy.may(by, "units.view", parent):
        sentence = _("找不到代码为“%(found)s”的上级。先导入上级，或写进同一张表。")
        row.line.fault(c.PARENT, "parent", sentence % values)
    elif not scope.holds(parent):
        sentence = _("上级“%(found)s”不在“%(scope)s”之内。由那里的管理员导入，或换一个导入范围。")
        row.line.fault(c.PARENT, "unit_reach", sentence % values)
    elif parent.dissolved_on:
        sentence = _("上级“%(found)s”已撤销。换一个上级。")
        row.line.fault(c.PARENT, "parent", sentence % values)
    elif row.founded_on and row.founded_on < parent.founded_on:
        _founded_before(row, parent.founded_on)


def _check_parent_in_file(row: UnitRow, above: UnitRow) -> None:
    if not above.good:
        sentence = _("上级在第%(row)d行，那一行有错，没有接收。先改那一行。")
        row.line.fault(c.PARENT, "parent", sentence % {"row": above.line.number})
    elif row.founded_on and above.founded_on and row.founded_on < above.founded_on:
        _founded_before(row, above.founded_on)


def _founded_before(row: UnitRow, day: date) -> None:
    sentence = _("成立日期早于上级的成立日期%(day)s。核对这两个日期。")
    row.line.fault(c.FOUNDED, "day_order", sentence % {"day": day.isoformat()})


def _compare(row: UnitRow, unit: Organisation, scope: Scope, by: User, plan: UnitPlan) -> None:
    line = row.line
    if not scope.holds(unit):
        sentence = _("代码“%(code)s”已由“%(scope)s”之外的组织使用。换一个代码，或换一个导入范围。")
        line.fault(c.CODE, "elsewhere", sentence % {"code": row.code, "scope": scope.title})
        return
    if unit.dissolved_on:
        sentence = _("代码“%(code)s”的组织已于%(day)s撤销。删去这一行，或换一个代码。")
        line.fault(c.CODE, "changed", sentence % {"code": row.code, "day": unit.dissolved_on.isoformat()})
        return
    kept_parent = unit.parent.code if unit.parent else ""
    if line.text(c.PARENT) and row.parent_code != kept_parent:
        sentence = _("库里的上级是%(kept)s。改变隶属到组织页办理，导入不改。")
        line.fault(c.PARENT, "changed", sentence % {"kept": kept_parent or "—"})
    if row.founded_on != unit.founded_on:
        sentence = _("库里的成立日期是%(kept)s，表里是%(told)s。导入不改，核对后改表。")
        values = {"kept": unit.founded_on.isoformat(), "told": row.founded_on.isoformat() if row.founded_on else ""}
        line.fault(c.FOUNDED, "changed", sentence % values)
    told = {name: getattr(row, name) for name in ("name", "short_name", "kind", "field", "territory", "kept_from")}
    change = {name: value for name, value in told.items() if value and value != getattr(unit, name)}
    if set(change) - {"kept_from"} and not may_decide_place(by, unit):
        line.fault(c.TITLE, "changed", _("更名和改类别由上级党组织决定。由上级导入，或照库里的写。"))
    if row.good and change:
        plan.updates.append((row, unit, change))
    elif row.good:
        plan.unchanged += 1


def shown_cells(line: Line) -> list[str]:
    """The cells of the preview."""
    return [line.text(column.header)[:40] for column in c.UNIT_COLUMNS if column.in_preview]

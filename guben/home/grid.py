"""The grid of a town: branches by duties of the period, made from duty items. Values in, values out; no query."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.utils.translation import gettext as _

from guben.duties.queries import DutyItem
from guben.duties.states import State
from guben.home.words import article_of, form_of, needs_quorum, period_name, short_title
from guben.house.words import titled
from guben.kit.days import Every, Period, period_of
from guben.organisations.models import Organisation

SOON_DAYS = 3
SHOW_LONG_DAYS = 31  # duties of the half-year and the year get a column when they are due within a month
FOLD_FROM = 15  # rows; a smaller grid shows all of them
REASON_LENGTH = 6  # characters that fit into a cell
DONE = frozenset({"done", "done_late", "entered_late"})
Place = tuple[str, Every, date]  # a rule, how often, and when the period begins
EVERIES: tuple[Every, ...] = ("month", "quarter", "half_year", "year")


@dataclass(slots=True, eq=False)
class Column:
    """One duty in one period."""

    rule: str
    title: str
    article: str
    form: str
    needs_quorum: bool
    period: Period
    period_name: str
    due_on: date
    section: str
    done: int = 0
    owed: int = 0
    late: int = 0
    open: int = 0

    @property
    def key(self) -> str:
        return f"{self.rule}:{self.period.label}"

    @property
    def share(self) -> float | None:
        return self.done / self.owed if self.owed else None


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands where a branch and a duty meet. `look` is done, done_late, entered_late, late, soon, due, exempt,
    not_kept or none; `reason` is the whole sentence behind a short word."""

    column: Column
    look: str
    text: str = ""
    tag: str = ""
    reason: str = ""
    record: int | None = None
    item: DutyItem | None = None

    @property
    def is_open(self) -> bool:
        return self.look in {"late", "soon", "due"}


@dataclass(slots=True)
class Row:
    """One branch. `band` replaces the cells where its books are not kept yet."""

    unit: Organisation
    cells: list[Cell]
    late: list[str]
    earlier: int
    open_titles: list[str]
    band: str = ""

    @property
    def late_count(self) -> int:
        return len(self.late) + self.earlier

    @property
    def open_count(self) -> int:
        return len(self.open_titles)


@dataclass(slots=True)
class Sum:
    """Done and owed in one column of one group."""

    done: int = 0
    owed: int = 0
    late: int = 0


@dataclass(slots=True)
class Group:
    """The branches of one field."""

    key: str
    title: str
    rows: list[Row]
    sums: list[Sum]
    is_folded: bool = False

    @property
    def late(self) -> int:
        return sum(row.late_count for row in self.rows)

    @property
    def is_unkept(self) -> bool:
        return all(row.band for row in self.rows)


@dataclass(slots=True)
class Section:
    """Neighbouring columns under one head."""

    key: str
    title: str
    columns: list[Column]


@dataclass(slots=True)
class Grid:
    """Everything the page shows of the branches."""

    month: Period
    sections: list[Section]
    groups: list[Group]
    items: list[DutyItem] = field(repr=False)

    @property
    def columns(self) -> list[Column]:
        return [column for section in self.sections for column in section.columns]

    @property
    def rows(self) -> list[Row]:
        return [row for group in self.groups for row in group.rows]

    @property
    def unkept(self) -> list[Row]:
        return [row for row in self.rows if row.band]

    @property
    def has_earlier(self) -> bool:
        return any(row.earlier for row in self.rows)


def build(  # noqa: PLR0913 - what the address may narrow
    units: Sequence[Organisation],
    items: Iterable[DutyItem],
    on: date,
    *,
    month: Period,
    only: str = "",
    duties: Sequence[str] = (),
    lacking: dict[int, str] | None = None,
) -> Grid:
    """The grid of the units as of the day `on`, showing the month and its quarter.

    `only` keeps rows with something open or late ("open", "late"); `duties` keeps columns of these rules;
    `lacking` says for a unit without books what it lacks.
    """
    items = [item for item in items if not duties or item.duty.key in duties]
    columns = _columns(items, on, month)
    by_place = {_place(column.rule, column.period): column for column in columns}
    by_unit: dict[int, dict[Place, DutyItem]] = defaultdict(dict)
    for item in items:
        by_unit[item.unit.pk][_place(item.duty.key, item.period)] = item
    rows = [
        _row(unit, by_place, by_unit[unit.pk], on, (lacking or {}).get(unit.pk, ""))
        for unit in units
        if unit.pk in by_unit
    ]
    if only:
        rows = [row for row in rows if row.late_count or (only == "open" and row.open_count)]
    for row in rows:
        for cell in row.cells:
            _count(cell)
    groups = _groups(rows, columns)
    return Grid(month, _sections(columns, on, month), groups, items)


def _place(rule: str, period: Period) -> Place:
    """What tells a column from all others; a town asks for thousands, and labels are slow to write."""
    return rule, period.every, period.starts_on


def _section(item: DutyItem, on: date, current: dict[Every, Period]) -> str:
    """In which section a column stands; empty where it gets none."""
    period = item.period
    if period == current[period.every]:
        if period.every in {"month", "quarter"}:
            return period.every
        return "long" if item.due_on - on <= timedelta(days=SHOW_LONG_DAYS) else ""
    if item.state == State.LATE and period.ends_on + timedelta(days=1) == current[period.every].starts_on:
        return "past"
    return ""


def _columns(items: Iterable[DutyItem], on: date, month: Period) -> list[Column]:
    found: dict[Place, Column] = {}
    current = {every: period_of(month.starts_on, every) for every in EVERIES}
    for item in items:
        duty = item.duty
        place = _place(duty.key, item.period)
        if place not in found and (section := _section(item, on, current)):
            found[place] = Column(
                rule=duty.key,
                title=short_title(duty),
                article=article_of(duty),
                form=form_of(duty),
                needs_quorum=needs_quorum(duty),
                period=item.period,
                period_name=period_name(item.period, on),
                due_on=item.due_on,
                section=section,
            )
    order = {"past": 0, "month": 1, "quarter": 2, "long": 3}
    return sorted(found.values(), key=lambda column: (order[column.section], EVERIES.index(column.period.every)))


def _row(unit: Organisation, columns: dict[Place, Column], items: dict[Place, DutyItem], on: date, lacking: str) -> Row:
    cells = [_cell(column, items.get(place), on) for place, column in columns.items()]
    late = [titled(cell.column.period_name, cell.column.title) for cell in cells if cell.look == "late"]
    earlier = sum(item.state == State.LATE for place, item in items.items() if place not in columns)
    titles = [cell.column.title for cell in cells if cell.look in {"soon", "due"}]
    band = ""
    if unit.kept_from is None:
        band = lacking or _("还没有定建账日")
    return Row(unit, cells, late, earlier, titles, band)


def _cell(column: Column, item: DutyItem | None, on: date) -> Cell:
    if item is None:
        return Cell(column, "none")
    record = item.records[-1] if item.records else None
    if item.state in {State.DONE, State.DONE_LATE} and item.held_on:
        day = f"{item.held_on.month}-{item.held_on.day:02d}"
        if item.state == State.DONE_LATE:
            return Cell(column, "done_late", day, _("迟"), record=record, item=item)
        if item.held_on + timedelta(days=item.recorded_after_days or 0) > item.due_on:
            return Cell(column, "entered_late", day, _("补"), record=record, item=item)
        return Cell(column, "done", day, record=record, item=item)
    if item.state == State.EXEMPT:
        return Cell(column, "exempt", _short(item.reason), reason=item.reason, item=item)
    if item.state == State.NOT_KEPT:
        return Cell(column, "not_kept", _("未建账"), reason=item.reason, item=item)
    return _open_cell(column, item, on)


def _open_cell(column: Column, item: DutyItem, on: date) -> Cell:
    tag = _("不算") if item.falls_short else (_("已%(count)s") % {"count": len(item.records)} if item.records else "")
    left = item.days_left(on)
    if item.state == State.LATE:
        return Cell(column, "late", _("逾期%(days)s天") % {"days": -left}, tag, item.reason, item=item)
    if left <= SOON_DAYS:
        text = _("还有%(days)s天") % {"days": left} if left else _("今天到期")
        return Cell(column, "soon", text, tag, item.reason, item=item)
    text = (
        _("待")
        if item.due_on == column.due_on
        else _("待%(day)s") % {"day": f"{item.due_on.month}-{item.due_on.day:02d}"}
    )
    return Cell(column, "due", text, tag, item.reason, item=item)


def _short(reason: str) -> str:
    """The words of a reason that fit into a cell; the whole sentence opens with the cell."""
    words = reason.replace("：", "，").replace("。", "，").split("，")[0]
    return words if 0 < len(words) <= REASON_LENGTH else _("不要求")


def _count(cell: Cell) -> None:
    column = cell.column
    done = cell.look in DONE
    column.done += done
    column.owed += done or cell.is_open
    column.late += cell.look == "late"
    column.open += cell.is_open


def _groups(rows: list[Row], columns: list[Column]) -> list[Group]:
    by_field: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_field[row.unit.field].append(row)
    groups = []
    for key, members in by_field.items():
        sums = [Sum() for _column in columns]
        for row in members:
            for total, cell in zip(sums, row.cells, strict=True):
                done = cell.look in DONE
                total.done += done
                total.owed += done or cell.is_open
                total.late += cell.look == "late"
        groups.append(Group(key, members[0].unit.get_field_display(), members, sums))
    groups.sort(key=lambda group: -len(group.rows))
    for group in groups[1:]:
        calm = not any(cell.look in {"late", "soon"} for row in group.rows for cell in row.cells)
        group.is_folded = len(rows) > FOLD_FROM and calm and not group.late
    return groups


def _sections(columns: list[Column], on: date, month: Period) -> list[Section]:
    now = month == period_of(on, "month")
    quarter = period_of(month.starts_on, "quarter")
    titles = {
        "past": _("到期还有缺的"),
        "month": _("本月") if now else period_name(month, on),
        "quarter": _("本季度") if quarter == period_of(on, "quarter") else period_name(quarter, on),
        "long": _("半年和全年"),
    }
    found: dict[str, list[Column]] = {}
    for column in columns:
        found.setdefault(column.section, []).append(column)
    return [Section(key, titles[key], members) for key, members in found.items()]

"""Today for who keeps the records of many branches: figures, own duties, the grid, what the address filters."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest, QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from guben.access import policy
from guben.duties import queries as duties
from guben.duties.queries import DutyItem
from guben.duties.states import State
from guben.home import grid as grids
from guben.home.grid import DONE, SOON_DAYS, Cell, Column, Grid, Row
from guben.home.words import article_of, form_of, period_name, short_title, title_of
from guben.house.words import counted, listed
from guben.kit.days import Period, next_period, parse_period, period_of, previous_period
from guben.meetings import queries as meetings
from guben.meetings.calculations import TAKE_BACK
from guben.members import queries as members
from guben.organisations.choices import PostKind
from guben.organisations.models import Organisation, Post
from guben.rulebook.issuers import issuer_words

MOST_UNITS = 200


@dataclass(frozen=True, slots=True)
class OwnDuty:
    """A duty of the unit itself, or of its superior, as one line."""

    title: str
    period_name: str
    state: str
    due_on: date
    days: int
    rule: str
    article: str
    level: str


@dataclass(frozen=True, slots=True)
class Figures:
    """The four figures over the grid."""

    late: int
    late_units: int
    late_words: str
    soon: int
    soon_words: str
    soon_on: date | None
    done: int
    owed: int
    done_words: str
    recorded_today: int
    unkept: int
    unkept_words: str

    @property
    def share(self) -> float | None:
        return self.done / self.owed if self.owed else None


@dataclass(frozen=True, slots=True)
class Batch:
    """What was just recorded for many, with the minutes left to take it back."""

    uuid: UUID
    saved: int
    settled: int
    minutes_left: int


@dataclass(frozen=True, slots=True)
class Filters:
    """What the address asks for."""

    words: str
    field: str
    only: str
    rules: tuple[str, ...]
    month: Period

    @classmethod
    def read(cls, query: QueryDict, on: date) -> Filters:
        try:
            month = parse_period(query.get("month", ""))
        except ValueError:
            month = period_of(on, "month")
        if month.every != "month" or month.starts_on > on:
            month = period_of(on, "month")
        only = query.get("only", "")
        return cls(
            words=query.get("q", "").strip(),
            field=query.get("field", ""),
            only=only if only in {"open", "late", "unkept"} else "",
            rules=tuple(query.getlist("rule")),
            month=month,
        )


def context(request: HttpRequest, unit: Organisation, below: list[Organisation], on: date) -> dict[str, Any]:
    """Everything the town's page shows. `below` are the units under the acting one, in tree order."""
    filters = Filters.read(request.GET, on)
    items = duties.items([unit, *below], on, first=_first(filters.month, on))
    own = [item for item in items if item.unit.pk == unit.pk]
    theirs = [item for item in items if item.unit.pk != unit.pk]
    lacking = lacks(below, on) if any(not child.kept_from for child in below) else {}
    whole = grids.build(below, theirs, on, month=filters.month, lacking=lacking)
    shown = whole if not _narrows(filters) else _narrowed(below, theirs, on, filters, lacking)
    user = request.user
    return {
        "unit": unit,
        "grid": shown,
        "whole": whole,
        "filters": filters,
        "figures": _figures(whole, theirs, on),
        "own_late": [line(item, on) for item in own if item.state == State.LATE],
        "own_open": [line(item, on) for item in own if item.state == State.DUE],
        "fields": _fields(below),
        "rules": [(key, short_title(duty)) for key, duty in {item.duty.key: item.duty for item in theirs}.items()],
        "earlier_month": previous_period(filters.month).label,
        "later_month": next_period(filters.month).label if next_period(filters.month).starts_on <= on else "",
        "month_name": period_name(filters.month, on),
        "quarter_name": period_name(period_of(filters.month.starts_on, "quarter"), on),
        "may_record": policy.may(user, "meetings.record", unit),
        "may_remind": policy.may(user, "duties.remind", unit),
        "sees_meetings": policy.may(user, "meetings.view", unit),
        "may_change": policy.may(user, "units.change", unit),
        "batch": batch_note(request, items),
        "chosen": _chosen(request.GET.get("column", ""), shown),
        "late_groups": late_groups(theirs, on),
        "phone_groups": _phone_groups(shown, _chosen(request.GET.get("column", ""), shown)),
        "may_export": policy.may(user, "exports.run", unit),
        "starts": starts(on),
        "first_day": bool(below) and all(child.kept_from is None for child in below),
        "here": request.get_full_path(),
    }


def line(item: DutyItem, on: date) -> OwnDuty:
    return OwnDuty(
        title=title_of(item.duty),
        period_name=period_name(item.period, on),
        state=str(item.state),
        due_on=item.due_on,
        days=abs(item.days_left(on)),
        rule=item.duty.key,
        article=article_of(item.duty),
        level=issuer_words(item.duty),
    )


@dataclass(frozen=True, slots=True)
class LateGroup:
    """One duty of one period with the branches that are late with it."""

    rule: str
    period: str
    period_name: str
    title: str
    form: str
    due_on: date
    days: int
    names: list[str]
    codes: list[str]

    @property
    def units(self) -> str:
        """The codes in one field of a form or an address."""
        return "\n".join(self.codes)


def late_groups(items: Iterable[DutyItem], on: date) -> list[LateGroup]:
    """Everything that is late, by duty and period, what was due last first."""
    found: dict[tuple[str, str], list[DutyItem]] = {}
    for item in items:
        if item.state == State.LATE:
            found.setdefault((item.duty.key, item.period.label), []).append(item)
    groups = [
        LateGroup(
            rule=key,
            period=label,
            period_name=period_name(late[0].period, on),
            title=short_title(late[0].duty),
            form=form_of(late[0].duty),
            due_on=late[0].due_on,
            days=-late[0].days_left(on),
            names=[item.unit.short_name for item in late],
            codes=[item.unit.code for item in late],
        )
        for (key, label), late in found.items()
    ]
    return sorted(groups, key=lambda group: group.days)


@dataclass(frozen=True, slots=True)
class PhoneGroup:
    """The branches of one field in the phone's check list."""

    title: str
    done: int
    open: list[tuple[Row, Cell]]


def _phone_groups(grid: Grid, column: Column | None) -> list[PhoneGroup]:
    if column is None:
        return []
    place = grid.columns.index(column)
    groups = []
    for group in grid.groups:
        pairs = [(row, row.cells[place]) for row in group.rows if not row.band]
        open_ = [(row, cell) for row, cell in pairs if cell.is_open]
        done = sum(cell.look in DONE for _row, cell in pairs)
        if open_:
            groups.append(PhoneGroup(group.title, done, open_))
    return groups


@dataclass(frozen=True, slots=True)
class Start:
    """A day from which records may be kept, with what it costs."""

    day: date
    words: str
    is_suggested: bool


def starts(on: date) -> list[Start]:
    """This quarter's first day, and this year's."""
    quarter, year = period_of(on, "quarter").starts_on, date(on.year, 1, 1)
    found = [Start(quarter, _("本季度第一天，以前的不算欠，这一季度的从头记。"), is_suggested=True)]
    if year != quarter:
        found.append(
            Start(year, _("今年以来的都要补录，每项约2分钟。补录不算逾期，写明是补录的。"), is_suggested=False)
        )
    return found


def lacks(units: Iterable[Organisation], on: date) -> dict[int, str]:
    """For each unit whose books are not kept yet, what it lacks, in words."""
    unkept = [unit for unit in units if not unit.kept_from]
    rolls = members.roll_counts(unkept, on)
    led = set(
        Post.objects.filter(organisation__in=unkept, kind=PostKind.SECRETARY, holdings__until_on=None)
        .exclude(holdings=None)
        .values_list("organisation_id", flat=True)
    )
    found = {}
    for unit in unkept:
        missing = [_("建账日")]
        if not rolls[unit.pk].roll:
            missing.append(_("名册"))
        if unit.pk not in led:
            missing.append(_("书记"))
        found[unit.pk] = _("还差%(things)s") % {"things": listed(missing)}
    return found


def batch_note(request: HttpRequest, items: Iterable[DutyItem]) -> Batch | None:
    """The batch named in ?batch=, while its recorder may still take it back."""
    try:
        batch = UUID(request.GET.get("batch", ""))
    except ValueError:
        return None
    found = meetings.batch_for(request.user, batch)
    if not found or any(meeting.recorded_by_id != request.user.pk for meeting in found):
        return None
    left = TAKE_BACK - (timezone.now() - min(meeting.recorded_at for meeting in found))
    counted = {pk for item in items for pk in item.records if item.duty.evidence.record == "meeting"}
    settled = sum(meeting.pk in counted for meeting in found)
    return Batch(batch, len(found), settled, max(0, int(left.total_seconds() // 60)))


def _first(month: Period, on: date) -> date:
    quarter = previous_period(period_of(month.starts_on, "quarter"))
    return min(duties.default_first(on), quarter.starts_on)


def _narrows(filters: Filters) -> bool:
    return bool(filters.words or filters.field or filters.only or filters.rules)


def _narrowed(
    below: list[Organisation], items: list[DutyItem], on: date, filters: Filters, lacking: dict[int, str]
) -> Grid:
    units = [
        unit
        for unit in below
        if (not filters.field or unit.field == filters.field)
        and (not filters.words or filters.words in unit.name or filters.words in unit.short_name)
        and (filters.only != "unkept" or not unit.kept_from)
    ]
    only = filters.only if filters.only != "unkept" else ""
    return grids.build(units, items, on, month=filters.month, only=only, duties=filters.rules, lacking=lacking)


def _figures(grid: Grid, items: list[DutyItem], on: date) -> Figures:
    late = [item for item in items if item.state == State.LATE]
    soon = [item for item in items if item.state == State.DUE and item.days_left(on) <= SOON_DAYS]
    current = [column for column in grid.columns if column.section != "past"]
    sections = [section.key for section in grid.sections]
    words = [period_name(grid.month, on)] if "month" in sections else []
    words += [period_name(period_of(grid.month.starts_on, "quarter"), on)] if "quarter" in sections else []
    return Figures(
        late=len(late),
        late_units=len({item.unit.pk for item in late}),
        late_words=_by_title(late),
        soon=len(soon),
        soon_words=_by_title(soon),
        soon_on=min((item.due_on for item in soon), default=None),
        done=sum(column.done for column in current),
        owed=sum(column.owed for column in current),
        done_words=_("和").join(words),
        recorded_today=sum(_recorded_on(item) == on for item in items),
        unkept=len(grid.unkept),
        unkept_words=listed(dict.fromkeys(row.unit.get_field_display() for row in grid.unkept)),
    )


def _recorded_on(item: DutyItem) -> date | None:
    if item.held_on is None or item.recorded_after_days is None or not item.is_settled:
        return None
    return item.held_on + timedelta(days=item.recorded_after_days)


def _by_title(items: list[DutyItem]) -> str:
    """大会4，小组会2: how many of each duty, the most first, at most three."""
    rules = {item.duty.key: item.duty for item in items}
    titles = {key: short_title(duty) for key, duty in rules.items()}
    counts = Counter(titles[item.duty.key] for item in items).most_common(3)
    return listed(counted(title, number) for title, number in counts)


def _fields(below: list[Organisation]) -> list[tuple[str, str]]:
    one_of_each = {unit.field: unit for unit in below}
    return [(field, str(unit.get_field_display())) for field, unit in one_of_each.items()]


def _chosen(key: str, grid: Grid) -> Column | None:
    """The column that the phone's check list shows: the one asked for, else the one due first with most open."""
    columns = [column for column in grid.columns if column.form or column.open]
    asked = next((column for column in columns if column.key == key), None)
    with_open = [column for column in columns if column.open and column.form and column.section != "past"]
    return asked or min(with_open, key=lambda column: (column.due_on, -column.open), default=None)

"""What units owe: rules × units × periods, with the records that settle them. Nothing here is stored.

One query finds to which units each duty applies on each of the days concerned, one more finds the evidence.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from guben.access import policy
from guben.audit.remembering import LARGE_TREE, remembered
from guben.duties.states import OWED, SETTLED, State
from guben.kit import tree
from guben.kit.chinese import worded
from guben.kit.days import Every, Period, period_of, periods_between
from guben.organisations.models import Organisation, Placement, Succession
from guben.organisations.queries import placement_on, units_on
from guben.rulebook.holding import HoldingInTime
from guben.rulebook.live import LiveEngine, Within, ids_or_path, rows, select
from guben.rulebook.queries import library as installed
from guben.rulebook_engine.dialects import SQLITE
from guben.rulebook_engine.duty_state import Evidence, state_of
from guben.rulebook_engine.engines import needed_table
from guben.rulebook_engine.entries import Duty, Words
from guben.rulebook_engine.facts import Column, catalogue
from guben.rulebook_engine.library import Library
from guben.rulebook_engine.owing import MOST_TOGETHER, Owes, evidence, owes_columns, read_owes

EVERY = {
    "month": gettext_lazy("每月至少%(times)s次"),
    "quarter": gettext_lazy("每季度至少%(times)s次"),
    "half_year": gettext_lazy("每半年至少%(times)s次"),
    "year": gettext_lazy("每年至少%(times)s次"),
}
EACH_OF = {
    "month": gettext_lazy("每月次数不少于%(of)s"),
    "quarter": gettext_lazy("每季度次数不少于%(of)s"),
    "half_year": gettext_lazy("每半年次数不少于%(of)s"),
    "year": gettext_lazy("每年次数不少于%(of)s"),
}


@dataclass(frozen=True, slots=True)
class DutyItem:
    """One duty of one unit in one period. `reason` says why nothing is owed, or what a record lacks."""

    unit: Organisation
    duty: Duty
    period: Period
    state: State
    due_on: date
    held_on: date | None
    recorded_after_days: int | None
    records: tuple[int, ...]
    falls_short: tuple[int, ...]
    reason: str

    @property
    def is_owed(self) -> bool:
        return self.state in OWED

    @property
    def is_settled(self) -> bool:
        return self.state in SETTLED

    def days_left(self, on: date) -> int:
        """Days until the due day; negative when it has passed."""
        return (self.due_on - on).days


_Identity = tuple[str, str, date]


@dataclass(frozen=True, slots=True)
class Planned:
    """An edition of a duty and a period that it rules."""

    duty: Duty
    identity: _Identity
    period: Period
    day: date  # on which it is asked whether the duty applies


def in_words(words: Words | None) -> str:
    """The words of a rule in the reader's language."""
    if words is None:
        return ""
    return words.say(get_language() or "zh")


def line_of(duty: Duty) -> str:
    """What a duty asks for, in words: 每季度至少1次，有合格的记录才算。"""
    if isinstance(duty.times, str):
        column = needed_table("organisation", catalogue).column(duty.times)
        often = EACH_OF[duty.every] % {"of": _column_name(column)} if column else ""
    else:
        often = EVERY[duty.every] % {"times": duty.times}
    return _("%(often)s，有合格的记录才算。") % {"often": often}


def _column_name(column: Column) -> str:
    return worded(column.zh, column.en, get_language() or "zh")


def default_first(on: date) -> date:
    """From when duties are shown: this year; in its first quarter last year too, so that no year's end is lost."""
    return date(on.year if on.month > 3 else on.year - 1, 1, 1)


def items(
    units: Sequence[Organisation],
    on: date,
    *,
    first: date | None = None,
    last: date | None = None,
    rules: Library | None = None,
    keys: Sequence[str] | None = None,
) -> list[DutyItem]:
    """Every duty of the units in the periods that touch the days from `first` to `last`, by unit, duty and period.

    Two queries for any number of units, plus one for the installed rules and one where units made some. Rows where
    nothing could be owed yet or any more are absent; those that are not required carry the reason.
    """
    if not units:
        return []
    library = rules or installed()
    plan = planned_between(library, first or default_first(on), last or on, on, keys)
    holding = HoldingInTime((planned.duty for planned in plan), [unit.pk for unit in units])
    plan = [planned for planned in plan if holding.concerns(planned.duty)]
    if not plan:
        return []
    within = ids_or_path((unit.pk for unit in units), _common_path(units))
    facts = _unit_facts(plan, within)
    plan = _asked(plan, facts)
    records = _evidence(plan, within, on) if plan else defaultdict(list)
    heritage = _heritage(units, plan, records, on)
    found = []
    for unit in units:
        pk: int = unit.pk
        for planned in plan:
            if holding.holds(planned.duty, pk, planned.day):
                item = _item(unit, pk, planned, facts, records, heritage, on)
                if item is not None:
                    found.append(item)
    return found


def _common_path(units: Sequence[Organisation]) -> str:
    """The path of the lowest unit that stands above all of these."""
    paths: list[str] = [unit.path for unit in units]
    low, high = min(paths), max(paths)
    common = 0
    while common < min(len(low), len(high)) and low[common : common + tree.STEP] == high[common : common + tree.STEP]:
        common += tree.STEP
    return low[:common]


def planned_between(library: Library, first: date, last: date, on: date, keys: Sequence[str] | None) -> list[Planned]:
    """The editions of all duties, or of those of the keys, with each period that they rule."""
    planned = []
    for duty in library:
        if not isinstance(duty, Duty) or (keys is not None and duty.key not in keys):
            continue
        for period in periods_between(first, last, duty.every):
            day = min(period.ends_on, on)
            if duty.in_force(period.starts_on):
                planned.append(Planned(duty, identity_of(duty), period, day))
    return planned


@lru_cache(maxsize=20_000)
def _period(day: date, every: Every) -> Period:
    return period_of(day, every)


def _as_day(value: Any) -> date | None:
    """A date as the database gave it: SQLite gives ISO text."""
    return date.fromisoformat(value[:10]) if isinstance(value, str) else value


@dataclass(frozen=True, slots=True)
class _Known:
    """A unit on one of the days: since when it is and is kept, and what each duty asks of it (None = nothing)."""

    founded_on: date
    kept_from: date | None
    owes: Mapping[_Identity, Owes | None]


Facts = dict[tuple[date, int], _Known]
Found = dict[tuple[int, _Identity, Period], list[Evidence]]


def identity_of(duty: Duty) -> _Identity:
    """What tells an edition of a duty from all others."""
    return duty.issued_by, duty.key, duty.from_on


def _unit_facts(plan: Sequence[Planned], within: Within | None) -> Facts:
    """For each day and unit: its founding, the day its records are kept from, and what each duty asks of it."""
    table = needed_table("organisation", catalogue)
    duties = list({planned.identity: planned.duty for planned in plan}.values())
    facts: Facts = {}
    for some in (duties[start : start + MOST_TOGETHER] for start in range(0, len(duties), MOST_TOGETHER)):
        names = [identity_of(duty) for duty in some]
        parts = []
        for day in sorted({planned.day for planned in plan}):
            columns = [f"'{day}'", "organisation", "founded_on", "kept_from", *owes_columns(some, SQLITE, day)]
            parts.append(select(columns, table, day, within))
        read: dict[tuple[Any, ...], dict[_Identity, Owes | None]] = {}  # units of a kind give the same answers
        for day_text, organisation, founded, kept, *told in rows(" UNION ALL ".join(parts), within):
            answers = tuple(told)
            if answers not in read:
                read[answers] = dict(zip(names, read_owes(some, answers), strict=True))
            owes = read[answers]
            place = date.fromisoformat(day_text), organisation
            if place in facts:
                owes = {**facts[place].owes, **owes}
            facts[place] = _Known(_as_day(founded) or date.min, _as_day(kept), owes)
    return facts


def _asked(plan: Sequence[Planned], facts: Facts) -> list[Planned]:
    """The plan without the duties that none of the units has: nobody looks for their records."""
    duties = {planned.identity for planned in plan}
    known = {name for name in duties if any(one.owes[name] is not None for one in facts.values())}
    return [planned for planned in plan if planned.identity in known]


def _evidence(plan: Sequence[Planned], within: Within | None, on: date) -> Found:
    """The records that could settle a duty, by unit, duty and period: one query for each kind of record."""
    first = min(planned.period.starts_on for planned in plan)
    last = max(planned.period.ends_on for planned in plan)
    found: Found = defaultdict(list)
    for editions in _without_doubles({planned.identity: planned.duty for planned in plan}.values()):
        by_key = evidence(editions, LiveEngine(within), on, catalogue, first=first, last=last)
        for duty in editions:
            identity, every = identity_of(duty), duty.every
            for unit, records in by_key[duty.key].items():
                for record in records:
                    found[unit, identity, _period(record.day, every)].append(record)
    return found


def _without_doubles(duties: Iterable[Duty]) -> list[list[Duty]]:
    """The duties in groups in which each key stands once: editions of one duty may ask for different evidence."""
    groups: list[dict[str, Duty]] = []
    for duty in duties:
        group = next((group for group in groups if duty.key not in group), None)
        if group is None:
            groups.append(group := {})
        group[duty.key] = duty
    return [list(group.values()) for group in groups]


@dataclass(frozen=True, slots=True)
class _Heritage:
    """A merger or split in which a unit followed others: on which day, and since when those kept their books."""

    on: date
    kept_from: date | None

    def falls_into(self, period: Period) -> bool:
        return period.starts_on < self.on <= period.ends_on


def _heritage(units: Sequence[Organisation], plan: Sequence[Planned], records: Found, on: date) -> dict[int, _Heritage]:
    """For the units that followed others in one of the periods, what they owe since; adds what the former units kept
    in that period before the day. No query where no unit followed another."""
    first = min((planned.period.starts_on for planned in plan), default=on)
    heirs = [unit.pk for unit in units if unit.succeeded_on is not None and first < unit.succeeded_on]
    if not heirs:
        return {}
    rows = list(Succession.objects.filter(successor__in=heirs, on__gt=first, on__lte=on).select_related("former"))
    former = _evidence(plan, Within(ids=tuple({row.former_id for row in rows})), on)
    found: dict[int, _Heritage] = {}
    for row in rows:
        kept = [day for day in (row.former.kept_from, _kept(found, row)) if day is not None]
        found[row.successor_id] = _Heritage(row.on, min(kept, default=None))
    for (unit, identity, period), kept_there in former.items():
        for row in rows:
            if row.former_id == unit and period.starts_on < row.on <= period.ends_on:
                earlier = [one for one in kept_there if one.held_on < row.on]
                records[row.successor_id, identity, period].extend(earlier)
    return found


def _kept(found: Mapping[int, _Heritage], row: Succession) -> date | None:
    known = found.get(row.successor_id)
    return known.kept_from if known else None


def _item(  # noqa: PLR0913 - a unit, a duty, and what was read of both
    unit: Organisation, pk: int, planned: Planned, facts: Facts, found: Found, heritage: Mapping[int, _Heritage],
    on: date,
) -> DutyItem | None:  # fmt: skip
    duty, period = planned.duty, planned.period
    known = facts.get((planned.day, pk))
    if known is None:
        return None
    owes = known.owes[planned.identity]
    if owes is None:
        return None
    founded_on, kept_from = known.founded_on, facts.get((on, pk), known).kept_from
    followed = heritage.get(pk)
    if followed is not None and followed.falls_into(period):
        founded_on = min(founded_on, period.starts_on)
        kept_from = min((day for day in (kept_from, followed.kept_from) if day), default=None)
    result = state_of(
        duty,
        period,
        on,
        founded_on=founded_on,
        kept_from=kept_from,
        dissolved_on=unit.dissolved_on if unit.dissolved_on and unit.dissolved_on <= on else None,
        applies=owes.applies,
        evidence=found.get((pk, planned.identity, period), ()),
        times=owes.times,
    )
    if result is None:
        return None
    return DutyItem(
        unit=unit,
        duty=duty,
        period=period,
        state=State(result.state),
        due_on=result.due_on,
        held_on=result.held_on,
        recorded_after_days=result.recorded_after_days,
        records=result.records,
        falls_short=result.falls_short,
        reason=_reason(duty, result.state, owes, unit, period, bool(result.falls_short)),
    )


def _reason(duty: Duty, state: str, owes: Owes, unit: Organisation, period: Period, short: bool) -> str:
    if state == State.NOT_KEPT:
        return _("未建账：建账以前不算逾期。") if unit.kept_from else _("未建账：还没有定建账日。")
    if state == State.EXEMPT:
        if not owes.applies:
            return in_words(owes.otherwise)
        if unit.founded_on > period.starts_on:
            return _("这一期开始时组织还没有成立。")
        return _("这一期没完组织就撤销了。")
    return in_words(duty.evidence.short) if short and state not in SETTLED else ""


@dataclass(frozen=True, slots=True)
class ChildSummary:
    """The duties of one unit directly below, with all below it: how many are owed and what became of them."""

    child: Organisation
    units: int
    owed: int
    done: int
    done_late: int
    late: int
    due: int
    not_kept: int


def summary_below(unit: Organisation, on: date, *, first: date | None = None) -> list[ChildSummary]:
    """For each unit directly below on the day, its own and its subtree's duties since `first`, in tree order.

    A unit that moved counts where it stands on the day. Five queries whatever the size of the tree.
    """
    top = placement_on(unit, on)
    if top is None:
        return []
    placements = list(units_on(on).filter(policy.in_subtrees([top.path])))
    if len(placements) > LARGE_TREE:
        return remembered(lambda: _summaries(top, placements, on, first), "summary_below", unit.pk, on, first)
    return _summaries(top, placements, on, first)


def _summaries(top: Placement, placements: Sequence[Placement], on: date, first: date | None) -> list[ChildSummary]:
    depth = len(top.path) + tree.STEP
    above = {one.organisation_id: one.path[:depth] for one in placements if len(one.path) >= depth}
    counts: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for item in items([one.organisation for one in placements if one.organisation_id in above], on, first=first):
        counts[above[item.unit.pk]][item.state] += 1
    sizes = Counter(above.values())
    return [
        _summary(one.organisation, sizes[one.path], counts[one.path]) for one in placements if len(one.path) == depth
    ]


def _summary(child: Organisation, units: int, counts: Mapping[str, int]) -> ChildSummary:
    return ChildSummary(
        child,
        units=units,
        owed=sum(counts.get(state, 0) for state in OWED),
        done=counts.get(State.DONE, 0),
        done_late=counts.get(State.DONE_LATE, 0),
        late=counts.get(State.LATE, 0),
        due=counts.get(State.DUE, 0),
        not_kept=counts.get(State.NOT_KEPT, 0),
    )

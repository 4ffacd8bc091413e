"""What became of the duties of very many units, by counts of their records: what `queries.items` says of each unit,
duty and period, without an object for each of them.

Units that stand alike towards the duties (what is asked of them, founded and keeping books since before) differ by
their counts alone: what can be said without these is worked out once for all.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import Q

from guben.duties.queries import Planned, identity_of, items
from guben.duties.states import State
from guben.organisations.models import Organisation
from guben.rulebook.holding import HoldingInTime
from guben.rulebook.live import MOST_IDS, LiveEngine, Within, batched
from guben.rulebook_engine.dialects import Dialect
from guben.rulebook_engine.duty_state import state_of
from guben.rulebook_engine.engines import MOST_COLUMNS, needed_table, value
from guben.rulebook_engine.entries import Duty
from guben.rulebook_engine.facts import catalogue
from guben.rulebook_engine.library import Library
from guben.rulebook_engine.owing import MOST_TOGETHER, owes_columns, read_owes

Outcome = tuple[int, State, int]  # which of the plan, its state, how many good records
_Step = tuple[int, State, int]  # which of the plan; its state, or the one while records are missing; how many it takes


@dataclass(frozen=True, slots=True)
class _Side:
    """Some duties asked on one day, and the ways in which units stand towards them."""

    day: date
    duties: tuple[Duty, ...]
    ways: dict[tuple[Any, ...], int] = field(default_factory=dict)
    known: list[tuple[Any, ...]] = field(default_factory=list)

    def way(self, found: tuple[Any, ...]) -> int:
        """The number of a way: founded on, books kept from, what was answered about each duty."""
        if found not in self.ways:
            self.ways[found] = len(self.known)
            self.known.append(found)
        return self.ways[found]


class Counting:
    """Some duties in some periods, for any units."""

    def __init__(self, plan: Sequence[Planned], on: date, library: Library) -> None:
        self.plan, self.on, self.library = list(plan), on, library
        self._first = min((planned.period.starts_on for planned in plan), default=on)
        self._sides = list(_sides(plan, on))
        self._local = [planned for planned in plan if not planned.duty.is_national]
        self._steps: dict[tuple[Any, ...], list[_Step]] = {}

    def outcomes(self, units: Collection[int], within: Within) -> dict[int, list[Outcome]]:
        """For each unit what became of each duty in each period, in the order of the plan; absent where nothing is owed
        nor would be if records were kept. `within` narrows the facts to these units, and may hold others too."""
        heirs = self._apart(units)
        ways = self._ways(set(units) - heirs, within)
        counts = self._counts(within)
        none = [0] * (2 * len(self.plan))
        found: dict[int, list[Outcome]] = {unit: [] for unit in units}
        for unit, standing in ways.items():
            key = tuple(standing)
            if key not in self._steps:
                self._steps[key] = list(self._without_records(key))
            found[unit] = _reckoned(self._steps[key], counts.get(unit, none))
        return found | self._one_by_one(heirs)

    def _apart(self, units: Iterable[int]) -> set[int]:
        """The units whose duties hang on more than their own records: the heirs of others, and what has ended."""
        apart = Organisation.objects.filter(Q(succeeded_on__gt=self._first) | Q(dissolved_on__lte=self.on))
        return {
            unit for some in batched(units, MOST_IDS) for unit in apart.filter(pk__in=some).values_list("pk", flat=True)
        }

    def _ways(self, units: set[int], within: Within) -> dict[int, list[Any]]:
        """How each unit stands towards the duties: the number of its way on each side, -1 where it did not stand
        anywhere on the day; then which rules of single units held there."""
        table, engine, width = needed_table("organisation", catalogue), LiveEngine(within), len(self._sides)
        found: dict[int, list[Any]] = {unit: [-1] * width for unit in units}
        books: dict[int, date] = {}
        for number in sorted(range(width), key=lambda number: self._sides[number].day, reverse=True):
            side = self._sides[number]
            columns = ["founded_on", "kept_from", *owes_columns(side.duties, engine.dialect, side.day)]
            rows = engine.select(table, columns, where=None, group_by_organisation=False, on=side.day)
            for unit, founded, kept, *answers in rows:
                if unit not in found:
                    continue
                if side.day == self.on:
                    books[unit] = self._clamped(kept, date.max)
                since = books[unit] if unit in books else self._clamped(kept, date.max)
                found[unit][number] = side.way((self._clamped(founded, date.min), since, *answers))
        for unit, held in self._held(units):
            found[unit].append(held)
        return found

    def _clamped(self, day: Any, absent: date) -> date:
        """A day as far as it matters: all before the first period are alike."""
        known = value(day, "date")
        return absent if not isinstance(known, date) else known if known > self._first else date.min

    def _held(self, units: Iterable[int]) -> Iterator[tuple[int, tuple[bool, ...]]]:
        for some in batched(units, MOST_IDS) if self._local else ():
            holding = HoldingInTime((planned.duty for planned in self._local), some)
            for unit in some:
                yield unit, tuple(holding.holds(planned.duty, unit, planned.day) for planned in self._local)

    def _without_records(self, standing: tuple[Any, ...]) -> Iterator[_Step]:
        """What can be said of units that stand alike before their records are counted."""
        held = iter(standing[len(self._sides)] if self._local else ())
        holds = [planned.duty.is_national or next(held) for planned in self.plan]
        known = {
            (side.day, identity_of(duty)): (founded, kept, owes)
            for way, side in zip(standing, self._sides, strict=False)
            if way >= 0
            for founded, kept, *answers in [side.known[way]]
            for duty, owes in zip(side.duties, read_owes(side.duties, answers), strict=True)
        }
        for place, planned in enumerate(self.plan):
            founded, kept, owes = known.get((planned.day, planned.identity), (date.min, date.max, None))
            if owes is None or not holds[place]:
                continue
            found = state_of(
                planned.duty, planned.period, self.on, founded_on=founded, kept_from=kept, dissolved_on=None,
                applies=owes.applies, evidence=(), times=owes.times,
            )  # fmt: skip
            if found and (state := State(found.state)) != State.EXEMPT:
                yield place, state, 0 if state == State.NOT_KEPT else owes.times

    def _counts(self, within: Within) -> dict[int, list[int]]:
        """For each unit that has any, how many records of each of the plan are good, and how many of those were held in
        time: at twice its place, and behind it."""
        engine = LiveEngine(within)
        found: dict[int, list[int]] = {}
        by_record: dict[str, list[int]] = {}
        for place, planned in enumerate(self.plan):
            by_record.setdefault(planned.duty.evidence.record, []).append(place)
        for record, places in by_record.items():
            for some in batched(places, MOST_COLUMNS // 2):
                asked = [_Counted.of(self.plan[place], engine.dialect, self.on) for place in some]
                columns = [column for one in asked for column in (one.good, one.in_time)]
                where = " OR ".join(dict.fromkeys(f"({one.meant})" for one in asked))
                table = needed_table(record, catalogue)
                for unit, *numbers in engine.select(
                    table, columns, where=where, group_by_organisation=True, on=self.on
                ):
                    counts = found.setdefault(unit, [0] * (2 * len(self.plan)))
                    for place, good, in_time in zip(some, numbers[::2], numbers[1::2], strict=True):
                        counts[2 * place], counts[2 * place + 1] = good, in_time
        return found

    def _one_by_one(self, units: Collection[int]) -> dict[int, list[Outcome]]:
        """The same as `queries.items` has it."""
        found: dict[int, list[Outcome]] = {unit: [] for unit in units}
        places = {(one.identity, one.period): place for place, one in enumerate(self.plan)}
        for some in batched(sorted(units), MOST_IDS):
            rows = list(Organisation.objects.filter(pk__in=some))
            for item in items(rows, self.on, first=self._first, rules=self.library):
                place = places.get((identity_of(item.duty), item.period))
                if place is not None and item.state != State.EXEMPT:
                    found[item.unit.pk].append((place, item.state, len(item.records)))
        return found


def _sides(plan: Sequence[Planned], on: date) -> Iterator[_Side]:
    for day in sorted({planned.day for planned in plan}):
        duties = tuple({one.identity: one.duty for one in plan if one.day == day}.values())
        for some in batched(range(len(duties)), MOST_TOGETHER):
            yield _Side(day, tuple(duties[number] for number in some))


@dataclass(frozen=True, slots=True)
class _Counted:
    """The records of a duty in a period, in SQL: which are meant, how many are good, how many of these in time."""

    meant: str
    good: str
    in_time: str

    @classmethod
    def of(cls, planned: Planned, dialect: Dialect, on: date) -> _Counted:
        rule, period = planned.duty.evidence, planned.period
        day, held, recorded = (dialect.quoted(name) for name in (rule.day, rule.held, rule.recorded))
        parts = [f"({rule.matches.sql(dialect, on)})"] if rule.matches else []
        parts += [f"{day} >= {dialect.day(period.starts_on)}", f"{day} <= {dialect.day(period.ends_on)}"]
        meant = " AND ".join(parts)
        parts += [f"{one} IS NOT NULL" for one in dict.fromkeys((held, recorded))]
        parts += [f"({rule.where.sql(dialect, on)})"] if rule.where else []
        due_on = period.ends_on + timedelta(days=planned.duty.due_after_days)
        in_time = [*parts[:-1], f"{held} <= {dialect.day(due_on)}", *parts[-1:]]
        return cls(meant, _sum(parts), _sum(in_time))


def _sum(parts: Sequence[str]) -> str:
    return f"sum(CASE WHEN {' AND '.join(parts)} THEN 1 ELSE 0 END)"


def _reckoned(steps: Sequence[_Step], counts: Sequence[int]) -> list[Outcome]:
    """What became of a unit's duties, with its counts."""
    found = []
    for place, state, times in steps:
        good = counts[2 * place] if times else 0
        if times and good >= times:
            state = State.DONE if counts[2 * place + 1] >= times else State.DONE_LATE
        found.append((place, state, good))
    return found

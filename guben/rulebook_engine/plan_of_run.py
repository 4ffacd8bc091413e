"""What a run over a whole tree works out: which atoms of which fact tables, which conditions and verdicts of units, and
the arrays that an engine gives back for one part of a snapshot."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from guben.kit.days import Period, period_of, periods_between, previous_period
from guben.rulebook_engine.aggregates import Atom, aggregation_of
from guben.rulebook_engine.entries import Duty, Entry, Indicator, Standard
from guben.rulebook_engine.expressions import (
    Absence,
    Checked,
    ColumnValue,
    Comparison,
    Constant,
    Junction,
    Negation,
    Node,
)
from guben.rulebook_engine.facts import Catalogue, Column
from guben.rulebook_engine.library import Library

NOT_ABOUT, HOLDS, FAILS, UNKNOWN = range(4)  # a standard's verdict on a unit
STATES = ("", "due", "done", "done_late", "late", "exempt", "not_kept")  # a duty's, by number; "" = nothing to owe
NULL = np.iinfo(np.int64).min  # a whole number that is null; a double that is null is not a number


@dataclass(frozen=True, slots=True)
class TableAtom:
    """An atom and the fact table it is counted over."""

    table: str
    atom: Atom


@dataclass(frozen=True, slots=True)
class PlannedDuty:
    """A duty in one period. The units that owe it are found by the unit's facts, dated on `day`; how many records are
    good and how many of those were held in time, by two atoms (numbers of columns of the plan)."""

    key: str
    duty: Duty
    period: Period
    day: date
    due_on: date
    good: int
    in_time: int

    @property
    def label(self) -> tuple[str, str]:
        """Its name in results: the key and the period."""
        return self.key, self.period.label


@dataclass(frozen=True, eq=False)
class Plan:
    """All that is worked out for each unit as of a day.

    `columns` numbers the atoms; those of one table stand side by side. `abouts` are the conditions that say which units
    indicators and standards are about.
    """

    on: date
    columns: tuple[TableAtom, ...]
    indicators: tuple[Indicator, ...]
    standards: tuple[Standard, ...]
    duties: tuple[PlannedDuty, ...]
    abouts: tuple[Checked, ...]
    fingerprint: str

    @cached_property
    def numbers(self) -> Mapping[TableAtom, int]:
        return {column: number for number, column in enumerate(self.columns)}

    @cached_property
    def tables(self) -> Mapping[str, tuple[int, ...]]:
        """For each fact table, the numbers of its columns."""
        found: dict[str, list[int]] = {}
        for number, column in enumerate(self.columns):
            found.setdefault(column.table, []).append(number)
        return {name: tuple(numbers) for name, numbers in found.items()}

    @cached_property
    def by_key(self) -> Mapping[str, Indicator]:
        return {indicator.key: indicator for indicator in self.indicators}

    @property
    def issuers(self) -> tuple[str, ...]:
        """The codes of units whose own rules are among these; such a rule holds at and below its issuer."""
        rules: list[Entry] = [*self.indicators, *self.standards, *(planned.duty for planned in self.duties)]
        return tuple(dict.fromkeys(rule.issued_by for rule in rules if not rule.is_national))

    def columns_of(self, indicator: Indicator) -> tuple[int, ...]:
        """The columns that an indicator's figure is made of, in the order of its aggregation's atoms."""
        return tuple(self.numbers[TableAtom(indicator.over, atom)] for atom in aggregation_of(indicator).atoms)

    def is_double(self, number: int) -> bool:
        return self.columns[number].atom.is_double


@dataclass(frozen=True)
class HandedUp:
    """What the units of a part add to the units above the part, by the organisation's id of the parent."""

    parents: NDArray[np.int64]
    below: tuple[NDArray[Any], ...]  # for each column of the plan
    tallies: NDArray[np.int64]  # [parent, place in `PartFigures.tally`]


@dataclass(frozen=True)
class PartFigures:
    """The units of one part in pre-order, an array place for each.

    `own[column]` holds the atom over the unit's own rows: whole numbers (of 8 bits, unsigned, or 32 or 64) or doubles,
    null as NULL or not-a-number. `below[column]` has a place for each unit with children only (their places:
    `with_children`) and holds the atom over the unit and all below it; for all others that is their own.
    `about[check]` says where a condition is true. `verdict[standard's key]` holds NOT_ABOUT, HOLDS, FAILS or UNKNOWN,
    `duty[key, period's label]` places in STATES. `tally` has a row for each unit with children and tells how many units
    at and below it have each verdict (from 1 on), for each standard, then how many each state (from 1 on), for each
    duty: see `tally_places`.
    """

    part: int
    number: NDArray[np.int64]
    organisation: NDArray[np.int64]
    parent: NDArray[np.int64]  # place in the part; -1 where the parent is above it
    ends: NDArray[np.int64]  # pre-order number
    own: tuple[NDArray[Any], ...]
    below: tuple[NDArray[Any], ...]
    about: Mapping[Checked, NDArray[np.bool_]]
    verdict: Mapping[str, NDArray[np.int8]]
    duty: Mapping[tuple[str, str], NDArray[np.int8]]
    with_children: NDArray[np.int64]
    tally: NDArray[np.int64]
    up: HandedUp
    rows: int

    def __len__(self) -> int:
        return len(self.number)

    def below_of_all(self, column: int) -> NDArray[Any]:
        """The atom over each unit and all below it."""
        found = self.own[column].astype(self.below[column].dtype)
        found[self.with_children] = self.below[column]
        return found


class WorksOut(Protocol):
    """An engine for whole trees: one part of a snapshot; what other parts handed up is given with part 0, the last."""

    def __call__(
        self, folder: Any, manifest: Any, part: int, plan: Plan, handed_up: Sequence[HandedUp] = ()
    ) -> PartFigures: ...


def tally_places(plan: Plan) -> dict[str | tuple[str, str], int]:
    """The first column of each standard's and each duty's counts in a tally; the last entry "" is the width."""
    places: dict[str | tuple[str, str], int] = {}
    at = 0
    for standard in plan.standards:
        places[standard.key] = at
        at += UNKNOWN
    for planned in plan.duties:
        places[planned.label] = at
        at += len(STATES) - 1
    places[""] = at
    return places


def plan(library: Library, on: date, catalogue: Catalogue, keys: Collection[str] = ()) -> Plan:
    """The plan of all rules of a day and the rows of yearly tables, or of those with the keys; a standard brings its
    indicator."""
    standards = [rule for rule in library.standards(on) if not keys or rule.key in keys]
    needed = {standard.indicator for standard in standards}
    figures = [*library.indicators(on), *library.rows(on)]
    indicators = [rule for rule in figures if not keys or rule.key in keys or rule.key in needed]
    asked = [_Asked(*one) for one in _duties_of(library, on, keys)]
    atoms = [TableAtom(one.over, atom) for one in indicators for atom in aggregation_of(one).atoms]
    atoms += [TableAtom(one.edition.evidence.record, atom) for one in asked for atom in one.atoms(catalogue)]
    tables = list(dict.fromkeys(atom.table for atom in atoms))
    columns = sorted(dict.fromkeys(atoms), key=lambda column: tables.index(column.table))
    numbers = {column: number for number, column in enumerate(columns)}
    duties = tuple(one.planned(on, numbers, catalogue) for one in asked)
    rules: list[Indicator | Standard] = [*indicators, *standards]
    abouts = tuple(dict.fromkeys(rule.who for rule in rules if rule.who))
    logic = [on, columns, [_logic_of(rule) for rule in rules], [_owed(one) for one in duties]]
    return Plan(on, tuple(columns), tuple(indicators), tuple(standards), duties, abouts, _digest(logic))


@dataclass(frozen=True, slots=True)
class _Asked:
    """An edition of a duty and a period that it rules."""

    key: str
    edition: Duty
    period: Period

    @property
    def due_on(self) -> date:
        return self.period.ends_on + timedelta(days=self.edition.due_after_days)

    def atoms(self, catalogue: Catalogue) -> tuple[Atom, Atom]:
        """The count of good records placed in the period, and of those held in time."""
        rule = self.edition.evidence
        day, held, recorded = (
            _day_column(rule.record, name, catalogue) for name in (rule.day, rule.held, rule.recorded)
        )
        parts: list[Node] = [check.tree for check in (rule.matches, rule.where) if check]
        parts += [
            Comparison(">=", day, Constant(self.period.starts_on, "date")),
            Comparison("<=", day, Constant(self.period.ends_on, "date")),
            *(Negation(Absence(one)) for one in dict.fromkeys((held, recorded)) if one != day),
        ]
        good = Atom("count", None, Junction("and", tuple(parts)))
        in_time = Comparison("<=", held, Constant(self.due_on, "date"))
        return good, Atom("count", None, Junction("and", (*parts, in_time)))

    def planned(self, on: date, numbers: Mapping[TableAtom, int], catalogue: Catalogue) -> PlannedDuty:
        record = self.edition.evidence.record
        good, in_time = (numbers[TableAtom(record, atom)] for atom in self.atoms(catalogue))
        day = min(self.period.ends_on, on)
        return PlannedDuty(self.key, self.edition, self.period, day, self.due_on, good, in_time)


def _duties_of(library: Library, on: date, keys: Collection[str]) -> Iterator[tuple[str, Duty, Period]]:
    """Of each duty the last period that is over, ruled by the edition in force on its first day."""
    for rule in library.duties(on):
        if keys and rule.key not in keys:
            continue
        last = previous_period(period_of(on, rule.every))
        for edition in library.editions(rule.key):
            if not isinstance(edition, Duty):
                continue
            for period in periods_between(last.starts_on, last.ends_on, edition.every):
                if edition.in_force(period.starts_on):
                    yield rule.key, edition, period


def _day_column(record: str, name: str, catalogue: Catalogue) -> ColumnValue:
    table = catalogue.table(record)
    column = table.column(name) if table else None
    if column is None:
        raise LookupError(f"No column '{name}' in fact table '{record}'.")
    return ColumnValue(column)


def _digest(logic: Any) -> str:
    return hashlib.sha256(json.dumps(_plain(logic), ensure_ascii=False).encode()).hexdigest()


def _logic_of(rule: Indicator | Standard) -> Any:
    """What a rule computes, without its words."""
    head = [rule.kind, rule.key, rule.issued_by, rule.who]
    if isinstance(rule, Indicator):
        return [*head, rule.value, rule.over, rule.where, rule.scope]
    return [*head, rule.indicator, rule.holds]


def _owed(planned: PlannedDuty) -> Any:
    duty = planned.duty
    conditions = [duty.who, *(part.where for part in duty.applies)]
    return [
        planned.key,
        duty.issued_by,
        conditions,
        duty.times,
        planned.period.label,
        planned.day,
        planned.good,
        planned.in_time,
    ]


def _plain(thing: Any) -> Any:
    """Trees as nested lists; a column without its labels, a condition without the author's spelling."""
    match thing:
        case Checked():
            return [thing.table, _plain(thing.tree)]
        case Column():
            return [thing.name, thing.type, thing.of]
        case date():
            return thing.isoformat()
        case bool() | int() | float() | str() | None:
            return thing
        case _ if is_dataclass(thing):
            return [type(thing).__name__, *(_plain(getattr(thing, one.name)) for one in fields(thing))]
        case _ if isinstance(thing, Iterable):
            return [_plain(one) for one in thing]
    raise TypeError(type(thing).__name__)

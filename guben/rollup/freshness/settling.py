"""Working out the rows of some units: their own atoms from the records, what is below from their children's rows."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import repeat
from math import isclose
from operator import add

from guben.duties.counting import Counting
from guben.duties.queries import Planned, default_first, planned_between
from guben.duties.states import OWED, State
from guben.kit.days import period_of, previous_period
from guben.organisations.queries import units_on
from guben.rollup.freshness.logic import (
    HEAD,
    LATE,
    MOST_RECORDS,
    STATES,
    Logic,
    Values,
    packed,
    unpacked,
)
from guben.rollup.models import KeptTree, KeptUnit
from guben.rulebook.holding import Holding
from guben.rulebook.live import MOST_IDS, LiveEngine, Within, batched
from guben.rulebook_engine.engines import conditions, unit_rows
from guben.rulebook_engine.entries import Standard
from guben.rulebook_engine.evaluation import Tree, atoms_of_units, unit_columns
from guben.rulebook_engine.expressions import Checked, Value
from guben.rulebook_engine.facts import catalogue
from guben.rulebook_engine.interpreting import reading
from guben.rulebook_engine.plan_of_run import FAILS, HOLDS, NOT_ABOUT, UNKNOWN

NO_STATES = [0] * HEAD
PLACE_OF_STATE = {state: place for place, state in enumerate(STATES)}
COLUMNS = ("unit", "parent", "path", "own", "below", "marks", "tally")
NO_ROWS = b""  # instead of what a unit without others below it would repeat


@dataclass(frozen=True, slots=True)
class Stood:
    """Where a unit stands on the day."""

    unit: int
    parent: int | None
    path: str


@dataclass(slots=True)
class Row:
    """A unit's numbers, unpacked."""

    stood: Stood
    own: Values
    below: Values = field(default_factory=list)
    marks: bytes = b""
    tally: list[int] = field(default_factory=list)
    has_children: bool = False

    def columns(self) -> tuple[object, ...]:
        """What is kept of it, by COLUMNS."""
        one = self.stood
        below, tally = (packed(self.below), packed(self.tally)) if self.has_children else (NO_ROWS, NO_ROWS)
        return one.unit, one.parent, one.path, packed(self.own), below, self.marks, tally

    def kept_in(self, tree: KeptTree) -> KeptUnit:
        return KeptUnit(tree=tree, **dict(zip(COLUMNS, self.columns(), strict=True)))

    @classmethod
    def of(cls, kept: KeptUnit) -> Row:
        own = unpacked(kept.own)
        below = unpacked(kept.below) if kept.below else own
        marks = bytes(kept.marks)
        tally = unpacked(kept.tally) if kept.tally else tally_of(marks)
        return cls(Stood(kept.unit, kept.parent, kept.path), own, below, marks, tally, bool(kept.tally))


def past(mark: int) -> bool:
    """Whether a unit does not keep a rule."""
    return mark == FAILS or mark >= LATE


def bytes_of(value: object) -> object:
    """Bytes where the database hands out a view of them."""
    return bytes(value) if isinstance(value, memoryview) else value


ABOUT = bytes(mark != NOT_ABOUT for mark in range(256))
PAST = bytes(past(mark) for mark in range(256))


def tally_of(marks: bytes) -> list[int]:
    """What one unit adds to the tallies."""
    return [1, *marks.translate(ABOUT), *marks.translate(PAST)]


def standing(logic: Logic, units: Collection[int]) -> list[Stood]:
    """Where units stand on the day; those that do not stand anywhere are left out."""
    return [
        Stood(*row)
        for some in batched(units, MOST_IDS)
        for row in units_on(logic.on).filter(organisation__in=some).values_list("organisation_id", "parent_id", "path")
    ]


def own_atoms(logic: Logic, units: Collection[int], within: Within) -> dict[int, Values]:
    """The atoms of units over their own rows, from the records as they are now; before them room for their duties'
    states. `within` narrows the records to these units, and may hold others too."""
    by_table = atoms_of_units(logic.wanted, LiveEngine(within), _flat(units), logic.on, catalogue)
    columns = [by_table[table][atom] for table, atom in logic.atoms]
    atoms = zip(*columns, strict=True) if columns else repeat(())
    return {unit: [*NO_STATES, *values] for unit, values in zip(units, atoms, strict=False)}


def own_of(logic: Logic, units: Collection[int]) -> dict[int, Values]:
    """The same of any units."""
    found: dict[int, Values] = {}
    for some in batched(sorted(units), MOST_IDS):
        found |= own_atoms(logic, some, Within(ids=some))
    return found


def _flat(units: Collection[int]) -> Tree:
    """Units side by side: what is asked of each needs no tree."""
    return Tree(list(units), [f"{number:020d}" for number in range(len(units))])


def settled(
    tree: KeptTree, logic: Logic, units: Iterable[Stood], own: Mapping[int, Values]
) -> Iterator[list[tuple[Row, KeptUnit | None]]]:
    """The new rows of units, each beside the kept one, from the last in pre-order to the first.

    `own` has the atoms of those whose records were read; the others keep theirs. Each list must be saved before the
    next one is asked for, since a parent's row is made of its children's.
    """
    ordered = sorted(units, key=lambda one: one.path, reverse=True)
    for start in range(0, len(ordered), MOST_IDS):
        yield _settle(tree, logic, ordered[start : start + MOST_IDS], own)


def _settle(
    tree: KeptTree, logic: Logic, units: Sequence[Stood], own: Mapping[int, Values]
) -> list[tuple[Row, KeptUnit | None]]:
    ids = [one.unit for one in units]
    kept = {row.unit: row for row in KeptUnit.objects.filter(tree=tree, unit__in=ids)}
    rows = {
        one.unit: Row(one, own[one.unit] if one.unit in own else unpacked(kept[one.unit].own))
        for one in units
        if one.unit in own or one.unit in kept
    }
    read = [unit for unit in rows if unit in own]
    owed = Duties(logic).of(read, Within(ids=tuple(read))) if read else {}
    owed |= {unit: Owed.kept_in(logic, kept[unit], row) for unit, row in rows.items() if unit not in own}
    add_up(logic, rows, owed, _children(tree, rows), Within(ids=tuple(rows)))
    return [(row, kept.get(unit)) for unit, row in rows.items()]


def add_up(
    logic: Logic, rows: Mapping[int, Row], owed: Mapping[int, Owed], below: Mapping[int, Sequence[Row]], within: Within
) -> None:
    """Completes rows that have their own atoms, the last in pre-order first, so that children are ready before their
    parent."""
    for unit, row in rows.items():
        row.has_children = bool(below.get(unit))
        row.below = row.own = [*owed[unit].states, *row.own[HEAD:]]
        for child in below.get(unit, ()):
            row.below = logic.joined(row.below, child.below)
    of_standards = marks_of_standards(logic, rows, within)
    for unit, row in rows.items():
        row.marks = bytes([*of_standards[unit], *owed[unit].marks])
        row.tally = tally_of(row.marks)
        for child in below.get(unit, ()):
            row.tally = list(map(add, row.tally, child.tally))


def _children(tree: KeptTree, rows: Mapping[int, Row]) -> dict[int, list[Row]]:
    """The children of units, the last first: of the rows at hand, else as they are kept."""
    found: dict[int, list[Row]] = {}
    for row in rows.values():
        if row.stood.parent is not None:
            found.setdefault(row.stood.parent, []).append(row)
    kept = KeptUnit.objects.filter(tree=tree, parent__in=list(rows)).exclude(unit__in=list(rows))
    for unit, parent, path, own, below, marks, tally in kept.values_list(*COLUMNS).iterator(chunk_size=2000):
        row = Row(Stood(unit, parent, path), [], unpacked(below or own), marks)
        row.tally = unpacked(tally) if tally else tally_of(bytes(marks))
        found.setdefault(parent, []).append(row)
    for children in found.values():
        children.sort(key=lambda child: child.stood.path, reverse=True)
    return found


def marks_of_standards(logic: Logic, rows: Mapping[int, Row], within: Within) -> dict[int, list[int]]:
    """For each unit the mark of each standard: by its figure, and what the line and those it is about ask of the unit's
    own facts."""
    engine, holding = LiveEngine(within), Holding(logic.standards, logic.on)
    abouts = list(dict.fromkeys(who for one in logic.standards for who in (one.who, _who(logic, one)) if who))
    truths = conditions(abouts, engine, logic.on, catalogue) if abouts else {}
    columns = [column for one in logic.standards for column in unit_columns(one.holds)]
    facts = unit_rows(columns, engine, logic.on, catalogue) if columns else {}
    lines = [Line(logic, one, abouts) for one in logic.standards]
    return {
        unit: [
            line.mark(row, truths.get(unit, ()), facts.get(unit) if columns else {})
            if line.standard.is_national or holding.holds(line.standard, row.stood.path)
            else NOT_ABOUT
            for line in lines
        ]
        for unit, row in rows.items()
    }


def _who(logic: Logic, standard: Standard) -> Checked | None:
    return logic.indicators[standard.indicator].who


class Line:
    """A standard's line, for many units: those with the same numbers are judged once."""

    def __init__(self, logic: Logic, standard: Standard, abouts: Sequence[Checked]) -> None:
        self.standard = standard
        self._asked = [abouts.index(who) for who in (standard.who, _who(logic, standard)) if who]
        self._facts = [column.of or column.name for column in unit_columns(standard.holds)]
        self._places = logic.places[standard.indicator]
        self._below = logic.indicators[standard.indicator].scope == "subtree"
        self._figure = logic.figures[standard.indicator]
        self._holds = reading(standard.holds.tree, logic.on)
        self._known: dict[tuple[object, ...], int] = {}

    def mark(self, row: Row, truths: Sequence[bool | None], facts: Mapping[str, Value] | None) -> int:
        """Whether the line holds at a unit, with the truth of all conditions and the facts that lines speak of."""
        if facts is None or (self._asked and not (truths and all(truths[place] for place in self._asked))):
            return NOT_ABOUT
        atoms = row.below if self._below else row.own
        numbers = [atoms[place] for place in self._places]
        key = (*numbers, *(facts[name] for name in self._facts))
        if key not in self._known:
            self._known[key] = self._judged(numbers, facts)
        return self._known[key]

    def _judged(self, numbers: Values, facts: Mapping[str, Value]) -> int:
        figure = self._figure(numbers)
        made_of = {"value": figure.value, "numerator": figure.numerator, "denominator": figure.denominator}
        holds = self._holds({**facts, **made_of})
        return UNKNOWN if holds is None else HOLDS if holds else FAILS


def units_about(logic: Logic, checks: Sequence[Checked], units: Sequence[int]) -> dict[Checked, set[int]]:
    """For each condition over a unit's own facts, those of the units where it is true."""
    distinct = list(dict.fromkeys(checks))
    found: dict[Checked, set[int]] = {check: set() for check in distinct}
    truths = conditions(distinct, LiveEngine(Within(ids=tuple(units))), logic.on, catalogue) if distinct else {}
    for unit, answers in truths.items():
        for check, true in zip(distinct, answers, strict=True):
            if true:
                found[check].add(unit)
    return found


@dataclass(frozen=True, slots=True)
class Owed:
    """What became of a unit's duties: of each in the last period that is over, and how many of the year's stand in
    each of STATES."""

    marks: Sequence[int]
    states: Values

    @classmethod
    def kept_in(cls, logic: Logic, kept: KeptUnit, row: Row) -> Owed:
        """As it was: what a unit owes hangs on its own records, and they were not touched."""
        return cls(bytes(kept.marks)[len(logic.standards) :], row.own[:HEAD])


class Duties:
    """The duties of the year and of the last period that is over, for any units. Each who works has one of her own."""

    def __init__(self, logic: Logic) -> None:
        self._nothing = [NOT_ABOUT] * len(logic.duties)
        places = {duty.key: number for number, duty in enumerate(logic.duties)}
        over = {duty.key: previous_period(period_of(logic.on, duty.every)) for duty in logic.duties}
        year = default_first(logic.on)
        first = min([year, *(period.starts_on for period in over.values())])
        plan: list[Planned] = []
        self._asked: list[tuple[bool, int | None]] = []  # of each of the plan: whether it is of the year; its mark
        for one in planned_between(logic.library, first, logic.on, logic.on, None):
            last = over.get(one.duty.key)
            is_last = last and one.period.starts_on <= last.ends_on and last.starts_on <= one.period.ends_on
            if is_last or one.period.ends_on >= year:
                plan.append(one)
                self._asked.append((one.period.ends_on >= year, places[one.duty.key] if is_last else None))
        self._counting = Counting(plan, logic.on, logic.library)

    def of(self, units: Collection[int], within: Within) -> dict[int, Owed]:
        """What became of the units' duties, from the records as they are now."""
        found: dict[int, Owed] = {}
        for unit, outcomes in self._counting.outcomes(units, within).items():
            marks, states = self._nothing.copy(), [0] * HEAD
            for place, state, good in outcomes:
                is_of_year, mark = self._asked[place]
                if is_of_year:
                    states[PLACE_OF_STATE[state]] += 1
                if mark is not None and state in OWED:
                    marks[mark] = LATE + min(good, MOST_RECORDS) if state == State.LATE else HOLDS
            found[unit] = Owed(marks, [*states])
        return found


def differences(logic: Logic, row: Row, kept: KeptUnit | None) -> list[str]:
    """The keys of figures and rules in which a unit's kept row is not what was worked out; [] where all agree."""
    if kept is None:
        return ["organisation"]
    was = Row.of(kept)
    found = [] if was.stood == row.stood else ["organisation"]
    wrong = [
        number
        for new, old in ((row.own, was.own), (row.below, was.below))
        for number, (one, other) in enumerate(zip(new, old, strict=False))
        if not _same(one, other)
    ]
    found += logic.names_of(wrong)
    marks = [*row.marks, *row.tally[1:]] != [*was.marks, *was.tally[1:]]
    if marks:
        names = [rule.key for rule in logic.rules]
        pairs = zip([*row.marks, *row.tally[1:]], [*was.marks, *was.tally[1:]], names * 3, strict=False)
        found += [name for new_mark, old_mark, name in pairs if new_mark != old_mark]
    if row.tally[:1] != was.tally[:1]:
        found.append("organisation")
    return list(dict.fromkeys(found))


def _same(one: float | None, other: float | None) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        return isclose(one, other, rel_tol=1e-12)  # a sum of doubles hangs on the order of its rows
    return one == other


def alike(one: Values, other: Values) -> bool:
    """Whether two units' atoms are the same."""
    return len(one) == len(other) and all(map(_same, one, other))

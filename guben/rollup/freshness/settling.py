"""Working out the rows of some units: their own atoms from the records, what is below from their children's rows."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import repeat
from math import isclose
from operator import add

from guben.duties import queries as duties
from guben.duties.states import State
from guben.kit.days import period_of, previous_period
from guben.organisations.models import Organisation
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
from guben.rulebook_engine.engines import conditions
from guben.rulebook_engine.evaluation import Tree, Verdict, atoms_of_units, judge
from guben.rulebook_engine.expressions import Checked
from guben.rulebook_engine.facts import catalogue
from guben.rulebook_engine.plan_of_run import FAILS, HOLDS, NOT_ABOUT, UNKNOWN

NO_STATES = [0] * HEAD
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

    def kept_in(self, tree: KeptTree) -> KeptUnit:
        return KeptUnit(
            tree=tree, unit=self.stood.unit, parent=self.stood.parent, path=self.stood.path, own=packed(self.own),
            below=packed(self.below) if self.has_children else NO_ROWS, marks=self.marks,
            tally=packed(self.tally) if self.has_children else NO_ROWS,
        )  # fmt: skip

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


def own_atoms(logic: Logic, units: Collection[int]) -> dict[int, Values]:
    """The atoms of units over their own rows, from the records as they are now; before them room for their duties'
    states."""
    found: dict[int, Values] = {}
    for some in batched(sorted(units), MOST_IDS):
        tree = _flat(some)
        by_table = atoms_of_units(logic.wanted, LiveEngine(Within(ids=some)), tree, logic.on, catalogue)
        columns = [by_table[table][atom] for table, atom in logic.atoms]
        atoms = zip(*columns, strict=True) if columns else repeat(())
        found |= {unit: [*NO_STATES, *values] for unit, values in zip(some, atoms, strict=False)}
    return found


def _flat(units: Sequence[int]) -> Tree:
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
    owed = _duties(logic, [unit for unit in rows if unit in own])
    owed |= {unit: _Owed.kept_in(logic, kept[unit], row) for unit, row in rows.items() if unit not in own}
    below = _children(tree, rows)
    for unit, row in rows.items():  # the last in pre-order first, so that children are ready before their parent
        row.has_children = bool(below.get(unit))
        row.below = row.own = [*owed[unit].states, *row.own[HEAD:]]
        for child in below.get(unit, ()):
            row.below = logic.joined(row.below, child.below)
    of_standards = _standard_marks(logic, rows)
    for unit, row in rows.items():
        row.marks = bytes([*of_standards[unit], *owed[unit].marks])
        row.tally = tally_of(row.marks)
        for child in below.get(unit, ()):
            row.tally = list(map(add, row.tally, child.tally))
    return [(row, kept.get(unit)) for unit, row in rows.items()]


def _children(tree: KeptTree, rows: Mapping[int, Row]) -> dict[int, list[Row]]:
    """The children of units, the last first: of the rows at hand, else as they are kept."""
    found: dict[int, list[Row]] = {}
    for row in rows.values():
        if row.stood.parent is not None:
            found.setdefault(row.stood.parent, []).append(row)
    kept = KeptUnit.objects.filter(tree=tree, parent__in=list(rows)).exclude(unit__in=list(rows))
    columns = ("unit", "parent", "path", "own", "below", "marks", "tally")
    for unit, parent, path, own, below, marks, tally in kept.values_list(*columns).iterator(chunk_size=2000):
        row = Row(Stood(unit, parent, path), [], unpacked(below or own), marks)
        row.tally = unpacked(tally) if tally else tally_of(bytes(marks))
        found.setdefault(parent, []).append(row)
    for children in found.values():
        children.sort(key=lambda child: child.stood.path, reverse=True)
    return found


def _standard_marks(logic: Logic, rows: Mapping[int, Row]) -> dict[int, list[int]]:
    tree, engine = _flat(list(rows)), LiveEngine(Within(ids=tuple(rows)))
    indicators = [logic.indicators[key] for key in dict.fromkeys(one.indicator for one in logic.standards)]
    about = units_about(logic, [one.who for one in indicators if one.who], list(rows))
    figures = {
        one.key: {
            unit: logic.figure(one.key, row.own, row.below)
            for unit, row in rows.items()
            if one.who is None or unit in about[one.who]
        }
        for one in indicators
    }
    verdicts = judge(logic.standards, figures, engine, tree, logic.on, catalogue)
    holding = Holding(logic.standards, logic.on)
    return {
        unit: [
            _mark(verdicts[one.key].get(unit)) if holding.holds(one, row.stood.path) else NOT_ABOUT
            for one in logic.standards
        ]
        for unit, row in rows.items()
    }


def _mark(verdict: Verdict | None) -> int:
    if verdict is None:
        return NOT_ABOUT
    return UNKNOWN if verdict.holds is None else HOLDS if verdict.holds else FAILS


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
class _Owed:
    """What became of a unit's duties: of each in the last period that is over, and how many of the year's stand in
    each of STATES."""

    marks: Sequence[int]
    states: Values

    @classmethod
    def kept_in(cls, logic: Logic, kept: KeptUnit, row: Row) -> _Owed:
        """As it was: what a unit owes hangs on its own records, and they were not touched."""
        return cls(bytes(kept.marks)[len(logic.standards) :], row.own[:HEAD])


def _duties(logic: Logic, ids: Sequence[int]) -> dict[int, _Owed]:
    units = list(Organisation.objects.filter(pk__in=ids).order_by("path"))
    marks = {unit: [NOT_ABOUT] * len(logic.duties) for unit in ids}
    states = {unit: [0] * HEAD for unit in ids}
    places = {duty.key: number for number, duty in enumerate(logic.duties)}
    over = {duty.key: previous_period(period_of(logic.on, duty.every)) for duty in logic.duties}
    year = duties.default_first(logic.on)
    first = min([year, *(period.starts_on for period in over.values())])
    for item in duties.items(units, logic.on, first=first, rules=logic.library):
        is_late = item.state == State.LATE
        if item.period.ends_on >= year and item.state in STATES:
            states[item.unit.pk][STATES.index(item.state)] += 1
        last = over.get(item.duty.key)
        if item.is_owed and last and item.period.starts_on <= last.ends_on and last.starts_on <= item.period.ends_on:
            mark = LATE + min(len(item.records), MOST_RECORDS) if is_late else HOLDS
            marks[item.unit.pk][places[item.duty.key]] = mark
    return {unit: _Owed(marks[unit], [*states[unit]]) for unit in ids}


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

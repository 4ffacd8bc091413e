"""What pages read of a large tree: its diagnosis and the figures of any units, and up to which moment acts are in."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from itertools import islice
from typing import overload

from django.db import DatabaseError

from guben.access import policy
from guben.access.policy import Someone
from guben.accounts.installation import today
from guben.audit.remembering import newest_entry
from guben.figures import person_tables
from guben.figures.discretion import SEES_PERSONS, TOO_FEW, counts_of
from guben.figures.families import families, relatives
from guben.figures.queries import Diagnosis, Finding, Found, Kept, UnitFigure
from guben.figures.trees import DayTree, names_of
from guben.kit import tree as paths
from guben.kit.coarsening import tells_of_few
from guben.kit.days import period_of, previous_period
from guben.kit.paging import more_than
from guben.organisations.models import Organisation
from guben.organisations.queries import at_or_below
from guben.rollup.freshness import keeping
from guben.rollup.freshness.logic import LATE, Logic, logic_of, unpacked
from guben.rollup.freshness.settling import Row, Stood, past, tally_of, units_about
from guben.rollup.models import KeptTree, KeptUnit
from guben.rulebook.live import MOST_IDS, batched
from guben.rulebook.queries import library
from guben.rulebook_engine.aggregates import Figure
from guben.rulebook_engine.entries import Duty, Indicator, Standard
from guben.rulebook_engine.evaluation import Tree
from guben.rulebook_engine.plan_of_run import FAILS

MOST_TOUCHED = 50  # units that a reader waits for
SHOWN_FIRST = 5
PIECE = 500  # units of a list that are looked up at once
MOST_PARENTS = 300  # whose children's rows are kept at hand
SMALL_TREE = 300  # units whose figures are asked of the records: that takes a tenth of a second
logger = logging.getLogger("guben.rollup")


@dataclass(frozen=True)
class Reading:
    """What is kept of a day, brought up to the last act where that is quick."""

    tree: KeptTree
    logic: Logic
    is_fresh: bool
    _children: dict[int, list[Row]] = field(default_factory=dict, compare=False, repr=False)
    _marks: dict[int, list[Row]] = field(default_factory=dict, compare=False, repr=False)
    _parents: dict[int, Row | None] = field(default_factory=dict, compare=False, repr=False)

    @property
    def on(self) -> date:
        return self.logic.on

    @property
    def as_of(self) -> datetime:
        return self.tree.as_of

    def row(self, unit: int) -> Row | None:
        kept = KeptUnit.objects.filter(tree=self.tree, unit=unit).first()
        return Row.of(kept) if kept else None

    def rows(self, units: Collection[int]) -> dict[int, Row]:
        return {
            one.unit: Row.of(one)
            for some in batched(units, MOST_IDS)
            for one in KeptUnit.objects.filter(tree=self.tree, unit__in=some)
        }

    def children(self, unit: int) -> list[Row]:
        """The rows directly below a unit, in tree order."""
        if unit not in self._children:
            kept = KeptUnit.objects.filter(tree=self.tree, parent=unit).order_by("path")
            self._children[unit] = [Row.of(one) for one in kept]
        return self._children[unit]

    def forget(self) -> None:
        """Lets the rows go that were read, where they are many: a whole country's would not fit."""
        if len(self._children) + len(self._marks) > MOST_PARENTS:
            self._children.clear()
            self._marks.clear()
            self._parents.clear()

    def marks_below(self, unit: int) -> list[Row]:
        """The rows directly below a unit without their atoms, in tree order."""
        if unit not in self._marks:
            kept = KeptUnit.objects.filter(tree=self.tree, parent=unit).order_by("path")
            self._marks[unit] = [
                Row(Stood(one, unit, path), [], [], bytes(marks), unpacked(tally) if tally else tally_of(bytes(marks)),
                    bool(tally))
                for one, path, marks, tally in kept.values_list("unit", "path", "marks", "tally")
            ]  # fmt: skip
        return self._marks[unit]

    def parent(self, row: Row) -> Row | None:
        if row.stood.parent is None:
            return None
        if row.stood.parent not in self._parents:
            self._parents[row.stood.parent] = self.row(row.stood.parent)
        return self._parents[row.stood.parent]

    def figures(self, units: Collection[int], keys: Collection[str]) -> dict[int, dict[str, Figure]]:
        """The figures of some units by the indicators' keys; absent where an indicator is not about the unit, or the
        unit is not kept."""
        rows = self.rows(units)
        chosen = [self.logic.indicators[key] for key in keys if key in self.logic.indicators]
        about = units_about(self.logic, [one.who for one in chosen if one.who], list(rows))
        return {
            unit: {
                one.key: self.logic.figure(one.key, row.own, row.below)
                for one in chosen
                if one.who is None or unit in about[one.who]
            }
            for unit, row in rows.items()
        }


def reading(on: date) -> Reading | None:
    """What is kept of a day under the installed rules; None where nothing is. A few acts that are not in yet are put in
    first, many are left to the worker."""
    if not KeptTree.objects.filter(on=on, is_whole=True).exists():
        return None
    logic = logic_of(library(), on)
    kept = keeping.kept_tree(logic)
    if kept is None:
        return None
    if newest_entry() > kept.seen:
        try:
            keeping.catch_up(kept, logic, most=MOST_TOUCHED)
        except DatabaseError:  # somebody else is writing to it; the worker will do it
            logger.info("The kept figures of %s were not brought up to date for a reader.", on)
        kept.refresh_from_db()
    return Reading(kept, logic, newest_entry() <= kept.seen)


def latest(on: date) -> Reading | None:
    """What is kept of a day; until today is worked out, what is kept of the last day before it, as it was left."""
    whole = list(KeptTree.objects.filter(on__lte=on, is_whole=True))
    if any(kept.on == on for kept in whole) and (found := reading(on)):
        return found
    for kept in whole if whole and on == today() else ():
        logic = logic_of(library(), kept.on)
        if kept.on < on and kept.fingerprint == logic.fingerprint:
            return Reading(kept, logic, is_fresh=False)
    return None


class KeptFigures:
    """What the lower apps are offered of it."""

    def diagnosis(self, at: Organisation, on: date, *, or_before: bool = False) -> Kept | None:
        """The diagnosis at and below a unit of some size; None where nothing is kept of it."""
        kept = _kept_of(at, on, or_before)
        if kept is None:
            return None
        found, row = kept
        return Kept(_diagnosis(found, at, row), found.as_of, found.is_fresh, is_followed=True)

    def findings(self, unit: Organisation, on: date, *, or_before: bool = False) -> Found | None:
        """The standards that the unit itself does not keep; None where nothing is kept of it."""
        kept = _kept_of(unit, on, or_before)
        if kept is None:
            return None
        found, row = kept
        findings = [
            _finding(found, row, place, rule, 1, 1, alone=True)
            for place, rule in enumerate(found.logic.standards)
            if row.marks[place] == FAILS
        ]
        return Found(findings, found.on, found.as_of)


def _kept_of(unit: Organisation, on: date, or_before: bool) -> tuple[Reading, Row] | None:
    """What is kept of a day, and of a unit of some size in it; of a small one nothing is looked for."""
    if not more_than(at_or_below(unit, dissolved=True), SMALL_TREE):
        return None
    found = latest(on) if or_before else reading(on)
    row = found.row(unit.pk) if found else None
    return (found, row) if found and row else None


def _diagnosis(found: Reading, at: Organisation, row: Row) -> Diagnosis:
    logic = found.logic
    findings: list[Finding] = []
    quiet = []
    for place, rule in enumerate(logic.rules):
        about, failing = row.tally[1 + place], row.tally[1 + len(logic.rules) + place]
        if failing:
            findings.append(_finding(found, row, place, rule, failing, about))
        elif about:
            quiet.append(rule)
    names = names_of([at.pk], logic.on)
    top = DayTree(logic.on, at, Tree([at.pk], [row.stood.path]), names)
    return Diagnosis(top, tuple(sorted(findings, key=lambda one: one.weight)), tuple(quiet), row.tally[0])


def _finding(  # noqa: PLR0913 - the finding of one rule at one unit
    found: Reading, row: Row, place: int, rule: Standard | Duty, failing: int, about: int, *, alone: bool = False
) -> Finding:
    logic = found.logic
    if isinstance(rule, Duty):
        period = previous_period(period_of(logic.on, rule.every))
        return Finding(rule, None, failing, about, PastUnits(found, row, place), period.label)
    indicator = logic.indicators[rule.indicator]
    itself = row.marks[place] == FAILS
    if rule.reports == "figure" and itself:
        figure = logic.figure(rule.indicator, row.own, row.below)
        return Finding(rule, indicator, figure.value, figure.denominator, PastUnits(found, row, place, alone=True))
    return Finding(rule, indicator, failing, about, PastUnits(found, row, place, alone=alone))


class PastUnits(Sequence[UnitFigure]):
    """The units that do not keep a rule, in tree order, looked up when they are asked for: by the tallies, past whole
    subtrees that have none."""

    def __init__(
        self, found: Reading, top: Row, place: int, *, alone: bool = False, seen: Sequence[str] | None = None
    ) -> None:
        self._found = found
        self._top = top
        self._place = place
        self._alone = alone  # the top itself, without those below it
        self._seen = seen  # where the reader may see persons; None = everywhere
        self._first: list[UnitFigure] | None = None
        self._count = 1 if alone else self._past(top)

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, index: int) -> UnitFigure: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[UnitFigure]: ...
    def __getitem__(self, index: int | slice) -> UnitFigure | Sequence[UnitFigure]:
        if isinstance(index, slice):
            first, last, step = index.indices(self._count)
            return self._between(first, last)[:: step or 1]
        first = range(self._count)[index]
        return self._between(first, first + 1)[0]

    def __iter__(self) -> Iterator[UnitFigure]:
        """All of them, a piece at a time."""
        rows = iter([self._top]) if self._alone else self._walk(self._top, 0, self._count)
        while piece := list(islice(rows, PIECE)):
            yield from self._with_figures(piece)
            self._found.forget()

    def shown_to(self, user: Someone) -> PastUnits:
        """The same with figures about few people left out, for a reader who may not see those people."""
        if self._indicator is None or not person_tables.holds(self._indicator.over):
            return self
        seen = policy.reach(user, SEES_PERSONS)
        if any(paths.is_at_or_below(self._top.stood.path, one) for one in seen):
            return self
        return PastUnits(self._found, self._top, self._place, alone=self._alone, seen=seen)

    @property
    def _rule(self) -> Standard | Duty:
        return self._found.logic.rules[self._place]

    @property
    def _indicator(self) -> Indicator | None:
        return self._found.logic.indicators[self._rule.indicator] if isinstance(self._rule, Standard) else None

    def _between(self, first: int, last: int) -> list[UnitFigure]:
        if last <= SHOWN_FIRST:  # a page names the first few twice
            if self._first is None:
                self._first = self._looked_up(0, min(SHOWN_FIRST, self._count))
            return self._first[first:last]
        return self._looked_up(first, last)

    def _looked_up(self, first: int, last: int) -> list[UnitFigure]:
        rows = [self._top] if self._alone else list(self._walk(self._top, first, last - first))
        return self._with_figures(rows)

    def _with_figures(self, walked: Sequence[Row]) -> list[UnitFigure]:
        units = [row.stood.unit for row in walked]
        names = names_of(units, self._found.logic.on)
        whole = self._found.rows(units) if self._indicator else {}
        rows = [whole.get(row.stood.unit, row) for row in walked]
        return [UnitFigure(names[row.stood.unit], self._figure(row)) for row in rows if row.stood.unit in names]

    def _past(self, row: Row) -> int:
        return row.tally[1 + len(self._found.logic.rules) + self._place]

    def _walk(self, top: Row, skip: int, wanted: int) -> Iterator[Row]:
        """The failing units from the `skip`-th on, in pre-order."""
        waiting = [top]
        while waiting and wanted > 0:
            row = waiting.pop()
            if skip >= self._past(row):
                skip -= self._past(row)
                continue
            if past(row.marks[self._place]):
                if skip:
                    skip -= 1
                else:
                    wanted -= 1
                    yield row
            if row.has_children:
                waiting += reversed(self._found.marks_below(row.stood.unit))

    def _figure(self, row: Row) -> Figure:
        if self._indicator is None:
            return Figure(max(row.marks[self._place] - LATE, 0))
        figure = self._found.logic.figure(self._indicator.key, row.own, row.below)
        return TOO_FEW if self._is_hidden(row) else figure

    def _is_hidden(self, row: Row) -> bool:
        """Hidden with all beside it and all below these where any of them, or a figure of the same thing, tells of few:
        what is shown can't be added up to one that is not. It hides more than `coarsening` does, but needs no look at
        the whole tree."""
        if self._seen is None or any(paths.is_at_or_below(row.stood.path, one) for one in self._seen):
            return False
        if self._tells(row):
            return True
        parent = self._found.parent(row)
        if parent is None:
            return False
        return any(self._tells(one) for one in self._found.children(parent.stood.unit)) or self._is_hidden(parent)

    def _tells(self, row: Row) -> bool:
        logic = self._found.logic
        return any(tells_of_few(*counts_of(logic.figure(key, row.own, row.below))) for key in self._alike)

    @cached_property
    def _alike(self) -> set[str]:
        """The keys of the figure and of those that would give it away, or it them."""
        assert self._indicator is not None  # noqa: S101 - asked only about figures
        logic = self._found.logic
        return relatives([self._indicator.key], families(library(), logic.on)) & logic.indicators.keys()

"""Which figures about people a reader is not shown, because they count very few whom she may not see.

Seeing figures and seeing persons are two rights. Who may see the persons of a unit sees all its figures. For all others
a figure about few is hidden, and what would give it away by subtraction: as seen from the top of what she may see, so
that every page, sheet and command hides the same.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Protocol, runtime_checkable

from guben.access import policy
from guben.access.policy import Someone
from guben.audit.remembering import LARGE_TREE, remembered
from guben.figures import person_tables
from guben.figures.explanations import Explanation
from guben.figures.families import families, relatives
from guben.figures.queries import Diagnosis, Finding, Row, UnitFigure
from guben.figures.trees import UnitName, day_tree
from guben.figures.trials import RuleTrial, Trial, UnitTrial
from guben.kit import tree
from guben.kit.coarsening import Cell, Family, hidden_places, hidden_together
from guben.kit.paging import more_than
from guben.organisations.models import Organisation
from guben.organisations.queries import units_on
from guben.rulebook.live import LiveEngine
from guben.rulebook.queries import library
from guben.rulebook_engine.aggregates import Figure
from guben.rulebook_engine.entries import Indicator
from guben.rulebook_engine.evaluation import evaluate
from guben.rulebook_engine.facts import catalogue

SEES_PERSONS = "members.view"
Hidden = dict[str, frozenset[int]]  # the ids of units by the indicator's key


@dataclass(frozen=True, slots=True)
class HiddenFigure(Figure):
    """A figure that is not shown because it counts very few people."""

    @property
    def is_hidden(self) -> bool:
        return True


TOO_FEW = HiddenFigure(None)


@runtime_checkable
class HidesItself(Protocol):
    """Units with figures, looked up when they are asked for, that leave out what a reader is not shown."""

    def shown_to(self, user: Someone) -> Sequence[UnitFigure]: ...


def is_about_people(indicator: Indicator | None) -> bool:
    return indicator is not None and person_tables.holds(indicator.over)


def hidden_from(user: Someone, at: Organisation, on: date, indicators: Iterable[Indicator | None]) -> Hidden:
    """The units at and below `at` whose figure this reader is not shown, for each indicator about people.

    Nothing is asked of the database where the reader may see all persons there, or no figure is about people.
    """
    asked = {one.key: one for one in indicators if one is not None and is_about_people(one)}
    if not asked or policy.may(user, SEES_PERSONS, at):
        return {}
    top = top_for(user, at, on)
    known, alike = _with_relatives(list(asked.values()), on)
    names = tuple(sorted((one.key, str(one.from_on)) for one in known))
    hidden, paths = remembered(lambda: _worked_out(top, on, known, alike), "discretion", top.pk, on, names)
    seen = policy.reach(user, SEES_PERSONS)
    if not seen:
        return hidden
    return {
        key: frozenset(unit for unit in units if not any(tree.is_at_or_below(paths[unit], one) for one in seen))
        for key, units in hidden.items()
    }


def top_for(user: Someone, at: Organisation, on: date) -> Organisation:
    """The highest unit above whose figures the reader may see; in a very large tree the unit's superior."""
    above = [path for path in policy.reach(user, "figures.view") if tree.is_at_or_below(at.path, path)]
    found = Organisation.objects.filter(path=above[0]).first() if above and above[0] != at.path else None
    if found is None:
        return at
    if more_than(units_on(on, found), LARGE_TREE):
        return at.parent or at
    return found


def _worked_out(
    top: Organisation, on: date, known: Sequence[Indicator], alike: Sequence[Family]
) -> tuple[Hidden, dict[int, str]]:
    day = day_tree(top, on)
    figures = evaluate(known, LiveEngine(day.within), day.tree, on, catalogue)
    hidden = hidden_together({one.key: cells_of(one, figures[one.key], day.units) for one in known}, alike)
    return {key: frozenset(units) for key, units in hidden.items()}, {unit.id: unit.path for unit in day.units.values()}


def _with_relatives(indicators: Sequence[Indicator], on: date) -> tuple[list[Indicator], Sequence[Family]]:
    """With a figure go all that tell of the same thing, such as the rows of a yearly table beside which it stands: what
    one page hides, no other may give away."""
    rules = library()
    alike = families(rules, on)
    keys = relatives([one.key for one in indicators], alike)
    known = {one.key: one for one in (*rules.rows(on), *rules.indicators(on)) if one.key in keys}
    return list((known | {one.key: one for one in indicators}).values()), alike


def cells_of(indicator: Indicator, figures: Mapping[int, Figure], units: Mapping[int, UnitName]) -> list[Cell]:
    """An indicator's figures as cells of the tree; where a figure is a unit's own, none holds another."""
    subtree = indicator.scope == "subtree"
    return [
        Cell(number, units[number].parent_id if subtree else None, *counts_of(figure))
        for number, figure in figures.items()
        if number in units
    ]


def counts_of(figure: Figure) -> tuple[float | None, float | None]:
    """How many of how many; a figure without numerator and denominator is its own count."""
    if figure.numerator is None and figure.denominator is None:
        return figure.value, None
    return figure.numerator, figure.denominator


def shown_diagnosis(found: Diagnosis, user: Someone) -> Diagnosis:
    """A diagnosis as the reader may see it."""
    return replace(found, findings=tuple(shown_findings(found.findings, user, found.top.top, found.top.on)))


def shown_findings(findings: Sequence[Finding], user: Someone, at: Organisation, on: date) -> list[Finding]:
    """Findings as the reader may see them: which units are past a line stays, with figures left out."""
    kept = {id(one) for one in findings if isinstance(one.units, HidesItself)}
    hidden = hidden_from(user, at, on, (one.indicator for one in findings if id(one) not in kept))
    return [
        _shown_by_itself(one, user) if id(one) in kept
        else _shown(one, hidden.get(one.indicator.key, ())) if one.indicator
        else one
        for one in findings
    ]  # fmt: skip


def _shown_by_itself(finding: Finding, user: Someone) -> Finding:
    assert isinstance(finding.units, HidesItself)  # noqa: S101 - told by the caller
    units = finding.units.shown_to(user)
    if finding.is_figure and units[0].figure is TOO_FEW:
        return replace(finding, units=units, value=None, of=None)
    return replace(finding, units=units)


def _shown(finding: Finding, hidden: Collection[int]) -> Finding:
    if not any(one.unit.id in hidden for one in finding.units):
        return finding
    units = tuple(UnitFigure(one.unit, TOO_FEW) if one.unit.id in hidden else one for one in finding.units)
    if finding.is_figure:
        return replace(finding, units=units, value=None, of=None)
    units = tuple(sorted(units, key=lambda one: one.unit.path))  # the order would tell
    return replace(finding, units=units)


def shown_explanation(why: Explanation, user: Someone, at: Organisation) -> Explanation:
    """A figure and how it came about, or that it is not shown."""
    hidden = hidden_from(user, at, why.on, [why.indicator])
    if why.figure is None or why.indicator is None or why.unit.id not in hidden.get(why.indicator.key, ()):
        return why
    return replace(why, figure=TOO_FEW, records=())


def shown_rows(rows: Sequence[Row], user: Someone, at: Organisation, on: date) -> list[Row]:
    """Evaluated figures as the reader may see them."""
    hidden = hidden_from(user, at, on, {row.indicator.key: row.indicator for row in rows}.values())
    return [replace(row, figure=TOO_FEW) if row.unit.id in hidden.get(row.indicator.key, ()) else row for row in rows]


def shown_trial(trial: Trial, user: Someone) -> Trial:
    """A trial of rules as the reader may see it: figures about few people are left out on both sides."""
    if policy.may(user, SEES_PERSONS, trial.day.top):
        return trial
    return replace(trial, rules=tuple(_shown_rule(rule) for rule in trial.rules))


def _shown_rule(rule: RuleTrial) -> RuleTrial:
    if rule.counted != "persons":
        return rule
    hidden: set[int] = set()
    for side in ("before", "after"):
        figures = {one.unit.id: (one.unit, getattr(one, side).figure) for one in rule.units}
        cells = [
            Cell(number, unit.parent_id, *counts_of(figure))
            for number, (unit, figure) in figures.items()
            if figure is not None
        ]
        hidden |= hidden_places(cells)
    units = tuple(_without_figures(one) if one.unit.id in hidden else one for one in rule.units)
    return replace(rule, units=units)


def _without_figures(one: UnitTrial) -> UnitTrial:
    before, after = (replace(side, figure=TOO_FEW, missing=None) for side in (one.before, one.after))
    return replace(one, before=before, after=after)

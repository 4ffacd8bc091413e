"""Whom a rule concerns now: how many units, how many of them stand past the line, and what it costs them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from guben.kit.days import MONTHS_IN
from guben.organisations.models import Organisation
from guben.organisations.queries import units_on
from guben.rulebook.holding import Holding
from guben.rulebook.live import LiveEngine, Within
from guben.rulebook_engine.engines import conditions
from guben.rulebook_engine.entries import Duty, Entry, Indicator, Standard
from guben.rulebook_engine.evaluation import Tree, evaluate, judge
from guben.rulebook_engine.facts import catalogue
from guben.rulebook_engine.library import Library


@dataclass(frozen=True, slots=True)
class Reach:
    """`past` is known for standards; the minutes for duties."""

    units: int
    past: int | None = None
    minutes: int = 0
    times_a_year: int = 0

    @property
    def minutes_a_year(self) -> int:
        return self.minutes * self.times_a_year

    @property
    def hours_of_all(self) -> int:
        return round(self.minutes_a_year * self.units / 60)


def reach_of(rule: Entry, top: Organisation, on: date, library: Library) -> Reach | None:
    """The reach of a rule at and below a unit on a day; None where the rule names no units."""
    if isinstance(rule, Standard):
        return _of_standard(rule, top, on, library)
    if not isinstance(rule, Duty | Indicator) or rule.who is None:
        return None
    paths = _paths(top, on)
    holding = Holding([rule], on)
    checks = [rule.who, *(part.where for part in rule.applies)] if isinstance(rule, Duty) else [rule.who]
    answers = conditions(checks, LiveEngine(Within(path=top.path)), on, catalogue)
    units = sum(all(answers.get(unit, (False,))) and holding.holds(rule, path) for unit, path in paths.items())
    if isinstance(rule, Indicator):
        return Reach(units)
    times = rule.times if isinstance(rule.times, int) else 1
    return Reach(units, minutes=rule.minutes, times_a_year=times * 12 // MONTHS_IN[rule.every])


def _of_standard(rule: Standard, top: Organisation, on: date, library: Library) -> Reach:
    paths = _paths(top, on)
    tree, engine = Tree(list(paths), list(paths.values())), LiveEngine(Within(path=top.path))
    figures = evaluate([library.indicator_of(rule, on)], engine, tree, on, catalogue)
    verdicts = judge([rule], figures, engine, tree, on, catalogue)[rule.key]
    holding = Holding([rule], on)
    met = [verdict for unit, verdict in verdicts.items() if holding.holds(rule, paths[unit])]
    return Reach(len(met), past=sum(verdict.holds is False for verdict in met))


def _paths(top: Organisation, on: date) -> dict[int, str]:
    return dict(units_on(on, top).order_by("path").values_list("organisation_id", "path"))

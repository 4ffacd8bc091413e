"""Whom a rule concerns now: how many units, how many of them stand past the line, and what it costs them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date

from guben.kit.days import MONTHS_IN
from guben.organisations.choices import Kind
from guben.organisations.models import Organisation
from guben.organisations.queries import units_on
from guben.rulebook.holding import Holding
from guben.rulebook.live import LiveEngine, Within
from guben.rulebook_engine.engines import conditions
from guben.rulebook_engine.entries import Duty, Entry, Indicator, Limit, Standard
from guben.rulebook_engine.evaluation import Tree, evaluate, judge
from guben.rulebook_engine.facts import catalogue
from guben.rulebook_engine.library import Library
from guben.rulebook_engine.owing import owing
from guben.rulebook_engine.procedures import Procedure

Stood = list[tuple[int, str, str]]


@dataclass(frozen=True, slots=True)
class KindReach:
    """Of the units of one kind: how many the rule concerns, and the hours a year it takes of them together."""

    kind: str
    units: int
    hours: float

    @property
    def name(self) -> str:
        return str(Kind(self.kind).label)


@dataclass(frozen=True, slots=True)
class Reach:
    """`past` is known for standards; the minutes for duties. `total` counts each unit's own number of times."""

    units: int
    past: int | None = None
    minutes: int = 0
    times_a_year: int = 0
    total: int = 0
    kinds: tuple[KindReach, ...] = ()

    @property
    def minutes_a_year(self) -> int:
        return self.minutes * self.times_a_year

    @property
    def hours_of_all(self) -> int:
        return round(self.total / 60)


def reach_of(rule: Entry, top: Organisation, on: date, library: Library) -> Reach | None:
    """The reach of a rule at and below a unit on a day; None where the rule names no units."""
    if isinstance(rule, Standard):
        return _of_standard(rule, top, on, library)
    if not isinstance(rule, Duty | Indicator | Limit | Procedure) or (rule.who is None and not isinstance(rule, Limit)):
        return None
    stood = _stood(top, on)
    if not stood:
        return Reach(0)
    holding = Holding([rule], on)
    engine = LiveEngine(Within(path=stood[0][1]))
    if isinstance(rule, Duty):
        return _of_duty(rule, stood, on, holding, engine)
    if rule.who is None:
        return Reach(sum(holding.holds(rule, path) for _unit, path, _kind in stood))
    answers = conditions([rule.who], engine, on, catalogue)
    return Reach(sum(all(answers.get(unit, (False,))) and holding.holds(rule, path) for unit, path, _kind in stood))


def _of_duty(rule: Duty, stood: Stood, on: date, holding: Holding, engine: LiveEngine) -> Reach:
    owes = owing([rule], engine, on, catalogue)[rule.key]
    periods = 12 // MONTHS_IN[rule.every]
    counts: Counter[str] = Counter()
    minutes: Counter[str] = Counter()
    for unit, path, kind in stood:
        one = owes.get(unit)
        if one is not None and one.applies and holding.holds(rule, path):
            counts[kind] += 1
            minutes[kind] += one.times * periods * rule.minutes
    kinds = tuple(KindReach(kind, counts[kind], minutes[kind] / 60) for kind in Kind.values if counts[kind])
    times = rule.times if isinstance(rule.times, int) else 1
    return Reach(counts.total(), minutes=rule.minutes, times_a_year=times * periods, total=minutes.total(), kinds=kinds)


def _of_standard(rule: Standard, top: Organisation, on: date, library: Library) -> Reach:
    stood = _stood(top, on)
    if not stood:
        return Reach(0, past=0)
    paths = {unit: path for unit, path, _kind in stood}
    tree, engine = Tree(list(paths), list(paths.values())), LiveEngine(Within(path=stood[0][1]))
    figures = evaluate([library.indicator_of(rule, on)], engine, tree, on, catalogue)
    verdicts = judge([rule], figures, engine, tree, on, catalogue)[rule.key]
    holding = Holding([rule], on)
    met = [verdict for unit, verdict in verdicts.items() if holding.holds(rule, paths[unit])]
    return Reach(len(met), past=sum(verdict.holds is False for verdict in met))


def _stood(top: Organisation, on: date) -> Stood:
    """What stood at and below a unit on the day, itself first: ids, paths, kinds."""
    return list(units_on(on, top).order_by("path").values_list("organisation_id", "path", "kind"))

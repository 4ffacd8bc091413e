"""What the rules of each level lay on the units below: minutes that the rules state, times how often a unit owes them.

Nobody's clicks are counted. Source: M5.6.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date

from guben.audit.remembering import LARGE_TREE, remembered
from guben.kit.days import MONTHS_IN, add_months
from guben.organisations.choices import Kind
from guben.organisations.models import Organisation
from guben.organisations.queries import placement_on, units_on
from guben.rulebook.holding import Holding, steps_of
from guben.rulebook.live import LiveEngine, Within
from guben.rulebook_engine.entries import Duty, Standard
from guben.rulebook_engine.evaluation import Tree, evaluate, judge
from guben.rulebook_engine.facts import catalogue
from guben.rulebook_engine.library import Library
from guben.rulebook_engine.owing import owing

LOOKED_BACK = (0, -6, -12)  # months: on these days a line must have been kept everywhere to be called without effect


@dataclass(frozen=True, slots=True)
class RuleBurden:
    """One duty: how many units owe it, and the minutes a year it takes of all of them."""

    rule: Duty
    units: int
    minutes: int

    @property
    def hours(self) -> float:
        return self.minutes / 60

    @property
    def times_a_year(self) -> float:
        """How often a unit owes it in a year, on the average."""
        return self.minutes / self.rule.minutes / self.units if self.rule.minutes and self.units else 0

    @property
    def hours_of_one(self) -> float:
        return self.hours / self.units if self.units else 0


@dataclass(frozen=True, slots=True)
class KindBurden:
    """The units of one kind: how many owe anything, and the hours a year of one of them on the average, by issuer."""

    kind: str
    units: int
    hours: dict[str, float]

    @property
    def name(self) -> str:
        return str(Kind(self.kind).label)

    @property
    def total(self) -> float:
        return sum(self.hours.values())


@dataclass(frozen=True, slots=True)
class Burden:
    """All duties together at and below a unit on a day. `issuers` are hours a year of one unit on the average."""

    on: date
    units: int
    rules: list[RuleBurden] = field(default_factory=list)
    issuers: dict[str, float] = field(default_factory=dict)
    kinds: list[KindBurden] = field(default_factory=list)
    most: float = 0
    heaviest: int | None = None  # the unit with the most hours

    @property
    def hours_of_all(self) -> float:
        return sum(one.hours for one in self.rules)

    @property
    def hours_of_one(self) -> float:
        """Hours a year of one unit that owes anything, on the average."""
        return self.hours_of_all / self.units if self.units else 0


def burden_of(top: Organisation, on: date, library: Library) -> Burden:
    """What the rules in force on the day lay on the units at and below one. Three queries whatever the tree."""
    if top.dissolved_on and top.dissolved_on <= on:
        return Burden(on, 0)
    stood = list(units_on(on, top).values_list("organisation_id", "path", "kind"))
    if len(stood) > LARGE_TREE:
        return remembered(lambda: _summed(top, on, library, stood), "burden", top.pk, on)
    return _summed(top, on, library, stood)


def _summed(top: Organisation, on: date, library: Library, stood: list[tuple[int, str, str]]) -> Burden:
    duties = [duty for duty in library.duties(on) if duty.minutes]
    place = placement_on(top, on)
    if not duties or place is None:
        return Burden(on, 0)
    holding = Holding(duties, on)
    steps = steps_of(path for _unit, path, _kind in stood)
    duties = [duty for duty in duties if holding.concerns(duty, steps)]
    owes = owing(duties, LiveEngine(Within(path=place.path)), on, catalogue)
    of_rule: Counter[str] = Counter()
    units_of_rule: Counter[str] = Counter()
    of_unit: Counter[int] = Counter()
    of_kind: defaultdict[str, Counter[str]] = defaultdict(Counter)
    units_of_kind: Counter[str] = Counter()
    for unit, path, kind in stood:
        for duty in duties:
            one = owes[duty.key].get(unit)
            if one is None or not one.applies or not holding.holds(duty, path):
                continue
            minutes = one.times * (12 // MONTHS_IN[duty.every]) * duty.minutes
            of_rule[duty.key] += minutes
            units_of_rule[duty.key] += 1
            of_unit[unit] += minutes
            of_kind[kind][duty.issued_by] += minutes
        units_of_kind[kind] += unit in of_unit
    return _burden(on, duties, of_rule, units_of_rule, of_unit, _kinds(of_kind, units_of_kind))


def _kinds(of_kind: dict[str, Counter[str]], units: Counter[str]) -> list[KindBurden]:
    return [
        KindBurden(kind, units[kind], {issuer: minutes / 60 / units[kind] for issuer, minutes in of_kind[kind].items()})
        for kind in Kind.values
        if units[kind]
    ]


def _burden(
    on: date,
    duties: Iterable[Duty],
    of_rule: Counter[str],
    units_of_rule: Counter[str],
    of_unit: Counter[int],
    kinds: list[KindBurden],
) -> Burden:
    rules = [RuleBurden(duty, units_of_rule[duty.key], of_rule[duty.key]) for duty in duties if units_of_rule[duty.key]]
    rules.sort(key=lambda one: (-one.minutes, one.rule.key))
    issuers: Counter[str] = Counter()
    for one in rules:
        issuers[one.rule.issued_by] += one.minutes
    units = len(of_unit)
    heaviest = max(of_unit, key=lambda unit: (of_unit[unit], -unit), default=None)
    return Burden(
        on,
        units,
        rules,
        {issuer: minutes / 60 / units for issuer, minutes in issuers.most_common()},
        kinds,
        of_unit[heaviest] / 60 if heaviest is not None else 0,
        heaviest,
    )


@dataclass(frozen=True, slots=True)
class WithoutEffect:
    """A rule that nobody fell short of for a year, with how many units it was about."""

    rule: Standard | Duty
    units: int


# What happened to the duties of a year stands in a higher app, which says here who fell short of them:
# at and below a unit up to a day, for each duty's key, how many were owed and how many of them were late.
Kept = Callable[[Organisation, date, Library], dict[str, tuple[int, int]]]
_kept_by: list[Kept] = []


def register_kept(kept: Kept) -> None:
    """Says who knows how the duties of a year were kept."""
    if kept not in _kept_by:
        _kept_by.append(kept)


def without_effect(top: Organisation, on: date, library: Library) -> list[WithoutEffect]:
    """Rules in force for a year that nobody at or below the unit fell short of: are they still needed?"""
    year_ago = add_months(on, -12)
    found: list[WithoutEffect] = []
    standards = [one for one in library.standards(on) if library.get(one.key, year_ago) is not None]
    past: Counter[str] = Counter()
    about: Counter[str] = Counter()
    for months in LOOKED_BACK:
        for key, (units, fallen) in _judged(top, add_months(on, months), library).items():
            about[key] = max(about[key], units)
            past[key] += fallen
    found += [WithoutEffect(one, about[one.key]) for one in standards if about[one.key] and not past[one.key]]
    duties = {one.key: one for one in library.duties(on) if library.get(one.key, year_ago) is not None}
    for kept in _kept_by:
        for key, (owed, late) in kept(top, on, library).items():
            if key in duties and owed and not late:
                found.append(WithoutEffect(duties[key], owed))
    return found


def _judged(top: Organisation, on: date, library: Library) -> dict[str, tuple[int, int]]:
    """For each line in force on a day: how many units it was about, and how many stood past it."""
    stood = dict(units_on(on, top).values_list("organisation_id", "path"))
    standards, place = library.standards(on), placement_on(top, on)
    if not stood or not standards or place is None:
        return {}
    tree, engine = Tree(list(stood), list(stood.values())), LiveEngine(Within(path=place.path))
    holding, steps = Holding(standards, on), steps_of(stood.values())
    standards = [one for one in standards if holding.concerns(one, steps)]
    indicators = {one.indicator: library.indicator_of(one, on) for one in standards}
    figures = evaluate(indicators.values(), engine, tree, on, catalogue)
    verdicts = judge(standards, figures, engine, tree, on, catalogue)
    found = {}
    for one in standards:
        met = [verdict for unit, verdict in verdicts[one.key].items() if holding.holds(one, stood[unit])]
        found[one.key] = len(met), sum(verdict.holds is False for verdict in met)
    return found

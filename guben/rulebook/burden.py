"""What the rules of each level lay on the units below: minutes that the rules state, times how often a unit owes them.

Nobody's clicks are counted. Source: M5.6.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from itertools import permutations

from guben.audit.remembering import LARGE_TREE, remembered
from guben.kit.days import MONTHS_IN, add_months
from guben.organisations.choices import Kind
from guben.organisations.models import Organisation
from guben.organisations.queries import placement_on, units_on
from guben.rulebook.holding import Holding, steps_of
from guben.rulebook.live import LiveEngine, Within
from guben.rulebook_engine.engines import conditions
from guben.rulebook_engine.entries import Duty, Limit, Standard
from guben.rulebook_engine.evaluation import Tree, evaluate, judge
from guben.rulebook_engine.facts import catalogue
from guben.rulebook_engine.library import Library
from guben.rulebook_engine.owing import owing

LOOKED_BACK = (0, -6, -12)  # months: on these days a line must have been kept everywhere to be called without effect


@dataclass(frozen=True, slots=True)
class RuleBurden:
    """One duty: how many units owe it, and the minutes a year it takes of all of them.

    `alike` are the duties that a unit owes as well and proves by the same records: it is asked twice.
    """

    rule: Duty
    units: int
    minutes: int
    alike: tuple[Duty, ...] = ()

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
    """The units of one kind: how many owe anything, the hours a year of one of them on the average, by issuer, and how
    many of them stand past their limit."""

    kind: str
    units: int
    hours: dict[str, float]
    past: int = 0

    @property
    def name(self) -> str:
        return str(Kind(self.kind).label)

    @property
    def total(self) -> float:
        return sum(self.hours.values())


@dataclass(frozen=True, slots=True)
class Burden:
    """All duties together at and below a unit on a day. `issuers` are hours a year of one unit on the average.

    `limit` is the narrowest of those that hold for any of the units, `past` how many of them stand past their own.
    """

    on: date
    units: int
    rules: list[RuleBurden] = field(default_factory=list)
    issuers: dict[str, float] = field(default_factory=dict)
    kinds: list[KindBurden] = field(default_factory=list)
    most: float = 0
    heaviest: int | None = None  # the unit with the most hours
    limit: Limit | None = None
    limited: int = 0  # units that a limit holds for
    past: int = 0

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


@dataclass(slots=True)
class _Sums:
    """Minutes a year, summed up unit by unit."""

    of_rule: Counter[str] = field(default_factory=Counter)
    units_of_rule: Counter[str] = field(default_factory=Counter)
    of_unit: Counter[int] = field(default_factory=Counter)
    of_kind: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    units_of_kind: Counter[str] = field(default_factory=Counter)
    past_of_kind: Counter[str] = field(default_factory=Counter)
    limits: Counter[str] = field(default_factory=Counter)
    past: int = 0
    twice: set[tuple[str, str]] = field(default_factory=set)


def _summed(top: Organisation, on: date, library: Library, stood: list[tuple[int, str, str]]) -> Burden:
    duties = [duty for duty in library.duties(on) if duty.minutes]
    place = placement_on(top, on)
    if not duties or place is None:
        return Burden(on, 0)
    limits = library.limits(on)
    holding = Holding([*duties, *limits], on)
    steps = steps_of(path for _unit, path, _kind in stood)
    duties = [duty for duty in duties if holding.concerns(duty, steps)]
    engine = LiveEngine(Within(path=place.path))
    owes = owing(duties, engine, on, catalogue)
    limited = _Limited([limit for limit in limits if holding.concerns(limit, steps)], holding, engine, on)
    proofs = _proofs(duties)
    sums = _Sums()
    for unit, path, kind in stood:
        asked: defaultdict[str, list[str]] = defaultdict(list)
        for duty in duties:
            one = owes[duty.key].get(unit)
            if one is None or not one.applies or not holding.holds(duty, path):
                continue
            minutes = one.times * (12 // MONTHS_IN[duty.every]) * duty.minutes
            sums.of_rule[duty.key] += minutes
            sums.units_of_rule[duty.key] += 1
            sums.of_unit[unit] += minutes
            sums.of_kind[kind][duty.issued_by] += minutes
            if duty.key in proofs:
                asked[proofs[duty.key]].append(duty.key)
        if unit in sums.of_unit:
            sums.units_of_kind[kind] += 1
            sums.twice.update(pair for keys in asked.values() for pair in permutations(keys, 2))
            if limit := limited.at(unit, path):
                sums.limits[limit.key] += 1
                is_past = sums.of_unit[unit] > limit.hours * 60
                sums.past += is_past
                sums.past_of_kind[kind] += is_past
    return _burden(on, duties, [limit for limit in limits if sums.limits[limit.key]], sums)


def _proofs(duties: Iterable[Duty]) -> dict[str, str]:
    """By which records a duty is proved, for those that share them with another."""
    proofs = {duty.key: f"{duty.evidence.record} {duty.evidence.matches}" for duty in duties}
    shared = Counter(proofs.values())
    return {key: proof for key, proof in proofs.items() if shared[proof] > 1}


class _Limited:
    """Which limit a unit stands under: the narrowest of those that hold where it stands and are about it."""

    def __init__(self, limits: list[Limit], holding: Holding, engine: LiveEngine, on: date) -> None:
        self._limits = sorted(limits, key=lambda limit: (limit.hours, limit.key))
        self._holding = holding
        asked = [limit for limit in self._limits if limit.who]
        answers = conditions([limit.who for limit in asked if limit.who], engine, on, catalogue) if asked else {}
        self._about = {
            limit.key: {unit for unit, truths in answers.items() if truths[number]}
            for number, limit in enumerate(asked)
        }

    def at(self, unit: int, path: str) -> Limit | None:
        return next((limit for limit in self._limits if self._holds(limit, unit, path)), None)

    def _holds(self, limit: Limit, unit: int, path: str) -> bool:
        return self._holding.holds(limit, path) and (limit.who is None or unit in self._about[limit.key])


def _kinds(sums: _Sums) -> list[KindBurden]:
    return [
        KindBurden(
            kind,
            units,
            {issuer: minutes / 60 / units for issuer, minutes in sums.of_kind[kind].items()},
            sums.past_of_kind[kind],
        )
        for kind in Kind.values
        if (units := sums.units_of_kind[kind])
    ]


def _burden(on: date, duties: Iterable[Duty], limits: Iterable[Limit], sums: _Sums) -> Burden:
    by_key = {duty.key: duty for duty in duties}
    alike: defaultdict[str, list[Duty]] = defaultdict(list)
    for key, other in sorted(sums.twice):
        alike[key].append(by_key[other])
    rules = [
        RuleBurden(duty, sums.units_of_rule[key], sums.of_rule[key], tuple(alike[key]))
        for key, duty in by_key.items()
        if sums.units_of_rule[key]
    ]
    rules.sort(key=lambda one: (-one.minutes, one.rule.key))
    issuers: Counter[str] = Counter()
    for one in rules:
        issuers[one.rule.issued_by] += one.minutes
    units = len(sums.of_unit)
    heaviest = max(sums.of_unit, key=lambda unit: (sums.of_unit[unit], -unit), default=None)
    return Burden(
        on,
        units,
        rules,
        {issuer: minutes / 60 / units for issuer, minutes in issuers.most_common()},
        _kinds(sums),
        sums.of_unit[heaviest] / 60 if heaviest is not None else 0,
        heaviest,
        min(limits, key=lambda limit: (limit.hours, limit.key), default=None),
        sums.limits.total(),
        sums.past,
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

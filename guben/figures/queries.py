"""Figures, verdicts and findings of a unit and all below it, on a day, with what they were made of."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Protocol

from guben.audit.remembering import LARGE_TREE, newest_entry, remembered
from guben.duties import queries as duties
from guben.duties.queries import in_words
from guben.duties.states import State
from guben.figures.errors import NotAnIndicator, NotInForce
from guben.figures.models import KeptDiagnosis
from guben.figures.snapshots import open_snapshot
from guben.figures.trees import DayTree, UnitName, day_tree
from guben.figures.trials import silent
from guben.kit.days import period_of, previous_period
from guben.kit.paging import more_than
from guben.organisations.models import Organisation
from guben.organisations.queries import at_or_below, units_on
from guben.rulebook.holding import Holding, steps_of
from guben.rulebook.live import LiveEngine
from guben.rulebook.queries import library as installed
from guben.rulebook.queries import require_known
from guben.rulebook_engine.aggregates import Figure
from guben.rulebook_engine.engines import Engine
from guben.rulebook_engine.entries import Duty, Entry, Indicator, Standard
from guben.rulebook_engine.evaluation import Figures, evaluate, judge
from guben.rulebook_engine.facts import catalogue
from guben.rulebook_engine.library import Library

SEVERITIES = {"high": 0, "medium": 1, "low": 2}


@dataclass(frozen=True, slots=True)
class Row:
    """One indicator at one unit."""

    unit: UnitName
    indicator: Indicator
    figure: Figure


@dataclass(frozen=True, slots=True)
class UnitFigure:
    """A unit that stands past a line, with its figure; for duties the figure counts what is missing."""

    unit: UnitName
    figure: Figure


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule that is not kept: how many of how many units, or the one figure itself."""

    rule: Standard | Duty
    indicator: Indicator | None
    value: float | int | None
    of: float | int | None
    units: Sequence[UnitFigure]
    period: str = ""

    @property
    def severity(self) -> str:
        return self.rule.severity if isinstance(self.rule, Standard) else "medium"

    @property
    def is_figure(self) -> bool:
        """Whether `value` is the figure itself and not a count of units."""
        return isinstance(self.rule, Standard) and self.rule.reports == "figure" and len(self.units) == 1

    @property
    def line(self) -> str:
        return in_words(self.rule.line) if isinstance(self.rule, Standard) else duties.line_of(self.rule)

    @property
    def remedy(self) -> str:
        return in_words(self.rule.remedy) if isinstance(self.rule, Standard) else ""

    @property
    def weight(self) -> tuple[int, float]:
        """Order of the list: the most severe first, then what concerns the largest share of units."""
        share = 1.0 if self.is_figure else float(self.value or 0) / float(self.of or 1)
        return SEVERITIES[self.severity], -share


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What was found at and below a unit on a day, and how many rules were tried and found nothing."""

    top: DayTree
    findings: tuple[Finding, ...]
    quiet: tuple[Entry, ...]
    counted: int = 0  # units at and below, where `top` does not name them all

    @property
    def size(self) -> int:
        """How many units were tried."""
        return self.counted or len(self.top.units)


def indicators_for(keys: Sequence[str], on: date, library: Library) -> list[Indicator]:
    """The indicators with these keys in force on the day; a standard stands for its indicator; no keys mean all.

    Raises:
        UnknownRule: no rule has the key.
        NotInForce: no edition of it is in force on the day.
        NotAnIndicator: the rule gives no figure.
    """
    if not keys:
        return library.indicators(on)
    found: dict[str, Indicator] = {}
    for key in keys:
        require_known(key, library)
        rule = library.get(key, on)
        if rule is None:
            raise NotInForce(key, on, [(edition.from_on, edition.until_on) for edition in library.editions(key)])
        if isinstance(rule, Standard):
            rule = library.indicator_of(rule, on)
        if not isinstance(rule, Indicator):
            raise NotAnIndicator(key)
        found[rule.key] = rule
    return list(found.values())


def evaluate_live(at: Organisation, on: date, indicators: Sequence[Indicator]) -> list[Row]:
    """The figures of every unit at and below `at`, from the records as they are now."""
    day = day_tree(at, on)
    figures = evaluate(indicators, LiveEngine(day.within), day.tree, on, catalogue)
    return _rows(day, indicators, figures)


def evaluate_snapshot(at: Organisation, on: date, indicators: Sequence[Indicator], folder: Path) -> list[Row]:
    """The same figures from a snapshot, by DuckDB."""
    with open_snapshot(folder) as snapshot:
        snapshot.require_day(on)
        day = snapshot.day_tree(at)
        return _rows(day, indicators, evaluate(indicators, snapshot.engine, day.tree, on, catalogue))


def _rows(day: DayTree, indicators: Sequence[Indicator], figures: Figures) -> list[Row]:
    holding = Holding(indicators, day.on)
    return [
        Row(day.units[unit], indicator, figure)
        for indicator in indicators
        for unit, figure in figures[indicator.key].items()
        if holding.holds(indicator, day.units[unit].path)
    ]


def diagnose(
    at: Organisation, on: date, *, rules: Library | None = None, keys: Collection[str] | None = None
) -> Diagnosis:
    """Every standard and every duty (or those with the keys) tried on every unit at and below `at` (M9.2)."""
    followed = kept_by_others(at, on) if rules is None else None
    if followed and followed.is_better_than_asking:
        return _only(followed.diagnosis, keys)
    library = rules or installed()
    day = day_tree(at, on)
    if rules is None and len(day.units) > LARGE_TREE:
        kept = kept_diagnosis(at, on) if keys is None else None
        if kept and kept.is_fresh:
            return kept.diagnosis
        return remembered(lambda: worked_out(day, library, keys), "diagnose", at.pk, on, frozenset(keys or ()))
    return worked_out(day, library, keys)


def diagnose_at_once(at: Organisation, on: date, *, keys: Collection[str] | None = None) -> Diagnosis | None:
    """The same; None where it takes longer than a reader likes to wait, and nobody keeps it."""
    followed = kept_by_others(at, on)
    if followed and followed.is_better_than_asking:
        return _only(followed.diagnosis, keys)
    if followed is None and has_many_units(at):
        return None
    return worked_out(day_tree(at, on), installed(), keys)


def diagnosis_for_page(at: Organisation, on: date, *, keys: Collection[str] | None = None) -> Kept | None:
    """The same for a page that says its time: while the figures of a large tree's day are not worked out yet, those of
    the last day before it; what a job kept counts too. None where there is nothing but the records of very many units.
    """
    kept = kept_by_others(at, on, or_before=True)
    if kept is None and has_many_units(at):
        kept = kept_diagnosis(at, on)
        if kept is None:
            return None
    elif kept is None or not (kept.is_better_than_asking or kept.on < on):
        return Kept(worked_out(day_tree(at, on), installed(), keys), None, is_fresh=True)
    return replace(kept, diagnosis=_only(kept.diagnosis, keys))


def is_large(at: Organisation, on: date) -> bool:
    """Whether a diagnosis takes longer than a reader likes to wait, and nobody keeps it."""
    return kept_by_others(at, on) is None and has_many_units(at)


def has_many_units(at: Organisation) -> bool:
    """Whether so many units stand at and below one today that asking the records of all of them takes long."""
    return more_than(at_or_below(at, dissolved=True), LARGE_TREE)


def _only(found: Diagnosis, keys: Collection[str] | None) -> Diagnosis:
    """A diagnosis by some rules alone."""
    if keys is None:
        return found
    findings = tuple(one for one in found.findings if one.rule.key in keys)
    return replace(found, findings=findings, quiet=tuple(rule for rule in found.quiet if rule.key in keys))


@dataclass(frozen=True, slots=True)
class Kept:
    """A diagnosis that was worked out before (`made_at` None: just now). It is fresh while nothing was written since;
    `is_followed` where a worker puts it right after each act."""

    diagnosis: Diagnosis
    made_at: datetime | None
    is_fresh: bool
    is_followed: bool = False

    @property
    def on(self) -> date:
        """The day of the figures."""
        return self.diagnosis.top.on

    @property
    def is_better_than_asking(self) -> bool:
        """Whether the records say nothing else, or are too many to be asked."""
        return self.is_fresh or self.diagnosis.size > LARGE_TREE


@dataclass(frozen=True, slots=True)
class Found:
    """The standards that a unit itself does not keep: on which day, and up to which moment where that was worked out
    before."""

    findings: list[Finding]
    on: date
    made_at: datetime | None = None


class Keeper(Protocol):
    """A higher app that keeps the figures of large trees and puts them right as the records change."""

    def diagnosis(self, at: Organisation, on: date, *, or_before: bool = False) -> Kept | None:
        """The diagnosis at and below a unit; None where nothing is kept of it. With `or_before` that of the last day
        before it, while that of the day is not worked out yet."""

    def findings(self, unit: Organisation, on: date, *, or_before: bool = False) -> Found | None:
        """The standards that the unit itself does not keep; None where nothing is kept of it."""


_keepers: list[Keeper] = []


def register_keeper(keeper: Keeper) -> None:
    """A higher app offers what it keeps."""
    _keepers.append(keeper)


def kept_by_others(at: Organisation, on: date, *, or_before: bool = False) -> Kept | None:
    """What a higher app keeps of a unit and all below it; `or_before` is for those who say of which day it is."""
    return next((found for keeper in _keepers if (found := keeper.diagnosis(at, on, or_before=or_before))), None)


def kept_diagnosis(at: Organisation, on: date) -> Kept | None:
    """What a job kept of a large tree's day, fresh or not; None where nobody asked for it yet."""
    row = KeptDiagnosis.objects.filter(organisation=at, on=on).first()
    if row is None:
        return None
    is_fresh = row.newest == newest_entry()
    diagnosis = remembered(
        lambda: _unpacked(bytes(row.content), day_tree(at, on), installed()), "kept", row.pk, row.made_at
    )
    return Kept(diagnosis, row.made_at, is_fresh)


def packed(diagnosis: Diagnosis) -> bytes:
    """A diagnosis without words: rules by key and first day, units by their ids."""
    findings = [
        [
            *_name_of(one.rule), one.value, one.of, one.period,
            [[each.unit.id, each.figure.value, each.figure.numerator, each.figure.denominator] for each in one.units],
        ]
        for one in diagnosis.findings
    ]  # fmt: skip
    return zlib.compress(json.dumps([findings, [_name_of(rule) for rule in diagnosis.quiet]]).encode())


def _name_of(rule: Entry) -> list[str]:
    return [rule.key, rule.from_on.isoformat()]


def _unpacked(content: bytes, day: DayTree, library: Library) -> Diagnosis:
    """The diagnosis again; a rule or a unit that is gone since is left out."""
    editions = {(rule.key, rule.from_on.isoformat()): rule for rule in library}
    findings, quiet = json.loads(zlib.decompress(content))
    found = []
    for key, begins, value, of, period, units in findings:
        rule = editions.get((key, begins))
        if isinstance(rule, Standard | Duty):
            indicator = library.indicator_of(rule, day.on) if isinstance(rule, Standard) else None
            past = tuple(UnitFigure(day.units[unit], Figure(*figure)) for unit, *figure in units if unit in day.units)
            found.append(Finding(rule, indicator, value, of, past, period))
    still = tuple(editions[key, begins] for key, begins in quiet if (key, begins) in editions)
    return Diagnosis(day, tuple(found), still)


def worked_out(
    day: DayTree, library: Library, keys: Collection[str] | None = None, progress: Callable[[int, int], None] = silent
) -> Diagnosis:
    """The diagnosis from the records, whatever is kept of it."""
    progress(0, 2)
    findings, quiet = _of_standards(day, library, LiveEngine(day.within), keys=keys)
    progress(1, 2)
    more, also_quiet = _of_duties(day, library, keys)
    return Diagnosis(day, tuple(sorted([*findings, *more], key=lambda one: one.weight)), (*quiet, *also_quiet))


def findings_at(unit: Organisation, on: date, *, rules: Library | None = None) -> list[Finding]:
    """The standards that this one unit does not keep, with its own and its subtree's figures."""
    kept = _kept_findings(unit, on) if rules is None else None
    return kept.findings if kept else _findings_of_records(unit, on, rules or installed())


def findings_for_page(unit: Organisation, on: date) -> Found | None:
    """The same for a page that says its time: while the figures of a large tree's day are not worked out yet, those of
    the last day before it. None where there is nothing but the records of very many units."""
    kept = _kept_findings(unit, on, or_before=True)
    if kept or has_many_units(unit):
        return kept
    return Found(_findings_of_records(unit, on, installed()), on)


def _kept_findings(unit: Organisation, on: date, *, or_before: bool = False) -> Found | None:
    found = (keeper.findings(unit, on, or_before=or_before) for keeper in _keepers)
    kept = next((one for one in found if one), None)
    return replace(kept, findings=sorted(kept.findings, key=lambda one: one.weight)) if kept else None


def _findings_of_records(unit: Organisation, on: date, library: Library) -> list[Finding]:
    day = day_tree(unit, on)
    findings, _quiet = _of_standards(day, library, LiveEngine(day.within), only=unit.pk)
    return sorted(findings, key=lambda one: one.weight)


def _of_standards(
    day: DayTree,
    library: Library,
    engine: Engine,
    *,
    only: int | None = None,
    keys: Collection[str] | None = None,
) -> tuple[list[Finding], list[Entry]]:
    standards = [rule for rule in library.standards(day.on) if keys is None or rule.key in keys]
    holding = Holding(standards, day.on)
    steps = steps_of(unit.path for unit in day.units.values())
    standards = [rule for rule in standards if holding.concerns(rule, steps)]
    indicators = list({s.indicator: library.indicator_of(s, day.on) for s in standards}.values())
    figures = evaluate(indicators, engine, day.tree, day.on, catalogue)
    verdicts = judge(standards, figures, engine, day.tree, day.on, catalogue)
    findings: list[Finding] = []
    quiet: list[Entry] = []
    for standard in standards:
        about = {
            unit: verdict
            for unit, verdict in verdicts[standard.key].items()
            if only in (None, unit) and holding.holds(standard, day.units[unit].path)
        }
        past = [
            UnitFigure(day.units[unit], verdict.figure) for unit, verdict in about.items() if verdict.holds is False
        ]
        if past:
            findings.append(_finding(standard, library.indicator_of(standard, day.on), past, len(about), day))
        elif about:
            quiet.append(standard)
    return findings, quiet


def _finding(standard: Standard, indicator: Indicator, past: list[UnitFigure], tried: int, day: DayTree) -> Finding:
    own = next((one for one in past if one.unit.id == day.top.pk), None)
    if standard.reports == "figure" and own is not None:
        return Finding(standard, indicator, own.figure.value, own.figure.denominator, (own,))
    past.sort(key=lambda one: (-(one.figure.value or 0), one.unit.path))
    return Finding(standard, indicator, len(past), tried, tuple(past))


def _of_duties(day: DayTree, library: Library, keys: Collection[str] | None) -> tuple[list[Finding], list[Entry]]:
    """Units late with a duty in the last period that is over: one finding for each duty."""
    rules = [rule for rule in library.duties(day.on) if keys is None or rule.key in keys]
    units = [placement.organisation for placement in units_on(day.on, day.top)] if rules else []
    findings: list[Finding] = []
    quiet: list[Entry] = []
    for every in dict.fromkeys(rule.every for rule in rules):
        alike = [rule for rule in rules if rule.every == every]
        period = previous_period(period_of(day.on, every))
        found = duties.items(
            units, day.on, first=period.starts_on, last=period.ends_on, rules=library, keys=[rule.key for rule in alike]
        )
        for rule in alike:
            owed = [item for item in found if item.duty.key == rule.key and item.is_owed]
            late = [item for item in owed if item.state == State.LATE]
            missing = tuple(UnitFigure(day.units[item.unit.pk], Figure(len(item.records))) for item in late)
            if missing:
                findings.append(Finding(rule, None, len(late), len(owed), missing, period.label))
            elif owed:
                quiet.append(rule)
    return findings, quiet

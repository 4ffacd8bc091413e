"""What-if: the rules in force and the rules of some files, both tried on the same records, unit by unit (M9.3).

Everything is asked of an engine, so the live database and a snapshot give the same answer. Nothing is written.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from guben.figures.trees import DayTree, UnitName
from guben.kit.days import MONTHS_IN, period_of, previous_period
from guben.rulebook.holding import Holding
from guben.rulebook_engine.aggregates import Figure
from guben.rulebook_engine.amending import Change, Side, changes, sides
from guben.rulebook_engine.duty_state import Evidence, State, state_of
from guben.rulebook_engine.engines import UNITS, Engine, needed_table, unit_rows
from guben.rulebook_engine.entries import Duty, Entry, Indicator, Rulebook, Standard
from guben.rulebook_engine.evaluation import Figures, Verdict, evaluate, judge, records, unit_columns
from guben.rulebook_engine.expressions import Aggregate, ColumnValue, Value, walk
from guben.rulebook_engine.facts import Column, catalogue
from guben.rulebook_engine.library import Library
from guben.rulebook_engine.owing import Owes, evidence, owing
from guben.rulebook_engine.shortfall import shortfall

Counted = Literal["persons", "units", "records"]
Became = Literal["newly_short", "no_longer_short", "still_short", "value", "burden", "unchanged"]
PERSON_TABLES = ("member", "post")
PERSON_COLUMNS = {
    "members",
    "full_members",
    "probationary_members",
    "team_filled",
    "full_time_organisers",
    "part_time_organisers",
}


Progress = Callable[[int, int], None]


def silent(done: int, total: int) -> None:
    """Nobody watches."""


@dataclass(frozen=True, slots=True)
class Standing:
    """One rule at one unit on one side: short of it or not (None = can't be told), the figure, how many are missing
    (below nought: too many), the state of a duty in the last period, and the minutes it takes in a year."""

    short: bool | None = None
    figure: Figure | None = None
    missing: int | None = None
    state: State | None = None
    minutes: int = 0


NOWHERE = Standing()


@dataclass(frozen=True, slots=True)
class UnitTrial:
    """One rule at one unit before and after. `lacking` are the units below that a short figure opens to."""

    unit: UnitName
    before: Standing
    after: Standing
    lacking: tuple[UnitName, ...] = ()

    @property
    def became(self) -> Became:
        if self.after.short:
            return "still_short" if self.before.short else "newly_short"
        if self.before.short:
            return "no_longer_short"
        if self.before.minutes != self.after.minutes:
            return "burden"
        return "unchanged" if _value(self.before) == _value(self.after) else "value"


@dataclass(frozen=True, slots=True)
class RuleTrial:
    """One rule before and after, with the units where something changes or is missing. `about` counts units."""

    change: Change
    counted: Counted
    measure: str  # of its figure: share, count, number, days, years; minutes for a duty
    about_before: int
    about_after: int
    units: tuple[UnitTrial, ...]
    missing_before: int = 0
    missing_after: int = 0


@dataclass(frozen=True, slots=True)
class Trial:
    """All rules that would change, tried on the records of a day. `minutes` holds what they cost each unit a year."""

    day: DayTree
    rules_on: date
    rules: tuple[RuleTrial, ...]
    minutes_before: Mapping[int, int] = field(default_factory=dict)
    minutes_after: Mapping[int, int] = field(default_factory=dict)


def try_rules(  # noqa: PLR0913 - each is a fact of its own
    installed: Library,
    given: Sequence[Rulebook],
    day: DayTree,
    engine: Engine,
    rules_on: date,
    progress: Progress,
) -> Trial:
    """Tries the given books against the rules in force on `rules_on`, both on the records of the day of the tree.

    Raises:
        RulebookErrors: the books do not fit the installed ones.
    """
    own = changes(installed, given, rules_on)
    answers = []
    for number, side in enumerate(sides(own, installed, given, rules_on)):
        progress(number, len(own) + 2)
        answers.append(_Answers(side, day, engine))
    before, after = answers
    rules = []
    for number, change in enumerate(own):
        progress(number + 2, len(own) + 2)
        rules.append(_rule_trial(change, before, after))
    return Trial(day, rules_on, tuple(rules), before.minutes_of_units(), after.minutes_of_units())


def _rule_trial(change: Change, before: _Answers, after: _Answers) -> RuleTrial:
    then, now = before.standings(change.before), after.standings(change.after)
    side, rule = (after, change.after) if change.after else (before, change.before)
    lacking = side.lacking(rule, [unit for unit, one in now.items() if one.short])
    found = [
        UnitTrial(unit, then.get(number, NOWHERE), now.get(number, NOWHERE), lacking.get(number, ()))
        for number, unit in before.day.units.items()
        if number in then or number in now
    ]
    return RuleTrial(
        change,
        side.counted(rule),
        side.measure(rule),
        len(then),
        len(now),
        tuple(sorted((one for one in found if one.became != "unchanged"), key=_order)),
        before.missing_of_lowest(then),
        after.missing_of_lowest(now),
    )


ORDER: tuple[Became, ...] = ("newly_short", "still_short", "no_longer_short", "value", "burden", "unchanged")


def _order(one: UnitTrial) -> tuple[int, int, str]:
    return ORDER.index(one.became), -abs(one.after.missing or 0), one.unit.path


def _value(standing: Standing) -> object:
    return (standing.figure.value if standing.figure else None), standing.state


class _Answers:
    """What the engine says of one side's rules: each fact table is read once, as far as it is needed."""

    def __init__(self, side: Side, day: DayTree, engine: Engine) -> None:
        self.side, self.day, self.engine = side, day, engine
        self.holding = Holding([*side.duties, *side.standards, *side.indicators], day.on)
        self.indicators = {one.key: one for one in side.indicators}
        self.figures: Figures = evaluate(side.indicators, engine, day.tree, day.on, catalogue)
        self.verdicts = judge(side.standards, self.figures, engine, day.tree, day.on, catalogue)
        columns = [column for one in side.standards for column in unit_columns(one.holds)]
        self.facts = unit_rows(columns, engine, day.on, catalogue) if columns else {}
        self.duties = {duty.key: self._held(duty, found) for duty, found in self._owing()}
        self.evidence = self._evidence()
        self.kept = self._kept()

    def _held(self, rule: Entry, units: Mapping[int, Owes]) -> dict[int, Owes]:
        return {unit: one for unit, one in units.items() if self._holds(rule, unit)}

    def _holds(self, rule: Entry, unit: int) -> bool:
        return unit in self.day.units and self.holding.holds(rule, self.day.units[unit].path)

    def _owing(self) -> list[tuple[Duty, dict[int, Owes]]]:
        found = owing(self.side.duties, self.engine, self.day.on, catalogue)
        return [(duty, found[duty.key]) for duty in self.side.duties]

    def _evidence(self) -> dict[str, dict[int, list[Evidence]]]:
        found: dict[str, dict[int, list[Evidence]]] = {}
        for every in dict.fromkeys(duty.every for duty in self.side.duties):
            period = previous_period(period_of(self.day.on, every))
            alike = [duty for duty in self.side.duties if duty.every == every]
            found |= evidence(alike, self.engine, self.day.on, catalogue, first=period.starts_on, last=period.ends_on)
        return found

    def _kept(self) -> dict[int, dict[str, Value]]:
        """The founding of each unit, and since when its records are kept."""
        if not self.side.duties:
            return {}
        table = needed_table(UNITS, catalogue)
        columns = [column for name in ("founded_on", "kept_from") if (column := table.column(name))]
        return unit_rows(columns, self.engine, self.day.on, catalogue)

    def standings(self, rule: Entry | None) -> dict[int, Standing]:
        """One rule at every unit that it is about."""
        match rule:
            case Standard():
                return self._of_standard(rule)
            case Indicator():
                figures = self.figures[rule.key].items()
                return {unit: Standing(figure=figure) for unit, figure in figures if self._holds(rule, unit)}
            case Duty():
                return {unit: self._of_duty(rule, unit, owes) for unit, owes in self.duties[rule.key].items()}
            case _:
                return {}

    def _of_standard(self, rule: Standard) -> dict[int, Standing]:
        missing = shortfall(rule, self.indicators[rule.indicator], self.day.on)

        def standing(unit: int, verdict: Verdict) -> Standing:
            short = None if verdict.holds is None else not verdict.holds
            return Standing(short, verdict.figure, missing(verdict.figure, self.facts.get(unit)) if short else None)

        return {
            unit: standing(unit, verdict)
            for unit, verdict in self.verdicts[rule.key].items()
            if self._holds(rule, unit)
        }

    def _of_duty(self, rule: Duty, unit: int, owes: Owes) -> Standing:
        """The duty in the last period that is over; a unit stands as it stood on the day of the records."""
        founded_on, kept_from = (self.kept.get(unit, {}).get(name) for name in ("founded_on", "kept_from"))
        always = next(duty for duty in self.side.duties if duty.key == rule.key)
        found = state_of(
            always,
            previous_period(period_of(self.day.on, rule.every)),
            self.day.on,
            founded_on=founded_on if isinstance(founded_on, date) else date.min,
            kept_from=kept_from if isinstance(kept_from, date) else None,
            dissolved_on=None,
            applies=owes.applies,
            evidence=self.evidence[rule.key].get(unit, []),
            times=owes.times,
        )
        state = found.state if found else None
        return Standing(state == "late", state=state, minutes=minutes_a_year(rule, owes))

    def minutes_of_units(self) -> dict[int, int]:
        """What all duties of this side together cost each unit in a year."""
        total: dict[int, int] = {}
        for duty in self.side.duties:
            for unit, owes in self.duties[duty.key].items():
                total[unit] = total.get(unit, 0) + minutes_a_year(duty, owes)
        return total

    def missing_of_lowest(self, standings: Mapping[int, Standing]) -> int:
        """What is missing in all, counted at units with no other unit below them that the rule is about."""
        paths = sorted((self.day.units[unit].path, unit) for unit in standings)
        total = 0
        following = [path for path, _unit in paths[1:]] + [""]
        for (path, unit), after in zip(paths, following[: len(paths)], strict=True):
            if not after.startswith(path):
                total += max(0, standings[unit].missing or 0)
        return total

    def lacking(self, rule: Entry | None, short: Sequence[int]) -> dict[int, tuple[UnitName, ...]]:
        """For each unit that is short, the units at and below it that the standard opens to."""
        indicator = self._indicator(rule)
        if (
            not isinstance(rule, Standard)
            or rule.opens is None
            or not short
            or indicator is None
            or indicator.over != UNITS
        ):
            return {}
        rows = records(indicator, rule.opens, self.engine, self.day.on, catalogue)
        opened = sorted(
            (self.day.units[unit] for unit, _record in rows if unit in self.day.units), key=lambda one: one.path
        )
        return {
            unit: tuple(one for one in opened if one.id != unit and one.path.startswith(self.day.units[unit].path))
            for unit in short
        }

    def counted(self, rule: Entry | None) -> Counted:
        """What the numerator of a rule's figure counts."""
        indicator = self._indicator(rule)
        return counted_by(indicator) if indicator else "records"

    def measure(self, rule: Entry | None) -> str:
        """How a rule's figure is measured."""
        indicator = self._indicator(rule)
        return indicator.unit if indicator else "minutes"

    def _indicator(self, rule: Entry | None) -> Indicator | None:
        if isinstance(rule, Standard):
            return self.indicators[rule.indicator]
        return rule if isinstance(rule, Indicator) else None


def counted_by(indicator: Indicator) -> Counted:
    """What the numerator of an indicator counts: persons where the rows are persons or a sum of persons."""
    if indicator.over in PERSON_TABLES:
        return "persons"
    summed = _summed(indicator)
    if summed:
        return "persons" if summed <= PERSON_COLUMNS else "records"
    return "units" if indicator.over == UNITS else "records"


def _summed(indicator: Indicator) -> set[str]:
    sums = [part for part in walk(indicator.value.tree) if isinstance(part, Aggregate) and part.function == "sum"]
    found: list[Column] = [inner.column for part in sums for inner in walk(part) if isinstance(inner, ColumnValue)]
    return {column.name for column in found}


def minutes_a_year(duty: Duty, owes: Owes) -> int:
    """What a duty takes a unit in a year."""
    return duty.minutes * owes.times * 12 // MONTHS_IN[duty.every] if owes.applies else 0

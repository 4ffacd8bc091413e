"""The statistics of a whole tree as a run worked them out: from the published result's files, never from the records.

The units are those of the result, found by their codes. Other published results of the same kind, invented or not, are
the other days. The units of an invented country are numbered anew in each year, so that there the one of the same name
below the one of the same name stands beside.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property

from django.http import Http404

from guben.access.policy import Someone
from guben.audit.remembering import LARGE_TREE
from guben.figures.bulletin import Scale, scale_of
from guben.figures.discretion import TOO_FEW
from guben.figures.trees import UnitName
from guben.organisations.choices import BRANCH_KINDS
from guben.rollup.errors import NotInResult
from guben.rollup.models import PublishedResult
from guben.rollup.publishing import away_from, opened, published_for, sees_all, whole
from guben.rollup.results import OpenResult, named
from guben.rulebook_engine.adapters.result_reading import Unit
from guben.rulebook_engine.aggregates import Figure
from guben.rulebook_engine.entries import Indicator
from guben.statistics.models import Standing
from guben.statistics.reckoning import Reckoned, spread_among
from guben.statistics.spreads import Spread
from guben.statistics.subjects import Subjects, subjects_by
from guben.statistics.years import YEARS


@dataclass
class ResultReading:
    """One reader at one unit of a published result; offers what `queries.Reading` does. `below`: with the figures of
    the units directly below."""

    reader: Someone
    source: PublishedResult
    code: str = ""
    below: bool = False
    at: UnitName = field(init=False)
    known: Subjects = field(init=False)
    steps: list[UnitName] = field(init=False)
    is_large = False
    lists_units = False
    standing = Standing.THEN
    kept_from = None
    _ids: dict[str, int] = field(default_factory=dict, init=False)
    _names: list[str] = field(init=False)

    def __post_init__(self) -> None:
        result = opened(self.source)
        with whole(self.source):
            unit = _unit(result, self.code)
            above = result.files.ancestors(unit)
        self.at = self._named(unit)
        self.steps = [self._named(one) for one in above]
        self._names = [one.name for one in (*above[1:], unit) if above]
        codes = {self.at.code, *(one.code for one in self.steps)}
        rules = result.library.indicators(self.on)
        allowed = [one for one in rules if one.is_national or one.issued_by in codes]
        self.known = subjects_by(result.library, allowed, self.on)

    @property
    def on(self) -> date:
        return self.source.on

    @property
    def is_top(self) -> bool:
        return not self.steps

    @cached_property
    def sources(self) -> dict[date, PublishedResult]:
        """The results of all days, the newest of each, and this one of its own."""
        alike = [one for one in published_for(self.reader) if one.is_generated == self.source.is_generated]
        return {one.on: one for one in reversed(alike)} | {self.on: self.source}

    @property
    def trend_days(self) -> list[date]:
        """The last days up to this one of which there are results."""
        return sorted(day for day in self.sources if day <= self.on)[-YEARS:]

    def other_day(self, asked: date | None) -> date | None:
        """The day to stand beside: the one asked for, else the last before, else none."""
        days = self.sources
        if asked in days and asked != self.on:
            return asked
        return max((day for day in days if day < self.on), default=None)

    @property
    def other_days(self) -> list[date]:
        return sorted(day for day in self.sources if day != self.on)

    @property
    def amended(self) -> int:
        """How many figures the result knows by another meaning, or not at all."""
        result = opened(self.source)
        return sum(not result.has(one) for one in self.known.indicators)

    def scale(self, day: date) -> Scale:
        """How large the country of a day's result is beside the published one, as its manifest says.

        Raises:
            ResultNotThere: it is gone or damaged.
        """
        source = self.sources.get(day)
        return scale_of(opened(source).manifest.generated) if source else scale_of({})

    def above(self) -> ResultReading | None:
        return ResultReading(self.reader, self.source, self.steps[-1].code) if self.steps else None

    def exists(self, day: date) -> bool:
        return day in self.sources

    def missing(self, days: Iterable[date], *, spread_on: date | None = None) -> list[date]:
        """Nothing has to be worked out."""
        return []

    def spread(self, day: date, indicator: Indicator) -> Spread | None:
        """How a figure is spread over the branches below; None where these are too many to look at all in a request.

        Raises:
            ResultNotThere: a file is gone or damaged.
        """
        source = self.sources[day]
        result = opened(source)
        with whole(source):
            try:
                unit = result.unit(self.at.code)
            except NotInResult:
                return None
            if unit.ends - unit.number > LARGE_TREE or not result.has(indicator):
                return None
            below = result.files.units(range(unit.number + 1, unit.ends))
            branches = {one.number: one for one in below if one.kind in BRANCH_KINDS}
            figures = result.figures([indicator], list(branches.values()))
        hidden = away_from(self.reader, source, [indicator], list(branches))
        found = {number: figure for (_key, number), figure in figures.items()}
        return spread_among(found, indicator, hidden, sees=sees_all(self.reader, source))

    def in_bin(self, indicator: Indicator, spread: Spread, number: int) -> list[tuple[UnitName, Figure]]:
        """The branches of a bin are not listed."""
        return []

    def reckoned(self, day: date, indicators: Sequence[Indicator]) -> Reckoned | None:
        """The figures of a day; None where there is no result of it, or the unit is not in it.

        Raises:
            ResultNotThere: a file is gone or damaged.
        """
        source = self.sources.get(day)
        if source is None:
            return None
        result = opened(source)
        with whole(source):
            unit = self._in(result, source)
            if unit is None:
                return None
            children = result.files.children(unit)
            here = self._here(source, unit, children)
            figures = self._figures(source, here, [unit, *(children if self.below else ())], indicators)
        below = tuple(here[one.number] for one in children if one.number in here)
        return Reckoned(day, self.standing, here[unit.number], below, unit.ends - unit.number, figures)

    def _in(self, result: OpenResult, source: PublishedResult) -> Unit | None:
        """The unit in a day's result; None where it is not there."""
        if self._keeps_codes(source):
            return result.files.unit(self.at.code)
        (unit,) = result.files.units([0])
        for name in self._names:
            alike = [one for one in result.files.children(unit) if one.name == name]
            if len(alike) != 1:
                return None
            (unit,) = alike
        return unit

    def _keeps_codes(self, source: PublishedResult) -> bool:
        """Whether a code means the same unit there as here."""
        return source == self.source or not source.is_generated

    def _here(self, source: PublishedResult, unit: Unit, children: Sequence[Unit]) -> dict[int, UnitName]:
        """This unit and those below it as units of this reading, by their number in a day's result."""
        if self._keeps_codes(source):
            return {one.number: self._named(one) for one in (unit, *children)}
        codes = self._codes_below
        twice = {name for name, times in Counter(one.name for one in children).items() if times > 1}
        alike = [replace(one, code=codes[one.name]) for one in children if one.name in codes.keys() - twice]
        return {unit.number: self.at} | {one.number: self._named(one) for one in alike}

    @cached_property
    def _codes_below(self) -> dict[str, str]:
        """The codes of the units directly below by their names, without names that two have."""
        result = opened(self.source)
        children = result.files.children(result.unit(self.at.code))
        times = Counter(one.name for one in children)
        return {one.name: one.code for one in children if times[one.name] == 1}

    def _figures(
        self, source: PublishedResult, here: Mapping[int, UnitName], units: Sequence[Unit], asked: Sequence[Indicator]
    ) -> dict[str, dict[int, Figure]]:
        """Figures by indicator's key and the unit's id here."""
        result = opened(source)
        chosen = [one for one in asked if result.has(one)]
        known = {one.number: one for one in units if one.number in here}
        hidden = away_from(self.reader, source, chosen, list(known))
        figures: dict[str, dict[int, Figure]] = {one.key: {} for one in asked}
        for (key, number), figure in result.figures(chosen, list(known.values())).items():
            figures[key][here[number].id] = TOO_FEW if number in hidden.get(key, ()) else figure
        return figures

    def _named(self, unit: Unit) -> UnitName:
        """A unit under a number of its code, for results of two days may number it differently."""
        return replace(named(unit), id=self._ids.setdefault(unit.code, len(self._ids)))


def _unit(result: OpenResult, code: str) -> Unit:
    """The unit with a code, the highest without one. Raises Http404 where the result knows none."""
    try:
        return result.unit(code) if code else result.files.units([0])[0]
    except NotInResult:
        raise Http404 from None


def reading_of(reader: Someone, number: str, code: str, *, below: bool) -> ResultReading:
    """A reader's view of a published result.

    Raises:
        Http404: the reader may not see it, or there is none.
        ResultNotThere: it is gone or damaged.
    """
    source = next((one for one in published_for(reader) if str(one.pk) == number), None)
    if source is None:
        raise Http404
    return ResultReading(reader, source, code, below)

"""What a reader may see of a unit's statistics: from the records now, or, of a large tree, as a job worked it out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from guben.access import policy
from guben.access.policy import Someone
from guben.audit.remembering import remembered
from guben.figures.bulletin import Scale, scale_of
from guben.figures.discretion import SEES_PERSONS
from guben.figures.errors import UnitNotThere
from guben.figures.trees import UnitName
from guben.organisations.models import Organisation
from guben.organisations.queries import ancestors_of, kept_from_on, placement_on, units_on
from guben.rulebook_engine.aggregates import Figure
from guben.rulebook_engine.entries import Indicator
from guben.statistics.followed import followed_reckoning
from guben.statistics.hiding import hidden_from, still_hidden
from guben.statistics.keeping import Kept, kept_reckoning
from guben.statistics.models import Standing
from guben.statistics.reckoning import Reckoned, branches_in, figures_on, grown, reduced, spread_over
from guben.statistics.results import ResultReading
from guben.statistics.spreads import Spread
from guben.statistics.subjects import Line, Subjects, Table, subjects
from guben.statistics.years import last_year_end, trend_days, year_before

RIGHT = "figures.view"
MOST_LISTED = 5_000  # units of which one figure is told at once, so that those in a bin can be named
MOST_AT_ONCE = 300  # units: about a second a day; more are worked out by a job


def is_large(at: Organisation, on: date) -> bool:
    """Whether a reckoning takes longer than a reader likes to wait."""
    return units_on(on, at).count() > MOST_AT_ONCE


@dataclass
class Reading:
    """One reader at one unit: hands out reckonings by day, each worked out or fetched once."""

    reader: Someone
    at: Organisation
    on: date
    standing: str = Standing.THEN
    known: Subjects = field(init=False)
    is_large: bool = field(init=False)
    source = None  # a published result, where the figures are read from one
    _kept: dict[date, Kept | None] = field(default_factory=dict, init=False)
    _followed: dict[date, bool] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        self.known = subjects(self.at, self.on)
        self.is_large = is_large(self.at, self.on)

    @property
    def is_top(self) -> bool:
        return self.at.parent_id is None

    @property
    def steps(self) -> list[Organisation]:
        """The units above whose figures the reader may see."""
        return [above for above in ancestors_of(self.at) if policy.may(self.reader, RIGHT, above)]

    @property
    def kept_from(self) -> date | None:
        """The day from which the unit's books are kept."""
        return kept_from_on(self.at, self.on)

    @property
    def trend_days(self) -> list[date]:
        return trend_days(self.on)

    def other_day(self, asked: date | None) -> date | None:
        """The day to stand beside: the one asked for, else the end of the year before."""
        return asked or last_year_end(self.on)

    def scale(self, day: date) -> Scale:
        """Live records are not made to a scale."""
        return scale_of({})

    def above(self) -> Reading | None:
        """The unit above, where the reader may see its figures."""
        above = self.at.parent
        if above is None or not policy.may(self.reader, RIGHT, above):
            return None
        return Reading(self.reader, above, self.on, self.standing)

    @property
    def sees_persons(self) -> bool:
        return policy.may(self.reader, SEES_PERSONS, self.at)

    def exists(self, day: date) -> bool:
        """Whether the unit was there on a day."""
        if self.standing == Standing.TODAY:
            return self.at.founded_on <= day
        return placement_on(self.at, day) is not None

    def missing(self, days: Iterable[date], *, spread_on: date | None = None) -> list[date]:
        """The days that a job must work out first; a spread needs all units, so its day must be worked out so."""
        if not self.is_large:
            return []
        asked = [day for day in dict.fromkeys(days) if self.exists(day) and self._kept_of(day) is None]
        return [day for day in asked if day == spread_on or not self._is_followed(day)]

    def reckoned(self, day: date, indicators: Sequence[Indicator]) -> Reckoned | None:
        """The figures of a day; None where the unit was not there."""
        try:
            if not self.is_large:
                return self._now(day, indicators)
            if self._is_followed(day) and (found := followed_reckoning(self.at, day, indicators)):
                return found
            kept = self._kept_of(day)
            return self._shown(kept) if kept else None
        except UnitNotThere:
            return None

    def spread(self, day: date, indicator: Indicator) -> Spread | None:
        """How a figure is spread over the branches below."""
        if self.is_large:
            kept = self._kept_of(day)
            return kept.spreads.get(indicator.key, (None, None))[0 if self.sees_persons else 1] if kept else None
        hidden = hidden_from(self.reader, self.at, day, self.standing, self.known, [indicator])
        tree = grown(self.at, day, self.standing)
        return spread_over(tree, figures_on(tree, [indicator]), indicator, hidden, sees=self.sees_persons)

    @property
    def lists_units(self) -> bool:
        """Whether the branches of a spread can be named: one figure of all units is quickly told, unless what is hidden
        in a large tree must be found too."""
        return not self.is_large or (self.sees_persons and units_on(self.on, self.at).count() <= MOST_LISTED)

    def in_bin(self, indicator: Indicator, spread: Spread, number: int) -> list[tuple[UnitName, Figure]]:
        """The branches in one bin of the spread, in tree order, as the records are now."""
        hidden = hidden_from(self.reader, self.at, self.on, self.standing, self.known, [indicator])
        tree = grown(self.at, self.on, self.standing)
        away, found = hidden.get(indicator.key, ()), branches_in(tree, figures_on(tree, [indicator])[indicator.key])
        held = [
            (tree.units[unit], figure)
            for unit, figure in found.items()
            if unit not in away and spread.holds(figure.value, number)
        ]
        return sorted(held, key=lambda one: one[0].path)

    def _is_followed(self, day: date) -> bool:
        """Whether the figures of a day are kept up with the records. They are whole: others get what a job hid."""
        if self.standing != Standing.THEN or not self.sees_persons:
            return False
        if day not in self._followed:
            self._followed[day] = followed_reckoning(self.at, day, []) is not None
        return self._followed[day]

    def _now(self, day: date, indicators: Sequence[Indicator]) -> Reckoned:
        hidden = hidden_from(self.reader, self.at, day, self.standing, self.known, indicators)
        names = tuple(sorted((one.key, str(one.from_on)) for one in indicators))

        def make() -> Reckoned:
            tree = grown(self.at, day, self.standing)
            return reduced(tree, figures_on(tree, indicators))

        return remembered(make, "statistics", self.at.pk, day, self.standing, names).shown(hidden)

    def _shown(self, kept: Kept) -> Reckoned:
        return kept.whole if self.sees_persons else kept.whole.shown(still_hidden(kept.hidden, kept.paths, self.reader))

    def _kept_of(self, day: date) -> Kept | None:
        if day not in self._kept:
            self._kept[day] = kept_reckoning(self.at, day, self.standing)
        return self._kept[day]


AnyReading = Reading | ResultReading


def change_of(line: Line, now: Figure | None, before: Figure | None) -> Figure | None:
    """The change of a figure in a year: the difference, or the growth as a share of what it was."""
    if now is None or before is None or now.value is None or before.value is None:
        return next((one for one in (now, before) if getattr(one, "is_hidden", False)), None)
    difference = now.value - before.value
    if line.change == "growth":
        return Figure(difference / before.value, difference, before.value) if before.value else None
    return Figure(difference)


@dataclass
class Days:
    """Some tables of a reading: their figures on any day, each day worked out once."""

    reading: AnyReading
    tables: Sequence[Table]
    _found: dict[tuple[date, bool], Reckoned | None] = field(default_factory=dict, init=False)

    @property
    def changed(self) -> list[Indicator]:
        """The indicators of whose change in a year a line tells."""
        of = {line.of for table in self.tables for line in table.lines if line.of}
        return [one for one in self.reading.known.indicators if one.key in of]

    @property
    def indicators(self) -> list[Indicator]:
        named = {one.key: one for table in self.tables for one in table.indicators}
        return list((named | {one.key: one for one in self.changed}).values())

    def on(self, day: date) -> Reckoned | None:
        """The figures of a day; None where the unit was not there."""
        return self._of(day, only_changed=False)

    def figure(self, line: Line, day: date, unit: int | None = None) -> Figure | None:
        """A line's figure on a day, of the top or of a unit directly below."""
        now = self.on(day)
        if now is None:
            return None
        if not line.of:
            return now.figure(line.key, unit)
        before = self._of(year_before(day), only_changed=True)
        return change_of(line, now.figure(line.of, unit), before.figure(line.of, unit) if before else None)

    def _of(self, day: date, *, only_changed: bool) -> Reckoned | None:
        if (day, only_changed) not in self._found:
            wanted = self.changed if only_changed else self.indicators
            self._found[day, only_changed] = self.reading.reckoned(day, wanted)
        return self._found[day, only_changed]


def days_for(days: Iterable[date], known: Subjects) -> list[date]:
    """All days that tables of some days need: where changes are told, those of a year before too."""
    found = list(days)
    return [*found, *map(year_before, found)] if known.tells_changes else found

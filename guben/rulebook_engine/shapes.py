"""Where very many cases stand, worked out a shape at a time: cases in which the same was done in the same order, under
the same editions, differ by their days alone. Each shape is replayed once, with a mark for each day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from guben.kit.calendar import Calendar
from guben.rulebook_engine.plans import POSTED, Plan, plans_of
from guben.rulebook_engine.procedures import Procedure
from guben.rulebook_engine.roads import Where, told
from guben.rulebook_engine.tracks import Done, Track

Marks = Sequence[tuple[str, str, str]]  # step, outcome and edition of each entry
BEGUN = 0  # the place of the beginning; that of an entry is its number
MOST_SHAPES = 20_000


@dataclass(frozen=True, slots=True)
class Shape:
    """A replayed case whose days are told by their places."""

    track: Track
    entered: int
    ended: int
    taken: tuple[tuple[str, int], ...]
    stay: tuple[tuple[Done, int], ...]
    posted: bool

    def where(self, begun_on: date, days: Sequence[str], on: date) -> Where:
        """Where the case of this shape with these days stands; a day is the text of its ordinal number."""
        track = self.track
        track.begun_on = begun_on
        if track.ended is not None:
            track.ended_on = _day(self.ended, begun_on, days)
            return told(track, on)
        track.entered_on = _day(self.entered, begun_on, days)
        track.taken = {key: _day(place, begun_on, days) for key, place in self.taken}
        if self.stay:
            track.stay = {
                track.plan.steps[track.at].key: [
                    Done(one.step, one.outcome, _day(place, begun_on, days), one.edition) for one, place in self.stay
                ]
            }
        return told(track, on)


class Shapes:
    """The shapes of one procedure's cases, on one day. `find` knows none where a day decides what a case's road is: a
    step that waits, or an entry of which the edition is not known."""

    def __init__(self, editions: Sequence[Procedure], on: date, calendar: Calendar) -> None:
        self.on = on
        self.calendar = calendar
        self.plans = plans_of(editions)
        self._is_plain = not any(plan.has_waits for plan in self.plans.all)
        self._judges: dict[date, tuple[Plan, Plan]] = {}
        self._found: dict[tuple[str, Plan, Plan], Shape | None] = {}

    def find(self, text: str, begun_on: date) -> Shape | None:
        """The shape of entries told in one text: fields divided by U+001F, entries by U+001E."""
        judges = self._judges.get(begun_on)
        if judges is None:
            judging = self.plans.judging
            judges = self._judges[begun_on] = (judging(begun_on, begun_on), judging(begun_on, self.on))
        name = (text, *judges)
        try:
            return self._found[name]
        except KeyError:
            if len(self._found) >= MOST_SHAPES:
                self._found.clear()
            found = self._found[name] = self._shape(text, begun_on)
            return found

    def _shape(self, text: str, begun_on: date) -> Shape | None:
        entries = [line.split("\x1f") for line in text.split("\x1e")] if text else []
        if not self._is_plain or not all(self.plans.labelled(edition) for _step, _outcome, edition in entries):
            return None
        track = Track(self.plans, begun_on, self.calendar)
        track.entered_on = _mark(BEGUN)
        marked = [
            Done(step, outcome, _mark(place), edition) for place, (step, outcome, edition) in enumerate(entries, 1)
        ]
        track.replay(marked, self.on)
        if track.ended is not None:
            ended = _place(track.ended_on) if track.ended_on else BEGUN
            return Shape(track, BEGUN, ended, (), (), posted=False)
        step = track.plan.steps[track.at]
        stay = tuple((one, _place(one.on)) for one in track.stay.get(step.key, ()))
        named = {term.after for term in (*step.opens, *step.closes)}
        named |= {term.after for outcome in step.outcome for term in outcome.closes}
        taken = tuple((key, _place(day)) for key, day in track.taken.items() if key in named)
        track.stay = {}
        posted = step.kind == "notice" and any(outcome == POSTED for _step, outcome, _edition in entries)
        return Shape(track, _place(track.entered_on), BEGUN, taken, stay, posted=posted)


def _mark(place: int) -> date:
    return date.fromordinal(place + 1)


def _place(mark: date) -> int:
    return mark.toordinal() - 1


def _day(place: int, begun_on: date, days: Sequence[str]) -> date:
    return date.fromordinal(int(days[place - 1])) if place else begun_on

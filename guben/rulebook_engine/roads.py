"""The road of a case: from the editions of its procedure, what was done in it and a day, to where it stands.

Plain Python over plain values. `where` tells the one step at which a case stands and is quick enough for a million
cases; `road` tells every step with its days, for one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from guben.kit.calendar import Calendar
from guben.rulebook_engine.plans import STAYS, WITHDRAWN, Plan, effect_of, outcomes, plans_of
from guben.rulebook_engine.procedures import STAY, Outcome, Procedure, Step, Term
from guben.rulebook_engine.projecting import Days, project
from guben.rulebook_engine.tracks import Done, Track

__all__ = [
    "WITHDRAWN",
    "Done",
    "Road",
    "RoadStep",
    "Simulated",
    "Where",
    "effect_of",
    "outcomes",
    "possible",
    "road",
    "simulate",
    "where",
]

State = Literal["done", "now", "late", "to_come", "passed_by"]


@dataclass(frozen=True, slots=True)
class RoadStep:
    """One step of a road. A done step is told as the edition states it under which it was done.

    `opens_on` and `due_on` are certain days, None where they hang on a step that is not done yet (then `opens_because`
    and `due_because` are the terms to be said in words). `leaves_on` is the first day of an outcome that leads on,
    where that is later than `opens_on`: the result of a notice, the end of an examination. `examined` tells in how many
    of its spans an examination was kept. `earliest` and `latest` are the days on which the step can be completed if all
    goes on without delay.
    """

    step: Step
    procedure: Procedure
    state: State
    done: tuple[Done, ...] = ()
    opens_on: date | None = None
    opens_because: Term | None = None
    due_on: date | None = None
    due_because: Term | None = None
    leaves_on: date | None = None
    examined: int = 0
    earliest: date | None = None
    latest: date | None = None

    @property
    def is_open_to_take(self) -> bool:
        """Whether the case stands at this step."""
        return self.state in ("now", "late")


@dataclass(frozen=True, slots=True)
class Road:
    """All steps of a case in their order. `procedure` is the edition in force for it on the day."""

    steps: tuple[RoadStep, ...]
    current: RoadStep | None
    ended: Outcome | None
    ended_on: date | None
    procedure: Procedure

    @property
    def open_steps(self) -> tuple[RoadStep, ...]:
        """The steps that may be taken now: one, or several where their order is free."""
        return tuple(step for step in self.steps if step.is_open_to_take)

    def step(self, key: str) -> RoadStep | None:
        return next((step for step in self.steps if step.step.key == key), None)


@dataclass(frozen=True, slots=True)
class Where:
    """Where a case stands: its first open step, or how it ended."""

    step: Step | None
    procedure: Procedure
    opens_on: date | None
    leaves_on: date | None
    due_on: date | None
    late: bool
    ended: Outcome | None
    ended_on: date | None


@dataclass(frozen=True, slots=True)
class Simulated:
    """One step of a simulated road: the earliest and the latest day on which it can be completed."""

    key: str
    number: str
    title: str
    earliest: date
    latest: date | None
    source: str
    because: Term | None


def where(editions: Sequence[Procedure], begun_on: date, done: Sequence[Done], on: date, calendar: Calendar) -> Where:
    """Where a case stands on a day, and no more than that."""
    return told(_replayed(editions, begun_on, done, on, calendar), on)


def told(track: Track, on: date) -> Where:
    """Where a replayed case stands."""
    plan = track.plan
    if track.ended is not None:
        return Where(None, plan.procedure, None, None, None, False, track.ended, track.ended_on)
    due_on, _ = track.closing(track.at)
    opens_on, _ = track.opening(track.at)
    waits_to_leave = plan.steps[track.at].kind in STAYS
    leaves_on = track.leaving(track.at)[0] if waits_to_leave else opens_on
    late = due_on is not None and on > due_on
    return Where(plan.steps[track.at], plan.procedure, opens_on, leaves_on, due_on, late, None, None)


def road(editions: Sequence[Procedure], begun_on: date, done: Sequence[Done], on: date, calendar: Calendar) -> Road:
    """The whole road of a case as it looks on a day: every step with its state and its days.

    Source: M3.2
    """
    track = _replayed(editions, begun_on, done, on, calendar)
    steps = tuple(_Teller(track, done, on).steps())
    current = next((step for step in steps if step.is_open_to_take), None)
    return Road(steps, current, track.ended, track.ended_on, track.plan.procedure)


def simulate(
    editions: Sequence[Procedure], start: date, calendar: Calendar, on: date | None = None
) -> tuple[Simulated, ...]:
    """The road of a case that begins on a day and meets no delay, by the edition that judges it on the day `on`."""
    track = Track(plans_of(editions), start, calendar)
    track.plan = track.plans.judging(start, on or start)
    return tuple(
        Simulated(
            key=track.plan.steps[number].key,
            number=track.plan.steps[number].number,
            title=track.plan.steps[number].title.zh,
            earliest=days.earliest,
            latest=days.latest,
            source=source_of(track.plan.steps[number], track.plan.procedure),
            because=days.because,
        )
        for number, days in project(track, start).items()
    )


def source_of(step: Step, procedure: Procedure) -> str:
    """The document and the article that a step cites, its own or its procedure's."""
    if step.source:
        return f"{step.source} {step.article}".strip()
    return f"{procedure.source} {step.article or procedure.article}".strip()


def possible(step: RoadStep, on: date) -> tuple[Outcome, ...]:
    """The outcomes that a step at which the case stands may have on a day: those for one time only are used up, and
    what leads on waits for the notice to run and for enough examinations."""
    used = {entry.outcome for entry in step.done}
    leads_on = step.leaves_on is not None and on >= step.leaves_on
    if step.step.every is not None:
        leads_on = leads_on and step.examined >= step.step.every.at_least
    is_open = step.opens_on is None or on >= step.opens_on
    return tuple(
        outcome
        for outcome in outcomes(step.step)
        if (is_open if outcome.to == STAY else leads_on) and not (outcome.once and outcome.key in used)
    )


def _replayed(
    editions: Sequence[Procedure], begun_on: date, done: Sequence[Done], on: date, calendar: Calendar
) -> Track:
    track = Track(plans_of(editions), begun_on, calendar)
    track.replay(done, on)
    return track


class _Teller:
    """Tells the steps of a replayed case."""

    def __init__(self, track: Track, done: Sequence[Done], on: date) -> None:
        self.track = track
        self.on = on
        self.entries: dict[int, list[Done]] = {}
        stands_for = track.plan.stands_for
        for entry in done:
            numbers = stands_for.get(entry.step)
            if numbers:
                self.entries.setdefault(numbers[0], []).append(entry)

    def steps(self) -> Iterator[RoadStep]:
        track, plan = self.track, self.track.plan
        projected = project(track, self.on) if track.ended is None else {}
        group = plan.groups[track.at] if track.ended is None else range(0)
        for number, step in enumerate(plan.steps):
            entries = tuple(self.entries.get(number, ()))
            if track.ended is None and number in group and step.key not in track.taken:
                yield self._current(number, entries, projected)
            elif step.key in track.taken or (track.ended is not None and entries):
                yield from self._done(number, entries)
            elif number in projected:
                yield self._to_come(number, entries, projected[number])
            else:
                yield RoadStep(step, plan.procedure, "passed_by", entries)

    def _done(self, number: int, entries: tuple[Done, ...]) -> Iterator[RoadStep]:
        """As the edition states it under which it was done. A step that another one already told is told once."""
        plan = self.track.plan
        step = plan.steps[number]
        if not entries and step.kind != "wait":
            return
        judge = self._judge(entries[-1]) if entries else plan
        index = judge.index.get(entries[-1].step) if entries else None
        told = judge.steps[index] if index is not None else step
        yield RoadStep(told, judge.procedure if index is not None else plan.procedure, "done", entries)

    def _judge(self, entry: Done) -> Plan:
        track = self.track
        found = track.plans.labelled(entry.edition) if entry.edition else None
        return found or track.plans.judging(track.begun_on, entry.on)

    def _current(self, number: int, entries: tuple[Done, ...], projected: dict[int, Days]) -> RoadStep:
        track = self.track
        opens_on, opens_because = track.opening(number)
        leaves_on, leaves_because = track.leaving(number)
        due_on, due_because = track.closing(number)
        days = projected.get(number)
        return RoadStep(
            step=track.plan.steps[number],
            procedure=track.plan.procedure,
            state="late" if due_on is not None and self.on > due_on else "now",
            done=entries,
            opens_on=opens_on,
            opens_because=opens_because or leaves_because,
            due_on=due_on,
            due_because=due_because,
            leaves_on=leaves_on,
            examined=track.examined(number),
            earliest=days.earliest if days else None,
            latest=days.latest if days else None,
        )

    def _to_come(self, number: int, entries: tuple[Done, ...], days: Days) -> RoadStep:
        track = self.track
        step = track.plan.steps[number]
        opens_on, opens_because = track.certain(step.opens, latest=True)
        due_on, due_because = track.certain(step.closes, latest=False)
        return RoadStep(
            step=step,
            procedure=track.plan.procedure,
            state="to_come",
            done=entries,
            opens_on=opens_on,
            opens_because=opens_because,
            due_on=due_on,
            due_because=due_because,
            earliest=days.earliest,
            latest=days.latest,
        )

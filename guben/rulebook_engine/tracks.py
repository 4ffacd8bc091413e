"""A case replayed over the editions of its procedure: which steps stand as taken, and which one is next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from guben.kit.calendar import Calendar
from guben.rulebook_engine.plans import AFTER, HERE, KEPT, POSTED, WITHDRAWN, Plan, Plans
from guben.rulebook_engine.procedures import BEGIN, Outcome, Term
from guben.rulebook_engine.terms import day_of, later

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Done:
    """One entry that stands: a step, how it ended, the day, the edition it was done under, its number in the case."""

    step: str
    outcome: str
    on: date
    edition: str = ""
    number: int = 0


class Track:
    """Replays entries. `at` is the index of the step that is next in `plan`; `taken` the day of each step that stands
    as done; `stay` the entries that kept the case at a step it has not left since."""

    __slots__ = (
        "at",
        "begun_on",
        "calendar",
        "ended",
        "ended_on",
        "entered_on",
        "led_by_next",
        "plan",
        "plans",
        "stay",
        "taken",
    )

    def __init__(self, plans: Plans, begun_on: date, calendar: Calendar) -> None:
        self.plans = plans
        self.calendar = calendar
        self.begun_on = begun_on
        self.plan: Plan = plans.judging(begun_on, begun_on)
        self.at = 0
        self.entered_on = begun_on
        self.taken: dict[str, date] = {}
        self.stay: dict[str, list[Done]] = {}
        self.led_by_next = True
        self.ended: Outcome | None = None
        self.ended_on: date | None = None

    def replay(self, done: Sequence[Done], on: date) -> None:
        """All entries in their order, then what passes by itself until the day."""
        for entry in done:
            if self.ended is None:
                self._apply(entry)
        if self.ended is None:
            self._move_to(self.plans.judging(self.begun_on, on), on)

    def _apply(self, entry: Done) -> None:
        plan = self.plans.labelled(entry.edition) if entry.edition else None
        plan = plan or self.plans.judging(self.begun_on, entry.on)
        if plan is not self.plan or plan.has_waits:
            self._move_to(plan, entry.on)
        if entry.outcome == WITHDRAWN.key:
            self._end(WITHDRAWN, entry.on)
            return
        number = self.plan.index.get(entry.step, -1)
        if number < 0:
            number = next(iter(self.plan.stands_for.get(entry.step, ())), -1)
        if self.ended is not None or number < 0:
            return
        if number != self.at:
            self._stand_at(number, entry.on)
        outcome, target = self.plan.ways[number].get(entry.outcome, (None, HERE))
        self._lead(number, outcome, target, entry)

    def _stand_at(self, number: int, on: date) -> None:
        """An entry of another step is believed: what was recorded is not lost."""
        if number not in self.plan.groups[self.at]:
            self.entered_on = on
            self.led_by_next = False
        if number < self.at:
            self._take_back(number)
        self.at = number

    def _take_back(self, number: int) -> None:
        """A step and those after it are to be taken again."""
        for step in self.plan.steps[number:]:
            self.taken.pop(step.key, None)
            self.stay.pop(step.key, None)

    def _lead(self, number: int, outcome: Outcome | None, target: int, entry: Done) -> None:
        steps = self.plan.steps
        key = steps[number].key
        if target == HERE or outcome is None:
            self.stay.setdefault(key, []).append(entry)
            return
        self.led_by_next = target == AFTER
        self.stay.pop(key, None)
        if target == AFTER or target > number:
            self.taken[key] = entry.on
        else:
            self._take_back(target)
        self._arrive(self._after(number) if target == AFTER else target, outcome, entry.on)

    def _after(self, number: int) -> int:
        """The next step that is not taken: of those in any order with this one, then of those behind them."""
        plan = self.plan
        steps, start = plan.steps, plan.groups[number].start
        if plan.alone[number] and number + 1 < plan.size and steps[number + 1].key not in self.taken:
            return number + 1
        behind = range(start, plan.size)
        return next((other for other in behind if steps[other].key not in self.taken), plan.size)

    def _arrive(self, number: int, outcome: Outcome, on: date) -> None:
        same_group = (
            number < self.plan.size and number in self.plan.groups[self.at] and len(self.plan.groups[number]) > 1
        )
        if not (same_group and self.led_by_next):
            self.entered_on = on
        self.at = number
        if number >= self.plan.size:
            self._end(outcome, on)

    def _end(self, outcome: Outcome, on: date) -> None:
        self.ended, self.ended_on = outcome, on

    def _move_to(self, plan: Plan, on: date) -> None:
        """On to a day: waits that have run by then are passed, and the edition changes to the one that judges then."""
        if plan is not self.plan:
            self._pass_waits(min(on, plan.procedure.from_on - DAY))
            if self.ended is None:
                self._change_edition(plan)
        self._pass_waits(on)

    def _pass_waits(self, on: date) -> None:
        for _ in range(self.plan.size):
            if self.ended is not None or self.plan.steps[self.at].kind != "wait":
                return
            opens_on, _ = self.opening(self.at)
            if opens_on > on:
                return
            step = self.plan.steps[self.at]
            outcome, target = next(iter(self.plan.ways[self.at].values()))
            if target == HERE:
                return
            self._lead(self.at, outcome, target, Done(step.key, outcome.key, opens_on))

    def _change_edition(self, plan: Plan) -> None:
        """Steps done stay valid, steps to come are those of the new edition."""
        old, at = self.plan, self._place_in(plan)
        here = old.steps[self.at].key
        self.plan = plan
        taken = {key: day for key, day in self.taken.items() if key in plan.index}
        for step in plan.renamed:
            day = next((self.taken[name] for name in step.was if name in self.taken), None)
            if day is not None:
                taken.setdefault(step.key, day)
        self.taken = taken
        self.at = self._first_missed(old, here, at)
        if self.at >= plan.size:
            last = next(iter(plan.ways[-1].values()))[0]
            self._end(last, self.entered_on)
        else:
            key = plan.steps[self.at].key
            kept = self.stay.get(here, []) if here in (key, *plan.steps[self.at].was) else []
            self.stay = {key: kept} if kept else {}

    def _place_in(self, plan: Plan) -> int:
        """The step of another edition at which the case stands: after the one that stands for the last step taken, or
        the one to which an outcome led by name."""
        old = self.plan
        counterparts = plan.stands_for
        if not self.led_by_next:
            for step in old.steps[self.at :]:
                if step.key in counterparts:
                    return counterparts[step.key][0]
        for step in reversed(old.steps[: self.at]):
            if step.key in self.taken and step.key in counterparts:
                return counterparts[step.key][-1] + 1
        return 0

    def _first_missed(self, old: Plan, here: str, at: int) -> int:
        """That step, or an earlier one which was still to come in the old edition; steps already taken are passed."""
        to_come = {old.steps[number].key for number in old.main_line(old.index[here])}
        for number, step in enumerate(self.plan.steps[:at]):
            if step.key not in self.taken and not to_come.isdisjoint((step.key, *step.was)):
                return number
        while at < self.plan.size and self.plan.steps[at].key in self.taken:
            at += 1
        return at

    def opening(self, number: int) -> tuple[date, Term | None]:
        """The day from which a step may be taken, and the term that says so; steps never taken hold nothing up."""
        found, because = self.entered_on, None
        step = self.plan.steps[number]
        for term in step.opens if step.kind != "examination" else ():
            day = self._term(term)
            if day is not None and day > found:
                found, because = day, term
        return found, because

    def leaving(self, number: int) -> tuple[date | None, Term | None]:
        """The day from which an outcome may lead on: None while a notice has not been posted."""
        step = self.plan.steps[number]
        if step.kind == "notice" and step.notice is not None:
            posted = next(
                (entry.on for entry in reversed(self.stay.get(step.key, ())) if entry.outcome == POSTED), None
            )
            return posted and self.calendar.day_after(posted, step.notice.working_days), None
        if step.kind != "examination":
            return self.opening(number)
        found, because = self.entered_on, None
        for term in step.opens:
            day = self._term(term)
            if day is not None and day > found:
                found, because = day, term
        return found, because

    def closing(self, number: int) -> tuple[date | None, Term | None]:
        """The last day for a step, and the term that says so."""
        step = self.plan.steps[number]
        found: date | None = None
        because: Term | None = None
        for term in self.closes(number):
            day = self._term(term)
            if day is not None and (found is None or day < found):
                found, because = day, term
        if step.every is not None:
            kept = [entry.on for entry in self.stay.get(step.key, ()) if entry.outcome == KEPT]
            day = later(kept[-1] if kept else self.entered_on, step.every.months)
            if found is None or day < found:
                found, because = day, None
        return found, because

    def examined(self, number: int) -> int:
        """In how many of its spans the step was examined: twice within the same half-year counts once. The first span
        begins where the case came to the step."""
        step = self.plan.steps[number]
        if step.every is None:
            return 0
        months = step.every.months
        kept = (entry.on for entry in self.stay.get(step.key, ()) if entry.outcome == KEPT)
        return len({_span_of(day, self.entered_on, months) for day in kept})

    def closes(self, number: int) -> tuple[Term, ...]:
        """The ends of a step: as stated, or as the last outcome that kept the case here set them anew."""
        ways = self.plan.ways[number]
        for entry in reversed(self.stay.get(self.plan.steps[number].key, ())):
            outcome = ways.get(entry.outcome, (None, HERE))[0]
            if outcome is not None and outcome.closes:
                return outcome.closes
        return self.plan.steps[number].closes

    def _term(self, term: Term) -> date | None:
        start = self.begun_on if term.after == BEGIN else self.taken.get(term.after)
        return None if start is None else day_of(term, start, self.calendar)

    def certain(self, terms: Sequence[Term], *, latest: bool) -> tuple[date | None, Term | None]:
        """The day that several terms set together and the term that sets it; no day where one of them hangs on a step
        that is still to come, and then that term."""
        found: date | None = None
        because: Term | None = None
        for term in terms:
            day = self._term(term)
            if day is None:
                return None, term
            if found is None or (day > found if latest else day < found):
                found, because = day, term
        return found, because


def _span_of(day: date, start: date, months: int) -> int:
    """The number of the span of so many months in which a day lies; the day on which one ends is its last."""
    number = max((day.year - start.year) * 12 + day.month - start.month, 0) // months
    while number and day <= later(start, months * number):
        number -= 1
    while day > later(start, months * (number + 1)):
        number += 1
    return number

"""Examples of procedures: a case begun on a day, what was done in it, and where it stands then.

`given` holds one row `case` with `begun_on`, and the rows `entry`: `step`, `done_on`, and where it is not the one that
leads on `outcome`, or at a vote the numbers that decide. Each entry must be possible on its day, as when it is taken.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated, Any, TypeVar

from pydantic import Field, ValidationError

from guben.kit.calendar import Calendar
from guben.rulebook_engine import wording
from guben.rulebook_engine.entries import Part
from guben.rulebook_engine.errors import did_you_mean
from guben.rulebook_engine.plans import outcomes
from guben.rulebook_engine.procedures import BEFORE, STAY, Ballot, Outcome, Procedure, Step
from guben.rulebook_engine.roads import Done, Road, RoadStep, possible, road, where

PARTS = ("case", "entry")
P = TypeVar("P", bound=Part)
Count = Annotated[int, Field(ge=0, le=1_000_000)]


class GivenCase(Part):
    """The case itself."""

    begun_on: date


class GivenEntry(Part):
    """One thing that was done in it."""

    step: str
    done_on: date
    outcome: str = ""
    entitled: Count | None = None
    present: Count | None = None
    in_favour: Count | None = None


def stands(
    editions: Sequence[Procedure], given: Mapping[str, Sequence[dict[str, Any]]], on: date, calendar: Calendar
) -> dict[str, Any]:
    """Where the case stands on the day, by the names under which an example expects it.

    Raises:
        ValueError: something is written wrongly, or an entry was not possible on its day; says which and why.
    """
    for name in given:
        if name not in PARTS:
            raise ValueError(f"No part '{name}' in the example of a procedure.{did_you_mean(name, PARTS)}")
    case = _read(GivenCase, (given.get("case") or ({},))[0], "case")
    done: list[Done] = []
    for number, row in enumerate(given.get("entry", ()), start=1):
        entry = _read(GivenEntry, row, f"entry {number}")
        if entry.done_on > on:
            raise ValueError(f"Entry {number} is of {entry.done_on}, after {on}.")
        done.append(_taken(editions, case.begun_on, done, entry, calendar))
    return _answer(editions, case.begun_on, done, on, calendar)


def _answer(
    editions: Sequence[Procedure], begun_on: date, done: Sequence[Done], on: date, calendar: Calendar
) -> dict[str, Any]:
    found = where(editions, begun_on, done, on, calendar)
    return {
        "step": found.step.key if found.step else "",
        "edition": found.procedure.edition_label,
        "opens_on": found.opens_on,
        "leaves_on": found.leaves_on,
        "due_on": found.due_on,
        "is_late": found.late,
        "ended_as": found.ended.key if found.ended else "",
        "ended_on": found.ended_on,
    }


def _read(model: type[P], row: dict[str, Any], name: str) -> P:
    try:
        return model.model_validate(row)
    except ValidationError as error:
        sentence = next(sentence for _path, sentence in wording.sentences(error, model, row))
        raise ValueError(f"In '{name}': {sentence}") from None


def _taken(
    editions: Sequence[Procedure], begun_on: date, done: Sequence[Done], entry: GivenEntry, calendar: Calendar
) -> Done:
    """The entry as it is taken, if it may be."""
    if done and entry.done_on < done[-1].on:
        raise ValueError(f"'{entry.step}' is of {entry.done_on}, before the entry above it.")
    now = road(editions, begun_on, done, entry.done_on, calendar)
    at = next((one for one in now.open_steps if one.step.key == entry.step), None)
    if at is None:
        raise ValueError(f"'{entry.step}' can't be taken on {entry.done_on}: {_stands_at(now)}")
    outcome = _outcome(at.step, entry)
    if outcome.key not in {one.key for one in possible(at, entry.done_on)}:
        raise ValueError(_too_early(at, entry, outcome))
    return Done(entry.step, outcome.key, entry.done_on, now.procedure.edition_label, len(done) + 1)


def _stands_at(now: Road) -> str:
    if now.ended is not None:
        return f"the case ended on {now.ended_on}."
    return f"the case stands at {', '.join(repr(one.step.key) for one in now.open_steps)}."


def _too_early(at: RoadStep, entry: GivenEntry, outcome: Outcome) -> str:
    day = at.opens_on if outcome.to == STAY else at.leaves_on
    if day is not None and entry.done_on < day:
        return f"'{entry.step}' can't end as '{outcome.key}' on {entry.done_on}: it opens on {day}."
    return f"'{entry.step}' can't end as '{outcome.key}' on {entry.done_on}."


def _outcome(step: Step, entry: GivenEntry) -> Outcome:
    """The stated outcome, that which the numbers of a vote decide, or the first good one that leads on."""
    known = {one.key: one for one in outcomes(step)}
    if entry.outcome and entry.outcome not in known:
        raise ValueError(f"No outcome '{entry.outcome}' of '{step.key}'.{did_you_mean(entry.outcome, tuple(known))}")
    decided = _decided(step.vote, entry) if step.vote and entry.in_favour is not None else None
    leading = [one for one in known.values() if one.to not in (STAY, BEFORE)]
    chosen = known.get(entry.outcome) or next(
        (one for one in leading if one.good is (decided is not False)), leading[0]
    )
    if decided is not None and chosen.good is not decided:
        line = "is" if decided else "is not"
        raise ValueError(f"'{step.key}' can't end as '{chosen.key}': the majority {line} reached.")
    return chosen


def _decided(ballot: Ballot, entry: GivenEntry) -> bool:
    """Is the majority reached?"""
    entitled, present, in_favour = entry.entitled or 0, entry.present or 0, entry.in_favour or 0
    if not in_favour <= present <= entitled:
        raise ValueError(f"In '{entry.step}': 'in_favour' is at most 'present', and that at most 'entitled'.")
    base = {"entitled": entitled, "present": present}
    if not ballot.quorum.reached(present, base[ballot.quorum.of]):
        raise ValueError(f"'{entry.step}' can't be taken on {entry.done_on}: the quorum is not reached.")
    return ballot.majority.reached(in_favour, base[ballot.majority.of])

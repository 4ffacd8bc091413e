"""Rows of cases: those of development, of cultivation and of transfer, their steps, and the notices."""

from __future__ import annotations

from typing import Any

import numpy as np

from guben.generator.columns import NO_DAY, days, number_of, one_text, texts
from guben.generator.fitting import Array
from guben.generator.person_rows import PROCEDURES
from guben.generator.persons import EDUCATIONS, STAGES, Roll
from guben.generator.regions import Region
from guben.generator.rows import OCCUPATIONS
from guben.generator.unit_rows import AUDIENCES, Rows

STEPS = (
    "application",
    "talk",
    "activist",
    "candidate",
    "political-review",
    "branch-meeting",
    "approval",
    "full-meeting",
)
ENDS = ("", "reached", "received", "withdrawn")
CHANNELS = ("workplace", "residence", "service_centre", "away", "able", "league", "other", "")
CHANNEL_SHARES = (0.4, 0.3, 0.06, 0.04, 0.06, 0.08, 0.04, 0.02)
RECOMMENDED = ("members", "league", "mass", "")
RANKS = np.array([7, 6, 5, 4, 3, 2, 1, 0, 0])  # of `EDUCATIONS`; the last have none
ACTIVIST, CANDIDATE, PROBATIONARY = 1, 2, 3


def _applying(roll: Roll, rng: np.random.Generator) -> Array:
    """Those of whose development there is a case: the admitted of the year, candidates, some activists."""
    some = (roll.stage == ACTIVIST) & (rng.random(len(roll), dtype=np.float32) < 0.2)
    return np.flatnonzero((roll.stage == PROBATIONARY) | (roll.stage == CANDIDATE) | some)


def developments(region: Region, roll: Roll) -> Rows:
    """One row for each case of development."""
    rng = region.chance(15)
    who = _applying(roll, rng)
    count = len(who)
    stage, education = roll.stage[who], roll.education[who]
    passed = (stage < PROBATIONARY) & (rng.random(count) < 0.08)
    ranks = RANKS[education]
    return roll.unit[who], {
        "stage": texts(stage, STAGES),
        "is_open": np.ones(count, dtype=bool),
        "channel": texts(rng.choice(len(CHANNELS), count, p=CHANNEL_SHARES).astype(np.int8), CHANNELS),
        "recommended_by": texts(rng.integers(0, 4, count, dtype=np.int8), RECOMMENDED),
        "sex": texts(roll.sex[who], ("1", "2")),
        "born_on": days(roll.born[who]),
        "education": texts(education, EDUCATIONS),
        "occupation": texts(roll.occupation[who], OCCUPATIONS),
        "has_skill": rng.random(count) < 0.25,
        **_days_of_development(stage, roll.joined[who], number_of(region.on), rng),
        "has_relative": rng.random(count) < 0.01,
        "introducers": np.where(stage >= CANDIDATE, 2, 0),
        "introducer_admissions": _known(np.minimum(1 + rng.poisson(0.3, count), 5), stage == PROBATIONARY),
        "education_rank": _known(ranks, ranks > 0),
        "passed_over": passed,
        "abler_than_admitted": passed & (rng.random(count) < 0.4),
        "out_of_order": rng.random(count) < 0.002,
        "same_day_steps": 1 + (rng.random(count) < 0.05) + 2 * (rng.random(count) < 0.01),
    }


def _days_of_development(stage: Array, admitted: Array, on: int, rng: np.random.Generator) -> dict[str, Any]:
    """One step after the other; a few were hurried."""
    count = len(stage)
    candidate = np.where(stage == PROBATIONARY, admitted, on) - rng.integers(30, 200, count)
    candidate = np.where(stage >= CANDIDATE, candidate, NO_DAY)
    hurried = rng.random(count) < 0.003
    before = np.where(hurried, rng.integers(200, 365, count), rng.integers(366, 900, count))
    activist = np.where(stage >= CANDIDATE, candidate - before, on - before // 3)
    return {
        "applied_on": days(activist - rng.integers(180, 900, count)),
        "activist_on": days(activist),
        "candidate_on": days(candidate),
        "admitted_on": days(admitted),
        "full_on": days(np.full(count, NO_DAY)),
    }


def _known(numbers: Array, known: Array) -> Any:
    return np.ma.array(numbers, mask=~known)


def cases(region: Region, roll: Roll) -> tuple[Rows, Rows]:
    """Cases of all procedures, and their steps: those of development, of cultivation, of transfer."""
    rng = region.chance(16)
    who = _applying(roll, rng)
    others = np.flatnonzero(rng.random(len(roll), dtype=np.float32) < 0.02)
    unit = np.concatenate([roll.unit[who], roll.unit[others]])
    procedure = np.concatenate([np.zeros(len(who), dtype=np.int8), rng.integers(1, 6, len(others), dtype=np.int8)])
    order = np.argsort(unit, kind="stable")
    unit, procedure = unit[order], procedure[order]
    on = number_of(region.on)
    begun, entries = on - rng.integers(10, 900, len(unit)), rng.integers(1, 6, len(unit))
    columns = {"procedure": texts(procedure, PROCEDURES), **_standing(procedure, begun, on, rng), "entries": entries}
    first = np.cumsum(entries) - entries
    steps = _steps(np.repeat(np.arange(len(unit)), entries), first, unit, procedure, begun, on, rng)
    return (unit, columns), steps


def _standing(procedure: Array, begun: Array, on: int, rng: np.random.Generator) -> dict[str, Any]:
    """Where each case stands."""
    count = len(procedure)
    is_open = (procedure == 0) | (rng.random(count) < 0.4)
    due = np.where(is_open & (rng.random(count) < 0.7), on + rng.integers(-20, 200, count), NO_DAY)
    ended = np.where(is_open, NO_DAY, np.minimum(begun + rng.integers(5, 400, count), on))
    late = rng.random(count) < 0.06
    step = np.where(is_open, rng.integers(0, len(STEPS), count), len(STEPS))
    return {
        "step": texts(step.astype(np.int8), (*STEPS, "")),
        "state": texts(np.where(is_open, 0, 1).astype(np.int8), ("open", "ended")),
        "ended_as": texts(np.where(is_open, 0, rng.integers(1, 4, count)).astype(np.int8), ENDS),
        "begun_on": days(begun),
        "opens_on": days(np.where(is_open, begun + 5, NO_DAY)),
        "due_on": days(due),
        "ended_on": days(ended),
        "is_late": (due != NO_DAY) & (due < on),
        "is_own": is_open & (rng.random(count) < 0.7),
        "has_person": np.ones(count, dtype=bool),
        "late_entries": late.astype(np.int64),
        "days_late": np.where(late, rng.integers(1, 90, count), 0),
        "same_day_steps": 1 + (rng.random(count) < 0.05),
        "returned": (rng.random(count) < 0.02).astype(np.int64),
        "last_done_on": days(np.minimum(begun + rng.integers(0, 300, count), on)),
    }


def _steps(
    case: Array, first: Array, unit: Array, procedure: Array, begun: Array, on: int, rng: np.random.Generator
) -> Rows:
    count = len(case)
    place = np.arange(count) - first[case]
    done = np.minimum(begun[case] + place * 45 + rng.integers(0, 40, count), on)
    late = rng.random(count) < 0.04
    votes = place == 4
    present = rng.integers(5, 40, count)
    return unit[case], {
        "procedure": texts(procedure[case], PROCEDURES),
        "step": texts(np.minimum(place, len(STEPS) - 1).astype(np.int8), STEPS),
        "outcome": one_text("done", count),
        "edition": one_text("2026-01-01", count),
        "done_on": days(done),
        "recorded_on": days(np.minimum(done + rng.integers(0, 12, count), on)),
        "days_since_previous": _known(rng.integers(1, 60, count), place > 0),
        "days_late": np.where(late, rng.integers(1, 90, count), 0),
        "for_unit": rng.random(count) < 0.03,
        "corrected": rng.random(count) < 0.01,
        "votes_present": _known(present, votes),
        "votes_in_favour": _known(present - (rng.random(count) < 0.1), votes),
    }


def notices(region: Region, roll: Roll) -> Rows:
    """One notice for each admission of the year."""
    rng = region.chance(17)
    fresh = np.flatnonzero(roll.stage == PROBATIONARY)
    count = len(fresh)
    posted = roll.joined[fresh] - rng.integers(8, 30, count)
    objections = (rng.random(count) < 0.01).astype(np.int64)
    return roll.unit[fresh], {
        "audience": texts(rng.integers(0, 4, count, dtype=np.int8), AUDIENCES),
        "posted_on": days(posted),
        "term_ends_on": days(posted + 7),
        "working_days": np.full(count, 5),
        "taken_down": rng.random(count) < 0.002,
        "objections": objections,
        "objections_open": objections * (rng.random(count) < 0.2),
        "objections_late": np.zeros(count, dtype=np.int64),
    }

"""Rows about people that go beside the roll: dues, members away and guests, those without a branch, letters, cases."""

from __future__ import annotations

from typing import Any

import numpy as np

from guben.generator.columns import NO_DAY, days, number_of, one_text, texts
from guben.generator.fitting import Array
from guben.generator.persons import EDUCATIONS, STAGES, STANDINGS, Roll
from guben.generator.regions import Region
from guben.generator.rows import OCCUPATIONS
from guben.generator.trees import TOWN
from guben.generator.unit_rows import AUDIENCES, Rows
from guben.generator.units_plan import BRANCH, COMMITTEE, JOINT

BANDS = ("0.5%", "1%", "1.5%", "2%", "retired", "farmer", "minimum", "exempt", "")
LEAST, EXEMPT, UNKNOWN = 20, 7, 8  # cents a month; places in `BANDS`
PROCEDURES = ("development", "able-to-member", "member-to-able", "able-to-cadre", "transfer", "transfer-out")
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
RECOMMENDED = ("members", "league", "mass", "")
RANKS = np.array([7, 6, 5, 4, 3, 2, 1, 0, 0])
RANKED = 7  # of `EDUCATIONS`, the others have no rank
ACTIVIST, CANDIDATE, PROBATIONARY = 1, 2, 3


def dues(region: Region, roll: Roll) -> Rows:
    """One row for each member: what was owed and paid this year."""
    rng = region.chance(10)
    member = np.flatnonzero(roll.is_member)
    count = len(member)
    job = roll.occupation[member]
    wage = np.exp(rng.normal(8.5, 0.5, count).astype(np.float32))
    band = np.searchsorted((3000, 5000, 10_000), wage).astype(np.int8)
    monthly = (wage * np.array([0.5, 1.0, 1.5, 2.0], dtype=np.float32)[band]).astype(np.int32)
    for code, which, cents in (
        (4, job == OCCUPATIONS.index("retired"), 1000), (5, job == OCCUPATIONS.index("farmer"), 50),
        (6, job == OCCUPATIONS.index("student"), LEAST),
    ):  # fmt: skip
        band[which], monthly[which] = code, cents
    draw = rng.random(count, dtype=np.float32)
    band[draw < 0.02], monthly[draw < 0.02] = EXEMPT, 0
    band[draw > 0.998], monthly[draw > 0.998] = UNKNOWN, 0
    over = region.on.month - 1
    months = 1 + (rng.random(count, dtype=np.float32) ** 4 * 11).astype(np.int8)
    late = np.where(rng.random(count, dtype=np.float32) < 0.03, months, 0)
    late = np.where(monthly > 0, np.minimum(late, over), 0)
    paid_months = np.where(late > 0, over - late, over + 1)
    due, paid = monthly * over, monthly * paid_months
    return roll.unit[member], {
        "standing": texts(roll.standing[member], STANDINGS),
        "year": np.full(count, region.on.year, dtype=np.int16),
        "has_standard": band != UNKNOWN,
        "band": texts(band, BANDS),
        "exempt": band == EXEMPT,
        "owed_cents": monthly * 12,
        "due_cents": due,
        "paid_cents": paid,
        "settled_cents": np.minimum(due, paid),
        "late_months": late,
        "unpaid_months": np.where((late == over) & (late > 0), late + rng.integers(0, 5, count, dtype=np.int8), late),
    }


def unplaced(region: Region, roll: Roll) -> Rows:
    """Members whom a committee keeps itself, and a few whose branch is gone."""
    rng = region.chance(11)
    kept = roll.unit[(region.kind[roll.unit] == COMMITTEE) & roll.is_member]
    towns = np.flatnonzero(region.territory == TOWN)
    gone = towns[rng.random(len(towns)) < 0.15]
    unit = np.concatenate([kept, gone])
    order = np.argsort(unit, kind="stable")
    at_committee = (np.arange(len(unit)) < len(kept))[order]
    since = number_of(region.on) - rng.integers(5, 900, len(unit))
    return unit[order], {"since": days(since), "at_committee": at_committee}


def outflows(region: Region, roll: Roll) -> Rows:
    """One row for each member away."""
    rng = region.chance(12)
    unit = roll.unit[roll.is_member & (roll.standing == 1)]
    count, on = len(unit), number_of(region.on)
    since = on - (rng.random(count) ** 2 * 1500).astype(np.int32)
    back = rng.random(count) < 0.4
    return unit, {
        "from_on": days(since),
        "expected_until": days(np.where(back, on + rng.integers(0, 500, count), NO_DAY)),
        "is_matched": rng.random(count) < 0.95,
        "has_contact_person": rng.random(count) < 0.85,
        "transfer_under_way": rng.random(count) < 0.6,
    }


def inflows(region: Region, roll: Roll) -> Rows:
    """One row for each guest, where members are."""
    rng = region.chance(13)
    member = roll.unit[roll.is_member]
    count = int(len(member) * 0.045)
    unit = np.sort(member[rng.integers(0, max(len(member), 1), count)]) if count else member[:0]
    meetings = rng.integers(8, 30, count)
    invited = np.where(rng.random(count) < 0.98, meetings, (meetings * rng.random(count)).astype(np.int64))
    return unit, {
        "from_on": days(number_of(region.on) - (rng.random(count) ** 2 * 1200).astype(np.int32)),
        "is_matched": rng.random(count) < 0.9,
        "has_contact_person": rng.random(count) < 0.8,
        "meetings": meetings,
        "invited": invited,
        "present": (invited * (0.5 + rng.random(count) / 2)).astype(np.int64),
    }


def letters(region: Region, roll: Roll) -> Rows:
    """Letters of transfer issued in the year."""
    rng = region.chance(14)
    unit = roll.unit[roll.is_member & (rng.random(len(roll), dtype=np.float32) < 0.02)]
    count, on = len(unit), number_of(region.on)
    issued = on - rng.integers(0, 365, count)
    received = np.where(rng.random(count) < 0.96, issued + rng.integers(1, 80, count), NO_DAY)
    received = np.where(received > on, NO_DAY, received)
    return unit, {
        "procedure": texts(np.where(rng.random(count) < 0.8, 4, 5).astype(np.int8), PROCEDURES),
        "issued_on": days(issued),
        "valid_until": days(issued + 90),
        "received_on": days(received),
        "is_past": (received == NO_DAY) & (issued + 90 < on),
    }


def _applying(roll: Roll, rng: np.random.Generator) -> Array:
    """Those of whose development there is a case: the admitted of the year, candidates, some activists."""
    some = (roll.stage == ACTIVIST) & (rng.random(len(roll), dtype=np.float32) < 0.2)
    return np.flatnonzero((roll.stage == PROBATIONARY) | (roll.stage == CANDIDATE) | some)


def developments(region: Region, roll: Roll) -> Rows:
    """One row for each case of development."""
    rng = region.chance(15)
    who = _applying(roll, rng)
    count, on = len(who), number_of(region.on)
    stage = roll.stage[who]
    admitted = roll.joined[who]
    candidate = np.where(stage == PROBATIONARY, admitted, on) - rng.integers(30, 200, count)
    candidate = np.where(stage >= CANDIDATE, candidate, NO_DAY)
    hurried = rng.random(count) < 0.003
    before = np.where(hurried, rng.integers(200, 365, count), rng.integers(366, 900, count))
    activist = np.where(stage >= CANDIDATE, candidate, on) - np.where(stage >= CANDIDATE, before, before // 3)
    channel = np.searchsorted(np.cumsum((0.4, 0.3, 0.06, 0.04, 0.06, 0.08, 0.04)), rng.random(count)).clip(max=7)
    education = roll.education[who]
    rank = RANKS[education]
    passed = (stage < PROBATIONARY) & (rng.random(count) < 0.08)
    return roll.unit[who], {
        "stage": texts(stage, STAGES),
        "is_open": np.ones(count, dtype=bool),
        "channel": texts(channel.astype(np.int8), CHANNELS),
        "recommended_by": texts(rng.integers(0, 4, count, dtype=np.int8), RECOMMENDED),
        "sex": texts(roll.sex[who], ("1", "2")),
        "born_on": days(roll.born[who]),
        "education": texts(education, EDUCATIONS),
        "occupation": texts(roll.occupation[who], OCCUPATIONS),
        "has_skill": rng.random(count) < 0.25,
        "applied_on": days(activist - rng.integers(180, 900, count)),
        "activist_on": days(activist),
        "candidate_on": days(candidate),
        "admitted_on": days(admitted),
        "full_on": days(np.full(count, NO_DAY)),
        "has_relative": rng.random(count) < 0.01,
        "introducers": np.where(stage >= CANDIDATE, 2, 0),
        "introducer_admissions": _known(np.minimum(1 + rng.poisson(0.3, count), 5), stage == PROBATIONARY),
        "education_rank": _known(rank, rank > 0),
        "passed_over": passed,
        "abler_than_admitted": passed & (rng.random(count) < 0.4),
        "out_of_order": rng.random(count) < 0.002,
        "same_day_steps": 1 + (rng.random(count) < 0.05) + 2 * (rng.random(count) < 0.01),
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
    count, on = len(unit), number_of(region.on)
    begun = on - rng.integers(10, 900, count)
    is_open = (procedure == 0) | (rng.random(count) < 0.4)
    entries = rng.integers(1, 6, count)
    due = np.where(is_open & (rng.random(count) < 0.7), on + rng.integers(-20, 200, count), NO_DAY)
    ended = np.where(is_open, NO_DAY, np.minimum(begun + rng.integers(5, 400, count), on))
    late = rng.random(count) < 0.06
    first = np.cumsum(entries) - entries
    columns = {
        "procedure": texts(procedure, PROCEDURES),
        "step": texts(np.where(is_open, rng.integers(0, len(STEPS), count), len(STEPS)).astype(np.int8), (*STEPS, "")),
        "state": texts(np.where(is_open, 0, 1).astype(np.int8), ("open", "ended")),
        "ended_as": texts(np.where(is_open, 0, rng.integers(1, 4, count)).astype(np.int8), ENDS),
        "begun_on": days(begun),
        "opens_on": days(np.where(is_open, begun + 5, NO_DAY)),
        "due_on": days(due),
        "ended_on": days(ended),
        "is_late": (due != NO_DAY) & (due < on),
        "is_own": is_open & (rng.random(count) < 0.7),
        "has_person": np.ones(count, dtype=bool),
        "entries": entries,
        "late_entries": late.astype(np.int64),
        "days_late": np.where(late, rng.integers(1, 90, count), 0),
        "same_day_steps": 1 + (rng.random(count) < 0.05),
        "returned": (rng.random(count) < 0.02).astype(np.int64),
        "last_done_on": days(np.minimum(begun + rng.integers(0, 300, count), on)),
    }  # fmt: skip
    return (unit, columns), _steps(np.repeat(np.arange(count), entries), first, unit, procedure, begun, on, rng)


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


def branches_of(region: Region) -> Array:
    """Places of branches and joint branches that have members."""
    found: Array = np.flatnonzero(((region.kind == BRANCH) | (region.kind == JOINT)) & (region.sizes > 0))
    return found

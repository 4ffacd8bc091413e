"""Rows about people that go beside the roll: dues, members away and guests, those without a branch, letters."""

from __future__ import annotations

import numpy as np

from guben.generator.columns import NO_DAY, days, number_of, texts
from guben.generator.fitting import Array
from guben.generator.persons import STANDINGS, Roll
from guben.generator.regions import Region
from guben.generator.rows import OCCUPATIONS
from guben.generator.trees import TOWN
from guben.generator.unit_rows import Rows
from guben.generator.units_plan import BRANCH, COMMITTEE, JOINT

BANDS = ("0.5%", "1%", "1.5%", "2%", "retired", "farmer", "minimum", "exempt", "")
LEAST, EXEMPT, UNKNOWN = 20, 7, 8  # cents a month; places in `BANDS`
PROCEDURES = ("development", "able-to-member", "member-to-able", "able-to-cadre", "transfer", "transfer-out")


def dues(region: Region, roll: Roll) -> Rows:
    """One row for each member: what was owed and paid this year."""
    rng = region.chance(10)
    member = np.flatnonzero(roll.is_member)
    count, over = len(member), region.on.month - 1
    band, monthly = _standards(roll.occupation[member], rng)
    months = 1 + (rng.random(count, dtype=np.float32) ** 4 * 11).astype(np.int8)
    late = np.where((rng.random(count, dtype=np.float32) < 0.03) & (monthly > 0), np.minimum(months, over), 0)
    due, paid = monthly * over, monthly * np.where(late > 0, over - late, over + 1)
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


def _standards(job: Array, rng: np.random.Generator) -> tuple[Array, Array]:
    """The band of each member and the cents a month."""
    wage = np.exp(rng.normal(8.5, 0.5, len(job)).astype(np.float32))
    band = np.searchsorted((3000, 5000, 10_000), wage).astype(np.int8)
    monthly = (wage * np.array([0.5, 1.0, 1.5, 2.0], dtype=np.float32)[band]).astype(np.int32)
    for code, which, cents in ((4, "retired", 1000), (5, "farmer", 50), (6, "student", LEAST)):
        here = job == OCCUPATIONS.index(which)
        band[here], monthly[here] = code, cents
    draw = rng.random(len(job), dtype=np.float32)
    band[draw < 0.02], monthly[draw < 0.02] = EXEMPT, 0
    band[draw > 0.998], monthly[draw > 0.998] = UNKNOWN, 0
    return band, monthly


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


def branches_of(region: Region) -> Array:
    """Places of branches and joint branches that have members."""
    found: Array = np.flatnonzero(((region.kind == BRANCH) | (region.kind == JOINT)) & (region.sizes > 0))
    return found

"""Posts of a region's units, and what the units' own rows tell of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from guben.generator.columns import NO_DAY, NONE, days, number_of, texts
from guben.generator.fitting import Array
from guben.generator.regions import Region
from guben.generator.trees import CITY, COUNTY, NATION, NOWHERE, PROVINCE, TOWN, VILLAGE
from guben.generator.units_plan import COMMITTEE, GENERAL, TEMPORARY, WORK

KINDS = (
    "secretary", "deputy_secretary", "organisation", "publicity", "discipline", "committee_member",
    "department_staff", "organiser_full_time", "organiser_part_time",
)  # fmt: skip
MEMBER, STAFF, FULL_TIME, PART_TIME = 5, 6, 7, 8
EDUCATIONS = ("10", "20", "30", "40", "60", "70")
SCHOOLED = (0.06, 0.45, 0.3, 0.05, 0.1, 0.04)
NEEDS_COMMITTEE = 7  # members
SEATS_OF_COMMITTEE = 3


@dataclass(frozen=True, slots=True)
class Posts:
    """Posts sorted by unit (places in the region); days as numbers."""

    unit: Array
    kind: Array
    filled: Array
    is_full_time: Array
    grassroots: Array
    since: Array
    vacant: Array
    sent_down: Array
    seats: Array

    def count(self, which: Array, units: int) -> Array:
        """How many of these posts each unit has."""
        return np.bincount(self.unit[which], minlength=units)


def posts_of(region: Region) -> Posts:
    """All posts of a region: the teams, the staff of organisation departments, the organisers of towns."""
    rng = region.chance(2)
    seats = _seats(region, rng)
    unit, kind = _kinds(region, seats, rng)
    count = len(unit)
    draw = rng.random(count, dtype=np.float32)
    filled = draw < np.where(kind == 0, 0.975, 0.955)
    on = number_of(region.on)
    since = on - (rng.random(count, dtype=np.float32) * 1700).astype(np.int32)
    vacant = on - (rng.random(count, dtype=np.float32) ** 2 * 500).astype(np.int32)
    full_time = (kind == STAFF) | (kind == FULL_TIME) | ((kind == 0) & (rng.random(count, dtype=np.float32) < 0.3))
    village = region.territory[unit] == VILLAGE
    return Posts(
        unit=unit,
        kind=kind,
        filled=filled,
        is_full_time=full_time,
        grassroots=(kind >= FULL_TIME) | ((kind == STAFF) & (rng.random(count, dtype=np.float32) < 0.33)),
        since=np.where(filled, since, NO_DAY),
        vacant=np.where(filled, NO_DAY, vacant),
        sent_down=filled & village & (kind == 0) & (rng.random(count, dtype=np.float32) < 0.12),
        seats=seats,
    )


def _seats(region: Region, rng: np.random.Generator) -> Array:
    """Seats of every team: three to seven where a branch has seven members, else one or two."""
    size, count = region.sizes, len(region.sizes)
    branch = np.where(size >= NEEDS_COMMITTEE, 3 + 2 * (rng.random(count) < 0.3), 1 + (rng.random(count) < 0.4))
    branch = np.where((size >= NEEDS_COMMITTEE) & (rng.random(count) < 0.02), 2, branch)
    head = np.where(region.territory == NOWHERE, 5 + 2 * rng.integers(0, 3, count), 7 + 2 * rng.integers(0, 3, count))
    seats = np.where(region.kind == GENERAL, 3 + 2 * rng.integers(0, 2, count), branch)
    seats = np.where((region.kind == COMMITTEE) | (region.kind == WORK), head, seats)
    return np.where(region.kind == TEMPORARY, 1, seats).astype(np.int64)


def _kinds(region: Region, seats: Array, rng: np.random.Generator) -> tuple[Array, Array]:
    count = len(seats)
    unit = np.repeat(np.arange(count, dtype=np.int32), seats)
    first = np.cumsum(seats) - seats
    kind = np.minimum(np.arange(len(unit)) - first[unit], MEMBER).astype(np.int8)
    is_office = np.isin(region.territory, (NATION, PROVINCE, CITY, COUNTY))
    is_town = region.territory == TOWN
    more = {
        STAFF: np.where(is_office, rng.integers(12, 45, count), 0),
        FULL_TIME: np.where(is_town & (rng.random(count) < 0.74), 1, 0),
        PART_TIME: np.where(is_town & (rng.random(count) < 0.92), 1 + rng.integers(0, 2, count), 0),
    }
    units = [unit, *(np.repeat(np.arange(count, dtype=np.int32), each) for each in more.values())]
    kinds = [kind, *(np.full(int(each.sum()), code, dtype=np.int8) for code, each in more.items())]
    order = np.argsort(np.concatenate(units), kind="stable")
    return np.concatenate(units)[order], np.concatenate(kinds)[order]


def post_columns(posts: Posts, region: Region) -> dict[str, Any]:
    """The columns of the fact table `post`."""
    rng = region.chance(3)
    count, on = len(posts.unit), number_of(region.on)
    age = 24 + 38 * rng.random(count, dtype=np.float32)
    born = (on - age * 365.25).astype(np.int32)
    school = np.searchsorted(np.cumsum(SCHOOLED), rng.random(count, dtype=np.float32)).clip(max=len(EDUCATIONS) - 1)
    sex = (rng.random(count, dtype=np.float32) < 0.27).astype(np.int8)
    until = on + ((rng.random(count, dtype=np.float32) - 0.15) * 700).astype(np.int32)
    return {
        "kind": texts(posts.kind, KINDS),
        "is_full_time": posts.is_full_time,
        "on_grassroots_work": posts.grassroots,
        "filled": posts.filled,
        "holder_born_on": days(np.where(posts.filled, born, NO_DAY)),
        "holder_sex": texts(np.where(posts.filled, sex, NONE), ("1", "2")),
        "holder_education": texts(np.where(posts.filled, school, NONE).astype(np.int8), EDUCATIONS),
        "held_since": days(posts.since),
        "vacant_since": days(posts.vacant),
        "sent_down": posts.sent_down,
        "sent_until": days(np.where(posts.sent_down, until, NO_DAY)),
    }


def counts_of_posts(posts: Posts, units: int) -> dict[str, Any]:
    """What the rows of the units tell of their posts."""
    filled, team = posts.filled, posts.kind <= MEMBER
    secretary = posts.kind == 0
    vacant = np.full(units, NO_DAY, dtype=np.int32)
    vacant[posts.unit[secretary & ~filled]] = posts.vacant[secretary & ~filled]
    return {
        "team_seats": posts.seats,
        "has_committee": posts.seats >= SEATS_OF_COMMITTEE,
        "team_filled": posts.count(team & filled, units),
        "secretary_filled": posts.count(secretary & filled, units) > 0,
        "secretary_vacant_since": days(vacant),
        "full_time_organisers": posts.count((posts.kind == FULL_TIME) & filled, units),
        "part_time_organisers": posts.count((posts.kind == PART_TIME) & filled, units),
        "full_time_staff": posts.count(posts.is_full_time & filled, units),
        "part_time_staff": posts.count(~posts.is_full_time & filled, units),
        "sent_down_cadres": posts.count(posts.sent_down, units),
    }

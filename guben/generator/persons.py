"""The people of a region: members with exactly the sorts they were planned with, and those on the way."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from guben.generator.columns import NO_DAY, days, number_of, texts
from guben.generator.fitting import Array, fit, rounded
from guben.generator.people_plan import birth_days
from guben.generator.regions import HOMES, Region
from guben.generator.rows import OCCUPATIONS, OLDEST

GROWN_DAYS = 18 * 366 - 12  # eighteen years and a day or two
YEAR_DAYS = 366
ETHNICITIES = tuple(f"{number:02d}" for number in range(1, 57))
NATIONWIDE = {
    "08": 17, "03": 10, "11": 10, "05": 10, "06": 9, "07": 8, "15": 8, "04": 6, "02": 6, "09": 3, "12": 3, "13": 3,
    "10": 2, "14": 2, "16": 1.5, "19": 1.3, "17": 1.3, "18": 1.2, "22": 0.7, "26": 0.6,
}  # fmt: skip
EDUCATIONS = ("10", "20", "30", "40", "60", "70", "80", "90", "")
COLLEGE = (0.09, 0.53, 0.38)
SCHOOL = (0.14, 0.26, 0.38, 0.2, 0.01, 0.01)
STAGES = ("applicant", "activist", "candidate", "probationary", "full", "ended")
STANDINGS = ("home", "away", "retired_elsewhere", "unable", "lost")
ON_THE_WAY = (0.066, 0.156, 0.146, 0.111, 0.049, 0.36, 0.112, 0.0)  # occupations of those on the way
LIVES_IN = np.array([  # how likely an occupation is in a field, as in `units_plan.FIELDS`
    [2.0, 2.0, 1.0, 2.0, 1.0, 14.0, 10.0, 2.0, 1.0],
    [40.0, 2.0, 0.05, 0.1, 0.02, 0.3, 1.5, 0.5, 1.0],
    [0.5, 1.0, 1.0, 10.0, 8.0, 8.0, 5.0, 4.0, 0.5],
    [0.6, 1.5, 1.0, 5.0, 2.0, 9.0, 8.0, 5.0, 0.5],
    [0.3, 0.5, 30.0, 2.0, 0.2, 0.1, 0.05, 0.5, 0.05],
    [0.2, 0.2, 0.05, 0.5, 30.0, 0.1, 0.1, 0.2, 0.05],
    [4.0, 8.0, 0.1, 0.5, 0.2, 1.0, 6.0, 6.0, 8.0],
    [3.0, 12.0, 6.0, 6.0, 4.0, 5.0, 1.0, 1.0, 0.5],
])  # fmt: skip


@dataclass(frozen=True, slots=True)
class Roll:
    """The people of a region by unit. `unit` is the place in the region; who is no member has NO_DAY in `joined`."""

    unit: Array
    stage: Array
    standing: Array
    sex: Array
    born: Array
    ethnic: Array
    education: Array
    occupation: Array
    joined: Array
    full: Array

    def __len__(self) -> int:
        return len(self.unit)

    @property
    def is_member(self) -> Array:
        found: Array = self.joined != NO_DAY
        return found


def roll_of(region: Region) -> Roll:
    """All people of a region."""
    rng = region.chance(1)
    members = _members(region, rng)
    others = _on_the_way(region, rng)
    order = np.argsort(np.concatenate([members["unit"], others["unit"]]), kind="stable")
    both = {name: np.concatenate([members[name], others[name]])[order] for name in members}
    return Roll(**both)


def _members(region: Region, rng: np.random.Generator) -> dict[str, Array]:
    sorts = _sorts(region)
    unit, order = _deal(region, sorts["occupation"], rng)
    sorts = {name: column[order] for name, column in sorts.items()}
    count = len(unit)
    born, joined = _days(region, sorts["age"], sorts["span"], rng)
    on = number_of(region.on)
    full = joined + YEAR_DAYS
    is_full = full <= on
    return {
        "unit": unit,
        "stage": np.where(is_full, np.int8(4), np.int8(3)),
        "standing": _standings(on - born, sorts["occupation"], rng),
        "sex": sorts["sex"],
        "born": born,
        "ethnic": _ethnicities(region.province, sorts["ethnic"] == 1, rng),
        "education": _educations(sorts["education"] == 0, rng),
        "occupation": sorts["occupation"],
        "joined": joined,
        "full": np.where(is_full, full, NO_DAY) if count else full,
    }


def _sorts(region: Region) -> dict[str, Array]:
    """One entry for each member: the classes of every side; `span` is -1 for those of the year."""
    shape = (2, 2, 2, len(region.bands.ages), len(region.bands.joined), len(OCCUPATIONS))
    fresh = (*shape[:4], shape[5])
    names = ("sex", "ethnic", "education", "age", "span", "occupation")
    before = dict(zip(names, np.unravel_index(np.arange(len(region.before)), shape), strict=True))
    new = dict(
        zip((*names[:4], names[5]), np.unravel_index(np.arange(len(region.admitted)), fresh), strict=True)
    )  # fmt: skip
    new["span"] = np.full(len(region.admitted), -1)
    counts = np.concatenate([region.before, region.admitted])
    return {
        name: np.repeat(np.concatenate([before[name], new[name]]).astype(np.int8), counts) for name in names
    }  # fmt: skip


def _deal(region: Region, occupation: Array, rng: np.random.Generator) -> tuple[Array, Array]:
    """Who belongs where: units in order, one for each member, and the member that comes there."""
    count = len(occupation)
    fields = np.repeat(region.field, region.sizes)
    margins = (
        np.bincount(occupation, minlength=len(OCCUPATIONS)), np.bincount(fields, minlength=LIVES_IN.shape[1]),
    )  # fmt: skip
    shares = rounded(fit(LIVES_IN, margins, rounds=200), margins, rng)
    people = rng.permutation(count).astype(np.int32)
    people = people[np.argsort(occupation[people], kind="stable")]
    label = np.concatenate([np.repeat(np.arange(len(row), dtype=np.int8), row) for row in shares])
    people = people[np.argsort(label, kind="stable")]
    places = rng.permutation(np.repeat(np.arange(len(region.sizes), dtype=np.int32), region.sizes))
    places = places[np.argsort(region.field[places], kind="stable")]
    order = np.argsort(places, kind="stable")
    return places[order], people[order]


def _days(region: Region, age: Array, span: Array, rng: np.random.Generator) -> tuple[Array, Array]:
    """Days of birth and of joining that fit the classes and each other: nobody joins before 18."""
    spans = [(number_of(first), number_of(end) - 1) for first, end in region.bands.joined]
    spans.append((number_of(date(region.on.year, 1, 1)), number_of(region.on)))  # -1: those of the year
    births = [tuple(number_of(day) for day in birth_days(band, region.on)) for band in region.bands.ages]
    first_born, last_born = np.array(births, dtype=np.int32).T
    first_day, last_day = np.array(spans, dtype=np.int32).T
    curve = np.array([2.2 if high == OLDEST else 1.0 for _low, high in region.bands.ages], dtype=np.float32)
    latest = np.minimum(last_born[age], last_day[span] - GROWN_DAYS)
    earliest = first_born[age]
    room = np.maximum(latest - earliest, 0)
    latest = earliest + room
    back = rng.random(len(age), dtype=np.float32) ** curve[age] * (room + 1)
    born = latest - np.minimum(back.astype(np.int32), room)
    low = np.minimum(np.maximum(first_day[span], born + GROWN_DAYS), last_day[span])
    ahead = rng.random(len(age), dtype=np.float32) * (last_day[span] - low + 1)
    joined = low + np.minimum(ahead.astype(np.int32), last_day[span] - low)
    return born.astype(np.int32), joined.astype(np.int32)


def _standings(days_old: Array, occupation: Array, rng: np.random.Generator) -> Array:
    draw = rng.random(len(days_old), dtype=np.float32)
    old = days_old > 75 * 365
    retired = occupation == OCCUPATIONS.index("retired")
    away = np.where(retired, 0.005, np.where(old, 0.01, 0.075))
    elsewhere = away + np.where(retired, 0.11, 0.0)
    unable = elsewhere + np.where(old, 0.3, 0.004)
    found = np.zeros(len(draw), dtype=np.int8)
    found[draw < unable + 0.003] = 4
    found[draw < unable] = 3
    found[draw < elsewhere] = 2
    found[draw < away] = 1
    return found


def _ethnicities(province: str, is_minority: Array, rng: np.random.Generator) -> Array:
    weights = dict(NATIONWIDE)
    if home := HOMES.get(province):
        weights[home] = weights.get(home, 0.0) + 300
    codes = np.array([ETHNICITIES.index(code) for code in weights], dtype=np.int8)
    sums = np.cumsum(list(weights.values()))
    found = np.zeros(len(is_minority), dtype=np.int8)
    some = int(is_minority.sum())
    found[is_minority] = codes[
        np.searchsorted(sums, rng.random(some) * sums[-1], side="right").clip(max=len(codes) - 1)
    ]
    return found


def _educations(has_college: Array, rng: np.random.Generator) -> Array:
    draw = rng.random(len(has_college), dtype=np.float32)
    college = np.searchsorted(np.cumsum(COLLEGE), draw).clip(max=len(COLLEGE) - 1)
    school = len(COLLEGE) + np.searchsorted(np.cumsum(SCHOOL), draw).clip(max=len(SCHOOL) - 1)
    return np.where(has_college, college, school).astype(np.int8)


def _on_the_way(region: Region, rng: np.random.Generator) -> dict[str, Array]:
    """Applicants, activists and candidates, where the members are."""
    counts = [region.stages[stage] for stage in STAGES[:3]]
    count = sum(counts)
    sums = np.cumsum(region.sizes)
    if not len(sums) or sums[-1] == 0:
        count, counts = 0, [0, 0, 0]
    unit = np.searchsorted(sums, rng.random(count) * sums[-1], side="right") if count else np.zeros(0)
    order = np.argsort(unit, kind="stable")
    stage = rng.permutation(np.repeat(np.arange(3, dtype=np.int8), counts))
    college = rng.random(count, dtype=np.float32) < 0.55
    minority = rng.random(count, dtype=np.float32) < 0.1
    occupation = np.searchsorted(np.cumsum(ON_THE_WAY), rng.random(count)).clip(max=len(OCCUPATIONS) - 1)
    nobody = np.full(count, NO_DAY, dtype=np.int32)
    age = 18.1 + 30 * rng.random(count, dtype=np.float32) ** 2
    return {
        "unit": unit[order].astype(np.int32),
        "stage": stage,
        "standing": np.zeros(count, dtype=np.int8),
        "sex": (rng.random(count, dtype=np.float32) < 0.46).astype(np.int8),
        "born": (number_of(region.on) - age * 365.25).astype(np.int32),
        "ethnic": _ethnicities(region.province, minority, rng),
        "education": _educations(college, rng),
        "occupation": occupation.astype(np.int8),
        "joined": nobody,
        "full": nobody,
    }


def member_columns(roll: Roll, on: int, rng: np.random.Generator) -> dict[str, Any]:
    """The columns of the fact table `member`."""
    away = roll.standing > 0
    contact = np.where(away, on - (rng.random(len(roll), dtype=np.float32) ** 4 * 420).astype(np.int32), NO_DAY)
    return {
        "stage": texts(roll.stage, STAGES),
        "standing": texts(roll.standing, STANDINGS),
        "sex": texts(roll.sex, ("1", "2")),
        "born_on": days(roll.born),
        "ethnicity": texts(roll.ethnic, ETHNICITIES),
        "education": texts(roll.education, EDUCATIONS),
        "occupation": texts(roll.occupation, OCCUPATIONS),
        "joined_on": days(roll.joined),
        "full_on": days(roll.full),
        "last_contact_on": days(contact),
        "has_contact_person": away & (rng.random(len(roll), dtype=np.float32) < 0.96),
    }

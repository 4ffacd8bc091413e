"""Meetings of the year up to the day, and the leaders' part in those of their own branches."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import numpy as np

from guben.generator.columns import days, number_of, texts
from guben.generator.fitting import Array
from guben.generator.person_rows import branches_of
from guben.generator.posts import SEATS_OF_COMMITTEE
from guben.generator.regions import Region
from guben.generator.unit_rows import Rows, groups_of
from guben.generator.units_plan import COMMITTEE, WORK
from guben.kit.days import add_months

FORMS = (
    "member_meeting", "committee", "group", "lecture", "theme_day", "organisational_life", "appraisal",
    "democratic_life", "talk",
)  # fmt: skip
MEETING, BOARD, GROUP, LECTURE, THEME, LIFE, APPRAISAL, TEAM_LIFE, TALK = range(9)
FOR_ALL = (MEETING, THEME, LECTURE, LIFE, APPRAISAL)
LEADERS, SEEN = 4, 5  # leaders of a committee, and meetings of each, that are kept
DILIGENCE = 0.94


def meetings(region: Region, seats: Array) -> Rows:
    """All meetings of the region's units, sorted by unit."""
    rng = region.chance(20)
    found = list(_held(region, seats, rng))
    unit = np.concatenate([units for units, _form, _day in found])
    form = np.repeat(np.array([form for _units, form, _day in found], dtype=np.int8), [len(one[0]) for one in found])
    day = np.concatenate([held for _units, _form, held in found])
    order = np.argsort(unit, kind="stable")
    return unit[order], _columns(region, seats, unit[order], form[order], day[order], rng)


def _held(region: Region, seats: Array, rng: np.random.Generator) -> Iterator[tuple[Array, int, Array]]:
    """Units, form and days of the meetings of one form and period after another; the diligent miss few."""
    branches = branches_of(region)
    diligent = np.clip(DILIGENCE + rng.normal(0, 0.06, len(region.numbers)), 0.3, 1.0)
    boards = branches[seats[branches] >= SEATS_OF_COMMITTEE]
    groups = groups_of(region)
    heads = np.flatnonzero((region.kind == COMMITTEE) | (region.kind == WORK))
    for units, form, months in (
        (branches, THEME, 1), (boards, BOARD, 1), (branches, MEETING, 3), (branches, LECTURE, 6), (branches, LIFE, 12),
        (branches, APPRAISAL, 12), (branches, TALK, 12), (heads, TEAM_LIFE, 12),
    ):  # fmt: skip
        for first, last in _periods(region, months):
            some = units[rng.random(len(units), dtype=np.float32) < diligent[units]]
            yield some, form, rng.integers(first, last + 1, len(some), dtype=np.int32)
    for first, last in _periods(region, 1):
        some = np.repeat(branches, groups[branches])
        some = some[rng.random(len(some), dtype=np.float32) < diligent[some]]
        yield some, GROUP, rng.integers(first, last + 1, len(some), dtype=np.int32)


def _periods(region: Region, months: int) -> Iterator[tuple[int, int]]:
    """First and last days of the periods of so many months in the year up to the day."""
    begin = add_months(region.on + timedelta(days=1), -12)
    for number in range(0, 12, months):
        last = min(add_months(begin, number + months) - timedelta(days=1), region.on)
        yield number_of(add_months(begin, number)), number_of(last)


def _columns(
    region: Region, seats: Array, unit: Array, form: Array, day: Array, rng: np.random.Generator
) -> dict[str, Any]:
    count, on = len(unit), number_of(region.on)
    roll = np.where((form == BOARD) | (form == TEAM_LIFE), seats[unit], region.sizes[unit]).astype(np.int32)
    roll = np.where(form == GROUP, np.minimum(roll, 14), roll)
    entitled = np.maximum((roll * (0.86 + 0.14 * rng.random(count, dtype=np.float32))).astype(np.int32), 1)
    came = 1 - 0.6 * rng.random(count, dtype=np.float32) ** 4
    late = rng.random(count, dtype=np.float32) ** 3 * 20
    return {
        "form": texts(form, FORMS),
        "held_on": days(day),
        "counts_on": days(day),
        "recorded_on": days(np.minimum(day + late.astype(np.int32), on)),
        "roll": np.maximum(roll, 1),
        "entitled": entitled,
        "present": np.ceil(entitled * came).astype(np.int32),
        "has_minutes": rng.random(count, dtype=np.float32) < 0.96,
    }


def leader_meetings(region: Region) -> Rows:
    """A few meetings of a few leaders of every committee."""
    rng = region.chance(21)
    heads = np.flatnonzero((region.kind == COMMITTEE) | (region.kind == WORK))
    unit = np.repeat(heads, LEADERS * SEEN)
    count = len(unit)
    diligent = np.repeat(np.clip(rng.normal(0.8, 0.2, len(heads)), 0, 1), LEADERS * SEEN)
    form = np.array(FOR_ALL, dtype=np.int8)[rng.integers(0, len(FOR_ALL), count)]
    return unit, {
        "form": texts(form, FORMS),
        "held_on": days(number_of(region.on) - rng.integers(0, 364, count)),
        "attended": rng.random(count) < diligent,
    }

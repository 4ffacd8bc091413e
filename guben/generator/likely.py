"""What is likely where a bulletin says nothing: shares of 2023, and who goes with what. Invented, and only a start:
published margins always rule."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np

from guben.generator.fitting import Array

ADMITTED = 0.0243  # of members in a year
APPLIED = 0.2115  # people on the way, beside members
CANDIDATES = 0.12  # of activists
UNITS = 0.052185  # grassroots organisations for each member
NEAR_NOTHING = 1e-6

AGES = ((17, 0.0), (30, 0.1251), (35, 0.238), (40, 0.3476), (45, 0.4429), (50, 0.5344), (55, 0.6292), (60, 0.719),
        (70, 0.87), (80, 0.96), (101, 1.0))  # fmt: skip
AGES_OF_ADMITTED = ((17, 0.0), (30, 0.62), (35, 0.824), (40, 0.91), (45, 0.96), (50, 0.985), (60, 0.998), (101, 1.0))
JOINED = ((1921, 0.0), (1949.75, 0.0007), (1966.4, 0.052), (1976.8, 0.118), (1978.96, 0.1304), (2002.85, 0.46),
          (2007.8, 0.59), (2012.85, 0.7367), (2023.0, 0.976), (2100.0, 2.85))  # fmt: skip
SHARES = {
    ("member", "sex"): (0.696, 0.304), ("admitted", "sex"): (0.541, 0.459),
    ("member", "ethnic"): (0.923, 0.077), ("admitted", "ethnic"): (0.895, 0.105),
    ("member", "education"): (0.562, 0.438), ("admitted", "education"): (0.531, 0.469),
    ("member", "occupation"): (0.067, 0.2629, 0.1632, 0.1155, 0.0771, 0.0279, 0.0783, 0.2081),
    ("admitted", "occupation"): (0.0656, 0.1557, 0.1458, 0.1109, 0.0494, 0.3816, 0.0905, 0.0005),
}  # fmt: skip
WOMEN = (0.2, 0.2, 0.5, 0.3, 0.3, 0.55, 0.35, 0.3)  # by occupation, as are the next
COLLEGE = (0.3, 0.08, 0.9, 0.85, 0.97, 0.6, 0.4, 0.3)
WORKING = {  # weights of occupations at an age: up to 30, 35, 45, 50, 55, 60, and above
    30: (1, 0.6, 1.4, 1, 1, 1, 1, NEAR_NOTHING),
    35: (1, 0.7, 1.6, 1.2, 1.1, 0.03, 1, NEAR_NOTHING),
    45: (1, 0.9, 1.5, 1.3, 1.1, 0.001, 1, NEAR_NOTHING),
    50: (1, 1, 1.3, 1.3, 1.1, NEAR_NOTHING, 1, 0.02),
    55: (1, 1.1, 1.1, 1.2, 1, NEAR_NOTHING, 1, 0.3),
    60: (0.8, 1.2, 0.8, 0.9, 0.9, NEAR_NOTHING, 1, 1.2),
    200: (0.1, 3, 0.05, 0.08, 0.02, NEAR_NOTHING, 1.2, 8),
}
GROWN = 18
USUAL_AGE, SPREAD = 25.0, 8.0  # at joining


def shares(whom: str, side: str, codes: Sequence[Any], on: date) -> Array:
    """The share of each class of a side."""
    if side == "age":
        curve = AGES_OF_ADMITTED if whom == "admitted" else AGES
        return np.array([_between(curve, low - 1, high) for low, high in codes]) + NEAR_NOTHING
    if side == "joined":
        return np.array([_between(JOINED, _year(begin), _year(end)) for begin, end in codes]) + NEAR_NOTHING
    return np.array(SHARES[whom, side])


def _between(curve: Sequence[tuple[float, float]], low: float, high: float) -> float:
    at, sums = zip(*curve, strict=True)
    return float(np.interp(high, at, sums) - np.interp(low, at, sums))


def _year(day: date) -> float:
    return day.year + (day.timetuple().tm_yday - 1) / 365.25


def seed(
    ages: Sequence[tuple[int, int]], joined: Sequence[tuple[date, date]], occupations: Sequence[str], on: date
) -> Array:
    """How well the classes go together: sex, ethnicity, education, age, span of joining, occupation."""
    people = seed_of_admitted(ages, occupations)
    return people[:, :, :, :, None, :] * _joining(ages, joined, on)[None, None, None, :, :, None]


def seed_of_admitted(ages: Sequence[tuple[int, int]], occupations: Sequence[str]) -> Array:
    """The same without a span of joining."""
    women, college = np.array(WOMEN), np.array(COLLEGE)
    sex = np.stack([1 - women, women])[:, None, None, None, :]
    middle = [(low + min(high, 75)) / 2 for low, high in ages]
    schooled = np.clip(1.25 - np.array(middle) / 80, 0.1, 0.95)
    college = np.clip(college[None, :] * (0.4 + schooled[:, None]), 0.01, 0.99)
    education = np.stack([college, 1 - college])[None, None, :, :, :]
    work = np.array([_working(age) for age in middle])[None, None, None, :, :]
    table: Array = np.ones((1, 2, 1, 1, 1)) * sex * education * work
    return table


def _working(age: float) -> tuple[float, ...]:
    return next(weights for last, weights in WORKING.items() if age <= last)


def _joining(ages: Sequence[tuple[int, int]], joined: Sequence[tuple[date, date]], on: date) -> Array:
    """Nobody joined before 18; most did about 25."""
    table = np.zeros((len(ages), len(joined)))
    for row, (low, high) in enumerate(ages):
        for column, (begin, end) in enumerate(joined):
            table[row, column] = _chance(low, high, _year(begin), _year(end), _year(on))
    return table


def _chance(low: int, high: int, begin: float, end: float, on: float) -> float:
    oldest_born = on - high - 1
    if end - oldest_born < GROWN + 0.1:
        return 0.0
    found = 0.0
    for age in np.linspace(low, min(high, low + 25), 6):
        for day in np.linspace(begin, end, 6):
            then = day - (on - age)
            if then >= GROWN:
                found += float(np.exp(-(((then - USUAL_AGE) / SPREAD) ** 2) / 2)) + 0.002
    return max(found / 36, 1e-5)


def tilts(count: int, rng: np.random.Generator) -> Array:
    """How much more or less of each sort there is in each of so many places."""
    return np.exp(rng.normal(0.0, 0.15, count))

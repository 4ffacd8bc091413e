"""Who belongs to which kind of unit: leanings in age, sex, education and occupation, near the nation's shares.

Source: 党内统计公报 2023 and 2024 (women 30.9 %, minorities 7.7 %, college and above 57.6 %).
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from guben.demo.calculations import AgeMix

Weights = dict[str, float]

_LOW: Weights = {"80": 30, "70": 42, "60": 16, "40": 7, "30": 4, "20": 1}
_MIDDLE: Weights = {"70": 22, "60": 24, "40": 16, "30": 26, "20": 12}
_HIGH: Weights = {"30": 22, "20": 66, "10": 12}
_RURAL_YOUNG: Weights = {"60": 14, "40": 14, "30": 44, "20": 28}
_RURAL_RIPE: Weights = {"80": 4, "70": 34, "60": 30, "40": 12, "30": 15, "20": 5}
_OFFICE_OLD: Weights = {"60": 18, "40": 20, "30": 38, "20": 24}
_WORK_RIPE: Weights = {"70": 8, "60": 20, "40": 20, "30": 34, "20": 18}
_TOWN_OLD: Weights = {"80": 12, "70": 30, "60": 22, "40": 14, "30": 17, "20": 5}


@dataclass(frozen=True, slots=True)
class Profile:
    """The leanings of one kind of unit. `work` holds for those at working age, `later` from 60 on."""

    mix: AgeMix
    women: float
    young: Weights
    ripe: Weights
    old: Weights
    work: Weights
    later: Weights
    youngest: int = 22
    away: float = 0.03
    elsewhere: float = 0.0


_VILLAGE_WORK: Weights = {"farmer": 74, "worker": 6, "professional": 3, "manager": 5, "other": 12}
_VILLAGE_LATER: Weights = {"farmer": 84, "retired": 8, "other": 8}
_RETIRED: Weights = {"retired": 100}

PROFILES: dict[str, Profile] = {
    "village": Profile(
        AgeMix(0.24, 0.37), 0.22, _RURAL_YOUNG, _RURAL_RIPE, _LOW, _VILLAGE_WORK, _VILLAGE_LATER, 20, 0.13, 0.02
    ),
    "community": Profile(
        AgeMix(0.2, 0.45), 0.42, _HIGH, _WORK_RIPE, _TOWN_OLD,
        {"worker": 22, "professional": 14, "manager": 16, "other": 48}, _RETIRED, 21, 0.07, 0.09,
    ),
    "agency": Profile(
        AgeMix(0.38, 0.06), 0.3, _HIGH, {"40": 4, "30": 28, "20": 58, "10": 10}, _OFFICE_OLD,
        {"civil_servant": 92, "worker": 5, "professional": 3}, _RETIRED, 23, 0.01, 0.05,
    ),
    "institution": Profile(
        AgeMix(0.4, 0.08), 0.36, _HIGH, {"40": 8, "30": 36, "20": 50, "10": 6}, _OFFICE_OLD,
        {"professional": 64, "manager": 28, "worker": 8}, _RETIRED, 23, 0.01, 0.05,
    ),
    "school": Profile(
        AgeMix(0.42, 0.06), 0.5, _HIGH, {"40": 4, "30": 24, "20": 66, "10": 6}, _OFFICE_OLD,
        {"professional": 88, "manager": 12}, _RETIRED, 23, 0.01, 0.06,
    ),
    "students": Profile(
        AgeMix(1.0, 0.0), 0.55, {"60": 100}, _HIGH, _HIGH, {"student": 100}, _RETIRED, 19, 0.0, 0.0
    ),
    "hospital": Profile(
        AgeMix(0.44, 0.06), 0.55, _HIGH, {"40": 8, "30": 30, "20": 50, "10": 12}, _OFFICE_OLD,
        {"professional": 86, "manager": 12, "worker": 2}, _RETIRED, 23, 0.01, 0.05,
    ),
    "state_firm": Profile(
        AgeMix(0.36, 0.1), 0.24, {"40": 10, "30": 38, "20": 46, "10": 6}, _WORK_RIPE, _TOWN_OLD,
        {"worker": 52, "manager": 28, "professional": 20}, _RETIRED, 22, 0.01, 0.03,
    ),
    "firm": Profile(
        AgeMix(0.52, 0.05), 0.33, {"60": 10, "40": 14, "30": 40, "20": 34, "10": 2}, _MIDDLE, _MIDDLE,
        {"worker": 34, "manager": 36, "professional": 22, "other": 8}, {"retired": 60, "other": 40}, 21, 0.06, 0.0,
    ),
    "floating": Profile(
        AgeMix(0.5, 0.04), 0.28, _MIDDLE, _RURAL_RIPE, _LOW, {"worker": 50, "other": 38, "manager": 12},
        {"other": 100}, 21, 0.35, 0.0,
    ),
}  # fmt: skip

_MINORITIES: Weights = {"08": 30, "11": 14, "03": 13, "06": 10, "15": 9, "12": 6, "13": 6, "02": 5, "09": 4, "10": 3}


def pick(weights: Weights, random: Random) -> str:
    """One key, as often as its weight says."""
    return random.choices(list(weights), list(weights.values()))[0]


def ethnicity(random: Random) -> str:
    """01 for the Han, else one of the minorities that live all over the country."""
    return pick(_MINORITIES, random) if random.random() < 0.077 else "01"


def education(profile: Profile, age: int, random: Random) -> str:
    return pick(profile.young if age <= 40 else profile.ripe if age < 60 else profile.old, random)


def occupation(profile: Profile, age: int, sex: str, random: Random) -> str:
    retired = age >= 60 or (sex == "2" and age >= 55 and random.random() < 0.5 and "farmer" not in profile.work)
    return pick(profile.later if retired else profile.work, random)

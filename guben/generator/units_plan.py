"""How many units of each sort there are in the country: local committees, towns and villages, and all others by kind
and field."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from guben.generator.errors import GeneratorRefused
from guben.generator.fitting import Array, Wanted, fit, rounded, settle, whole
from guben.generator.rows import KINDS, LEVELS, SECTORS, Meaning, Read, Side

FIELDS = (
    "rural", "urban_community", "agency", "public_institution", "school", "enterprise", "non_public_enterprise",
    "social_organisation", "floating",
)  # fmt: skip
UNIT_KINDS = ("committee", "general_branch", "branch", "joint_branch", "temporary_branch", "work_committee")
COMMITTEE, GENERAL, BRANCH, JOINT, TEMPORARY, WORK = range(6)
RURAL, URBAN, AGENCY, INSTITUTION, SCHOOL, ENTERPRISE, PRIVATE, SOCIAL, FLOATING = range(9)
USUAL = 5_176_000  # grassroots organisations, of which the next are known (2023)
USUAL_LEVELS = {"province": 31, "city": 397, "county": 2771}
USUAL_TERRITORIES = {"street": 9125, "township": 29_620, "community": 119_437, "village": 488_959}
USUAL_KINDS = (0.0576, 0.0628, 0.8796)
USUAL_SECTORS = (0.149, 0.1926, 0.3091, 0.0354, 0.3139)  # agencies, institutions, enterprises, social, the rest
IN_VILLAGES = {"community": (0.08, 0.25), "village": (0.02, 0.18)}  # so many are committees, general branches
USUAL_COVER = {"non_public_enterprise": (1_585_000, 0.731), "social_organisation": (265_000, 0.617)}
FAVOURED = np.array([
    [0.3, 0.3, 1.4, 1.0, 1.0, 1.0, 0.6, 0.4, 0.2],
    [1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 0.6, 0.4, 0.2],
    [1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0],
])  # fmt: skip


@dataclass(frozen=True, slots=True)
class Units:
    """Numbers of units. `villages` are those of communities and villages by kind, `others` all units of no division
    by kind (committee, general branch, branch) and field. `covered` has covered and all establishments by kind."""

    levels: dict[str, int]
    territories: dict[str, int]
    villages: dict[str, Array]
    others: Array
    work_committees: int
    covered: dict[str, tuple[int, int]]
    missed: tuple[str, ...]

    @property
    def grassroots(self) -> int:
        towns = self.territories["street"] + self.territories["township"]
        return int(self.others.sum() + sum(kinds.sum() for kinds in self.villages.values()) + towns)


def plan_units(read: Read, grassroots: int, scale: float, rng: np.random.Generator) -> Units:
    """Numbers for so many grassroots organisations, with all margins that are published, times `scale`.

    Raises:
        GeneratorRefused: there are more towns and villages than units are left for.
    """
    usual = grassroots / USUAL
    levels = _levels(read, scale, usual)
    places = {
        place: _count(read, "territory", place, scale, number * usual) for place, number in USUAL_TERRITORIES.items()
    }
    kinds, missed = _settled(read, "kind", tuple(KINDS.values()), grassroots, scale, USUAL_KINDS)
    sectors, more = _settled(read, "sector", (*SECTORS.values(), "rest"), grassroots, scale, USUAL_SECTORS)
    towns = np.array([places["street"] + places["township"], 0, 0])
    villages = {place: whole(np.array([*part, 1 - sum(part)]), places[place]) for place, part in IN_VILLAGES.items()}
    left = kinds - sum(villages.values()) - towns
    if (left < 0).any():  # then villages are plain branches
        villages = {place: np.array([0, 0, places[place]]) for place in villages}
        left = kinds - sum(villages.values()) - towns
    fields = _fields(sectors, places)
    if (left < 0).any() or (fields < 0).any():
        sentence = f"{sum(places.values()):,} towns and villages leave no room among {grassroots:,} grassroots "
        raise GeneratorRefused(sentence + "organisations of these kinds. Give more --organisations.")
    others = rounded(fit(FAVOURED, (left, fields)), (left, fields), rng)
    work = _count(read, "work_committee", "", scale, 0)
    covered = {kind: _covered(read, kind, scale, usual) for kind in USUAL_COVER}
    return Units(levels, places, villages, others, work, covered, (*missed, *more))


def _levels(read: Read, scale: float, usual: float) -> dict[str, int]:
    """Local committees by level, one of each at least; where only all of them are published, they are shared out."""
    told = {level: read.total("unit", "level", level) for level in USUAL_LEVELS}
    numbers = {level: _count(read, "level", level, scale, number * usual) for level, number in USUAL_LEVELS.items()}
    every = read.total("unit", "level", *LEVELS.values())
    untold = [level for level, line in told.items() if line is None]
    if every and untold:
        left = round(every.value * scale) - sum(numbers[level] for level in told.keys() - untold)
        shares = whole(np.array([float(USUAL_LEVELS[level]) for level in untold]), max(left, 0))
        numbers |= dict(zip(untold, shares.tolist(), strict=True))
    return {level: max(number, 1) for level, number in numbers.items()}


def _count(read: Read, side: Side, code: str, scale: float, usual: float) -> int:
    line = read.total("unit", side, *([code] if code else []))
    return round(line.value * scale if line else usual)


def _settled(
    read: Read, side: Side, codes: tuple[str, ...], total: int, scale: float, usual: tuple[float, ...]
) -> tuple[Array, list[str]]:
    rows = []
    for line, meaning in read.of("unit", side):
        mask = np.array([code in meaning.values for code in codes])
        rows.append(Wanted(mask, line.value * scale, line.half * scale, f"{line.table} {line.row}"))
    return settle(total, rows, np.array(usual))


def _fields(sectors: Array, places: dict[str, int]) -> Array:
    """Units of no division by field."""
    agencies, institutions, enterprises, social, rest = (int(number) for number in sectors)
    schools, private, floating = institutions * 9 // 20, enterprises * 3 // 5, rest * 3 // 1000
    homes = rest - floating - sum(places.values())
    rural = homes * 3 // 5
    return np.array([
        rural, homes - rural, agencies, institutions - schools, schools, enterprises - private, private, social,
        floating,
    ])  # fmt: skip


def _covered(read: Read, kind: str, scale: float, usual: float) -> tuple[int, int]:
    """Covered establishments of a kind, and all of them."""
    lines = [line for line, meaning in read.of("establishment", "covered") if meaning == _cover(kind)]
    count, share = USUAL_COVER[kind]
    found = next((line.value * scale for line in lines if not line.is_share), count * usual)
    shared = next((line.value / 100 for line in lines if line.is_share), share)
    return round(found), max(round(found / shared), round(found)) if shared else round(found)


def _cover(kind: str) -> Meaning:
    return Meaning("establishment", "covered", (kind,))

"""A region: a province or a piece of one, invented by itself. Its units, their sizes, its share of all people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from guben.generator.fitting import Array, fit, rounded, whole
from guben.generator.people_plan import Bands, People
from guben.generator.trees import NOWHERE, Country
from guben.generator.units_plan import BRANCH, COMMITTEE, JOINT, RURAL, URBAN
from guben.rulebook_engine.frozen import cut

LEAST = 3  # members of a branch
MINORITY = {
    "西藏自治区": 9.0, "新疆维吾尔自治区": 5.0, "广西壮族自治区": 4.5, "青海省": 4.5, "宁夏回族自治区": 4.0,
    "贵州省": 4.5, "云南省": 4.0, "内蒙古自治区": 3.0, "海南省": 2.0, "湖南省": 1.3, "吉林省": 1.2, "辽宁省": 1.6,
}  # fmt: skip
ELSEWHERE = 0.35
HOMES = {
    "西藏自治区": "04", "新疆维吾尔自治区": "05", "广西壮族自治区": "08", "内蒙古自治区": "02", "宁夏回族自治区": "03",
    "青海省": "04", "贵州省": "06", "云南省": "07", "湖南省": "15", "吉林省": "10", "辽宁省": "11", "海南省": "19",
}  # fmt: skip
FLOORS = {RURAL: 1.2, URBAN: 1.4}


@dataclass(frozen=True, slots=True)
class Region:
    """Units of a province in pre-order with their members, and how many people of each sort live there.

    `numbers` are places in the whole tree; the id of a unit is its number plus one.
    """

    number: int
    seed: int
    on: date
    province: str
    numbers: Array
    kind: Array
    field: Array
    territory: Array
    sizes: Array
    bands: Bands
    before: Array
    admitted: Array
    stages: dict[str, int]
    covered: dict[str, tuple[int, int]]

    def chance(self, purpose: int) -> np.random.Generator:
        """The same draws for the same seed, region and purpose, whoever else draws."""
        return np.random.default_rng([self.seed, self.number, purpose])

    @property
    def ids(self) -> Array:
        ids: Array = self.numbers + 1
        return ids

    @property
    def members(self) -> int:
        return int(self.sizes.sum())


def member_counts(country: Country, members: int, rng: np.random.Generator) -> Array:
    """How many members each unit has: branches from three up, a few of them large; hardly any above the branches."""
    is_branch = (country.kind == BRANCH) | (country.kind == JOINT)
    sizes = np.zeros(len(country), dtype=np.int64)
    branches = np.flatnonzero(is_branch)
    if not len(branches):
        branches = np.array([len(country) - 1])
    aside = np.flatnonzero((country.kind == COMMITTEE) & (country.territory == NOWHERE))
    aside = aside[rng.random(len(aside)) < 0.01]
    aside = aside[: members // 1000]
    sizes[aside] = 1
    members -= len(aside)
    least = min(LEAST, members // len(branches))
    weights = rng.gamma(1.3, 1.0, len(branches)) + 0.02
    for field, factor in FLOORS.items():
        weights[country.field[branches] == field] *= factor
    sizes[branches] = least + whole(weights, members - least * len(branches))
    return sizes


def regions_of(
    country: Country, people: People, sizes: Array, covered: dict[str, tuple[int, int]], seed: int, most: int
) -> list[Region]:
    """First the units above all others, then one region after the other in the order of the tree."""
    spans, above = _spans(country, most)
    rng = np.random.default_rng([seed, 7])
    totals = np.array([0] + [int(sizes[first:end].sum()) for first, end, _province in spans])
    totals[0] = int(sizes.sum() - totals.sum())
    names = ["", *(province for _first, _end, province in spans)]
    before, admitted = _spread(people, totals, names, rng)
    weights = totals / max(totals.sum(), 1)
    stages = {stage: whole(weights, count) for stage, count in people.stages.items()}
    cover = {kind: (whole(weights, done), whole(weights, every - done)) for kind, (done, every) in covered.items()}
    found = []
    for number, name in enumerate(names):
        numbers = above if number == 0 else np.arange(*spans[number - 1][:2])
        found.append(
            Region(
                number=number, seed=seed, on=people.bands.on, province=name, numbers=numbers,
                kind=country.kind[numbers], field=country.field[numbers], territory=country.territory[numbers],
                sizes=sizes[numbers], bands=people.bands, before=before[:, number], admitted=admitted[:, number],
                stages={stage: int(counts[number]) for stage, counts in stages.items()},
                covered={kind: (int(done[number]), int(rest[number])) for kind, (done, rest) in cover.items()},
            )
        )  # fmt: skip
    return found


def _spans(country: Country, most: int) -> tuple[list[tuple[int, int, str]], Array]:
    """Ranges of whole subtrees, no larger than `most` units, each inside one province; and the units above them."""
    spans: list[tuple[int, int, str]] = []
    number = 1
    while number < len(country):
        end = int(country.ends[number])
        name = country.names[country.name[number]] if country.name[number] >= 0 else ""
        parts = cut((country.ends[number:end] - number).tolist(), most)
        for part in parts if len(parts) == 1 else parts[1:]:
            spans.append((number + part.first, number + part.ends, name))
        number = end
    inside = np.zeros(len(country), dtype=bool)
    for first, end, _name in spans:
        inside[first:end] = True
    return spans, np.flatnonzero(~inside)


def _spread(people: People, totals: Array, names: list[str], rng: np.random.Generator) -> tuple[Array, Array]:
    """Members of each sort by region: every sort's number and every region's are kept to the person."""
    shape = people.before.shape
    minority = np.broadcast_to(np.arange(shape[1]).reshape(1, -1, 1, 1, 1, 1), shape).ravel() == 1
    fresh = np.broadcast_to(np.arange(shape[1]).reshape(1, -1, 1, 1, 1), people.admitted.shape).ravel() == 1
    cells = np.concatenate([people.before.ravel(), people.admitted.ravel()])
    tilt = np.array([MINORITY.get(name, ELSEWHERE) for name in names])
    seed = np.where(np.concatenate([minority, fresh])[:, None], tilt[None, :], 1.0)
    seed = seed * np.exp(rng.normal(0, 0.1, seed.shape)) * cells[:, None] * totals[None, :]
    used = np.flatnonzero(cells)
    counts = np.zeros(seed.shape, dtype=np.int32)
    if len(used):
        margins = (cells[used], totals)
        counts[used] = rounded(fit(seed[used], margins, rounds=60), margins, rng)
    split = people.before.size
    return counts[:split], counts[split:]

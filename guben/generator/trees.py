"""The tree: centre, provinces, cities, counties, towns, and all grassroots organisations below, in pre-order."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from guben.generator.fitting import Array
from guben.generator.places import Layer, layer, provinces, read_known
from guben.generator.units_plan import (
    AGENCY,
    BRANCH,
    COMMITTEE,
    FIELDS,
    FLOATING,
    GENERAL,
    JOINT,
    PRIVATE,
    RURAL,
    SOCIAL,
    TEMPORARY,
    URBAN,
    WORK,
    Units,
)
from guben.kit.tree import DIGITS, STEP

TERRITORY = ("", "nation", "province", "city", "county", "town", "village", "community")
NOWHERE, NATION, PROVINCE, CITY, COUNTY, TOWN, VILLAGE, COMMUNITY = range(8)
DIVISIONS = {
    "city": ("市", CITY), "county": ("县", COUNTY), "street": ("街道", TOWN), "township": ("乡", TOWN),
    "community": ("社区", COMMUNITY), "village": ("村", VILLAGE),
}  # fmt: skip
NO_NAME = -1
JOINT_SHARE, TEMPORARY_SHARE = 0.04, 0.006


@dataclass(frozen=True, slots=True)
class Country:
    """All units in pre-order: a unit's place is its number. `name` is the place in `names` of the unit's own division
    (-1: none), `ordinal` its number among the units directly below its superior."""

    parent: Array
    ends: Array
    depth: Array
    ordinal: Array
    kind: Array
    field: Array
    territory: Array
    name: Array
    names: list[str]

    def __len__(self) -> int:
        return len(self.parent)

    def paths(self) -> Array:
        """The materialised path of every unit, as bytes."""
        found = np.zeros(len(self), dtype=f"S{STEP * (int(self.depth.max()) + 1)}")
        steps = _steps(int(self.ordinal.max()) + 1)
        for depth in range(int(self.depth.max()) + 1):
            here = np.flatnonzero(self.depth == depth)
            above = found[self.parent[here]] if depth else np.zeros(len(here), dtype="S1")
            found[here] = np.strings.add(above, steps[self.ordinal[here]])
        return found


def _steps(count: int) -> Array:
    digits = np.frombuffer(DIGITS.encode(), dtype="S1")
    numbers = np.arange(count)
    found = np.zeros(count, dtype="S0")
    for power in reversed(range(STEP)):
        found = np.strings.add(found, digits[numbers // 36**power % 36])
    return found


@dataclass(slots=True)
class _Grower:
    """Units in the order in which they are found, superiors first."""

    blocks: list[dict[str, Array]] = field(default_factory=list)
    count: int = 0
    names: list[str] = field(default_factory=list)

    def add(self, parent: Array, kind: Any, of: Any, territory: int = NOWHERE, names: list[str] | None = None) -> Array:
        """Units below these; their places come back."""
        size = len(parent)
        block: dict[str, Array] = {
            "parent": np.asarray(parent, dtype=np.int64),
            "kind": np.broadcast_to(np.asarray(kind, dtype=np.int8), size),
            "field": np.broadcast_to(np.asarray(of, dtype=np.int8), size),
            "territory": np.full(size, territory, dtype=np.int8),
            "name": np.full(size, NO_NAME, dtype=np.int32),
        }
        if names is not None:
            block["name"] = np.arange(len(self.names), len(self.names) + size, dtype=np.int32)
            self.names += names
        self.blocks.append(block)
        self.count += size
        return np.arange(self.count - size, self.count)

    def column(self, name: str) -> Array:
        return np.concatenate([block[name] for block in self.blocks])


def grow(units: Units, rng: np.random.Generator, divisions: Path | None = None) -> Country:
    """The tree of so many units."""
    grower = _Grower()
    places = _divisions(grower, units, rng, divisions)
    for of in range(len(FIELDS)):
        _sector(grower, units, of, places, rng)
    grower.add(_pick(places["county"], units.work_committees, rng), WORK, AGENCY)
    return _in_order(grower)


def _divisions(grower: _Grower, units: Units, rng: np.random.Generator, folder: Path | None) -> dict[str, Array]:
    """Local committees, towns, communities and villages; the places of each sort."""
    centre = grower.add(np.array([-1]), COMMITTEE, AGENCY, NATION, ["全国"])
    codes, names, weights = provinces(units.levels["province"], rng)
    known = read_known(folder, codes)
    places = {"province": grower.add(np.repeat(centre, len(codes)), COMMITTEE, AGENCY, PROVINCE, names)}
    below = {code: number for number, code in enumerate(codes)}
    cities, city_codes = layer(known.get("city"), units.levels["city"], below, weights, "市", rng)
    places["city"] = grower.add(places["province"][cities.above], COMMITTEE, AGENCY, CITY, cities.names)
    superiors = np.concatenate([places["city"], places["province"]])
    above = city_codes | {code: len(cities) + number for code, number in below.items()}
    size = np.concatenate([rng.gamma(4.0, 1.0, len(cities)), np.full(len(codes), 0.0 if len(cities) else 1.0)])
    counties, county_codes = layer(known.get("county"), units.levels["county"], above, size, "县", rng)
    places["county"] = grower.add(superiors[counties.above], COMMITTEE, AGENCY, COUNTY, counties.names)
    homes = np.concatenate([cities.above, np.arange(len(codes))])[counties.above]
    places["weight-of-county"] = weights[homes] / np.bincount(homes, minlength=len(codes))[homes]
    town_codes: dict[str, int] = {}
    size = rng.gamma(3.0, 1.0, len(counties))
    for place, of in (("street", URBAN), ("township", RURAL)):
        towns, found = layer(known.get(place), units.territories[place], county_codes, size, DIVISIONS[place][0], rng)
        places[place] = grower.add(places["county"][towns.above], COMMITTEE, of, TOWN, towns.names)
        first = 0 if place == "street" else units.territories["street"]
        town_codes |= {code: first + number for code, number in found.items()}
    _villages(grower, units, places, rng, known, town_codes)
    return places


def _villages(
    grower: _Grower, units: Units, places: dict[str, Array], rng: np.random.Generator, known: dict[str, Any],
    town_codes: dict[str, int],
) -> None:  # fmt: skip
    """Communities mostly below streets, villages mostly below townships; either where the other is missing."""
    towns = np.concatenate([places["street"], places["township"]])
    if not len(towns):
        towns = places["county"]
    is_street = np.arange(len(towns)) < len(places["street"])
    for place, of, likes in (("community", URBAN, is_street), ("village", RURAL, ~is_street)):
        size = rng.gamma(3.0, 1.0, len(towns)) * np.where(likes, 1.0, 0.05)
        word, territory = DIVISIONS[place]
        found: Layer
        found, _codes = layer(known.get(place), units.territories[place], town_codes, size, word, rng)
        kinds = np.repeat(np.array([COMMITTEE, GENERAL, BRANCH]), units.villages[place])
        rng.shuffle(kinds)
        places[place] = grower.add(towns[found.above], kinds, of, territory, found.names)
        for kind in (COMMITTEE, GENERAL):
            places[f"{place}-{kind}"] = places[place][kinds == kind]
    places["town"] = towns


def _sector(grower: _Grower, units: Units, of: int, places: dict[str, Array], rng: np.random.Generator) -> None:
    """All units of no division in one field: committees, general branches below them, branches below either."""
    committees, generals, branches = (int(number) for number in units.others[:, of])
    towns = places["town"]
    if of in (RURAL, URBAN):
        own = "village" if of == RURAL else "community"
        heads = [towns, places[f"{own}-{COMMITTEE}"]]
        above_all = towns
        middle = places[f"{own}-{GENERAL}"]
    else:
        heads = [towns]
        above_all = _offices(places, committees, rng)
        middle = np.array([], dtype=np.int64)
    parents = _pick(above_all, committees, rng) if of in (RURAL, URBAN) else above_all
    new = grower.add(parents, COMMITTEE, of)
    loose = 0.5 if of in (PRIVATE, SOCIAL, FLOATING) else 0.12
    tops = [np.concatenate([*heads[1:], new]), towns]
    groups = grower.add(_pick_of(tops, (1 - loose, loose), generals, rng), GENERAL, of)
    middle = np.concatenate([middle, groups])
    kinds = np.full(branches, BRANCH, dtype=np.int8)
    kinds[rng.random(branches) < (JOINT_SHARE if of in (PRIVATE, SOCIAL) else 0.0)] = JOINT
    kinds[rng.random(branches) < TEMPORARY_SHARE] = TEMPORARY
    first = min(2 * len(middle), branches)  # a general branch has two at least
    parents = np.concatenate([
        np.resize(middle, first) if len(middle) else np.zeros(0, dtype=np.int64),
        _pick_of([middle, *tops], (0.4, 0.6 - 0.6 * loose, 0.6 * loose), branches - first, rng),
    ])  # fmt: skip
    grower.add(parents, kinds, of)


def _offices(places: dict[str, Array], count: int, rng: np.random.Generator) -> Array:
    """Counties mostly, some cities and provinces: above the committees of one field."""
    counties, cities, above = (int(some) for some in rng.multinomial(count, (0.84, 0.12, 0.04)))
    return np.concatenate([
        _pick(places["county"], counties, rng, places["weight-of-county"]),
        _pick(places["city"], cities, rng), _pick(places["province"], above, rng),
    ])  # fmt: skip


def _pick(places: Array, count: int, rng: np.random.Generator, weights: Array | None = None) -> Array:
    """So many of these, some far more often than others."""
    if count == 0:
        return np.zeros(0, dtype=np.int64)
    sums = np.cumsum((rng.gamma(0.8, 1.0, len(places)) + 1e-9) * (1.0 if weights is None else weights))
    found: Array = places[np.searchsorted(sums, rng.random(count) * sums[-1])]
    return found


def _pick_of(choices: list[Array], shares: tuple[float, ...], count: int, rng: np.random.Generator) -> Array:
    """So many, a share from each; the share of one that is empty goes to the others."""
    chance = np.array([share if len(places) else 0.0 for places, share in zip(choices, shares, strict=True)])
    chance = chance / chance.sum()
    counts = rng.multinomial(count, chance)
    return np.concatenate([_pick(places, int(some), rng) for places, some in zip(choices, counts, strict=True)])


def _depths(parent: Array) -> Array:
    """How far below the root each unit is; superiors stand before those below them."""
    depth = np.zeros(len(parent), dtype=np.int8)
    here = np.flatnonzero(parent == 0)
    while len(here):
        depth[here] = depth[parent[here[0]]] + 1
        here = np.flatnonzero(np.isin(parent, here))
    return depth


def _in_order(grower: _Grower) -> Country:
    """All units in pre-order: sizes of subtrees from the deepest up, then numbers from the root down."""
    parent = grower.column("parent")
    depth = _depths(parent)
    size = np.ones(len(parent), dtype=np.int64)
    deepest = int(depth.max())
    for level in range(deepest, 0, -1):
        here = np.flatnonzero(depth == level)
        size += np.bincount(parent[here], weights=size[here], minlength=len(parent)).astype(np.int64)
    number = np.zeros(len(parent), dtype=np.int64)
    ordinal = np.zeros(len(parent), dtype=np.int64)
    for level in range(1, deepest + 1):
        here = np.flatnonzero(depth == level)
        here = here[np.argsort(parent[here], kind="stable")]
        starts = np.flatnonzero(np.diff(parent[here], prepend=-1))
        groups = np.repeat(np.arange(len(starts)), np.diff(starts, append=len(here)))
        sums = np.cumsum(size[here]) - size[here]
        number[here] = number[parent[here]] + 1 + sums - sums[starts][groups]
        ordinal[here] = np.arange(len(here)) - starts[groups]
    order = np.argsort(number, kind="stable")
    above = np.where(parent >= 0, number[parent], -1)[order]
    columns = {name: grower.column(name)[order] for name in ("kind", "field", "territory", "name")}
    return Country(
        parent=above, ends=np.arange(len(parent)) + size[order], depth=depth[order], ordinal=ordinal[order],
        names=grower.names, **columns,
    )  # fmt: skip

"""The units of an invented part of the country: six levels, a thousand units and 20,000 members to a county."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from guben.kit import tree

TOWNS, COUNTIES, CITIES = 20, 10, 10  # of a county, a city, a province
UNITS_OF_A_COUNTY = 1000
MARKS = "清莲禾松石云榕梅鹤青竹芦枫沙望河柳桃兰溪湖岭泉星玉林杉桂棠樟"
ENDS = ("村", "社区", "机关", "中心小学", "水务站", "纺织厂", "卫生院", "合作社")
FIELDS = ("rural", "urban_community", "agency", "school", "public_institution", "enterprise", "public_institution",
          "non_public_enterprise")  # fmt: skip
WEIGHTS = (40, 18, 10, 8, 5, 7, 5, 7)
FOUNDED, KEPT_FROM = date(1996, 1, 1), date(2025, 7, 1)


@dataclass(frozen=True, slots=True)
class Unit:
    """One unit; `size` people belong to it."""

    id: int
    parent: int | None
    path: str
    code: str
    name: str
    kind: str
    field: str
    territory: str
    founded_on: date
    size: int = 0


def units(count: int, members: int, seed: int = 1) -> Iterator[Unit]:
    """So many units (about) with so many people (about) in pre-order."""
    return _Tree(count, members, seed).grow()


class _Tree:
    def __init__(self, count: int, members: int, seed: int) -> None:
        self.dice = random.Random(seed)
        self.counties = max(1, count // UNITS_OF_A_COUNTY)
        self.cities = -(-self.counties // COUNTIES)
        self.provinces = -(-self.cities // CITIES)
        above = 1 + self.provinces + self.cities + self.counties * (1 + TOWNS)
        self.branches = max(1, round((count - above) / (self.counties * TOWNS)))
        self.mean = members / (self.branches * self.counties * TOWNS)
        self.next_id = 0

    def grow(self) -> Iterator[Unit]:
        nation = self._unit(None, 1, "全国", "nation")
        yield nation
        for province in range(self.provinces):
            top = self._unit(nation, province, f"{self._name()}省", "province")
            yield top
            for city in range(province * CITIES, min(self.cities, (province + 1) * CITIES)):
                yield from self._city(top, city)

    def _city(self, province: Unit, city: int) -> Iterator[Unit]:
        top = self._unit(province, city, f"{self._name()}市", "city")
        yield top
        for county in range(city * COUNTIES, min(self.counties, (city + 1) * COUNTIES)):
            below = self._unit(top, county % COUNTIES, f"{self._name()}县", "county")
            yield below
            for town in range(TOWNS):
                yield from self._town(below, town)

    def _town(self, county: Unit, number: int) -> Iterator[Unit]:
        name = self._name()
        top = self._unit(county, number, f"{name}镇", "town")
        yield top
        for branch in range(self.branches):
            which = 2 if branch == 0 else self.dice.choices(range(len(ENDS)), WEIGHTS)[0]
            size = max(3, min(200, round(self.dice.gammavariate(2.6, self.mean / 2.6))))
            yield self._unit(
                top, branch, f"{name}镇{'' if branch == 0 else self._name()}{ENDS[which]}党支部", "",
                kind="branch", field=FIELDS[which], size=size,
            )  # fmt: skip

    def _name(self) -> str:
        return "".join(self.dice.sample(MARKS, 2))

    def _unit(
        self, parent: Unit | None, number: int, name: str, territory: str, *, kind: str = "committee",
        field: str = "agency", size: int = 0,
    ) -> Unit:  # fmt: skip
        self.next_id += 1
        days = self.dice.randrange(9000) if kind == "branch" else 0
        return Unit(
            self.next_id, parent.id if parent else None, (parent.path if parent else "") + tree.step(number + 1),
            f"{parent.code}{number + 1:03d}" if parent else "97", f"{name}委员会" if territory else name, kind, field,
            territory, FOUNDED + timedelta(days=days), size,
        )  # fmt: skip

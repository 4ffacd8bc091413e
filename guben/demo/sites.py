"""The sites of the demo: 88 communities of which 32 rent or borrow, one of 8 m², five dangerous in all (S4, M2.4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from guben.demo import names
from guben.demo.plan import DAY, UnitPlan, ago
from guben.demo.shape import City

RENTED, BORROWED = 24, 8
TINY_M2 = 8
DANGEROUS_COMMUNITIES, DANGEROUS_VILLAGES = 3, 2


@dataclass(slots=True)
class SitePlan:
    """One site to be."""

    unit: UnitPlan
    name: str
    address: str
    area_m2: int
    tenure: str = "owned"
    condition: str = "sound"
    lease_ends_on: date | None = None
    checked_on: date | None = None
    from_on: date = date(2012, 1, 1)


def plan_sites(city: City, renting_for_sure: UnitPlan, random: Random) -> list[SitePlan]:
    """One site for each village, community and town."""
    rooms = [_site(unit, "党群服务中心", 120, 900, random) for unit in city.communities]
    halls = [_site(unit, "党群服务站", 110, 600, random) for unit in city.villages]
    _rent(rooms, renting_for_sure, random)
    others = [site for site in rooms if site.unit is not renting_for_sure and site.tenure == "owned"]
    for site in random.sample(others, min(DANGEROUS_COMMUNITIES, len(others))):
        site.condition = "dangerous"
    for site in random.sample(halls, min(DANGEROUS_VILLAGES, len(halls))):
        site.condition = "dangerous"
    return rooms + halls + [_site(unit, "党群服务中心", 900, 2600, random) for unit in city.towns]


def _site(unit: UnitPlan, suffix: str, least: int, most: int, random: Random) -> SitePlan:
    place = unit.short_name.removesuffix("党工委").removesuffix("党委")
    return SitePlan(
        unit,
        f"{place}{suffix}",
        f"{place}{random.choice(names.ROADS)}{random.randrange(1, 190)}号",
        int(random.triangular(least, most, least * 2)),
        condition="worn" if random.random() < 0.08 else "sound",
        checked_on=ago(random.randrange(20, 400)),
        from_on=max(unit.founded_on, date(random.randrange(2006, 2021), random.randrange(1, 13), 1)),
    )


def random_site(unit: UnitPlan, random: Random) -> SitePlan:
    """A site for a village or community of any tree: most owned, few small, very few dangerous."""
    site = _site(unit, "党群服务站", 60, 700, random)
    if random.random() < (0.36 if unit.territory == "community" else 0.06):
        site.tenure = random.choice(("rented", "rented", "borrowed"))
        site.lease_ends_on = DAY + timedelta(days=random.choice((-25, 40, 150, 420, 900)))
    if random.random() < 0.01:
        site.area_m2 = random.randrange(8, 30)
    if random.random() < 0.006:
        site.condition = "dangerous"
    return site


def _rent(rooms: Sequence[SitePlan], for_sure: UnitPlan, random: Random) -> None:
    """Lets exactly 32 of the 88 rent or borrow; fewer, in proportion, in a smaller city."""
    rented, borrowed = round(len(rooms) * RENTED / 88), round(len(rooms) * BORROWED / 88)
    sure = [site for site in rooms if site.unit is for_sure]
    others = random.sample([site for site in rooms if site.unit is not for_sure], rented + borrowed - len(sure))
    for number, site in enumerate(sure + others):
        site.tenure = "rented" if number < rented else "borrowed"
        site.lease_ends_on = DAY + timedelta(days=random.choice((-25, 40, 92, 150, 300, 420, 600, 900)))
        site.area_m2 = random.randrange(60, 260)
    if sure:
        sure[0].lease_ends_on, sure[0].area_m2 = date(2026, 9, 30), 86
    if others:
        others[0].area_m2 = TINY_M2

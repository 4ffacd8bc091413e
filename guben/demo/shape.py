"""The shape of 示范市: its towns and streets, villages and communities, agencies, schools and firms, as plans.

Source: S4 (23 towns and streets, 150 villages, 88 communities); M2.1.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from guben.demo import names
from guben.demo.plan import KEPT_FROM, UnitPlan

CITY = "990000"
CLERK_TOWN = "990001"  # the town whose clerk keeps the records of some 40 branches
_NUMBERS = "一二三四五六七八九十"


@dataclass(frozen=True, slots=True)
class Counts:
    """How many units of each sort; the full city unless told otherwise."""

    towns: int = 15
    streets: int = 8
    villages: int = 150
    communities: int = 88
    offices: int = 54
    schools: int = 20
    hospitals: int = 11
    state_firms: int = 10
    firms: int = 72
    floating: int = 6
    per_town: float = 1.0
    clerk_villages: int = 15
    clerk_communities: int = 12


SMALL = Counts(3, 2, 9, 9, 14, 5, 3, 2, 14, 1, 0.4, 3, 2)  # a city for tests, with everything in it once


@dataclass(slots=True)
class City:
    """All units, parents before children, and those that other steps look for."""

    units: list[UnitPlan] = field(default_factory=list)
    towns: list[UnitPlan] = field(default_factory=list)
    villages: list[UnitPlan] = field(default_factory=list)
    communities: list[UnitPlan] = field(default_factory=list)
    offices: list[UnitPlan] = field(default_factory=list)

    @property
    def top(self) -> UnitPlan:
        return self.units[0]

    @property
    def branches(self) -> list[UnitPlan]:
        return [unit for unit in self.units if unit.setting and unit.ends_on is None]

    def below(self, top: UnitPlan) -> list[UnitPlan]:
        """The branches at and below a unit."""
        return [unit for unit in self.branches if top in _line(unit)]


def _line(unit: UnitPlan) -> list[UnitPlan]:
    line = [unit]
    while line[-1].parent:
        line.append(line[-1].parent)
    return line


class _Builder:
    def __init__(self, counts: Counts, random: Random) -> None:
        self.counts = counts
        self.random = random
        self.city = City()
        self._last: dict[str, int] = {}

    def add(
        self, parent: UnitPlan | None, code: str, name: str, short: str, kind: str, field_: str, **more: object
    ) -> UnitPlan:
        unit = UnitPlan(code, parent, name, short, kind, field_, **more)  # type: ignore[arg-type]
        if parent and unit.founded_on < parent.founded_on:
            unit.founded_on = parent.founded_on
        self.city.units.append(unit)
        return unit

    def below(self, parent: UnitPlan, start: int = 0) -> str:
        """The next code below a unit: three digits, two below a general branch."""
        key = f"{parent.code}/{start}"
        self._last[key] = self._last.get(key, start) + 1
        return f"{parent.code}{self._last[key]:0{2 if parent.kind == 'general_branch' else 3}d}"

    def day(self, first: int, last: int) -> date:
        return date(first, 1, 1) + timedelta(days=self.random.randrange((last - first + 1) * 365))

    def branch(
        self,
        parent: UnitPlan,
        code: str,
        title: str,
        short: str,
        setting: str,
        field_: str,
        years: tuple[int, int],
        weight: float,
        **more: object,
    ) -> UnitPlan:
        return self.add(
            parent, code, f"{title}党支部", short, str(more.pop("kind", "branch")), field_,
            setting=setting, weight=weight, founded_on=self.day(*years), **more,
        )  # fmt: skip

    def general_branch(
        self,
        parent: UnitPlan,
        title: str,
        short: str,
        setting: str,
        field_: str,
        years: tuple[int, int],
        count: int,
        weight: float,
        **more: object,
    ) -> UnitPlan:
        """A general branch with two to four branches below it, who have the members."""
        unit = self.add(
            parent, self.below(parent), f"{title}党总支", short, "general_branch", field_,
            founded_on=self.day(*years), **more,
        )  # fmt: skip
        for number in range(count):
            nth = f"第{_NUMBERS[number]}"
            self.branch(
                unit, self.below(unit), f"{title}{nth}", f"{short}{nth}党支部", setting, field_,
                (unit.founded_on.year, unit.founded_on.year + 6), weight * self.random.uniform(0.7, 1.2),
            )  # fmt: skip
        return unit


def plan_city(counts: Counts, random: Random) -> City:
    """The whole city as plans, without people."""
    builder = _Builder(counts, random)
    top = builder.add(
        None, CITY, "中共示范市委员会", "示范市委", "committee", "agency", territory="city", founded_on=date(1950, 3, 1)
    )
    _plan_towns(builder, top)
    _plan_settlements(builder)
    for town in builder.city.towns:
        _plan_town_units(builder, town)
    _plan_offices(builder, top)
    _plan_education(builder, top)
    _plan_firms(builder, top)
    _plan_hospitals(builder, top)
    _plan_new_fields(builder, top)
    return builder.city


def _plan_towns(builder: _Builder, top: UnitPlan) -> None:
    counts = builder.counts
    chosen = names.TOWNS[: counts.towns] + names.TOWNS[15 : 15 + counts.streets]
    for number, name in enumerate(chosen, 1):
        street = name.endswith("街道")
        builder.city.towns.append(
            builder.add(
                top,
                f"990{number:03d}",
                f"中共示范市{name}{'工作' if street else ''}委员会",
                f"{name}{'党工委' if street else '党委'}",
                "work_committee" if street else "committee",
                "urban_community" if street else "rural",
                territory="town",
                founded_on=builder.day(1984, 1987) if street else builder.day(1956, 1962),
            )
        )


def _plan_settlements(builder: _Builder) -> None:
    """Villages and communities over the towns; the clerk's town has none that is split into branches."""
    counts, city, random = builder.counts, builder.city, builder.random
    villages = names.village_names(counts.villages)
    communities = names.community_names(counts.communities)
    random.shuffle(villages)
    random.shuffle(communities)
    rural = [town for town in city.towns[1:] if town.kind == "committee"]
    streets = [town for town in city.towns if town.kind == "work_committee"]
    homes = [city.towns[0]] * counts.clerk_villages
    homes += [rural[i % len(rural)] for i in range(counts.villages - counts.clerk_villages)]
    for name, town in zip(villages, sorted(homes, key=lambda town: town.code), strict=True):
        city.villages.append(_plan_settlement(builder, town, name, "village", "rural", random.random() < 0.22))
    left = counts.communities - counts.clerk_communities
    homes = [city.towns[0]] * counts.clerk_communities + rural[:left]
    homes += [streets[i % len(streets)] for i in range(counts.communities - len(homes))]
    for name, town in zip(communities, sorted(homes, key=lambda town: town.code), strict=True):
        split = random.random() < 0.53
        city.communities.append(_plan_settlement(builder, town, name, "community", "urban_community", split))


def _plan_settlement(builder: _Builder, town: UnitPlan, name: str, setting: str, field_: str, split: bool) -> UnitPlan:
    place = town.short_name.removesuffix("党工委").removesuffix("党委")
    years = (1958, 1972) if setting == "village" else (1988, 2008)
    more = {"territory": setting, "term_months": 60}
    if not split or town.code == CLERK_TOWN:
        weight = builder.random.uniform(24, 50)
        return builder.branch(town, builder.below(town), f"{place}{name}", name, setting, field_, years, weight, **more)
    count = builder.random.choice((2, 3, 3, 4))
    return builder.general_branch(town, f"{place}{name}", name, setting, field_, years, count, 38, **more)


def _plan_town_units(builder: _Builder, town: UnitPlan) -> None:
    """Agencies, schools, a hospital and firms of a town."""
    place = town.short_name.removesuffix("党工委").removesuffix("党委")
    clerk = town.code == CLERK_TOWN
    mark = place.removesuffix("镇").removesuffix("街道")
    stock: list[tuple[str, str, str]] = [("机关第一", "agency", "agency"), ("机关第二", "agency", "agency")]
    if not clerk:
        stock += [("执法和安全", "agency", "agency"), ("农业农村服务中心", "institution", "public_institution")]
    stock += [(f"{mark}中心小学", "school", "school"), (f"{mark}初级中学", "school", "school")]
    stock += [("卫生院" if place.endswith("镇") else "社区卫生服务中心", "hospital", "public_institution")]
    stock += [("文化服务中心", "institution", "public_institution")]
    if not clerk:
        stock += [(f"{mark}第二小学", "school", "school")]
    for title, setting, field_ in stock[: max(2, round(len(stock) * builder.counts.per_town))]:
        short = title if title.startswith(mark) else f"{place}{title}"
        builder.branch(
            town, builder.below(town, 200), f"{place}{title}" if not title.startswith(mark) else f"示范市{title}",
            short, setting, field_, (1990, 2012), builder.random.uniform(24, 44),
        )  # fmt: skip
    count = 8 if clerk else round(builder.random.choice((8, 9, 10)) * builder.counts.per_town)
    for name in names.firm_names(builder.random, count):
        joint = builder.random.random() < 0.14
        builder.branch(
            town, builder.below(town, 300), f"{place}{name}{'联合' if joint else ''}",
            f"{name}{'联合' if joint else ''}", "firm", "non_public_enterprise", (2004, 2021),
            builder.random.uniform(5, 16), kind="joint_branch" if joint else "branch",
        )  # fmt: skip


def _plan_offices(builder: _Builder, top: UnitPlan) -> None:
    works = builder.add(
        top, "990101", "中共示范市直属机关工作委员会", "市直机关工委", "work_committee", "agency",
        founded_on=date(1983, 5, 1),
    )  # fmt: skip
    for name in names.CITY_OFFICES[: builder.counts.offices]:
        weight = builder.random.uniform(18, 46)
        builder.city.offices.append(
            builder.branch(works, builder.below(works), f"示范{name}", name, "agency", "agency", (1985, 2005), weight)
        )
    builder.city.offices[1].size = 48  # the organisation department, whose staff M7.1 counts
    builder.city.offices[1].weight = 0


def _plan_education(builder: _Builder, top: UnitPlan) -> None:
    works = builder.add(
        top,
        "990102",
        "中共示范市委教育工作委员会",
        "市教育工委",
        "work_committee",
        "school",
        founded_on=date(1996, 9, 1),
    )
    for number in range(builder.counts.schools):
        sort = ("中学", "小学", "实验学校", "幼儿园")[number % 4]
        title = f"示范市第{_NUMBERS[number // 4]}{sort}"
        short = title.removeprefix("示范")
        if number % 4 == 0:
            builder.general_branch(works, title, short, "school", "school", (1997, 2003), 3, 32)
        else:
            weight = builder.random.uniform(16, 44)
            builder.branch(works, builder.below(works), title, short, "school", "school", (1997, 2010), weight)
    _plan_college(builder, works)


def _plan_college(builder: _Builder, works: UnitPlan) -> None:
    college = builder.add(
        works, builder.below(works), "中共示范市职业技术学院委员会", "市职业技术学院党委", "committee", "school",
        founded_on=date(2002, 9, 1),
    )  # fmt: skip
    departments = ("机电", "信息", "财经", "护理", "农林", "艺术")
    pairs = [(f"{name}系学生", "students") for name in departments]
    pairs += [(f"{name}系教工", "school") for name in departments] + [("机关", "school"), ("后勤", "school")]
    for title, setting in pairs if builder.counts.per_town == 1 else pairs[5:8]:
        builder.branch(
            college, builder.below(college), f"示范市职业技术学院{title}", f"学院{title}", setting, "school",
            (2003, 2015), builder.random.uniform(24, 46),
        )  # fmt: skip


def _plan_firms(builder: _Builder, top: UnitPlan) -> None:
    works = builder.add(
        top, "990103", "中共示范市国有资产监督管理委员会委员会", "市国资委党委", "committee", "enterprise",
        founded_on=date(2004, 8, 1),
    )  # fmt: skip
    for number, name in enumerate(names.STATE_FIRMS[: builder.counts.state_firms]):
        title, years = f"示范市{name}", (2005, 2009)
        if number < 8:
            builder.general_branch(works, title, name, "state_firm", "enterprise", years, 3 + number % 2, 34)
        else:
            builder.branch(works, builder.below(works), title, name, "state_firm", "enterprise", years, 30)


def _plan_hospitals(builder: _Builder, top: UnitPlan) -> None:
    works = builder.add(
        top, "990104", "中共示范市卫生健康工作委员会", "市卫生健康工委", "work_committee", "public_institution",
        founded_on=date(2001, 4, 1),
    )  # fmt: skip
    for number, name in enumerate(names.HOSPITALS[: builder.counts.hospitals]):
        title, short, years = f"示范市{name}", f"市{name}", (2002, 2009)
        if number < 6:
            builder.general_branch(works, title, short, "hospital", "public_institution", years, 4, 36)
        else:
            weight = builder.random.uniform(18, 40)
            builder.branch(works, builder.below(works), title, short, "hospital", "public_institution", years, weight)


def _plan_new_fields(builder: _Builder, top: UnitPlan) -> None:
    works = builder.add(
        top, "990105", "中共示范市非公有制经济组织和社会组织工作委员会", "市两新工委", "work_committee",
        "non_public_enterprise", founded_on=date(2003, 7, 1),
    )  # fmt: skip
    for name in names.firm_names(builder.random, builder.counts.firms):
        joint = builder.random.random() < 0.18
        short = f"{name}{'联合' if joint else ''}"
        builder.branch(
            works, builder.below(works), f"示范市{short}", short, "firm", "non_public_enterprise", (2004, 2022),
            builder.random.uniform(5, 22), kind="joint_branch" if joint else "branch",
        )  # fmt: skip
    places = ("省城", "沿海", "临市", "北方", "西部", "商会")
    for place in places[: builder.counts.floating]:
        title = f"驻{place}流动党员"
        builder.branch(
            works, builder.below(works, 800), f"示范市{title}", title, "floating", "floating", (2008, 2018),
            builder.random.uniform(14, 30),
        )  # fmt: skip


def kept_since(unit: UnitPlan) -> date:
    """The day from which a unit's records are kept: the demo's, or its founding where that was later."""
    return max(KEPT_FROM, unit.founded_on)

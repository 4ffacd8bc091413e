"""The establishments of the demo: the firms behind the branches, and others with no organisation yet (M2.5)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from random import Random

from stdnum.cn import uscc

from guben.demo import names
from guben.demo.plan import PersonPlan, UnitPlan
from guben.demo.shape import City
from guben.demo.store import Store

KINDS = ("non_public_enterprise", "social_organisation", "new_field")
SOCIAL = ("商会", "社工服务中心", "养老协会", "志愿者协会", "幼儿园")
NEW = ("快递站", "外卖站点", "网约车服务站", "直播基地")
WORKING = ("worker", "professional", "manager", "other")
CHARACTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
TO_FOUND = 4  # establishments with three full members and no branch
PER_SETTLEMENT = 0.6


class _Registrar:
    """Writes establishments and who works there, each person once."""

    def __init__(self, store: Store, random: Random) -> None:
        self.store = store
        self.random = random
        self._linked: set[int] = set()

    def add(self, place: UnitPlan, name: str, kind: str, staff: int, since: date) -> int:
        random = self.random
        code = None if random.random() < 0.08 else self._code(kind)
        known = None if random.random() < 0.06 else staff
        road = f"{random.choice(names.ROADS)}{random.randrange(1, 260)}号"
        return self.store.establishments.add(place.id, name, code, kind, road, known, since, None)

    def _code(self, kind: str) -> str:
        """A code of a region that no one has (99), with its check character."""
        head = ("52" if kind == "social_organisation" else "91") + "990000"
        number = head + "".join(self.random.choice(CHARACTERS) for _ in range(9))
        return number + uscc.calc_check_digit(number)

    def link(self, key: int, people: Sequence[PersonPlan], since: date) -> None:
        for person in people:
            if person.id not in self._linked:
                self._linked.add(person.id)
                self.store.workplaces.add(person.id, key, max(since, person.since), None)


def write_firms(store: Store, city: City, random: Random) -> None:
    """Firms with a branch, joint branches with their firms, and establishments without."""
    registrar = _Registrar(store, random)
    for unit in city.branches:
        if unit.setting == "firm" and unit.parent:
            _covered(registrar, unit, unit.parent, random)
    settlements = [unit for unit in (*city.communities, *city.villages) if unit.setting]
    free = iter(names.firm_names(random, min(len(settlements) * 2, 1000)))
    chosen = set(map(id, random.sample(settlements, min(TO_FOUND, len(settlements)))))
    for unit in settlements:
        often = PER_SETTLEMENT * (3 if unit.parent is city.towns[0] else 1)
        count = int(often) + (random.random() < often % 1)
        for number in range(max(count, id(unit) in chosen)):
            _uncovered(registrar, unit, next(free), 3 if id(unit) in chosen and number == 0 else None, random)


def _covered(registrar: _Registrar, unit: UnitPlan, place: UnitPlan, random: Random) -> None:
    """The firm of a branch with all its members; a joint branch has two or three firms."""
    title = unit.short_name.removesuffix("联合")
    joint = unit.kind == "joint_branch"
    others = [f"{title[:2]}{name[2:]}" for name in names.firm_names(random, random.choice((1, 2)))] if joint else []
    firms = [title, *others]
    since = unit.founded_on - timedelta(days=random.randrange(60, 1500))
    for number, name in enumerate(firms):
        staff = random.randrange(12, 60) if joint else random.randrange(40, 900)
        key = registrar.add(place, f"示范市{name}有限公司", KINDS[0], staff, since)
        registrar.store.covers.add(key, unit.id, unit.founded_on, None)
        registrar.link(key, unit.members[number :: len(firms)], since)


def _uncovered(registrar: _Registrar, unit: UnitPlan, name: str, wanted: int | None, random: Random) -> None:
    """An establishment with nobody, one or two members (or as many as wanted), some of them instructed."""
    kind = random.choices(KINDS, (6, 2, 2))[0]
    title = f"{unit.short_name}{random.choice(SOCIAL if kind == KINDS[1] else NEW)}"
    since = date(random.randrange(2012, 2026), random.randrange(1, 13), random.randrange(1, 28))
    staff = random.choice((6, 9, 12, 18, 25, 35, 48, 64, 120))
    key = registrar.add(unit, f"示范市{name}有限公司" if kind == KINDS[0] else title, kind, staff, since)
    people = [p for p in unit.full if p.occupation in WORKING and p.standing == "home" and p not in unit.team]
    members = people[: random.choice((0, 0, 0, 1, 1, 2)) if wanted is None else wanted]
    registrar.link(key, members, since)
    if not members and unit.team and random.random() < 0.55:
        registrar.store.instructors.add(key, unit.team[-1].id, max(since, date(2024, 9, 1)), None)

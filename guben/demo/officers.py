"""Posts and who holds them: teams with their predecessors, the city's department staff, the towns' organisers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from random import Random

from guben.demo.plan import PersonPlan, UnitPlan, ago
from guben.demo.shape import City
from guben.demo.store import Store
from guben.demo.teams import SEATS

STAFF, ON_GRASSROOTS = 40, 11  # 27.5 %, under the 30 % of S1
FULL_TIME_IN, PART_TIME_IN = 14, 20  # of 23 towns: under 70 % and 90 %
_STAFF_TITLES = ("组织科", "干部科", "人才科", "公务员科", "办公室", "信息中心")


def add_team_posts(
    store: Store, unit: UnitPlan, vacant: tuple[int, date] | None, random: Random
) -> dict[int, tuple[str, int]]:
    """The posts of a team with their holders; returns post kind and holding by the person's key."""
    first = store.add_team(unit)
    elected_on = unit.elected_on or unit.founded_on
    held: dict[int, tuple[str, int]] = {}
    bystanders = [person for person in unit.full if person not in unit.team]
    for seat, kind in enumerate(SEATS[unit.seats]):
        post = store.posts.add(unit.id, kind, "", False, False, first, None)
        if seat >= len(unit.team):
            continue
        person = unit.team[seat]
        since = max(first if random.random() < 0.6 else elected_on, person.full_on or elected_on, person.since)
        if since > first and bystanders:
            _add_predecessor(store, post, bystanders, first, since, random)
        until = vacant[1] if vacant and vacant[0] == seat else None
        if until and until <= since:
            since = until - timedelta(days=200)
        holding = store.holdings.add(person.id, post, since, until)
        if until is None:
            held[person.id] = (kind, holding)
    return held


def _add_predecessor(
    store: Store, post: int, bystanders: list[PersonPlan], first: date, until: date, random: Random
) -> None:
    person = random.choice(bystanders)
    since = max(first, person.full_on or first, person.since)
    if since < until:
        store.holdings.add(person.id, post, since, until)


def without_vacant(units: list[UnitPlan], vacant: Mapping[UnitPlan, tuple[int, date]]) -> None:
    """Takes the holders of vacant seats out of the teams, so that rolls and contacts do not name them any more."""
    for unit in units:
        if unit in vacant and len(unit.team) > vacant[unit][0]:
            unit.team = [person for seat, person in enumerate(unit.team) if seat != vacant[unit][0]]


def add_department_staff(store: Store, city: City) -> None:
    """The posts of the city's organisation department, filled from its branch (M7.1)."""
    department = city.offices[1]
    staff = [person for person in department.full if person.leads is None][:STAFF]
    for number, person in enumerate(staff):
        grassroots = number < round(len(staff) * ON_GRASSROOTS / STAFF)
        title = "基层组织科" if grassroots else _STAFF_TITLES[number % len(_STAFF_TITLES)]
        _fill_post(store, city.top.id, "department_staff", f"{title}干部", True, grassroots, person)


def add_organisers(store: Store, city: City, random: Random) -> None:
    """Organisers in the towns, fewer than the standard asks for (M7.1)."""
    towns = len(city.towns)
    full_time = set(random.sample(range(1, towns), min(towns - 1, round(towns * FULL_TIME_IN / 23) - 1))) | {0}
    part_time = set(random.sample(range(1, towns), min(towns - 1, round(towns * PART_TIME_IN / 23) - 1))) | {0}
    for number, town in enumerate(city.towns):
        homes = [branch for branch in city.below(town) if branch.setting == "agency"]
        free = [
            p for home in homes for p in home.full if p.leads is None and p not in home.team and p.standing == "home"
        ]
        if number in full_time and free:
            add_organiser(store, town, free.pop(0), full_time=True)
        if number in part_time and free:
            add_organiser(store, town, free.pop(0), full_time=False)


def add_organiser(store: Store, town: UnitPlan, person: PersonPlan, *, full_time: bool) -> None:
    """One organiser's post in a town, filled."""
    kind, title = ("organiser_full_time", "专职组织员") if full_time else ("organiser_part_time", "兼职组织员")
    _fill_post(store, town.id, kind, title, full_time, True, person)


def add_staff(store: Store, unit: UnitPlan, person: PersonPlan, *, grassroots: bool) -> None:
    """One post in an organisation department, filled."""
    title = "基层组织科干部" if grassroots else "干部科干部"
    _fill_post(store, unit.id, "department_staff", title, True, grassroots, person)


def _fill_post(
    store: Store, unit_id: int, kind: str, title: str, full_time: bool, grassroots: bool, person: PersonPlan
) -> None:
    since = max(ago(900), person.full_on or ago(900), person.since)
    post = store.posts.add(unit_id, kind, title, full_time, grassroots, min(since, date(2022, 1, 1)), None)
    store.holdings.add(person.id, post, since, None)

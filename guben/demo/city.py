"""Builds 示范市: the shape of a real city with invented units and people, the figures of S4, and two years of records."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from random import Random

from django.db import transaction

from guben.accounts import installation
from guben.accounts.models import Installation, User
from guben.audit import trail
from guben.demo import errors, events, matters, officers, people, shape, standings, teams
from guben.demo.boards import Boards
from guben.demo.cases import Registrar
from guben.demo.chronicle import Chronicler
from guben.demo.clock import set_clock
from guben.demo.development import CasePlan, plan_cases
from guben.demo.dues import write_dues
from guben.demo.firms import write_firms
from guben.demo.gatherings import THEME_DAYS, Exceptions
from guben.demo.moving import write_moves
from guben.demo.plan import DAY, UnitPlan
from guben.demo.shape import City, Counts
from guben.demo.sites import plan_sites
from guben.demo.stays import Stay, plan_stays, write_stays
from guben.demo.store import Store, moment
from guben.demo.transfers import Move, plan_moves
from guben.demo.users import Users
from guben.organisations.actions import NewUnit, found_many
from guben.organisations.models import Organisation

MEMBERS, YOUNG, OLD = 30_000, 9_078, 8_796  # 30.26 % and 29.32 % (S4)
AGEING_VILLAGES, AGEING_COMMUNITIES = 6, 3
Progress = Callable[[str, int, int], None]


@dataclass(slots=True)
class Plan:
    """The city before it is written."""

    city: City
    special: events.Special
    vacant: dict[UnitPlan, tuple[int, date]] = field(default_factory=dict)
    cases: list[CasePlan] = field(default_factory=list)
    moves: list[Move] = field(default_factory=list)
    stays: list[Stay] = field(default_factory=list)

    @property
    def branches(self) -> list[UnitPlan]:
        return self.city.branches


@transaction.atomic
@trail.dated(moment(DAY, 8))
def build(
    seed: int, by: User, progress: Progress, counts: Counts | None = None, members: int = MEMBERS
) -> dict[str, int]:
    """Builds the demo city in an empty database and says how many rows of each table it has.

    `counts` and `members` make a smaller city with the same shares.

    Raises:
        NotEmpty: there are units already.
    """
    if Organisation.objects.exists():
        raise errors.NotEmpty
    set_installation(shape.CITY)
    random = Random(seed)
    plan = draw(counts or Counts(), members, random)
    progress("units", 0, len(plan.city.units))
    _found(plan.city.units, by)
    written = _write(plan, by, random, progress)
    written |= matters.carry_out(plan.cases, plan.city.towns[0], plan.special.clerk_branches)
    events.carry_out(plan.special, by)
    set_clock()
    top = Organisation.objects.get(code=shape.CITY)
    trail.record(
        "demo.built", top, by=by, organisation_id=top.pk, details={"seed": seed, "members": members, **written}
    )
    return {"units": len(plan.city.units), **written}


def set_installation(root_code: str) -> None:
    """Makes this a demo database: its day stands still, its users sign in with one click."""
    known = installation.current()
    closed_for_good = known.is_demo and not known.demo_sign_in
    Installation.objects.update_or_create(
        pk=1,
        defaults={
            "is_demo": True,
            "demo_day": DAY,
            "demo_sign_in": not closed_for_good,
            "demo_root_code": known.demo_root_code or root_code,
        },
    )
    installation.forget()


def draw(counts: Counts, members: int, random: Random) -> Plan:
    """Everything that can be decided before the first row is written."""
    city = shape.plan_city(counts, random)
    special = events.choose(city, random)
    branches = city.branches
    people.size_branches(branches, members)
    _mark_ageing(city, special, random)
    young, old = round(members * YOUNG / MEMBERS), round(members * OLD / MEMBERS)
    people.populate(branches, young, old, random)
    people.add_people_on_the_way(branches, 0.032, random)
    events.move_people(city, special)
    _give_habits(branches, special, random)
    teams.elect_branch_teams(branches, random)
    events.shape_demo_branch(special)
    teams.elect_committees(city, random)
    plan = Plan(city, special, teams.leave_seats_vacant(branches, random))
    plan.vacant = {unit: seat for unit, seat in plan.vacant.items() if unit not in special.untouched}
    standings.give_standings(branches, random)
    events.shape_demo_standings(special)
    plan.cases = plan_cases(city, special, members, Random(len(branches)))
    plan.stays = plan_stays(city, special, members)
    plan.moves = plan_moves(city, special, plan.cases, members)
    return plan


def _mark_ageing(city: City, special: events.Special, random: Random) -> None:
    for units, share in ((city.villages, AGEING_VILLAGES), (city.communities, AGEING_COMMUNITIES)):
        fit = [u for u in units if u.setting and u.size >= 16 and u not in special.untouched]
        wanted = max(1, round(share * len(units) / (150 if units is city.villages else 88)))
        for unit in random.sample(fit, min(wanted, len(fit))):
            unit.ageing = True


def _give_habits(branches: list[UnitPlan], special: events.Special, random: Random) -> None:
    """How reliably each branch meets, and its fixed day; some have not begun to keep records here."""
    for unit in branches:
        unit.theme_on = random.choice(THEME_DAYS)
        unit.weak = random.random() < 0.065 and unit not in special.untouched and unit not in special.clerk_branches
        unit.diligence = random.uniform(0.55, 0.76) if unit.weak else random.uniform(0.93, 0.99)
        unit.kept_from = shape.kept_since(unit)
    firms = [u for u in branches if u.setting in ("firm", "floating") and u not in special.untouched]
    inside = [unit for unit in firms if unit in special.clerk_branches]
    outside = [unit for unit in firms if unit not in special.clerk_branches]
    for unit in random.sample(inside, min(3, len(inside))) + random.sample(outside, len(branches) * 27 // 1000):
        unit.kept_from = None


def _found(units: list[UnitPlan], by: User) -> None:
    rows = [
        NewUnit(
            code=unit.code,
            name=unit.name,
            short_name=unit.short_name,
            kind=unit.kind,
            field=unit.field,
            territory=unit.territory,
            parent_code=unit.parent.code if unit.parent else "",
            founded_on=unit.founded_on,
            kept_from=None if unit.kept_from is None else shape.kept_since(unit),
        )
        for unit in units
    ]
    for unit, founded in zip(units, found_many(rows, by=by), strict=True):
        unit.id = founded.pk


def _write(plan: Plan, by: User, random: Random, progress: Progress) -> dict[str, int]:
    store, city = Store(), plan.city
    users = Users(store, by.pk)
    gone = [unit for unit, (seat, _) in plan.vacant.items() if seat == 0]
    featured = users.add_featured({"city": city.top, "town": city.towns[0], "branch": plan.special.branch})
    users.add_secretaries(city.units, gone)
    heads = [
        *city.towns,
        *(unit for unit in city.units if not unit.setting and unit.parent is city.top and not unit.territory),
    ]
    clerks = users.add_clerks(heads, random)
    _assign_recorders(city, clerks, by)
    _write_people(plan, store, users, random, progress)
    places = {"city": city.top, "town": city.towns[0], "branch": plan.special.branch}
    held = _write_posts(plan, store, users, random)
    for entry, user in featured:
        if entry.username != "secretary":
            users.grant(user, entry.role, places[entry.place], held.get((id(places[entry.place]), entry.post)))
    officers.without_vacant(city.units, plan.vacant)
    _write_histories(plan, store, random)
    for site in plan_sites(city, plan.special.branch, random):
        store.add_site(site)
    registrar = Registrar(plan.cases, Random(members_of(plan)))
    registrar.write_meetings(store)
    _write_meetings(plan, store, random, progress)
    write_dues(store, plan.branches, city.below(city.towns[0]), plan.special.branch, Random(len(plan.branches)))
    write_firms(store, city, Random(len(plan.branches)))
    written = store.close() | registrar.write(by)
    written |= Boards(by.pk, Random(MEMBERS)).write(city, plan.special.branch, plan.special.clerk_branches)
    return written | write_moves(plan.moves, by) | write_stays(plan.stays, by)


def members_of(plan: Plan) -> int:
    return sum(unit.size for unit in plan.branches)


def _assign_recorders(city: City, clerks: dict[int, int], by: User) -> None:
    for unit in city.units:
        head = unit
        while head.parent and id(head) not in clerks:
            head = head.parent
        unit.clerk = clerks.get(id(head), 0)
        unit.recorder = unit.recorder or unit.clerk or by.pk


def _write_people(plan: Plan, store: Store, users: Users, random: Random, progress: Progress) -> None:
    for number, unit in enumerate(plan.branches):
        if number % 50 == 0:
            progress("people", number, len(plan.branches))
        if unit.size >= 30 and unit is not plan.special.branch:
            often = 0.55 if unit in plan.special.clerk_branches else 0.29
            if random.random() < often:
                store.add_groups(unit, random.choice((2, 2, 3, 3, 4)))
        elif unit is plan.special.branch:
            store.add_groups(unit, 3)
        for person in unit.people:
            store.add_person(person, users.of_person.get(id(person)))


def _write_posts(plan: Plan, store: Store, users: Users, random: Random) -> dict[tuple[int, str], int]:
    """Posts, holders, and the secretaries' grants, which end with their post; returns the holdings by unit and post."""
    holdings: dict[tuple[int, str], int] = {}
    for unit in plan.city.units:
        if not unit.seats:
            continue
        held = officers.add_team_posts(store, unit, plan.vacant.get(unit), random)
        for kind, holding in held.values():
            holdings[(id(unit), kind)] = holding
        if unit.team and (held_by := held.get(unit.team[0].id)):
            users.grant(users.of_person[id(unit.team[0])], "secretary", unit, held_by[1])
    officers.add_department_staff(store, plan.city)
    officers.add_organisers(store, plan.city, random)
    return holdings


def _write_histories(plan: Plan, store: Store, random: Random) -> None:
    for unit in plan.branches:
        for person in unit.people:
            store.add_history(unit, person)
            if person.stage in ("full", "probationary"):
                store.add_standing(person)
                if person.standing != "home":
                    days = plan.special.contacts.get(id(person)) or standings.contact_days(person, random)
                    store.add_contacts(person, days, unit.recorder, random)


def _write_meetings(plan: Plan, store: Store, random: Random, progress: Progress) -> None:
    chronicler = Chronicler(store, random)
    for number, unit in enumerate(plan.city.units):
        if number % 50 == 0:
            progress("meetings", number, len(plan.city.units))
        if unit.ends_on is None or unit.former:
            chronicler.write(unit, unit.ends_on or DAY, plan.special.exceptions.get(id(unit), Exceptions()))
    progress("meetings", len(plan.city.units), len(plan.city.units))

"""Fills an imported real tree with invented people and a thin year of records, however many units it has."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from random import Random

from django.db import transaction

from guben.access import policy
from guben.accounts import installation
from guben.accounts.models import User
from guben.audit import trail
from guben.demo import errors, officers, people, standings, teams
from guben.demo.boards import Boards
from guben.demo.calculations import AgeCounts
from guben.demo.cast import USERNAMES
from guben.demo.chronicle import Chronicler
from guben.demo.city import set_installation
from guben.demo.gatherings import THEME_DAYS, Exceptions
from guben.demo.plan import DAY, Progress, UnitPlan
from guben.demo.profiles import PROFILES
from guben.demo.sites import random_site
from guben.demo.store import Store
from guben.demo.users import Users
from guben.organisations.actions import NewUnit, found_many
from guben.organisations.models import Organisation
from guben.publication.models import Publication

KEPT_SINCE = date(2025, 7, 1)
CHUNK = 400  # units in one transaction
OFFICE = "990"  # the end of the code of an office branch
ABOVE = ("province", "city", "county", "town")
OFFICE_SIZE = {"province": 24, "city": 24, "county": 20, "town": 12}
STAFF = 10  # of the office of a county
FEATURED_SIZE = 32  # members of the featured branch: enough for a committee of five
FEATURED_TOWN = 40  # villages and communities; the featured town is the one nearest to that


@dataclass(slots=True)
class _Work:
    """What is to be filled, and where the featured users act."""

    units: list[UnitPlan]
    tops: dict[int, UnitPlan]  # by key: the committees above the branches
    homes: dict[int, UnitPlan]  # the office branch of each of them, by the committee's key
    town: UnitPlan | None = None
    branch: UnitPlan | None = None
    clerks: dict[int, int] = field(default_factory=dict)


def fill_tree(
    top: Organisation, seed: int, by: User, progress: Progress, members_per_unit: int | None = None
) -> dict[str, int]:
    """Gives each village and community at and below a unit some members, a team, a site and a year of meetings.

    Committees get an office branch whose members lead them. Units that have members already stay as they are, so
    an interrupted run is taken up again by the next. `members_per_unit` is the size of a village (else 6 to 14).

    Raises:
        PermissionDenied, Http404: no `units.change` at the top.
        NotADemo: the database holds people who are not invented.
    """
    policy.require(by, "units.change", top)
    if not installation.current().is_demo and _has_people():
        raise errors.NotADemo
    set_installation(top.code)
    random = Random(seed)
    _found_offices(top, by)
    _keep_records(top)
    work = _plan(top, members_per_unit, random)
    counts = _fill(work, top, by, random, progress)
    with transaction.atomic():
        if not Publication.objects.exists():
            boards = Boards(by.pk, Random(seed))
            boards.publish(work.tops.values())
            counts |= boards.close()
        trail.record("demo.filled", top, by=by, organisation_id=top.pk, details={"seed": seed, **counts})
    return counts


def _has_people() -> bool:
    from guben.members.models import Person

    return Person.objects.exists()


def _subtree(top: Organisation) -> Iterable[Organisation]:
    return Organisation.objects.filter(policy.in_subtrees([top.path], "path"), dissolved_on=None).order_by("path")


def _found_offices(top: Organisation, by: User) -> None:
    """Founds a branch of the office below each committee of a division that has none yet."""
    units = [unit for unit in _subtree(top) if unit.territory in ABOVE]
    known = set(Organisation.objects.filter(code__endswith=OFFICE).values_list("code", flat=True))
    rows = [
        NewUnit(
            code=f"{unit.code}{OFFICE}",
            name=f"{unit.short_name}机关党支部",
            short_name=f"{unit.short_name}机关"[-40:],
            kind="branch",
            field="agency",
            parent_code=unit.code,
            founded_on=unit.founded_on,
            kept_from=max(KEPT_SINCE, unit.founded_on),
        )
        for unit in units
        if f"{unit.code}{OFFICE}" not in known
    ]
    for start in range(0, len(rows), 2000):
        found_many(rows[start : start + 2000], by=by)


def _keep_records(top: Organisation) -> None:
    below = Organisation.objects.filter(policy.in_subtrees([top.path], "path"), kept_from=None, dissolved_on=None)
    below.filter(founded_on__lte=KEPT_SINCE).update(kept_from=KEPT_SINCE)


def _plan(top: Organisation, members_per_unit: int | None, random: Random) -> _Work:
    """The units without members as plans, in the order of the tree; offices before what lies below their committee."""
    from guben.members.models import Affiliation

    filled = set(Affiliation.objects.filter(until_on=None).values_list("organisation_id", flat=True).distinct())
    work = _Work([], {}, {})
    branches_below: dict[int, int] = {}
    first_below: dict[int, UnitPlan] = {}
    for unit in _subtree(top):
        parent = work.tops.get(unit.parent_id or 0)
        plan = _plan_unit(unit, parent, members_per_unit, random)
        if unit.territory in ABOVE:
            work.tops[unit.pk] = plan
        elif plan.setting and unit.pk not in filled:
            work.units.append(plan)
            if plan.setting == "agency" and parent:
                work.homes[parent.id] = plan
            elif parent:
                branches_below[parent.id] = branches_below.get(parent.id, 0) + 1
                if plan.setting == "community" or parent.id not in first_below:
                    first_below[parent.id] = plan
    towns = [key for key in branches_below if work.tops[key].territory == "town" and key in work.homes]
    if towns:
        chosen = min(towns, key=lambda key: (abs(branches_below[key] - FEATURED_TOWN), key))
        work.town, work.branch = work.tops[chosen], first_below[chosen]
        work.branch.size = max(work.branch.size, FEATURED_SIZE)
    work.units.sort(key=lambda plan: plan.setting != "agency")  # leaders first, so that their offices are known
    return work


def _plan_unit(unit: Organisation, parent: UnitPlan | None, members: int | None, random: Random) -> UnitPlan:
    plan = UnitPlan(
        unit.code, parent, unit.name, unit.short_name, unit.kind, unit.field, unit.territory, id=unit.pk,
        founded_on=unit.founded_on, kept_from=unit.kept_from, theme_on=random.choice(THEME_DAYS),
    )  # fmt: skip
    if unit.territory in ("village", "community"):
        plan.setting, plan.term_months = unit.territory, 60
        plan.size = members or random.randint(6, 14)
    elif unit.code.endswith(OFFICE) and unit.field == "agency" and parent:
        plan.setting, plan.size = "agency", OFFICE_SIZE[parent.territory]
    plan.weak = random.random() < 0.065 and plan.setting != "agency"
    plan.diligence = random.uniform(0.55, 0.76) if plan.weak else random.uniform(0.93, 0.99)
    return plan


def _fill(work: _Work, top: Organisation, by: User, random: Random, progress: Progress) -> dict[str, int]:
    store = Store()
    users = Users(store, by.pk, featured=not User.objects.filter(username__in=USERNAMES).exists())
    for number, chunk in enumerate(_chunks(work.units)):
        progress("units", number * CHUNK, len(work.units))
        with transaction.atomic():
            for unit in chunk:
                _draw(unit, random)
            if number == 0:
                work.clerks = _make_clerks(work, users, random)
            for unit in chunk:
                _write_unit(unit, work, work.tops.get(top.pk), store, users, random)
            store.flush()
        for unit in chunk:  # let go of the people, so that memory does not grow with the tree
            unit.people, unit.team = [], []
    progress("units", len(work.units), len(work.units))
    with transaction.atomic():
        return {"units": len(work.units), **store.close()}


def _chunks(units: Sequence[UnitPlan]) -> Iterator[Sequence[UnitPlan]]:
    for start in range(0, len(units), CHUNK):
        yield units[start : start + CHUNK]


def _make_clerks(work: _Work, users: Users, random: Random) -> dict[int, int]:
    """A clerk for each town; the featured one first."""
    towns = [unit for unit in work.tops.values() if unit.territory == "town"]
    towns.sort(key=lambda unit: unit is not work.town)
    return users.add_clerks(towns, random)


def _draw(unit: UnitPlan, random: Random) -> None:
    """People, team and standings of one unit."""
    mix = PROFILES[unit.setting].mix
    young = round(unit.size * mix.young * random.uniform(0.4, 1.5))
    old = min(unit.size - young, round(unit.size * mix.old * random.uniform(0.7, 1.4)))
    ripe = (unit.size - young - old + 1) // 2
    people.fill(unit, AgeCounts(young, unit.size - young - old - ripe, ripe, old), random)
    people.add_people_on_the_way([unit], 0.02, random)
    teams.elect_branch_teams([unit], random)
    standings.give_standings([unit], random)


def _write_unit(unit: UnitPlan, work: _Work, top: UnitPlan | None, store: Store, users: Users, random: Random) -> None:
    parent = unit.parent
    unit.clerk = work.clerks.get(id(parent), 0)
    featured = []
    if unit is work.branch and users.featured and top and work.town:
        places = {"city": top, "town": work.town, "branch": unit}
        featured = [(entry, user, places[entry.place]) for entry, user in users.add_featured(places)]
    users.add_secretaries([unit], [])
    for person in unit.people:
        store.add_person(person, users.of_person.pop(id(person), None))
    held = officers.add_team_posts(store, unit, None, random)
    holdings = dict(held.values())
    users.grant(unit.recorder, "secretary", unit, holdings.get("secretary"))
    for entry, user, place in featured:
        if entry.username != "secretary":
            users.grant(user, entry.role, place, holdings.get(entry.post) if place is unit else None)
    _write_histories(unit, store, random)
    if parent and unit.setting == "agency":
        _write_leaders(unit, parent, store, random)
    elif unit.territory:
        store.add_site(random_site(unit, random))
    Chronicler(store, random).write(unit, DAY, Exceptions(thin=True))


def _write_histories(unit: UnitPlan, store: Store, random: Random) -> None:
    for person in unit.people:
        store.add_history(unit, person)
        if person.stage in ("full", "probationary"):
            store.add_standing(person)
            if person.standing != "home":
                days = standings.contact_days(person, random)[-1:]
                store.add_contacts(person, days, unit.recorder, random)


def _write_leaders(office: UnitPlan, committee: UnitPlan, store: Store, random: Random) -> None:
    """The committee's team and its staff, from the members of its office."""
    free = [person for person in office.full if person.standing == "home" and person not in office.team]
    committee.term_months, committee.elected_on = 60, teams.term_start(committee, random)
    committee.seats, committee.team = (5 if len(free) >= 5 else 3), free[:5]
    spread = teams.GOOD if random.random() < 0.92 else teams.POOR
    for leader in committee.team:
        leader.leads = random.uniform(*spread)
    committee.recorder = office.recorder
    officers.add_team_posts(store, committee, None, random)
    Chronicler(store, random).write(committee, DAY, Exceptions(thin=True))
    rest = free[5:]
    if committee.territory == "county":
        for number, person in enumerate(rest[:STAFF]):
            officers.add_staff(store, committee, person, grassroots=number < random.choice((2, 3, 3, 4)))
    elif committee.territory == "town":
        if rest and random.random() < 0.68:
            officers.add_organiser(store, committee, rest.pop(0), full_time=True)
        if rest and random.random() < 0.88:
            officers.add_organiser(store, committee, rest.pop(0), full_time=False)

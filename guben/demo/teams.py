"""Leading teams, their terms and vacancies, the leaders' own branches, and the staff for grassroots work (M2.2, M4.9, M7.1)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from random import Random

from guben.demo.plan import DAY, PersonPlan, UnitPlan, ago
from guben.demo.shape import CLERK_TOWN, City
from guben.kit.days import add_months

COMMITTEE_FROM = 7  # full members. Source: 支部工作条例 Art. 21
SEATS: dict[int, tuple[str, ...]] = {
    1: ("secretary",),
    2: ("secretary", "deputy_secretary"),
    3: ("secretary", "organisation", "discipline"),
    4: ("secretary", "organisation", "publicity", "discipline"),
    5: ("secretary", "deputy_secretary", "organisation", "publicity", "discipline"),
    7: ("secretary", "deputy_secretary", "organisation", "publicity", "discipline", "committee_member", "committee_member"),
    9: ("secretary", "deputy_secretary", "deputy_secretary", "organisation", "publicity", "discipline")
    + ("committee_member",) * 3,
    11: ("secretary", "deputy_secretary", "deputy_secretary", "organisation", "publicity", "discipline")
    + ("committee_member",) * 5,
}  # fmt: skip
GOOD, POOR = (0.93, 1.0), (0.2, 0.5)
POOR_TOWNS = (3, 8, 17)


def elect_branch_teams(branches: Sequence[UnitPlan], random: Random) -> None:
    """A committee of three to five where there are seven full members or more, else a secretary and maybe a deputy."""
    for unit in branches:
        full = len(unit.full)
        if full >= COMMITTEE_FROM:
            unit.seats = 5 if full >= 24 else random.choice((3, 3, 4)) if full >= 12 else 3
        else:
            unit.seats = 2 if full >= 4 and random.random() < 0.3 else 1
        unit.elected_on = term_start(unit, random)
        unit.team = choose_team(unit.full, unit.seats, random)


def choose_team(people: Sequence[PersonPlan], seats: int, random: Random) -> list[PersonPlan]:
    """Full members of working age who are at home; where there are too few, others."""
    fit = [p for p in people if 24 <= p.age <= 61 and p.standing == "home" and p.joined_on <= ago(760)]
    random.shuffle(fit)
    fit.sort(key=lambda person: abs(person.age - 46) // 8)
    rest = [person for person in people if person not in fit]
    return (fit + rest)[:seats]


def term_start(unit: UnitPlan, random: Random, luck: float | None = None) -> date:
    """The day of election: most terms run on, a few have ended, a few end within six months."""
    luck = random.random() if luck is None else luck
    if luck < 0.03:
        left = -random.randrange(20, 400)
    elif luck < 0.09:
        left = random.randrange(10, 175)
    else:
        left = random.randrange(200, unit.term_months * 30 - 60)
    elected_on = add_months(DAY + timedelta(days=left), -unit.term_months)
    return max(elected_on, unit.founded_on)


def elect_committees(city: City, random: Random) -> None:
    """The committees above the branches; who leads there belongs to a branch of an agency."""
    for unit in city.units:
        if unit.setting or unit.ends_on:
            continue
        unit.term_months = 36 if unit.kind == "general_branch" and not unit.territory else 60
        unit.elected_on = term_start(unit, random)
        if unit.kind == "general_branch":
            unit.seats = 5
            below = [person for branch in city.below(unit) for person in branch.full]
            unit.team = choose_team(below, 5, random)
        else:
            _elect_leaders(city, unit, random)


def _elect_leaders(city: City, unit: UnitPlan, random: Random) -> None:
    unit.seats = 11 if unit is city.top else 9 if unit.territory == "town" else 5
    own = [branch for branch in city.below(unit) if branch.setting == "agency" or branch.short_name == "学院机关"]
    if unit.territory == "town" or unit.parent and unit.parent.parent:
        homes = own
    else:
        homes = [office for number, office in enumerate(city.offices) if number != 1]
    spread = GOOD
    if unit.territory == "town" and city.towns.index(unit) in POOR_TOWNS:
        spread = POOR
    taken = [person for home in homes for person in home.full if person.leads is None and person not in home.team]
    if unit.territory != "town":
        random.shuffle(taken)
    unit.team = choose_team(taken, unit.seats, random)
    for leader in unit.team:
        leader.leads = random.uniform(*spread)
    for home in homes:
        home.weak, home.diligence = False, 0.98


def leave_seats_vacant(units: Sequence[UnitPlan], random: Random) -> dict[UnitPlan, tuple[int, date]]:
    """Which seat of which team is vacant, and since when: a dozen secretaries, and some other seats."""
    vacant: dict[UnitPlan, tuple[int, date]] = {}
    for unit in units:
        chance = random.random()
        if unit.setting and chance < 0.012:
            vacant[unit] = (0, ago(random.randrange(15, 300)))
        elif unit.seats >= 3 and chance > 0.97 and unit.parent and unit.parent.code != CLERK_TOWN:
            vacant[unit] = (unit.seats - 1, ago(random.randrange(15, 300)))
    return vacant

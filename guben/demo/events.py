"""What happened in the demo city besides the ordinary: units founded, moved, renamed and dissolved; the featured branch."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from guben.accounts.models import User
from guben.demo.gatherings import Exceptions
from guben.demo.plan import DAY, PersonPlan, UnitPlan, ago
from guben.demo.shape import City
from guben.organisations import actions
from guben.organisations.models import Organisation

MOVED_ON = date(2026, 4, 15)
RENAMED_ON = date(2025, 9, 1)
DISSOLVED_ON = date(2026, 3, 31)
FOUNDED_ON = (date(2026, 6, 20), date(2026, 5, 18), date(2026, 5, 6))
BRANCH_SIZE = 39
LARGE = (52, 54, 55, 57, 61)  # above the fifty of 支部工作条例 Art. 4


@dataclass(slots=True)
class Special:
    """The units that other steps must know by name."""

    branch: UnitPlan  # whose secretary, officers and member the sign-in page offers
    clerk_branches: list[UnitPlan]
    moved: UnitPlan
    moved_to: UnitPlan
    renamed: UnitPlan
    dissolved: UnitPlan
    founded: list[UnitPlan]
    few: list[UnitPlan]  # fewer than three full members
    contacts: dict[int, list[date]] = field(default_factory=dict)
    exceptions: dict[int, Exceptions] = field(default_factory=dict)

    @property
    def untouched(self) -> list[UnitPlan]:
        """Units that chance leaves alone."""
        return [self.branch, self.moved, self.renamed, *self.founded, *self.few]


def choose(city: City, random: Random) -> Special:
    """Chooses the units, and sets what their size and dates must be."""
    first, *rest = city.towns
    clerk_branches = city.below(first)
    towns = [town for town in rest if town.kind == "committee"]
    streets = [town for town in rest if town.kind == "work_committee"]
    branch = next(u for u in city.communities if u.parent is first)
    moved = next(u for u in city.villages if u.parent is towns[0] and u.setting)
    renamed = next(u for u in city.communities if u.parent in streets and u.setting)
    firms = [u for u in city.branches if u.setting == "firm" and u.parent is not first]
    joint = [u for u in firms if u.kind == "joint_branch"]
    plain = [u for u in firms if u.kind == "branch"]
    few = joint[:: max(1, len(joint) // 2)][:2] + plain[:1]
    for unit in few:
        unit.size = 2
    founded = [u for u in plain[1:] if sum(v.parent is u.parent for v in plain) > 3][:: max(1, len(plain) // 5)][:3]
    for unit, day in zip(founded, FOUNDED_ON, strict=False):
        unit.founded_on, unit.size = day, 5
    branch.size = BRANCH_SIZE
    for unit, size in zip(_to_be_large(city, branch, random), LARGE, strict=False):
        unit.size = size
    dissolved = _plan_dissolved(city, plain[-1])
    special = Special(branch, clerk_branches, moved, towns[-1], renamed, dissolved, founded, few)
    _plan_exceptions(special, random)
    return special


def _to_be_large(city: City, branch: UnitPlan, random: Random) -> list[UnitPlan]:
    fit = [u for u in city.branches if u.setting in ("community", "school") and u is not branch and not u.size]
    return random.sample(fit, min(len(LARGE), len(fit) // 40))


def _plan_dissolved(city: City, sibling: UnitPlan) -> UnitPlan:
    """A small branch that went up in its neighbour."""
    parent = sibling.parent or city.top
    unit = UnitPlan(
        f"{parent.code}399", parent, f"{parent.short_name.removesuffix('党委')}润和印刷厂党支部", "润和印刷厂", "branch",
        "non_public_enterprise", setting="firm", founded_on=date(2011, 6, 8), ends_on=DISSOLVED_ON,
    )  # fmt: skip
    city.units.append(unit)
    return unit


def move_people(city: City, special: Special) -> None:
    """Members of young units came from a neighbour; those of the dissolved one went to a neighbour."""
    for unit in special.founded:
        source = _neighbour(city, special, unit)
        for person in unit.people:
            if person.joined_on < unit.founded_on and source.founded_on < unit.founded_on:
                person.came_from = source
                source.former.append(person)
    heir = _neighbour(city, special, special.dissolved)
    for person in [person for person in heir.full if person.joined_on < ago(500)][:3]:
        person.came_from, person.since = special.dissolved, DISSOLVED_ON
        special.dissolved.former.append(person)


def _neighbour(city: City, special: Special, unit: UnitPlan) -> UnitPlan:
    """The largest other firm's branch below the same parent."""
    fit = [u for u in city.branches if u.parent is unit.parent and u.setting == "firm" and u not in special.founded]
    return max(fit, key=lambda other: (other.size, other.code))


def shape_demo_branch(special: Special) -> None:
    """The featured branch: five in the team, the term ends before long, one open seat nowhere."""
    branch = special.branch
    branch.elected_on = date(2021, 12, 20)
    branch.diligence, branch.theme_on = 0.97, 10


def shape_demo_standings(special: Special) -> None:
    """Two members away: the contact with one is overdue, with the other due within days."""
    branch = special.branch
    free = [p for p in branch.full if p not in branch.team and p.age < 58 and p.joined_on < ago(700)]
    for person, last in zip(free, (ago(203), ago(178)), strict=False):
        person.standing, person.place = "away", "沿海务工"
        person.standing_since = max(person.since, date(2024, 2, 20))
        person.contact_person = branch.team[2]
        special.contacts[id(person)] = [last - timedelta(days=150), last]


def _plan_exceptions(special: Special, random: Random) -> None:
    never = frozenset({("committee", "2026-05"), ("member_meeting", "2026-Q2"), ("theme_day", "2026-06")})
    short = frozenset({("member_meeting", "2026-Q1")})
    special.exceptions[id(special.branch)] = Exceptions(never, short, settled=True)
    others = [unit for unit in special.clerk_branches if unit is not special.branch]
    lines = [unit for unit in others if unit.setting in ("village", "community")]
    late = [
        ("theme_day", "2026-05"),
        ("theme_day", "2026-05"),
        ("committee", "2026-05"),
        ("member_meeting", "2026-Q1"),
        ("committee", "2026-04"),
    ]
    for unit in others:
        special.exceptions[id(unit)] = Exceptions(settled=True)
    for unit, missed in zip(random.sample(lines, min(len(late), len(lines))), late, strict=False):
        special.exceptions[id(unit)] = Exceptions(frozenset({missed, ("member_meeting", "2026-Q2")}), settled=True)
    for unit in random.sample(others, min(3, len(others))):
        known = special.exceptions[id(unit)].never
        special.exceptions[id(unit)] = Exceptions(known, frozenset({("member_meeting", "2026-Q2")}), settled=True)


def carry_out(special: Special, by: User) -> None:
    """The acts on the tree, each with its paper and its history entry."""
    units = Organisation.objects.in_bulk(
        [special.moved.id, special.moved_to.id, special.renamed.id, special.dissolved.id]
    )
    actions.move(
        units[special.moved.id],
        parent=units[special.moved_to.id],
        effective_on=MOVED_ON,
        paper="示组〔2026〕17号",
        by=by,
    )
    renamed = units[special.renamed.id]
    short = "新" + renamed.short_name
    actions.rename(
        renamed, name=renamed.name.replace(renamed.short_name, short), short_name=short, effective_on=RENAMED_ON,
        paper="示组〔2025〕33号", by=by,
    )  # fmt: skip
    actions.dissolve(units[special.dissolved.id], effective_on=DISSOLVED_ON, paper="示组〔2026〕11号", by=by)


__all__ = [
    "DAY",
    "PersonPlan",
    "Special",
    "carry_out",
    "choose",
    "move_people",
    "shape_demo_branch",
    "shape_demo_standings",
]

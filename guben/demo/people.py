"""The people of the demo: how many each branch has, how old they are, and who they are."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from random import Random

from guben.demo import names, profiles
from guben.demo.calculations import AgeCounts, AgeMix, allot_ages, apportion, born_for_age
from guben.demo.plan import DAY, YEAR_AGO, PersonPlan, UnitPlan
from guben.kit.days import years_before

YEARS_PAST = 3000  # days
MOST = 50  # members of a branch. Source: 支部工作条例 Art. 4
ON_THE_WAY = (("applicant", 0.6), ("activist", 0.3), ("candidate", 0.1))


def size_branches(branches: Sequence[UnitPlan], total: int) -> None:
    """Gives each branch its number of members, `total` in all; a size that is set already stays."""
    open_ = [unit for unit in branches if not unit.size]
    fixed = sum(unit.size for unit in branches)
    least = 5
    caps = [MOST - least for _ in open_]
    more = apportion(total - fixed - least * len(open_), [max(0.0, unit.weight - least) for unit in open_], caps)
    for unit, count in zip(open_, more, strict=True):
        unit.size = least + count


def populate(branches: Sequence[UnitPlan], young: int, old: int, random: Random) -> None:
    """Fills the branches with members so that exactly `young` are 35 or under and `old` 60 or over."""
    mixes = [_mix(unit, random) for unit in branches]
    counts = allot_ages([unit.size for unit in branches], mixes, young, old)
    for unit, ages in zip(branches, counts, strict=True):
        fill(unit, ages, random)


def _mix(unit: UnitPlan, random: Random) -> AgeMix:
    mix = profiles.PROFILES[unit.setting].mix
    lean = random.uniform(0.7, 1.35)
    return AgeMix(mix.young * lean, min(0.95, mix.old / lean), unit.ageing)


def fill(unit: UnitPlan, counts: AgeCounts, random: Random) -> None:
    """Invents the members of one branch by age band."""
    profile = profiles.PROFILES[unit.setting]
    ages = [_young_age(profile.youngest, random) for _ in range(counts.young)]
    ages += [random.randint(36, 44) for _ in range(counts.rising)]
    ages += [random.randint(45, 59) for _ in range(counts.ripe)]
    ages += [int(random.triangular(60, 92, 62)) for _ in range(counts.old)]
    random.shuffle(ages)
    known: set[str] = set()
    for age in ages:
        unit.people.append(_member(unit, age, known, random))


def _young_age(youngest: int, random: Random) -> int:
    if youngest < 20:
        return random.randint(20, 22)
    return int(random.triangular(youngest, 36, 33))


def _member(unit: UnitPlan, age: int, known: set[str], random: Random) -> PersonPlan:
    probationary = unit.size >= 12 and age <= 45 and random.random() < (0.55 if age < 22 else 0.033)
    person = _person(unit, age, known, random)
    person.stage = "probationary" if probationary else "full"
    person.joined_on = _joined_on(person, probationary, random)
    person.since = max(person.joined_on, unit.founded_on)
    person.standing_since = person.since
    return person


def _person(unit: UnitPlan, age: int, known: set[str], random: Random) -> PersonPlan:
    profile = profiles.PROFILES[unit.setting]
    women = profile.women * (1.22 if age <= 35 else 0.84 if age < 60 else 0.58)
    sex = "2" if random.random() < women else "1"
    name = names.person_name(sex, age, random)
    while name in known:
        name = names.person_name(sex, age, random)
    known.add(name)
    return PersonPlan(
        name=name,
        sex=sex,
        born_on=born_for_age(age, DAY, random),
        age=age,
        stage="full",
        joined_on=DAY,
        ethnicity=profiles.ethnicity(random),
        education=profiles.education(profile, age, random),
        occupation=profiles.occupation(profile, age, sex, random),
    )


def _joined_on(person: PersonPlan, probationary: bool, random: Random) -> date:
    """A day of admission at eighteen and a half or later, and so that the stage of today is right."""
    if probationary:
        return YEAR_AGO + timedelta(days=random.randrange(1, 350))
    first = years_before(person.born_on, -18) + timedelta(days=180)
    latest = YEAR_AGO - timedelta(days=10)
    wanted = years_before(person.born_on, -int(random.triangular(19, 46, 25))) + timedelta(days=random.randrange(365))
    if wanted > latest:  # would be in days to come: some year of those past, so that not all fall on one day
        wanted = latest - timedelta(days=wanted.toordinal() % YEARS_PAST)
    day = max(first, min(wanted, latest))
    return min(day, latest).replace(day=min(day.day, 28))


def add_people_on_the_way(branches: Sequence[UnitPlan], share: float, random: Random) -> None:
    """Applicants, activists and candidates: about `share` of the members, fewer in units that have grown old."""
    for unit in branches:
        chance = share * unit.size * (0.2 if unit.ageing else 1.0)
        count = int(chance) + (random.random() < chance % 1)
        known = {person.name for person in unit.people}
        for _ in range(count):
            person = _person(unit, random.randint(21, 44), known, random)
            person.stage = random.choices([kind for kind, _ in ON_THE_WAY], [part for _, part in ON_THE_WAY])[0]
            person.joined_on = DAY - timedelta(days=random.randrange(40, 700))
            person.since = max(person.joined_on, unit.founded_on)
            unit.people.append(person)

"""The dues of the demo: what each member owes in 2026, and the two quarters that most have paid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from random import Random

from guben.demo.plan import DAY, PersonPlan, UnitPlan
from guben.demo.store import Store, moment
from guben.dues.scales import scales_of, usual_band

YEAR = 2026
EARLIER = 2025
SET_ON = date(2026, 1, 12)
INCOMES = {
    "wages": (320_000, 480_000, 560_000, 720_000, 980_000, 1_260_000),
    "retired": (260_000, 390_000, 480_000, 610_000),
}
FARMERS = (20, 50, 100)
BEHIND, SILENT, LONG_SILENT, EXEMPT = 0.03, 0.004, 0.0012, 0.004


@dataclass(slots=True)
class _Habit:
    """How a member pays: through which month of the year, and of the year before."""

    through: int
    earlier: int = 12


def write_dues(
    store: Store, branches: Sequence[UnitPlan], featured: Sequence[UnitPlan], open_: UnitPlan, random: Random
) -> None:
    """Balances and payments of the members of all branches that keep records; the featured ones have 2025 too. In the
    open one June is still to be collected."""
    for unit in branches:
        if unit.kept_from is None:
            continue
        for person in unit.members:
            habit = _habit(unit, person, random)
            if unit is open_:
                habit.through = min(habit.through, 5)
            _write_member(store, unit, person, habit, unit in featured, random)
        if random.random() < 0.96:
            day = date(2025, 12, 15 + random.randrange(14))
            store.publications.add(unit.id, EARLIER, day, "党员大会通报", moment(day), unit.recorder)


def _write_member(
    store: Store, unit: UnitPlan, person: PersonPlan, habit: _Habit, has_earlier: bool, random: Random
) -> None:
    band, cents, paper = _standard(person, random)
    first = person.joined_on.month if person.joined_on.year == YEAR else 1
    key = _balance(store, unit, person, YEAR, (band, cents, paper), first, SET_ON)
    if cents:
        _pay(store, unit, key, YEAR, cents, first, habit.through)
    if (has_earlier or habit.earlier < 12) and person.joined_on.year <= EARLIER:
        first = person.joined_on.month if person.joined_on.year == EARLIER else 1
        if not paper:
            key = _balance(store, unit, person, EARLIER, (band, cents, ""), first, date(2025, 1, 14))
            _pay(store, unit, key, EARLIER, cents, first, habit.earlier)


def _standard(person: PersonPlan, random: Random) -> tuple[str, int, str]:
    """Band, monthly amount and paper."""
    if random.random() < EXEMPT:
        number = random.randrange(3, 60)
        paper = f"示组复〔2026〕{number}号"
        return ("exempt", 0, paper) if random.random() < 0.4 else ("reduced", 20, paper)
    band = usual_band(person.occupation)
    if band == "farmers":
        return band, random.choice(FARMERS), ""
    scale = scales_of(YEAR)[band]
    return band, scale.amount(random.choice(INCOMES.get(band, (0,)))), ""


def _habit(unit: UnitPlan, person: PersonPlan, random: Random) -> _Habit:
    away = person.standing in ("away", "retired_elsewhere")
    chance = random.random() * (0.4 if away else 0.6 if unit.weak else 1.0)
    if chance < LONG_SILENT:
        return _Habit(0, 10)
    if chance < LONG_SILENT + SILENT:
        return _Habit(0)
    return _Habit(3) if chance < BEHIND else _Habit(6)


def _balance(
    store: Store, unit: UnitPlan, person: PersonPlan, year: int, standard: tuple[str, int, str], first: int, day: date
) -> int:
    band, cents, paper = standard
    key = store.balances.add(person.id, year, band, *[0] * (first - 1), *[cents] * (13 - first))
    store.decisions.add(key, first, cents, band, paper, moment(max(day, person.joined_on)), unit.recorder)
    return key


def _pay(store: Store, unit: UnitPlan, balance: int, year: int, cents: int, first: int, through: int) -> None:
    """One payment at the end of each quarter, on the branch's fixed day."""
    done = first - 1
    for quarter in range(1, 5):
        last = min(quarter * 3, through)
        day = date(year, quarter * 3, min(unit.theme_on, 28))
        if last > done and day <= DAY:
            store.payments.add(
                balance, "dues", cents * (last - done), day, unit.id, None, "", moment(day), unit.recorder
            )
            done = last

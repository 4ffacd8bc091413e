"""When the units of the demo met: what was held in time, late, short of its quorum or never, and when it was written down."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from guben.demo.plan import DAY, KEPT_FROM, UnitPlan
from guben.kit.days import Every, Period, periods_between

NEVER_LATELY_FROM = date(2026, 3, 1)  # what was missed since then is often still open
THEME_DAYS = (5, 10, 25)


@dataclass(frozen=True, slots=True)
class Gathering:
    """One meeting that was held."""

    form: str
    held_on: date
    makes_up_on: date | None = None
    recorded_on: date | None = None
    for_unit: bool = False
    short: bool = False  # of its quorum
    group: int | None = None


@dataclass(frozen=True, slots=True)
class Exceptions:
    """What is decided beforehand for a unit: periods in which a form was never held, and meetings below quorum."""

    never: frozenset[tuple[str, str]] = frozenset()
    short: frozenset[tuple[str, str]] = frozenset()
    settled: bool = False  # nothing older is open
    thin: bool = False  # few forms only


_BRANCH_FORMS: tuple[tuple[str, Every], ...] = (
    ("theme_day", "month"),
    ("committee", "month"),
    ("group", "month"),
    ("member_meeting", "quarter"),
    ("lecture", "quarter"),
    ("talk", "half_year"),
    ("organisational_life", "year"),
    ("appraisal", "year"),
)


_THIN = frozenset({"theme_day", "committee", "member_meeting", "democratic_life"})


def forms_of(unit: UnitPlan, *, thin: bool = False) -> tuple[tuple[str, Every], ...]:
    """Which meetings a unit holds, and how often; `thin` leaves out the yearly ones. Source: 支部工作条例 Art. 11-19."""
    if thin:
        return tuple(pair for pair in forms_of(unit) if pair[0] in _THIN)
    if unit.kind in ("committee", "work_committee"):
        return (("democratic_life", "year"),)
    if unit.kind == "general_branch":
        return (("committee", "month"),)
    return tuple(
        (form, every)
        for form, every in _BRANCH_FORMS
        if (form != "committee" or unit.seats >= 3) and (form != "group" or unit.groups)
    )


def gatherings(unit: UnitPlan, until: date, exceptions: Exceptions, random: Random) -> Iterator[Gathering]:
    """The meetings of a unit since its records are kept, up to a day."""
    if unit.kept_from is None:
        return
    first = max(unit.kept_from, KEPT_FROM)
    for form, every in forms_of(unit, thin=exceptions.thin):
        for period in periods_between(first, until, every):
            for group in unit.groups if form == "group" else (None,):
                found = _gathering(unit, form, period, group, exceptions, random)
                if found and first <= found.held_on <= until:
                    yield found
                    if found.short and not exceptions.short and random.random() < 0.5:
                        yield from _again(found, period, until)


def _gathering(
    unit: UnitPlan, form: str, period: Period, group: int | None, exceptions: Exceptions, random: Random
) -> Gathering | None:
    key = (form, period.label)
    if key in exceptions.never:
        return None
    held_on, makes_up_on = _day(unit, form, period, random), None
    if random.random() > unit.diligence:
        if _never_made_up(unit, period, exceptions, random):
            return None
        held_on, makes_up_on = period.ends_on + timedelta(days=random.randrange(2, 26)), period.ends_on
        if held_on > DAY:
            return None
    short = key in exceptions.short or (not exceptions.short and random.random() < 0.004)
    delay = _delay(random)
    recorded_on = held_on + timedelta(days=delay)
    if recorded_on > DAY:
        recorded_on = held_on
    return Gathering(form, held_on, makes_up_on, recorded_on, random.random() < 0.15, short, group)


def _never_made_up(unit: UnitPlan, period: Period, exceptions: Exceptions, random: Random) -> bool:
    if period.ends_on >= NEVER_LATELY_FROM:
        return random.random() < 0.5
    return not exceptions.settled and random.random() < (0.45 if unit.weak else 0.05)


def _again(found: Gathering, period: Period, until: date) -> Iterator[Gathering]:
    """A meeting below its quorum that was held again within its period."""
    held_on = found.held_on + timedelta(days=6)
    if not found.makes_up_on and held_on in period and held_on <= until:
        yield Gathering(found.form, held_on, None, held_on, found.for_unit, False, found.group)


def _delay(random: Random) -> int:
    """Days until the meeting is written down: mostly the same or the next day."""
    chance = random.random()
    if chance < 0.9:
        return random.choice((0, 0, 0, 1, 1, 2))
    return random.randrange(3, 11) if chance < 0.97 else random.randrange(11, 31)


def _day(unit: UnitPlan, form: str, period: Period, random: Random) -> date:
    """The usual day of a form in a period."""
    first = period.starts_on
    if form == "theme_day":
        return first.replace(day=unit.theme_on)
    if form == "committee":
        return first.replace(day=random.randrange(1, 13))
    if form == "group":
        return first.replace(day=random.randrange(12, 27))
    if form in ("organisational_life", "democratic_life"):
        return first.replace(day=10) + timedelta(days=random.randrange(36))
    if form == "appraisal":
        return first.replace(day=15) + timedelta(days=random.randrange(38))
    length = (period.ends_on - first).days
    return first + timedelta(days=random.randrange(length // 4, length - 3))

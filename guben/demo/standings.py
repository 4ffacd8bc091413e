"""Members who cannot come: away, retired elsewhere, unable; who keeps contact with them, and when they last did (M3.5, M3.6)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from random import Random

from guben.demo import names
from guben.demo.plan import KEPT_FROM, PersonPlan, UnitPlan, ago
from guben.demo.profiles import PROFILES

OVERDUE = 0.12  # of those who need contact
WITHOUT_CONTACT_PERSON = 0.02
_WAYS = ("telephone", "telephone", "message", "message", "visit", "letter")
_NOTES = (
    "身体尚好，按月交纳党费。", "在外务工，年底回来。", "收到学习资料，已读。", "问到村里修路的事，已转告。", "住院后恢复，已上门看望。",
    "工作有变动，住址未变。", "参加了居住地的主题党日。", "说到老屋漏雨，已联系村委会。", "",
)  # fmt: skip


def give_standings(branches: Sequence[UnitPlan], random: Random) -> None:
    """Makes some full members of each branch absent for long, never the holders of its posts."""
    for unit in branches:
        profile = PROFILES[unit.setting]
        busy = set(map(id, unit.team))
        home = [person for person in unit.full if id(person) not in busy and person.leads is None]
        for person in home[: max(0, len(unit.full) - 4)]:
            _give(unit, person, profile.away, profile.elsewhere, random)
        _give_contact_persons(unit, random)


def _give(unit: UnitPlan, person: PersonPlan, away: float, elsewhere: float, random: Random) -> None:
    chance = random.random()
    if person.age >= 75 and chance < 0.46:
        person.standing = "unable"
    elif person.age >= 58 and chance > 1 - elsewhere * 2.2:
        person.standing, person.place = "retired_elsewhere", random.choice(names.PLACES[3:5])
    elif person.age < 58 and chance > 1 - away * 2.6:
        person.standing, person.place = "away", random.choice(names.PLACES)
    else:
        return
    room = (ago(20) - max(person.since, date(2019, 1, 1))).days
    person.standing_since = max(person.since, ago(20 + random.randrange(max(1, room))))


def _give_contact_persons(unit: UnitPlan, random: Random) -> None:
    helpers = unit.team or [person for person in unit.full if person.standing == "home"][:3]
    for person in unit.full:
        if person.standing != "home" and helpers and random.random() >= WITHOUT_CONTACT_PERSON:
            person.contact_person = random.choice(helpers)


def contact_days(person: PersonPlan, random: Random) -> list[date]:
    """The days of contact with a member who cannot come, oldest first; about one in eight is overdue."""
    long_enough = person.standing_since <= ago(200)
    if long_enough and random.random() < OVERDUE * 1.12:
        last = ago(random.randrange(195, 330))
    else:
        last = ago(random.randrange(3, 165))
    return _back_from(last, max(person.standing_since, KEPT_FROM), random)


def _back_from(last: date, first: date, random: Random) -> list[date]:
    days: list[date] = []
    day = last
    while day > first:
        days.append(day)
        day -= timedelta(days=random.randrange(80, 175))
    return days[::-1]


def contact_way(person: PersonPlan, random: Random) -> str:
    return "visit" if person.standing == "unable" and random.random() < 0.7 else random.choice(_WAYS)


def contact_note(random: Random) -> str:
    return random.choice(_NOTES)

"""Writes down the meetings of a unit: who was entitled on the day, who was missing, who recorded it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from datetime import date, time
from random import Random

from guben.demo import topics
from guben.demo.gatherings import Exceptions, Gathering, gatherings
from guben.demo.plan import PersonPlan, UnitPlan
from guben.demo.store import Store, moment

NAMED_FROM = date(2026, 1, 1)  # before this day absences are numbers, except those of leaders
_REASONS = ("leave", "leave", "leave", "away", "away", "ill", "duty", "none")
_STARTS = (time(9), time(9, 30), time(14, 30), time(15), time(19, 30))
_LENGTH = {"theme_day": (60, 150), "talk": (30, 60), "committee": (40, 90), "lecture": (60, 100)}
_TEAM_FORMS = ("committee", "democratic_life")


class Roll:
    """Who was on a roll, and entitled to attend, on any day."""

    def __init__(self, here: Sequence[PersonPlan], gone: Sequence[PersonPlan] = ()) -> None:
        spans = [(p.since, p) for p in here] + [(p.joined_on, p) for p in gone]
        self._starts = sorted(start for start, _ in spans)
        self._full = sorted(max(start, p.full_on) for start, p in spans if p.full_on)
        self._excused = sorted(
            max(p.since, p.full_on, p.standing_since) for p in here if p.full_on and p.standing != "home"
        )
        self._ends = sorted(p.since for p in gone)
        self._ends_full = sorted(max(p.since, p.full_on) for p in gone if p.full_on)
        self._here = [(max(p.since, p.full_on), p) for p in here if p.full_on]

    def count(self, on: date) -> int:
        return bisect_right(self._starts, on) - bisect_right(self._ends, on)

    def entitled(self, on: date) -> int:
        """Full members who are not excused. Source: 支部工作条例 Art. 11."""
        full = bisect_right(self._full, on) - bisect_right(self._ends_full, on)
        return full - bisect_right(self._excused, on)

    def entitled_people(self, on: date) -> list[PersonPlan]:
        """Those of today's members who were entitled on the day."""
        return [p for start, p in self._here if start <= on and (p.standing == "home" or p.standing_since > on)]


class Chronicler:
    """Writes the meetings of one unit after the other."""

    def __init__(self, store: Store, random: Random) -> None:
        self._store = store
        self._random = random

    def write(self, unit: UnitPlan, until: date, exceptions: Exceptions) -> None:
        """All meetings of a unit, oldest first."""
        members = unit.members
        rolls: dict[int | None, Roll] = {None: Roll(members, unit.former)}
        for number, group in enumerate(unit.groups):
            rolls[group] = Roll([person for person in members if person.group == number])
        leaders = [person for person in members if person.leads is not None]
        held = sorted(gatherings(unit, until, exceptions, self._random), key=lambda g: (g.held_on, g.form))
        seen: set[tuple[str, date, int | None]] = set()
        for gathering in held:
            key = (gathering.form, gathering.held_on, gathering.group)
            if key in seen:
                continue
            seen.add(key)
            if gathering.form in _TEAM_FORMS:
                self._write_team_meeting(unit, gathering)
            else:
                self._write_meeting(unit, gathering, rolls[gathering.group], leaders)

    def _write_team_meeting(self, unit: UnitPlan, gathering: Gathering) -> None:
        roll = len(unit.team)
        if not roll:
            return
        absent = [person for person in unit.team if self._random.random() < 0.06]
        most = roll // 2
        absent = unit.team[: most + 1] if gathering.short else absent[: max(0, most - 1)]
        named = absent if gathering.held_on >= NAMED_FROM else []
        self._add(unit, gathering, roll, roll, named, len(absent) - len(named))

    def _write_meeting(self, unit: UnitPlan, gathering: Gathering, roll: Roll, leaders: Sequence[PersonPlan]) -> None:
        random, on = self._random, gathering.held_on
        entitled = roll.entitled(on)
        count = roll.count(on)
        if count <= 0:
            return
        missing = entitled // 2 + 1 if gathering.short else self._usual_absence(entitled)
        absent = [
            p for p in leaders
            if p.full_on and max(p.since, p.full_on) <= on and gathering.group is None and random.random() > (p.leads or 0)
        ]  # fmt: skip
        if not gathering.short:
            absent = absent[: (entitled - 1) // 2]
        left = max(0, min(missing, entitled) - len(absent))
        if on >= NAMED_FROM and left:
            others = [p for p in roll.entitled_people(on) if p.leads is None]
            chosen = random.sample(others, min(left, len(others)))
            absent, left = absent + chosen, left - len(chosen)
        self._add(unit, gathering, count, entitled, absent, left)

    def _usual_absence(self, entitled: int) -> int:
        wanted = entitled * self._random.uniform(0.02, 0.16)
        count = int(wanted) + (self._random.random() < wanted % 1)
        return min(count, max(0, (entitled - 1) // 2))

    def _add(
        self, unit: UnitPlan, gathering: Gathering, roll: int, entitled: int, absent: Sequence[PersonPlan], unnamed: int
    ) -> None:
        random, form, on = self._random, gathering.form, gathering.held_on
        topic = topics.topic_for(form, on.month, unit.field, random)
        least, most = _LENGTH.get(form, (60, 120))
        recorded_on = gathering.recorded_on or on
        for_unit = gathering.for_unit and unit.clerk != 0
        chair = unit.team[0].id if unit.team and form != "group" and (unit.elected_on or on) <= on else None
        key = self._store.meetings.add(
            unit.id, gathering.group, form, on, random.choice(_STARTS), random.randrange(least, most, 5), chair, topic,
            topics.minutes_for(topic, random), roll, entitled, unnamed, gathering.makes_up_on,
            moment(recorded_on, 19, random.randrange(60)), recorded_on, unit.clerk if for_unit else unit.recorder,
            for_unit,
        )  # fmt: skip
        for person in absent:
            self._store.absences.add(key, person.id, random.choice(_REASONS), True)

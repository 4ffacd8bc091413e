"""Transfers in all states, as they are planned before the first row is written: who moves, from where to where, how far
(M3.7). Who was received has moved in all the records; nobody leaves the city, so its figures stay.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from guben.demo.development import CasePlan, Event
from guben.demo.events import Special
from guben.demo.plan import DAY, PersonPlan, UnitPlan, ago
from guben.demo.shape import City
from guben.transfers.choices import TRANSFER, TRANSFER_IN, TRANSFER_OUT

TRANSFERS, GRADUATES, MEMBERS = 60, 12, 30_000
CAUSES = ("工作调动", "居住地变化", "外出六个月以上", "退休", "其他")
OUTSIDE = ("云岭省南河县委组织部", "江东省白鹭区委组织部", "北原市石桥县委组织部")
BATCH_ON = date(2026, 6, 24)
TO_ACCEPT, TO_ISSUE = 4, 0  # what waits for the featured secretary: one to receive, one to look at before the letter
Step = tuple[str, str, int]

# Days before today that it began; its steps with the days after the beginning. "short": a letter of fifteen days.
STATES: tuple[tuple[int, tuple[Step, ...]], ...] = (
    (3, ()),
    (30, (("branch", "done", 2),)),
    (7, (("branch", "done", 1), ("letter", "done", 3))),
    (40, (("branch", "done", 2), ("letter", "short", 4))),
    (20, (("branch", "done", 2), ("letter", "done", 3), ("receiving", "agreed", 8))),
    (60, (("branch", "done", 2), ("letter", "short", 4), ("receiving", "agreed", 9))),
    (18, (("branch", "done", 1), ("letter", "done", 2), ("receiving", "agreed", 5), ("accept", "done", 9))),
    (50, (("branch", "done", 2), ("letter", "done", 4), ("receiving", "agreed", 9), ("accept", "done", 15), ("receipt", "done", 18))),
    (25, (("branch", "done", 2), ("letter", "done", 5), ("receiving", "returned", 10))),
    (35, (("branch", "done", 2), ("letter", "done", 5), ("receiving", "refused", 9))),
    (45, (("branch", "refused", 4),)),
    (28, (("branch", "done", 3), ("", "withdrawn", 9))),
    (55, (("out", "", 0), ("branch", "done", 2), ("letter", "short", 4))),
    (70, (("out", "", 0), ("branch", "done", 2), ("letter", "done", 4), ("receipt", "lost", 50))),
    (15, (("in", "", 0), ("letter-in", "done", 1))),
)  # fmt: skip
REASONS = {
    ("receiving", "returned"): "接收支部名称写错，核对后重开。",
    ("receiving", "refused"): "本人已不在我辖区工作。",
    ("receipt", "lost"): "来函说查无此支部，联系本人后作废。",
    ("", "withdrawn"): "本人决定不调动了。",
    ("branch", "refused"): "去向没有说清，先核实。",
}


@dataclass(slots=True, eq=False)
class Move:
    """One transfer to be. `host` is empty where the other side is outside: `receiver` then says who it is."""

    procedure: str
    unit: UnitPlan
    host: UnitPlan | None
    person: PersonPlan | None
    events: list[Event]
    begun_on: date
    cause: str = ""
    receiver: str = ""
    valid_days: int = 90
    in_batch: bool = False


def plan_moves(city: City, special: Special, cases: Sequence[CasePlan], members: int) -> list[Move]:
    """Some sixty transfers for a city of 30,000 members, each state at least once, and the members of one batch."""
    near, far = places_of(city, special)
    if not (near and far):
        return []
    people = _People(cases, special)
    mixed = [unit for pair in zip(_around(near, len(far)), far, strict=True) for unit in pair]
    moves = []
    for number in range(max(len(STATES), round(TRANSFERS * members / MEMBERS))):
        unit, host = mixed[number % len(mixed)], mixed[(number + 7) % len(mixed)]
        unit = special.branch if number in (TO_ISSUE, 3) else unit
        host = special.branch if number == TO_ACCEPT else host
        if unit is not host and (move := _move(number, unit, host, people)):
            moves.append(move)
    return moves + _graduates(near, far, people)


def places_of(city: City, special: Special) -> tuple[list[UnitPlan], list[UnitPlan]]:
    """The villages and communities that keep records: those of the featured town, and the others. The featured branch
    is not among them."""
    found = [
        unit
        for unit in (*city.communities, *city.villages)
        if unit.setting and unit.ends_on is None and unit.kept_from and unit.kind in ("branch", "joint_branch")
        and unit not in special.untouched and unit.full
    ]  # fmt: skip
    first = city.towns[0]
    return [one for one in found if one.parent is first], [one for one in found if one.parent is not first]


def _around(units: Sequence[UnitPlan], count: int) -> list[UnitPlan]:
    return [units[number % len(units)] for number in range(count)]


class _People:
    """Full members at home without a post, a case or a part in one; each is given out once."""

    def __init__(self, cases: Iterable[CasePlan], special: Special) -> None:
        parts = [(case.person, case.relative, case.introducer) for case in cases]
        self._busy = {id(person) for part in parts for person in part if person}
        self._featured = special.branch
        self._left: dict[int, list[PersonPlan]] = {}

    def take(self, unit: UnitPlan) -> PersonPlan | None:
        """One of the unit's, never more than a third of them."""
        left = self._left.setdefault(id(unit), self._fit(unit))
        return left.pop(0) if left else None

    def _fit(self, unit: UnitPlan) -> list[PersonPlan]:
        helpers = {id(person.contact_person) for person in unit.full}
        plain = [person for person in unit.full if person.standing == "home" and person not in unit.team]
        if unit is self._featured:
            plain = plain[:-1]  # the last one has an account
        fit = [
            person
            for person in plain
            if person.leads is None and not person.came_from and person.joined_on <= ago(500)
            and person.since <= ago(100) and id(person) not in self._busy and id(person) not in helpers
        ]  # fmt: skip
        return sorted(fit, key=lambda person: person.age)[: len(unit.full) // 3]


def _move(number: int, unit: UnitPlan, host: UnitPlan, people: _People) -> Move | None:
    before, steps = STATES[number % len(STATES)]
    way = steps[0][0] if steps and steps[0][0] in ("out", "in") else ""
    begun_on = _working(ago(before + number // len(STATES)))
    received = next((days for step, outcome, days in steps if (step, outcome) == ("accept", "done")), None)
    person = None if way == "in" else people.take(host if received else unit)
    if person is None and way != "in":
        return None
    move = Move(
        {"out": TRANSFER_OUT, "in": TRANSFER_IN}.get(way, TRANSFER), unit, None if way else host, person, [], begun_on,
        CAUSES[number % len(CAUSES)], OUTSIDE[number % len(OUTSIDE)] if way else "",
        15 if any(outcome == "short" for _step, outcome, _days in steps) else 90,
    )  # fmt: skip
    if way != "in":
        move.events.append(Event("request", "done", begun_on))
    for step, outcome, days in steps:
        if step not in ("in", "out"):
            kept = "done" if outcome == "short" else outcome
            on = _working(begun_on + timedelta(days))
            move.events.append(Event(step, kept, on, REASONS.get((step, kept), "")))
    if person and received:
        person.came_from, person.since = unit, next(one.on for one in move.events if one.step == "accept")
        unit.former.append(person)
    return move


def _working(day: date) -> date:
    """The day, or the Monday after it; never after today."""
    return min(DAY, day + timedelta(days=max(0, 7 - day.weekday()) if day.weekday() > 4 else 0))


def _graduates(near: Sequence[UnitPlan], far: Sequence[UnitPlan], people: _People) -> list[Move]:
    """The youngest of the featured town's branches, one list for many receivers; their letters are issued."""
    found: list[Move] = []
    for number, unit in enumerate((*near, *near)):
        person = people.take(unit)
        if person is None or len(found) == GRADUATES:
            continue
        events = [Event(step, "done", BATCH_ON) for step in ("request", "branch", "letter")]
        host = far[number * 5 % len(far)]
        found.append(Move(TRANSFER, unit, host, person, events, BATCH_ON, "毕业", in_batch=True))
    return found

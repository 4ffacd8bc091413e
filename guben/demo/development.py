"""The cases of development in the demo: who is on the way, how far, with which days, and what went wrong (M3.2, M3.3).

Planned before the first row is written, since people, meetings and cases must tell the same. Days are counted from the
vote on admission, which for those who are on the way still lies ahead.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from guben.demo.events import Special
from guben.demo.plan import DAY, PersonPlan, UnitPlan
from guben.demo.shape import City
from guben.kit.days import add_months, completed_years

CASES = 400
MEMBERS = 30_000
REVISED_ON = date(2026, 5, 18)  # the edition of 2026
FULL_SINCE = date(2025, 11, 1)
SCHOOLS = ("school", "students")
Day = tuple[str, str, int]

# step, outcome, days from the vote on admission
TO_THE_VOTE: tuple[Day, ...] = (
    ("application", "done", -690),
    ("talk", "done", -672),
    ("activist", "done", -500),
    ("activist-filing", "done", -488),
    ("contacts", "done", -485),
    ("cultivation", "kept", -318),
    ("cultivation", "kept", -138),
    ("cultivation", "ready", -128),
    ("candidate", "done", -120),
    ("candidate-filing", "done", -105),
    ("introducers", "done", -84),
    ("political-review", "done", -70),
    ("training", "done", -55),
    ("branch-review", "done", -38),
    ("pre-review", "agreed", -20),
    ("application-form", "done", -12),
    ("vote", "passed", 0),
)
TO_FULL: tuple[Day, ...] = (
    ("committee-talk", "done", 9),
    ("approval", "agreed", 18),
    ("filing-above", "done", 26),
    ("group", "done", 28),
    ("oath", "done", 33),
    ("probation", "kept", 185),
    ("probation", "kept", 366),
    ("probation", "ready", 368),
    ("full-application", "done", 370),
    ("full-vote", "on-time", 378),
    ("full-approval", "agreed", 396),
    ("archive", "done", 410),
)
BECOMES = {
    "application": "applicant",
    "activist": "activist",
    "candidate-filing": "candidate",
    "candidate-notice": "candidate",
}


@dataclass(slots=True)
class Event:
    """One step taken, as the plan has it."""

    step: str
    outcome: str
    on: date
    reason: str = ""


@dataclass(slots=True, eq=False)
class CasePlan:
    """One case to be. `known_late` are the steps that were put into the books from older papers."""

    unit: UnitPlan
    person: PersonPlan
    events: list[Event]
    relative: PersonPlan | None = None
    introducer: PersonPlan | None = None  # one who introduces many
    hangs: bool = False  # a notice is to be posted, by the ordinary way
    clears: bool = False  # and its result recorded
    imported: bool = False
    votes: dict[str, int] = field(default_factory=dict)  # the meeting of each vote

    @property
    def begun_on(self) -> date:
        return self.events[0].on

    def on(self, step: str) -> date | None:
        """The last day on which a step was done."""
        return next((event.on for event in reversed(self.events) if event.step == step), None)


def plan_cases(city: City, special: Special, members: int, random: Random) -> list[CasePlan]:
    """About 400 cases for a city of 30,000 members, fewer for a smaller one, and what they change on people."""
    wanted = max(24, round(CASES * members / MEMBERS))
    planner = _Planner(city, special, random)
    found = planner.of_members(wanted * 9 // 40)
    found += planner.on_the_way(wanted - len(found))
    for case in found:
        _tell_person(case)
    return found


class _Planner:
    """Chooses people and gives each case its days."""

    def __init__(self, city: City, special: Special, random: Random) -> None:
        self.random = random
        self.special = special
        self.towns = {id(town) for town in city.towns if town.kind == "committee"}
        self.waiting: list[tuple[UnitPlan, PersonPlan]] = []
        missing = {id(unit) for unit in city.branches if _owes_meetings(special, unit)}
        missing |= {id(unit) for unit in special.founded} | {id(special.dissolved), id(special.moved)}
        self.units = [u for u in city.branches if id(u) not in missing and u.full and u.kind != "temporary_branch"]
        self.below_committees = [u for u in self.units if _approver(u) is not None]

    # People who are members: their day of admission stands, and the case is told back from it.

    def of_members(self, count: int) -> list[CasePlan]:
        chosen: list[tuple[UnitPlan, PersonPlan]] = []
        by_unit = {id(unit): self._lately(unit) for unit in self.below_committees}
        crowded = self._crowded(by_unit, max(2, count // 12))
        for unit in crowded:
            chosen += [(unit, person) for person in by_unit[id(unit)][:4]]
        rest = [(u, person) for u in self.below_committees if u not in crowded for person in by_unit[id(u)][:2]]
        self.random.shuffle(rest)
        rest.sort(key=lambda pair: pair[1].stage != "probationary")
        chosen = (chosen + rest)[:count]
        self._overdue([person for unit, person in chosen if unit not in crowded])
        cases = [self._member_case(unit, person, number) for number, (unit, person) in enumerate(chosen)]
        self._families(cases)
        self._introducers(cases)
        self._odd_days(cases)
        self._passed_over(cases)
        return cases

    def _crowded(self, by_unit: dict[int, list[PersonPlan]], count: int) -> list[UnitPlan]:
        """The units that took in most; of schools, where it is the rule, two at most."""
        ranked = sorted(self.below_committees, key=lambda unit: (-len(by_unit[id(unit)]), unit.code))
        schools = [unit for unit in ranked if unit.setting in SCHOOLS]
        return [unit for unit in ranked if unit.setting not in SCHOOLS or unit in schools[:2]][:count]

    def _lately(self, unit: UnitPlan) -> list[PersonPlan]:
        """Who became a member not long ago, of age and on the roll when she applied."""
        return [
            person
            for person in unit.people
            if (
                person.stage == "probationary"
                or (person.full_on and FULL_SINCE <= person.full_on <= DAY - timedelta(45))
            )
            and not person.came_from
            and person.joined_on <= DAY - timedelta(40)
            and person.joined_on - timedelta(700) >= unit.founded_on
            and completed_years(person.born_on, person.joined_on - timedelta(700)) >= 18
        ]

    def _overdue(self, people: list[PersonPlan]) -> None:
        """Some have been on probation for more than a year: voted on, and their approval is waited for."""
        early = timedelta(days=385)
        for person in people[3::5]:
            grown = completed_years(person.born_on, person.joined_on - early - timedelta(700)) >= 18
            if person.stage == "probationary" and grown and person.joined_on > DAY - timedelta(days=200):
                person.joined_on -= early
                person.since = person.standing_since = person.joined_on

    def _member_case(self, unit: UnitPlan, person: PersonPlan, number: int) -> CasePlan:
        events = self._told(person.joined_on, (*TO_THE_VOTE, *TO_FULL))
        if person.stage == "probationary":
            events = [event for event in events if event.step not in ("full-approval", "archive")]
            if number % 9 == 4:  # the oath was forgotten
                events = events[: next(i for i, one in enumerate(events) if one.step == "oath")]
        if person.stage == "full":
            cut = ("archive", "done") if number % 2 else ("full-approval", "agreed")
            last = max(
                i for i, one in enumerate(events) if (one.step, one.outcome) == cut or one.step == "full-approval"
            )
            events = events[: last + 1]
        return CasePlan(unit, person, events)

    def _told(self, vote: date, days: Sequence[Day]) -> list[Event]:
        """The events up to the demo's day. Each case is a little slower or quicker in what no rule fixes."""
        lag = self.random.randrange(0, 9)
        events = []
        for step, outcome, offset in days:
            shift = (
                0 if offset == 0 or step in ("activist", "candidate-filing") else -(lag % 3) if offset < 0 else lag % 4
            )
            on = vote + timedelta(days=offset + shift)
            if on > DAY:
                break
            events.append(Event(step, outcome, on))
        return events

    def _families(self, cases: list[CasePlan]) -> None:
        """In two units most of those admitted have a relative there."""
        for group in [group for group in _by_unit(cases, least=2) if self._elder(group[0])][:2]:
            for case in group:
                case.relative = self._elder(case)

    def _elder(self, case: CasePlan) -> PersonPlan | None:
        """A full member of the unit, rather one of the same family name."""
        elders = [one for one in case.unit.full if one.age > case.person.age + 16 and one.since <= case.begun_on]
        alike = [one for one in elders if one.name[0] == case.person.name[0]]
        return next(iter(alike or elders), None)

    def _introducers(self, cases: list[CasePlan]) -> None:
        """In two other units one member introduces everybody."""
        for group in [group for group in _by_unit(cases, least=3) if not group[0].relative][:2]:
            steady = [one for one in group[0].unit.full if one.joined_on < date(2020, 1, 1) and one.standing == "home"]
            for case in group:
                case.introducer = steady[0] if steady else None

    def _passed_over(self, cases: list[CasePlan]) -> None:
        """In three units people with a degree applied earlier and still wait, while others were taken in."""
        known: set[int] = set()
        for case in cases:
            waiting = [person for person in case.unit.people if self._is_on_the_way(case.unit, person)]
            if (
                len(waiting) >= 2
                and not case.relative
                and not case.introducer
                and id(case.unit) not in known
                and len(known) < 3
            ):
                case.person.education = "70"
                for person in waiting[:2]:
                    person.education = "20"
                    self.waiting.append((case.unit, person))
                known.add(id(case.unit))

    def _odd_days(self, cases: list[CasePlan]) -> None:
        """Old papers put into the books with days that can't be: too fast, backwards, three steps on one day."""
        plain = [case for case in cases if not case.relative and not case.introducer and case.on("approval")]
        for case, bend in zip(plain, (_too_fast, _too_fast, _backwards, _one_day, _one_day, _one_day), strict=False):
            bend(case)
            case.imported = True

    # People on the way: how far they are is drawn, and the person follows the case.

    def on_the_way(self, count: int) -> list[CasePlan]:
        pairs = [(u, p) for u in self.units for p in u.people if self._is_on_the_way(u, p)]
        self.random.shuffle(pairs)
        first = [pair for pair in pairs if pair[0] is self.special.branch]
        near = [pair for pair in pairs if pair[0] in self.special.clerk_branches and pair[0] is not self.special.branch]
        wait = {id(person) for _unit, person in self.waiting}
        waiting = [CasePlan(unit, person, self._waits()) for unit, person in self.waiting]
        known = {id(person) for _unit, person in (*first, *near)}
        chosen = [*first, *near, *(pair for pair in pairs if id(pair[1]) not in known)]
        chosen = [pair for pair in chosen if id(pair[1]) not in wait][: count - len(waiting)]
        return waiting + [self._way_case(unit, person, number) for number, (unit, person) in enumerate(chosen)]

    def _is_on_the_way(self, unit: UnitPlan, person: PersonPlan) -> bool:
        on_the_way = person.stage in ("applicant", "activist", "candidate")
        return on_the_way and unit.founded_on < DAY - timedelta(800) and completed_years(person.born_on, DAY) >= 20

    def _way_case(self, unit: UnitPlan, person: PersonPlan, number: int) -> CasePlan:
        kind = number % 20
        makers: dict[int, Callable[[], list[Event]]] = {
            0: self._talk_late,
            1: self._vote_late,
            2: self._approval_late,
            3: self._returned,
        }
        if kind == 4 and id(_approver(unit)) in self.towns:
            return self._notice_case(unit, person, number)
        events = makers[kind]() if kind in makers else self._drawn()
        if kind == 5:
            events.append(Event("", "withdrawn", min(DAY, events[-1].on + timedelta(20)), "本人提出撤回申请。"))
        if kind == 6 and number % 40 == 6:
            events = self._refused()
        return CasePlan(unit, person, events)

    def _drawn(self) -> list[Event]:
        """Anywhere between the application and the approval, under the edition of 2014."""
        ahead = self.random.choices((self.random.randrange(505, 680), self.random.randrange(125, 500),
                                     self.random.randrange(38, 62), self.random.randrange(1, 44)), (38, 34, 10, 18))[0]  # fmt: skip
        return self._told(DAY + timedelta(days=ahead), TO_THE_VOTE)

    def _waits(self) -> list[Event]:
        """Applied, heard, and never recommended."""
        on = DAY - timedelta(days=self.random.randrange(640, 760))
        return [Event("application", "done", on), Event("talk", "done", on + timedelta(12))]

    def _talk_late(self) -> list[Event]:
        on = DAY - timedelta(days=self.random.randrange(36, 80))
        return [Event("application", "done", on)]

    def _vote_late(self) -> list[Event]:
        """The pre-review passed and the meeting was not held within the month."""
        vote = DAY - timedelta(days=self.random.randrange(14, 30))
        return [event for event in self._told(vote, TO_THE_VOTE) if event.step != "vote"]

    def _approval_late(self) -> list[Event]:
        """Voted more than three months ago and not approved."""
        vote = DAY - timedelta(days=self.random.randrange(95, 130))
        return [event for event in self._told(vote, (*TO_THE_VOTE, *TO_FULL)) if event.on <= vote + timedelta(12)]

    def _returned(self) -> list[Event]:
        """The superior sent the case back."""
        events = self._told(DAY + timedelta(days=self.random.randrange(2, 12)), TO_THE_VOTE)
        found = [event for event in events if event.step not in ("pre-review", "application-form", "vote")]
        back = Event("pre-review", "returned", found[-1].on + timedelta(14), "培养考察记录缺一次，补齐后再报。")
        return [*found, back]

    def _refused(self) -> list[Event]:
        events = self._told(DAY - timedelta(days=self.random.randrange(10, 60)), TO_THE_VOTE)
        found = [event for event in events if event.step not in ("pre-review", "application-form", "vote")]
        return [
            *found,
            Event("pre-review", "refused", found[-1].on + timedelta(14), "政治审查结论不充分，不同意发展。"),
        ]

    def _notice_case(self, unit: UnitPlan, person: PersonPlan, number: int) -> CasePlan:
        """Under the edition of 2026: consent of the superior, and a notice that hangs today or has run."""
        hangs = number % 40 < 20
        vote = DAY + timedelta(days=96 if hangs else 84)
        events = [event for event in self._told(vote, TO_THE_VOTE) if event.step != "candidate-filing"]
        events = [event for event in events if event.on < vote - timedelta(days=110)]
        posted = DAY - timedelta(days=4 if hangs else 20)
        events = [*events, Event("candidate-consent", "agreed", posted - timedelta(days=2))]
        return CasePlan(unit, person, events, hangs=True, clears=not hangs)


def _owes_meetings(special: Special, unit: UnitPlan) -> bool:
    """Units of which the demo tells that a meeting was not held: a vote there would say otherwise."""
    known = special.exceptions.get(id(unit))
    return unit is not special.branch and bool(known and (known.never or known.short))


def _approver(unit: UnitPlan) -> UnitPlan | None:
    """The committee that approves, where another one stands above it."""
    above = unit.parent
    while above is not None and above.kind != "committee":
        above = above.parent
    return above if above is not None and above.parent is not None else None


def _by_unit(cases: Iterable[CasePlan], least: int) -> list[list[CasePlan]]:
    groups: dict[int, list[CasePlan]] = defaultdict(list)
    for case in cases:
        groups[id(case.unit)].append(case)
    return [group for group in groups.values() if len(group) >= least]


def _event(case: CasePlan, step: str) -> Event:
    return next(event for event in case.events if event.step == step)


def _too_fast(case: CasePlan) -> None:
    """Seven months from activist to candidate."""
    filed = _event(case, "candidate-filing").on
    for step, before in (("activist", 210), ("activist-filing", 205), ("contacts", 200)):
        _event(case, step).on = filed - timedelta(days=before)
    kept = [event for event in case.events if event.step == "cultivation"]
    for event, before in zip(kept, (150, 80, 30), strict=False):
        event.on = filed - timedelta(days=before)


def _backwards(case: CasePlan) -> None:
    """The political review is dated before the candidate was chosen."""
    _event(case, "political-review").on = _event(case, "candidate").on - timedelta(days=25)


def _one_day(case: CasePlan) -> None:
    """Review, training and the branch's own look on one day."""
    day = _event(case, "training").on
    _event(case, "political-review").on = _event(case, "branch-review").on = day


def _tell_person(case: CasePlan) -> None:
    """What the case makes of the person: stages with their days, and since when she is on the unit's roll."""
    person = case.person
    stages: list[tuple[str, date]] = []
    for event in case.events:
        kind = BECOMES.get(event.step)
        if kind and event.outcome == "done" and not any(kind == one for one, _day in stages):
            stages.append((kind, event.on))
    is_member = person.stage in ("probationary", "full")
    if is_member:
        stages.append(("probationary", person.joined_on))
        if person.full_on and person.stage == "full":
            stages.append(("full", add_months(person.joined_on, 12)))
    else:
        person.stage = stages[-1][0]
        person.joined_on = stages[-1][1]
        person.since = case.begun_on
    person.stages = stages
    person.applied_on = case.begun_on

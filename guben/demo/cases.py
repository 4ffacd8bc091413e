"""Writes the demo's cases of development as rows: entries, papers, votes with their meetings, applications and ties.

The rows are those that the actions would write; what hangs today is posted through the actions themselves.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, time
from random import Random

from guben.accounts.models import User
from guben.demo.chronicle import Roll
from guben.demo.development import CasePlan, Event
from guben.demo.plan import DAY, PersonPlan, UnitPlan
from guben.demo.store import Store, moment
from guben.demo.writing import Rows
from guben.development.models import Application, Tie
from guben.kit.days import add_months
from guben.organisations.models import Organisation
from guben.procedures.models import Case, Count, Entry, Paper
from guben.procedures.numbering import case_numbers
from guben.procedures.places import Places
from guben.procedures.placing import Kept, columns
from guben.procedures.rules import Rules, rules
from guben.rulebook_engine.roads import Done, where

PROCEDURE = "development"
CHANNELS = (("residence", "居住地", 5), ("workplace", "工作单位", 5), ("service_centre", "党群服务中心", 3),
            ("able", "能人", 3), ("away", "流动在外", 2), ("league", "共青团", 2))  # fmt: skip
RECOMMENDED = (("members", "党员推荐", 5), ("league", "共青团推优", 4), ("mass", "其他群团组织推优", 1))
PAPERS = {
    "application": "application",
    "political-review": "political-review",
    "application-form": "application-form",
    "full-application": "full-application",
}
OPINIONS = (
    "表现积极，按时参加学习和活动，同意继续培养。",
    "能完成分工，群众反映好，还要多参加支部活动。",
    "思想上有进步，联系群众多，同意往下走。",
)
TALKS = ("谈了入党动机和对党的认识，本人态度诚恳。", "说明了程序和要求，本人表示接受考察。")
IMPORTED = "照旧材料补登，日期照原件写。"
AT_THE_COMMITTEE = {
    "activist-filing", "candidate-filing", "candidate-consent", "training", "pre-review", "committee-talk", "approval",
    "full-approval",
}  # fmt: skip


class Registrar:
    """Writes planned cases. The votes' meetings go into the books first, with all other meetings."""

    def __init__(self, cases: Sequence[CasePlan], random: Random) -> None:
        self.cases = cases
        self.random = random
        self.helpers: dict[int, list[PersonPlan]] = {}
        self.present: dict[int, int] = {}  # how many came to each of the meetings
        self.entitled: dict[int, int] = {}  # and how many should have
        self._meetings: dict[tuple[int, date], int] = {}

    def write_meetings(self, store: Store) -> None:
        """The member meetings that voted; several votes of one day share a meeting."""
        for case in self.cases:
            roll = Roll(case.unit.members, case.unit.former)
            for event in case.events:
                if event.step in ("vote", "full-vote"):
                    case.votes[event.step] = self._meeting(store, case.unit, roll, event.on)

    def _meeting(self, store: Store, unit: UnitPlan, roll: Roll, on: date) -> int:
        if known := self._meetings.get((id(unit), on)):
            return known
        entitled = roll.entitled(on)
        absent = min(entitled // 6, max(0, (entitled - 1) // 2))
        chair = unit.team[0].id if unit.team else None
        key = store.meetings.add(
            unit.id, None, "member_meeting", on, time(15), 90, chair, "讨论和表决发展党员", "逐个讨论，无记名投票，当场计票。",
            roll.count(on), entitled, absent, None, moment(on, 19), on, unit.recorder, False,
        )  # fmt: skip
        self._meetings[id(unit), on] = key
        self.present[key], self.entitled[key] = entitled - absent, entitled
        return key

    def write(self, by: User) -> dict[str, int]:
        """All rows of the cases. Where the procedure is not installed there are none."""
        known = rules()
        if not self.cases or not known.editions(PROCEDURE):
            return {}
        tables = _Tables()
        units = Organisation.objects.in_bulk([case.unit.id for case in self.cases])
        places = Places(units.values(), DAY)
        for case, number in zip(self.cases, self._numbers(known), strict=True):
            _Writing(self, tables, case, number, known, places, by).write()
        return tables.close()

    def _numbers(self, known: Rules) -> list[str]:
        """Numbers in the order of the days on which the cases were begun, year by year."""
        by_year: dict[int, list[int]] = defaultdict(list)
        for place, case in sorted(enumerate(self.cases), key=lambda pair: pair[1].begun_on):
            by_year[case.begun_on.year].append(place)
        found = [""] * len(self.cases)
        for year, members in by_year.items():
            numbers = case_numbers(known.procedure(PROCEDURE, date(year, 1, 1)), date(year, 1, 1), len(members))
            for place, number in zip(members, numbers, strict=True):
                found[place] = number
        return found


class _Tables:
    """The tables of cases on their way."""

    def __init__(self) -> None:
        self.cases = Rows(
            Case, "number", "procedure", "person_id", "title", "organisation_id", "begun_on", "begun_at", "begun_by_id",
            "step", "edition", "actor_id", "opens_on", "due_on", "ended_on", "ended_as", "once_about",
        )  # fmt: skip
        self.entries = Rows(
            Entry, "case_id", "number", "step", "outcome", "edition", "done_on", "recorded_on", "recorded_at",
            "recorded_by_id", "acted_at_id", "days_since", "days_late", "reason", "values", "meeting_id",
        )  # fmt: skip
        self.counts = Rows(
            Count, "case_id", "step", "meeting_id", "teller_id", "cast", "in_favour", "against", "abstained", "invalid",
            "entered_at", "entered_by_id", "entry_id",
        )  # fmt: skip
        self.papers = Rows(
            Paper, "case_id", "entry_id", "step", "key", "state", "dated_on", "kept_where", "made_at", "made_by_id"
        )
        self.applications = Rows(
            Application, "case_id", "channel", "recommended_by", "applied_on", "activist_on", "candidate_on",
            "admitted_on", "probation_ends_on", "is_extended", "full_on",
        )  # fmt: skip
        self.ties = Rows(Tie, "application_id", "person_id", "kind", "from_on")

    def close(self) -> dict[str, int]:
        rows = [self.cases, self.entries, self.counts, self.papers, self.applications, self.ties]
        names = ("cases", "entries", "counts", "papers", "applications", "ties")
        return {name: one.close() for name, one in zip(names, rows, strict=True)}


class _Writing:
    """One case."""

    def __init__(
        self, registrar: Registrar, tables: _Tables, case: CasePlan, number: str, known: Rules, places: Places, by: User
    ) -> None:
        self.registrar, self.tables, self.case, self.number = registrar, tables, case, number
        self.known, self.places, self.by = known, places, by
        self.random = registrar.random
        self.editions = known.editions(PROCEDURE)
        self.key = tables.cases.next_key
        self.helpers = self._helpers()
        self.channel = _drawn(CHANNELS, self.random)
        self.recommended = _drawn(RECOMMENDED, self.random)
        self.done: list[Done] = []

    def write(self) -> None:
        for place, event in enumerate(self.case.events, start=1):
            self._entry(place, event)
        self._case()
        self._application()

    def _helpers(self) -> list[PersonPlan]:
        """Two full members who keep contact and introduce."""
        case, used = self.case, self.registrar.helpers
        steady = used.setdefault(
            id(case.unit), [one for one in case.unit.full if one.standing == "home" and one.since <= date(2023, 1, 1)]
        )
        if not steady:
            steady = case.unit.full
        first = self.random.sample(steady, min(2, len(steady)))
        if case.introducer:
            first = [case.introducer, *(one for one in first if one is not case.introducer)][:2]
        return first

    def _recorder(self, at_committee: bool) -> int:
        unit = self.case.unit
        return (unit.clerk if at_committee else unit.recorder) or unit.clerk or self.by.pk

    def _entry(self, place: int, event: Event) -> None:
        found = where(self.editions, self.case.begun_on, self.done, event.on, self.known.calendar)
        step = event.step or (found.step.key if found.step else "")
        at_committee = step in AT_THE_COMMITTEE
        actor = self.places.find(found.procedure, found.step.at if found.step else "own", self.case.unit.id, None)
        due_on = found.due_on if found.step and found.step.key == step else None
        before = self.done[-1].on if self.done else self.case.begun_on
        label = found.procedure.edition_label
        meeting = self.case.votes.get(step)
        recorder = self._recorder(at_committee)
        key = self.tables.entries.add(
            self.key, place, step, event.outcome, label, event.on, event.on, moment(event.on, 17), recorder,
            actor.pk if actor else self.case.unit.id, (event.on - before).days,
            max(0, (event.on - due_on).days) if due_on else 0, event.reason or (IMPORTED if self.case.imported else ""),
            self._values(step, event, meeting), meeting,
        )  # fmt: skip
        self.done.append(Done(step, event.outcome, event.on, label, place))
        if step in PAPERS:
            self.tables.papers.add(
                self.key, key, step, PAPERS[step], "received", event.on, "支部档案柜", moment(event.on, 17), recorder
            )
        if meeting:
            self._counts(key, step, meeting, event.on, recorder)

    def _counts(self, entry: int, step: str, meeting: int, on: date, recorder: int) -> None:
        cast, in_favour, against, abstained, invalid = self._tally(meeting)
        for teller in self.helpers:
            self.tables.counts.add(
                self.key, step, meeting, teller.id, cast, in_favour, against, abstained, invalid, moment(on, 16),
                recorder, entry,
            )  # fmt: skip

    def _tally(self, meeting: int) -> tuple[int, int, int, int, int]:
        present = self.registrar.present[meeting]
        against = 1 if present > 12 and meeting % 3 == 0 else 0
        abstained = 1 if present > 15 and meeting % 4 == 0 else 0
        return present, present - against - abstained, against, abstained, 0

    def _values(self, step: str, event: Event, meeting: int | None) -> dict[str, object]:
        """What was filled in, by the fields of the rulebook."""
        helpers = [one.id for one in self.helpers]
        relative = [self.case.relative.id] if self.case.relative else []
        texts: dict[str, dict[str, object]] = {
            "application": {"channel": self.channel[1]}
            | ({"relatives": relative} if relative else {})
            | self._others(),
            "talk": {"talked_by": helpers[:1], "summary": self.random.choice(TALKS)},
            "activist": {"recommended_by": self.recommended[1]},
            "contacts": {"contacts": helpers},
            "candidate": {"opinions": self.random.choice(OPINIONS)},
            "introducers": {"introducers": helpers},
            "political-review": {"opinion": "政治审查合格。"},
            "training": {"days": 3, "hours": 24},
            "branch-review": {"opinion": "材料齐全，手续完备，同意报预审。"},
            "committee-talk": {"talked_by": helpers[:1], "summary": self.random.choice(TALKS)},
            "oath": {"place": "党群服务中心"},
            "archive": {"place": "镇党委档案室"},
        }
        if step in ("cultivation", "probation"):
            return {"opinion": self.random.choice(OPINIONS)}
        if meeting:
            names = ("cast", "in_favour", "against", "abstained", "invalid")
            numbers = dict(zip(names, self._tally(meeting), strict=True))
            roll = {"entitled": self.registrar.entitled[meeting], "present": self.registrar.present[meeting]}
            return {"vote": roll | numbers | {"source": "paper"}}
        return texts.get(step, {})

    def _others(self) -> dict[str, object]:
        """One in six names a relative who stands on no roll."""
        return {} if self.key % 6 else {"other_relatives": f"父亲{self.case.person.name[0]}建国，不是党员"}

    def _case(self) -> None:
        case = self.case
        found = where(self.editions, case.begun_on, self.done, DAY, self.known.calendar)
        kept = columns(found, Kept(case.unit.id, None, case.person.id, None), self.places, hangs=False)
        begun_by = self._recorder(at_committee=False)
        names = ("step", "edition", "actor_id", "opens_on", "due_on", "ended_on", "ended_as", "once_about")
        self.tables.cases.add(
            self.number, PROCEDURE, case.person.id, f"{case.person.name} 发展党员", case.unit.id, case.begun_on,
            moment(case.begun_on, 16), begun_by, *(kept[name] for name in names),
        )  # fmt: skip

    def _application(self) -> None:
        case = self.case
        admitted = case.on("vote") if case.on("approval") else None
        stages = dict(case.person.stages)
        key = self.tables.applications.add(
            self.key, self.channel[0], self.recommended[0] if case.on("activist") else "", case.begun_on,
            stages.get("activist"), stages.get("candidate"), admitted,
            add_months(admitted, 12) if admitted else None, False, stages.get("full"),
        )  # fmt: skip
        for kind, step, people in (
            ("contact", "contacts", self.helpers),
            ("introducer", "introducers", self.helpers),
            ("relative", "application", [case.relative] if case.relative else []),
        ):
            if since := case.on(step):
                for person in people:
                    self.tables.ties.add(key, person.id, kind, since)


def _drawn(options: Sequence[tuple[str, str, int]], random: Random) -> tuple[str, str]:
    code, words, _weight = random.choices(options, [one[2] for one in options])[0]
    return code, words

"""An applicant of the cast who goes step by step from the application on, through the ordinary actions."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from guben.accounts.models import Installation, User
from guben.members.models import Affiliation, Person, Stage
from guben.procedures import actions
from guben.procedures.models import Case, Entry
from tests.cast import CITY, TOWN, Cast, hold
from tests.procedures.cases import user

APPLIED = date(2023, 2, 1)
LATER = date(2027, 12, 1)  # all days of the way have come


def set_day(day: date) -> None:
    Installation.objects.filter(pk=1).update(demo_day=day)


def newcomer(cast: Cast, name: str = "申小麦", born_on: date = date(1999, 5, 5), **more: Any) -> Person:
    """Somebody on the branch's roll who wants to join."""
    unit = more.pop("unit", cast.branch)
    person = Person.objects.create(name=name, sex="2", born_on=born_on, **({"education": "20"} | more))
    Affiliation.objects.create(person=person, organisation=unit, from_on=date(2022, 12, 1))
    return person


def town_secretary(cast: Cast) -> User:
    return user(cast, "town-secretary", "secretary", TOWN)


def city_secretary(cast: Cast) -> User:
    return user(cast, "city-secretary", "secretary", CITY)


def begin(cast: Cast, person: Person, on: date = APPLIED) -> Case:
    set_day(LATER)
    return actions.begin("development", cast.branch, by=cast.secretary, person=person, begun_on=on)


class Way:
    """Takes the steps one after the other, each by who is entitled. `until` stops before a step."""

    def __init__(self, cast: Cast, case: Case) -> None:
        self.cast, self.case = cast, case
        self.own, self.town, self.city = cast.secretary, town_secretary(cast), city_secretary(cast)

    def steps(self) -> Iterator[tuple[str, str, date, User, dict[str, Any]]]:
        """Step, outcome, day, actor, values."""
        ids = {name: person.pk for name, person in self.cast.people.items()}
        two = [ids["柏守田"], ids["邬春桥"]]
        talked = {"talked_by": two[:1], "summary": "谈了入党动机。"}
        yield "application", "done", date(2023, 2, 1), self.own, {"channel": "能人", "relatives": [ids["慕老根"]]}
        yield "talk", "done", date(2023, 2, 10), self.own, talked
        yield "activist", "done", date(2023, 6, 1), self.own, {"recommended_by": "党员推荐"}
        yield "activist-filing", "done", date(2023, 6, 10), self.town, {}
        yield "contacts", "done", date(2023, 6, 12), self.own, {"contacts": two[:1]}
        yield "cultivation", "kept", date(2023, 12, 10), self.own, {"opinion": "有进步。"}
        yield "cultivation", "kept", date(2024, 6, 10), self.own, {"opinion": "同意往下走。"}
        yield "cultivation", "ready", date(2024, 6, 20), self.own, {"opinion": "同意往下走。"}
        yield "candidate", "done", date(2024, 6, 25), self.own, {"opinions": "都同意。"}
        yield "candidate-filing", "done", date(2024, 7, 5), self.town, {}
        yield "introducers", "done", date(2024, 7, 8), self.own, {"introducers": two}
        yield "political-review", "done", date(2024, 8, 1), self.own, {"opinion": "合格。"}
        yield "training", "done", date(2024, 8, 20), self.town, {"days": 3}
        yield "branch-review", "done", date(2024, 9, 1), self.own, {"opinion": "合格。"}
        yield "pre-review", "agreed", date(2024, 9, 10), self.town, {}
        yield "application-form", "done", date(2024, 9, 15), self.own, {}
        yield "vote", "passed", date(2024, 9, 20), self.own, {}
        yield "committee-talk", "done", date(2024, 10, 8), self.town, talked
        yield "approval", "agreed", date(2024, 10, 15), self.town, {}
        yield "filing-above", "done", date(2024, 10, 20), self.city, {}
        yield "group", "done", date(2024, 10, 22), self.own, {"group": "第二党小组"}
        yield "oath", "done", date(2024, 10, 25), self.own, {"place": "村委会"}
        yield "probation", "kept", date(2025, 4, 20), self.own, {"opinion": "按时参加活动。"}
        yield "probation", "ready", date(2025, 9, 22), self.own, {"opinion": "同意转正。"}
        yield "full-application", "done", date(2025, 9, 23), self.own, {}
        yield "full-vote", "on-time", date(2025, 9, 28), self.own, {}
        yield "full-approval", "agreed", date(2025, 10, 20), self.town, {}
        yield "archive", "done", date(2025, 11, 1), self.own, {"place": "镇党委"}

    def walk(self, until: str = "") -> Entry | None:
        """Takes everything before a step (or all)."""
        last = None
        for step, outcome, on, by, values in self.steps():
            if step == until:
                break
            last = self.take(step, outcome, on, by, values)
        return last

    def take(self, step: str, outcome: str, on: date, by: User, values: dict[str, Any], **more: Any) -> Entry:
        again = User.objects.get(pk=by.pk)
        for key in {"application", "political-review", "application-form", "full-application"} & {step}:
            actions.hand_in(self.case, key, by=again, kept_where="档案柜", dated_on=on)
        if step in ("vote", "full-vote"):
            more["meeting"] = self.meeting(step, on, is_for=outcome in ("passed", "on-time"))
        return actions.take(self.case, step, outcome=outcome, done_on=on, by=again, values=values, **more)

    def meeting(self, step: str, on: date, *, is_for: bool = True) -> Any:
        """A meeting in which everybody was in favour, or nobody, counted by two."""
        at = hold(self.cast, self.cast.branch, "member_meeting", on, by=self.own, topic="讨论发展党员")
        for teller in ("邬春桥", "曾望川"):
            actions.count(
                self.case, step, meeting=at, teller=self.cast.people[teller], cast=at.entitled_count,
                in_favour=at.entitled_count * is_for, against=at.entitled_count * (not is_for), abstained=0, invalid=0,
                by=self.own,
            )  # fmt: skip
        return at

    def stages(self) -> dict[str, date]:
        return dict(Stage.objects.filter(person=self.case.person).values_list("kind", "from_on"))

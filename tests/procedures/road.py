"""One applicant's road over the pages: what is sent, by whom, on which day, under which article."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from guben.access.models import Grant
from guben.accounts.models import User
from guben.kit.days import add_months
from guben.members.models import Person
from guben.procedures import standing
from guben.procedures.models import Case, Entry
from tests.cast import BRANCH, CITY, TOWN, Cast, hold, sign_in
from tests.development.way import newcomer
from tests.procedures import cases

PAPERS = {
    "application": "application",
    "political-review": "political-review",
    "application-form": "application-form",
    "full-application": "full-application",
}
VOTES = ("vote", "full-vote")
TELLERS = ("邬春桥", "曾望川")
ALL, LEAST = 6, 4  # entitled in the branch of the cast; more than half of them


@dataclass(frozen=True, slots=True)
class Move:
    """One step as somebody sends it. `article` is what a refusal must stand on."""

    step: str
    outcome: str
    on: date
    who: str
    article: str
    sent: dict[str, Any] = field(default_factory=dict)


class Walk:
    """Sends what the people send, each signed in as oneself, on the day of the step."""

    def __init__(self, client: Client, cast: Cast, begun_on: date, name: str = "申小麦") -> None:
        self.client, self.cast = client, cast
        self.users: dict[str, User] = {
            "secretary": cast.secretary,
            "officer": cases.user(cast, "officer", "organisation_officer", BRANCH),
            "deputy": cases.user(cast, "deputy", "deputy", BRANCH),
            "branch-clerk": cases.user(cast, "branch-clerk", "clerk", BRANCH),
            "discipline": cases.user(cast, "discipline", "discipline_officer", BRANCH),
            "town": cases.user(cast, "town-organiser", "organiser", TOWN),
            "town-clerk": cast.clerk,
            "city": cases.user(cast, "city-organiser", "organiser", CITY),
            "stranger": cast.neighbour,
        }
        Grant.objects.update(from_on=date(2020, 1, 1))  # they held them in the old days too
        self.person: Person = newcomer(cast, name)
        self.case = self._begin(begun_on)

    def _begin(self, on: date) -> Case:
        cases.set_day(on)
        address = f"{reverse('procedures:start')}?at={BRANCH}&procedure=development"
        answer = self.as_("officer").post(address, {"person": self.person.pk, "begun_on": on.isoformat()})
        assert answer.status_code == 302, answer.content.decode()
        return Case.objects.get(person=self.person)

    def as_(self, who: str) -> Client:
        return sign_in(self.client, self.users[who])

    def address(self, name: str, *more: object) -> str:
        return reverse(f"procedures:{name}", args=[self.case.pk, *more])

    @property
    def entries(self) -> int:
        return Entry.objects.filter(case=self.case).count()

    def send(self, move: Move, *, follow: bool = True, **change: Any) -> HttpResponse:
        """Sends a step as its move says, unless something is changed: `who`, `on`, `outcome`, or a field."""
        change = {name.replace("__", "-"): value for name, value in change.items()}
        who, on = change.pop("who", move.who), change.pop("on", move.on)
        sent = {"step": move.step, "after": self.entries, "outcome": change.pop("outcome", move.outcome)}
        sent |= {"done_on": on.isoformat()} | move.sent | change
        sent = {name: value for name, value in sent.items() if value is not None}
        return self.as_(who).post(self.address("take"), sent, follow=follow)  # type: ignore[return-value]

    def take(self, move: Move) -> None:
        """Sends a step that must be taken."""
        before = self.entries
        answer = self.send(move, follow=False)
        assert self.entries == before + 1, f"{move.step}: {refusal(answer)}"

    def hand_in(self, move: Move) -> None:
        key = PAPERS[move.step]
        sent = {"key": key, "dated_on": move.on.isoformat(), "kept_where": "档案柜"}
        assert self.as_("branch-clerk").post(self.address("hand_in"), sent).status_code == 302

    def vote(self, move: Move, *, present: int = ALL, in_favour: int = ALL) -> None:
        """Holds a meeting and lets two tellers count it."""
        away = [name for name in ("柏守田", "单小禾", "仇月初", "敖石匠") if name not in TELLERS][: ALL - present]
        at = hold(self.cast, self.cast.branch, "member_meeting", move.on, by=self.cast.secretary, absent=tuple(away))
        for name in TELLERS:
            numbers = {"cast": present, "in_favour": in_favour, "against": present - in_favour}
            sent = {
                "step": move.step,
                "meeting": at.pk,
                "teller": self.cast.people[name].pk,
                "abstained": 0,
                "invalid": 0,
            }
            answer = self.as_(move.who).post(self.address("count"), sent | numbers)
            assert answer.status_code == 302, refusal(answer)  # type: ignore[arg-type]

    def prepare(self, move: Move) -> None:
        """What must be there before a step: the day, its paper, its counted vote."""
        cases.set_day(move.on)
        if move.step in PAPERS:
            self.hand_in(move)
        if move.step in VOTES:
            self.vote(move, in_favour=LEAST)

    def reread(self) -> Case:
        self.case = Case.objects.get(pk=self.case.pk)
        return self.case

    def opens_on(self) -> date:
        """The first day of what leads on from the current step."""
        current = standing.of(self.reread(), date(2036, 1, 1)).current
        assert current is not None
        return current.leaves_on or current.opens_on or date.min

    def done(self) -> list[tuple[str, str]]:
        """What stands in the books, with the edition that judged it."""
        return list(Entry.objects.filter(case=self.case).order_by("number").values_list("step", "edition"))

    def moves(self, begun_on: date, changes_on: date = date(2026, 5, 18)) -> Iterator[Move]:
        """The whole road, step by step; before `changes_on` as 2014 has it, from then on as 2026 has it."""
        pk = {name: person.pk for name, person in self.cast.people.items()}
        two = [pk["柏守田"], pk["邬春桥"]]
        talked = {"f-talked_by": [pk["柏守田"]], "f-summary": "谈了入党动机。"}
        opinion = {"f-opinion": "有进步。"}
        at = begun_on
        yield Move("application", "done", at, "officer", "第六条", {"f-channel": "能人"})
        yield Move("talk", "done", at := at + timedelta(9), "secretary", "第七条", talked)
        activist = at = add_months(begun_on, 3)
        yield Move("activist", "done", at, "deputy", "第八条", {"f-recommended_by": "党员推荐"})
        yield Move("activist-filing", "done", at := at + timedelta(5), "town-clerk", "第八条")
        yield Move("contacts", "done", at := at + timedelta(2), "secretary", "第九条", {"f-contacts": two[:1]})
        for months in (6, 11):
            at = add_months(activist, months)
            yield Move("cultivation", "kept", at, "officer", "第十条、第十一条", opinion)
        at = add_months(activist, 12)
        yield Move("cultivation", "ready", at, "officer", "第十条、第十一条", opinion)
        yield Move("candidate", "done", at := at + timedelta(2), "secretary", "第十三条", {"f-opinions": "都同意。"})
        at += timedelta(5)
        if at < changes_on:
            yield Move("candidate-filing", "done", at, "town", "第十三条")
        else:
            yield Move("candidate-consent", "agreed", at, "town", "第十三条")
            yield Move(
                "candidate-notice",
                "posted",
                at := at + timedelta(1),
                "town-clerk",
                "第十三条",
                {"place-1": "村务公开栏"},
            )
            yield Move("candidate-notice", "clear", at := self.opens_on(), "town-clerk", "第十三条")
        yield Move("introducers", "done", at := at + timedelta(3), "officer", "第十四条", {"f-introducers": two})
        yield Move("political-review", "done", at := at + timedelta(20), "deputy", "第十六条", opinion)
        yield Move("training", "done", at := at + timedelta(20), "town", "第十七条", {"days": 3})
        yield Move("branch-review", "done", at := at + timedelta(10), "secretary", "第十八条", opinion)
        yield Move("pre-review", "agreed", at := at + timedelta(10), "town", "第十八条")
        yield Move("application-form", "done", at := at + timedelta(5), "branch-clerk", "第十八条")
        vote = at = at + timedelta(7)
        article = "第二十条、第二十二条" if at < changes_on else "第十九条、第二十条"
        yield Move("vote", "passed", at, "secretary", article, {"done_on": None})
        yield Move("committee-talk", "done", at := at + timedelta(18), "town", "第二十四条", talked)
        yield Move("approval", "agreed", at := at + timedelta(8), "town", "第二十五条")
        yield Move("filing-above", "done", at := at + timedelta(5), "city", "第二十五条")
        yield Move("group", "done", at := at + timedelta(2), "officer", "第二十九条", {"f-group": "第二党小组"})
        yield Move("oath", "done", at := at + timedelta(3), "branch-clerk", "第二十九条", {"f-place": "村委会"})
        yield Move("probation", "kept", add_months(vote, 6), "secretary", "第三十一条", opinion)
        yield Move("probation", "ready", at := add_months(vote, 12), "secretary", "第三十一条", opinion)
        yield Move("full-application", "done", at := at + timedelta(1), "branch-clerk", "第三十二条")
        yield Move(
            "full-vote", "on-time", at := at + timedelta(5), "secretary", "第三十一条、第三十二条", {"done_on": None}
        )
        yield Move("full-approval", "agreed", at := at + timedelta(20), "town", "第三十三条")
        yield Move("archive", "done", at + timedelta(10), "officer", "第三十三条", {"f-place": "镇党委"})


def plain(markup: str) -> str:
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", markup)))


def refusal(answer: HttpResponse) -> str:
    """What the page tells as a refusal: its notes, or all of the page of an error. Not what it shows anyway."""
    found = re.search(r"<main.*?</main>", answer.content.decode(), re.S)
    main = found.group() if found else ""
    if "step-card" not in main:
        return plain(main)
    return plain(" ".join(re.findall(r'class="note note-(?:bad|check)".*?</div>\s*</div>', main, re.S)))

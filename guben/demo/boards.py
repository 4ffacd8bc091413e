"""What the demo's units have made public, the notices that hang on their boards, and an objection to one of them (M4.5)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from guben.demo.plan import DAY, UnitPlan
from guben.demo.shape import City
from guben.demo.store import moment
from guben.demo.teams import SEATS
from guben.demo.writing import Rows
from guben.organisations.choices import PostKind
from guben.publication import sealed
from guben.publication.calculations import masked
from guben.publication.models import Notice, Objection, Publication
from guben.rulebook.calendars import calendar

ACCOUNTS, PLAN, LIFE = "publish-dues-accounts", "publish-plan", "publish-organisational-life"
ELECTION, SERVICE = "publish-election", "publish-service"
COMMITTEES = ("committee", "work_committee")
OPEN_TO_ALL = ("village", "community")
SERVED = (
    "帮6户独居老人换了灯泡，修了水管。",
    "和物业一起清理楼道杂物，腾出两处停放点。",
    "暑假前给12名学生找好了书屋和辅导人。",
    "为4名外出务工人员的家里代买了药。",
    "村口的路灯修好了3盏，夜里看得清路。",
)
AIMS = "一、主题党日每月一次，三会一课按时开。二、外出党员半年内联系一遍。三、办三件群众看得见的实事。"
LIVED = "党员大会{members}次，支委会{teams}次，主题党日{days}次，党课1次。到会情况见各次记录。"
LATELY = date(DAY.year, 6, 26)  # what was posted then hangs on the demo's day
CHANNEL = "党群服务中心一楼，工作日9时到17时，电话0990-0000-0120"
PLACES = ["公开栏", "党群服务中心"]


@dataclass(frozen=True, slots=True)
class Hung:
    """A notice to be: where, since when, for how long, for whom, and whether it was taken down the day after."""

    unit: UnitPlan
    title: str
    text: str
    lines: Sequence[tuple[str, str]]
    posted_on: date
    working_days: int = 5
    audience: str = "public"
    withdrawn: str = ""


class Boards:
    """Writes publications and notices. `write` says how many of each there are."""

    def __init__(self, by_id: int, random: Random) -> None:
        self.by_id, self.random, self.calendar = by_id, random, calendar()
        self.published = Rows(
            Publication, "organisation_id", "rule", "title", "text", "audience", "published_on", "counts_on",
            "recorded_on", "published_at", "published_by_id", "recorded_for_unit",
        )  # fmt: skip
        self.notices = Rows(
            Notice, "number", "check_code", "organisation_id", "signed_as", "title", "text", "lines", "audience",
            "working_days", "posted_on", "term_ends_on", "places", "objections_to", "objections_at_id", "answer_days",
            "channel", "posted_at", "posted_by_id", "taken_down_on", "taken_down_reason",
        )  # fmt: skip
        self.objections = Rows(
            Objection, "notice_id", "number", "receipt_hash", "received_on", "way", "text_cipher", "due_on",
            "recorded_at", "recorded_by_id",
        )  # fmt: skip
        self.numbers: Counter[date] = Counter()

    def write(self, city: City, branch: UnitPlan, branches: Sequence[UnitPlan]) -> dict[str, int]:
        """The boards of all units; those of the featured town and its branches have notices too."""
        self.publish(city.units)
        self._notices(city.towns[0], branch, [one for one in branches if one.setting in OPEN_TO_ALL])
        return self.close()

    def publish(self, units: Iterable[UnitPlan]) -> None:
        """What the units that keep records have made public."""
        for unit in units:
            if unit.kept_from is None or unit.ends_on is not None:
                continue
            if unit.kind in COMMITTEES:
                self._accounts(unit)
            if unit.team:
                self._known(unit)

    def close(self) -> dict[str, int]:
        """Sends the rest, notices before the objections to them."""
        return {
            "published": self.published.close(), "postings": self.notices.close(), "objections": self.objections.close()
        }  # fmt: skip

    def _publish(self, unit: UnitPlan, rule: str, title: str, text: str, audience: str, on: date, counts: date) -> None:
        if unit.kept_from and on >= max(unit.kept_from, unit.founded_on):
            by = unit.recorder or self.by_id
            self.published.add(
                unit.id, rule, title, text, audience, on, counts, on, moment(on, 16, 10), by, by == unit.clerk
            )  # fmt: skip

    def _accounts(self, unit: UnitPlan) -> None:
        """The dues of two years, mostly in time, and of this year's first half where they are told twice a year."""
        for year in (DAY.year - 2, DAY.year - 1):
            luck = self.random.random()
            if luck < 0.97:
                on = date(year + 1, 1, 12) + timedelta(days=self.random.randrange(44 if luck < 0.92 else 100))
                self._publish(unit, ACCOUNTS, f"{year}年党费收支情况", self._sums(), "subtree", on, date(year, 12, 31))
        if self.random.random() < 0.8:
            on = DAY - timedelta(days=self.random.randrange(1, 9))
            self._publish(unit, ACCOUNTS, f"{DAY.year}年上半年党费收支情况", self._sums(), "subtree", on, on)

    def _sums(self) -> str:
        had, came, used = (self.random.randrange(*one) for one in ((8_000, 30_000), (20_000, 60_000), (4_000, 20_000)))
        return (
            f"上期结存{had}元，收缴{came}元，按规定上缴{came * 4 // 10}元。\n"
            f"使用{used}元：困难党员慰问{used // 2}元，学习材料{used - used // 2}元。\n"
            f"本期结存{had + came - came * 4 // 10 - used}元。账目在党群服务中心看。"
        )

    def _known(self, unit: UnitPlan) -> None:
        """Who does what, the plan of the year, how the branch has met, and what was done for people."""
        random, early = self.random, date(DAY.year, 1, 10) + timedelta(days=self.random.randrange(40))
        if unit.elected_on:
            on = max(unit.elected_on + timedelta(days=3), unit.kept_from or unit.founded_on)
            seats = zip(SEATS.get(unit.seats, ()), unit.team, strict=False)
            who = "\n".join(f"{PostKind(seat).label}：{person.name}" for seat, person in seats)
            if on <= DAY and who:
                self._publish(unit, ELECTION, "班子成员和分工", who, "public", on, on)
        self._publish(unit, PLAN, f"{DAY.year}年工作计划", AIMS, "unit", early, early)
        if unit.is_branch and random.random() < 0.7:
            lived = LIVED.format(members=1, teams=3, days=3)
            on = date(DAY.year, 4, 3) + timedelta(days=random.randrange(12))
            self._publish(unit, LIFE, f"{DAY.year}年第一季度组织生活情况", lived, "unit", on, on)
        if unit.setting in OPEN_TO_ALL or not unit.setting:
            on = DAY - timedelta(days=random.randrange(2, 25))
            served = "\n".join(random.sample(SERVED, 3))
            self._publish(unit, SERVICE, f"{on.month}月办的实事", served, "public", on, on)

    def _notices(self, town: UnitPlan, branch: UnitPlan, neighbours: Sequence[UnitPlan]) -> None:
        for hung in _to_hang(town, branch, [one for one in neighbours if one is not branch][::5]):
            self.numbers[hung.posted_on] += 1
            number = f"{hung.posted_on:%Y-%m%d}-{self.numbers[hung.posted_on]:03d}"
            key = self._hang(hung, number)
            if hung.unit is branch and hung.posted_on == LATELY:
                self._object(key, number, hung.unit, "名单里有一户今年已经由镇里补助过，请核实。")

    def _hang(self, hung: Hung, number: str) -> int:
        unit, on = hung.unit, hung.posted_on
        by = unit.recorder or self.by_id
        down = on + timedelta(days=1) if hung.withdrawn else None
        return self.notices.add(
            number, sealed.new_code(), unit.id, unit.name, hung.title, hung.text, [list(line) for line in hung.lines],
            hung.audience, hung.working_days, on, self.calendar.last_day_of(on, hung.working_days), PLACES, "discipline_officer", unit.id, 10, CHANNEL,
            moment(on, 16), by, down, hung.withdrawn,
        )  # fmt: skip

    def _object(self, notice: int, number: str, unit: UnitPlan, text: str) -> None:
        on = DAY - timedelta(days=1)
        self.objections.add(
            notice, f"{number}-01", sealed.hash_of(sealed.new_code()), on, "in_person", sealed.seal("text", text),
            self.calendar.add_working_days(on, 10), moment(on, 16), unit.recorder or self.by_id,
        )  # fmt: skip


def _to_hang(town: UnitPlan, branch: UnitPlan, neighbours: Iterable[UnitPlan]) -> Iterable[Hung]:
    """What hangs and what has hung: names are masked for whoever is not of the unit."""
    helped = [(f"第{place}户", masked(one.name)) for place, one in enumerate(branch.members[-3:], start=1)]
    yield Hung(branch, "七一慰问困难党员名单", "经支部党员大会讨论，拟慰问以下党员，现予公示。", helped, LATELY)
    praised = [("拟表彰", one.name) for one in branch.full[:4]]
    text = "按民主评议的票数，拟评为优秀等次，现予公示。"
    yield Hung(branch, "民主评议优秀等次名单", text, praised, date(DAY.year, 3, 10), audience="unit")
    posts = [("示范岗", "便民服务窗口"), ("示范岗", "防汛值守点")]
    text, wrong = "拟设立以下党员示范岗，现予公示。", "岗位名称写错，更正后重新公示"
    yield Hung(town, "党员示范岗名单", text, posts[:1], date(DAY.year, 5, 11), audience="subtree", withdrawn=wrong)
    yield Hung(town, "党员示范岗名单", text, posts, date(DAY.year, 5, 13), audience="subtree")
    chosen = [("拟表彰", one.short_name) for one in (branch, *neighbours)][:4]
    yield Hung(town, "先进党支部拟表彰名单", "经镇党委会议研究，拟表彰以下党支部，现予公示。", chosen, LATELY)
    for unit in neighbours:
        areas = [("第一责任区", "东片"), ("第二责任区", "西片")]
        yield Hung(unit, "党员责任区划分", "党员分片联系群众的责任区，现予公示。", areas, LATELY)

"""What is done in the demo through the ordinary actions, by its own users: notices that hang, an objection, the plan of
the year, a sample, and the three cultivations (M3.2, M3.3, M3.8)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from guben.accounts.models import User
from guben.demo.cases import PROCEDURE
from guben.demo.development import CasePlan, Event
from guben.demo.plan import DAY, PersonPlan, UnitPlan
from guben.development import actions as development
from guben.development.choices import Found
from guben.development.queries import plan_of
from guben.kit.errors import DomainError
from guben.members.models import Person
from guben.organisations.models import Organisation
from guben.procedures import actions as procedures
from guben.procedures.models import Case
from guben.publication import actions as publication
from guben.rulebook.queries import library

YEAR = DAY.year
PLACES = {"places": ["村务公开栏", "党群服务中心"]}
PAPER = "示组发〔2026〕6号"
CULTIVATED = (
    ("able-to-member", "种养大户，带动邻里增收", ("applicant", "activist", "candidate")),
    ("member-to-able", "学直播带货和合作社记账", ("full",)),
    ("able-to-cadre", "办事公道，群众信得过", ("full",)),
)


def carry_out(cases: Sequence[CasePlan], town: UnitPlan, branches: Sequence[UnitPlan]) -> dict[str, int]:
    """All of it, after the rows of the city are written; nothing where the rules are not installed."""
    if not library().editions(PROCEDURE) or not cases:
        return {}
    posted = _notices([case for case in cases if case.hangs])
    _share_out(town)
    _draw(town)
    return {"notices": posted, "cultivations": _cultivate(branches)}


def _user(username: str) -> User:
    return User.objects.get(username=username)


def _notices(cases: Iterable[CasePlan]) -> int:
    """Posts the notice of each case by who records for the committee; one is objected to."""
    posted = 0
    for number, plan in enumerate(cases):
        by = User.objects.get(pk=plan.unit.clerk or plan.unit.recorder)
        case = Case.objects.get(procedure=PROCEDURE, person=plan.person.id, ended_on=None)
        consent: Event = plan.events[-1]
        entry = procedures.take(
            case, "candidate-notice", outcome="posted", done_on=consent.on + timedelta(days=2), by=by, values=PLACES
        )
        posted += 1
        if plan.clears:
            opens_on = Case.objects.get(pk=case.pk).opens_on or DAY
            procedures.take(case, "candidate-notice", outcome="clear", done_on=min(opens_on, DAY), by=by)
        elif number == 0 and entry.notice:
            publication.receive_objection(
                entry.notice,
                text="反映有一次村里的义务劳动没有参加，请核实。",
                way="in_person",
                by=by,
                received_on=DAY - timedelta(2),
            )
    return posted


def _share_out(town: UnitPlan) -> None:
    """The plan of the year: the city to its towns and works, one town to its branches; one town has used up its own."""
    top = Organisation.objects.get(pk=town.parent.id if town.parent else town.id)
    found = plan_of(top, YEAR, DAY)
    places = {
        line.unit: line.use.admitted + max(2, line.use.coming + 2) if place % 9 else line.use.admitted
        for place, line in enumerate(found.lines)
    }
    organiser = _user("organiser")
    development.set_plan(top, YEAR, {top: sum(places.values()) + 20}, by=organiser, paper=PAPER)
    development.set_plan(top, YEAR, places, by=organiser, paper=PAPER)
    below = Organisation.objects.get(pk=town.id)
    lines = plan_of(below, YEAR, DAY)
    left = lines.top.quota.places if lines.top.quota else 0
    given: dict[Organisation, int] = {}
    for line in sorted(lines.lines, key=lambda one: (-one.use.admitted, -one.use.coming, one.unit.path)):
        wanted = min(left, line.use.admitted + min(1, line.use.coming))
        if wanted:
            given[line.unit] = wanted
            left -= wanted
    if given:
        development.set_plan(below, YEAR, given, by=_user("town-organiser"), paper="清委发〔2026〕9号")


def _draw(town: UnitPlan) -> None:
    """A sample of the town's cases, half of them looked at."""
    unit, inspector = Organisation.objects.get(pk=town.id), _user("inspector")
    try:
        sample = development.draw_sample(
            unit, seed="20260622", size=8, from_on=date(YEAR, 1, 1), until_on=DAY, investigators=[inspector],
            by=_user("organiser"),
        )  # fmt: skip
    except DomainError:
        return
    for row in sample.cases.order_by("place")[:4]:
        flaw = row.place == 3
        found = Found.FLAW if flaw else Found.IN_ORDER
        note = "谈话记录没有谈话人签名，补签后复印入档。" if flaw else ""
        development.record_finding(row, found=found, note=note, by=inspector)


def _cultivate(branches: Sequence[UnitPlan]) -> int:
    """A few of each of the three, begun by who records for the branch: some under way, one at its end."""
    done = 0
    for number, (key, ability, stages) in enumerate(CULTIVATED):
        for unit in branches[number::3][:4]:
            fit = [one for one in unit.people if one.stage in stages and one.standing == "home" and 24 <= one.age <= 50]
            mentors = [one for one in unit.team if one.standing == "home" and one not in fit[:1]]
            if fit and mentors and unit.clerk:
                _cultivation(key, ability, unit, fit[0], mentors[0], ends=done % 5 == 0)
                done += 1
    return done


def _cultivation(key: str, ability: str, unit: UnitPlan, who: PersonPlan, mentor: PersonPlan, *, ends: bool) -> None:
    by, home = User.objects.get(pk=unit.clerk), Organisation.objects.get(pk=unit.id)
    begun_on = max(DAY - timedelta(days=400 if ends else 150), who.since + timedelta(1), unit.founded_on)
    case = procedures.begin(key, home, by=by, person=Person.objects.get(pk=who.id), begun_on=begun_on)
    named = {"ability": ability, "mentor": mentor.id}
    procedures.take(case, "named", outcome="done", done_on=begun_on, by=by, values=named)
    aim = {"aim": "一年内见成效，结对人每月见一次面。"}
    procedures.take(case, "plan", outcome="done", done_on=begun_on + timedelta(20), by=by, values=aim)
    if not ends:
        return
    progress = {"opinion": "结对活动按月做了，有进步。"}
    for days, outcome in ((190, "kept"), (380, "ready")):
        day = min(DAY, begun_on + timedelta(days))
        procedures.take(case, "half-year", outcome=outcome, done_on=day, by=by, values=progress)
    proof = {"proof": "带动6户增收，群众评议满意。"}
    procedures.take(case, "result", outcome="reached", done_on=DAY, by=by, values=proof)

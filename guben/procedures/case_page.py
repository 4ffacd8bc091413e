"""What the page of a case shows: the road in phases, the step at hand, what it lacks, papers, what was done."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from guben.house.words import listed
from guben.procedures import words
from guben.procedures.choices import TAKEN_BACK, WITHDRAWN
from guben.procedures.models import Entry, Paper
from guben.procedures.papers import find
from guben.procedures.rules import outcome_of, paper_title
from guben.procedures.standing import Standing
from guben.procedures.validity import Validity, validity_of
from guben.rulebook_engine.procedures import PaperKind, Step
from guben.rulebook_engine.roads import Road, RoadStep

SHOWN_HAPPENINGS = 6
MARKS = {"done": "check", "late": "alert-triangle", "passed_by": "minus"}
LOOKS = {"done": "is-done", "late": "is-late", "now": "is-now", "passed_by": "is-passed-by", "to_come": ""}


@dataclass(frozen=True, slots=True)
class Line:
    """One step of the road: its mark, title, and the day at its right."""

    key: str
    number: str
    title: str
    state: str
    when: str
    icon: str
    look: str
    is_current: bool
    is_chosen: bool
    times: int = 1

    @property
    def state_words(self) -> str:
        """The mark in words, for who does not see it."""
        return {
            "done": _("已办"),
            "late": _("逾期"),
            "now": _("正在办"),
            "passed_by": _("不办"),
            "to_come": _("还没到"),
        }[self.state]


@dataclass(frozen=True, slots=True)
class Phase:
    """Steps that belong together, with what is done of them."""

    number: int
    title: str
    lines: tuple[Line, ...]

    @property
    def total(self) -> int:
        return len(self.lines)

    @property
    def done(self) -> int:
        return sum(line.state in ("done", "passed_by") for line in self.lines)

    @property
    def is_done(self) -> bool:
        return self.done == self.total

    @property
    def is_current(self) -> bool:
        return any(line.is_current for line in self.lines)

    @property
    def words(self) -> str:
        if self.is_done:
            return _("已完成")
        first, last = self.lines[0].number, self.lines[-1].number
        if first == last:
            return _("第%(first)s步") % {"first": first}
        return _("第%(first)s—%(last)s步") % {"first": first, "last": last}


@dataclass(frozen=True, slots=True)
class PaperLine:
    """A paper of the procedure: there, or still to come."""

    key: str
    title: str
    paper: Paper | None
    step_number: str
    wanted_now: bool
    may_issue: bool = False
    may_read: bool = True
    newer: Paper | None = None

    @property
    def validity(self) -> Validity | None:
        """Why the paper counts no longer; None where it does, or is still to come."""
        found = validity_of(self.paper) if self.paper else None
        return None if found is None or found.is_in_force else found

    @property
    def is_shown(self) -> bool:
        """Does it stand in the list, or among those of later steps?"""
        return self.paper is not None or self.wanted_now or self.may_issue


@dataclass(frozen=True, slots=True)
class Happening:
    """One entry of the history of a case."""

    entry: Entry
    step_title: str
    outcome_title: str
    values: tuple[tuple[str, str], ...]
    reason: str
    is_void: bool


def phases_of(road: Road, on: date, chosen: str = "") -> list[Phase]:
    """The whole road, phase by phase."""
    shown: date | None = None
    found: dict[int, list[Line]] = {}
    for place, step in enumerate(road.steps, 1):
        if step.state == "passed_by" and not step.done:  # a way round that this case does not take
            continue
        when = words.when_words(step, on, shown)
        if step.earliest and when:
            shown = step.earliest
        found.setdefault(step.step.phase, []).append(_line(step, str(place), when, road, chosen))
    return [
        Phase(number, words.phase_title(road.procedure, number), tuple(lines))
        for number, lines in sorted(found.items())
    ]


def _line(step: RoadStep, place: str, when: str, road: Road, chosen: str) -> Line:
    return Line(
        key=step.step.key,
        number=step.step.number or place,
        title=words.say(step.step.title),
        state=step.state,
        when=when,
        icon=MARKS.get(step.state, ""),
        look=LOOKS[step.state],
        is_current=step.is_open_to_take,
        is_chosen=step.step.key == chosen if chosen else step is road.current,
        times=len(step.done),
    )


def place_of(road: Road, step: RoadStep) -> tuple[str, int]:
    """The number of a step, and of how many."""
    place = next((n for n, one in enumerate(road.steps, 1) if one.step.key == step.step.key), 1)
    return step.step.number or str(place), count_of(road)


def count_of(road: Road) -> int:
    """How many steps the road has: steps of one number are one, and ways round are none."""
    return len({one.step.number or one.step.key for one in road.steps if one.state != "passed_by"})


def paper_lines(now: Standing, current: Step | None, reads: Callable[[Paper], bool]) -> list[PaperLine]:
    """Each paper of the procedure: those that are there, those to be produced or asked for now, those still to come,
    and at the end those that count no longer."""
    road, kinds = now.road, {kind.key: kind for kind in now.road.procedure.paper}
    lines = [
        PaperLine(
            paper.key,
            paper_title(road.procedure, paper.key),
            paper,
            "",
            wanted_now=False,
            may_read=reads(paper),
            newer=None if paper.counts else now.records.in_place_of(paper),
        )
        for paper in sorted(now.records.papers, key=lambda paper: not paper.counts)
    ]
    there = {line.key for line in lines if line.paper and line.paper.counts}
    for step in road.steps:
        for key in dict.fromkeys((*step.step.needs, *step.step.produces)):
            kind = kinds.get(key)
            may_issue = bool(kind and key in step.step.produces and _fits(now, kind, step))
            if key in there or (step.state == "done" and not may_issue):
                continue
            there.add(key)
            wanted = bool(current and key in current.needs)
            number = step.step.number or place_of(road, step)[0]
            lines.append(PaperLine(key, paper_title(road.procedure, key), None, number, wanted, may_issue))
    return lines


def _fits(now: Standing, kind: PaperKind, step: RoadStep) -> bool:
    """Is there something that the paper would tell: was its step taken, in a way that has such a paper?"""
    template = find(kind.template)
    entry = now.entry(step.done[-1].number) if step.done else None
    return template is not None and entry is not None and template.fits(entry)


def editions_told(entries: Sequence[Entry], road: Road) -> str:
    """第7步前适用2014年版: which steps were done under an earlier edition; empty where all were under this one."""
    label = road.procedure.edition_label
    earlier = [entry for entry in entries if entry.edition and entry.edition != label]
    if not earlier:
        return ""
    last = earlier[-1]
    number = next((place_of(road, step)[0] for step in road.steps if step.step.key == last.step), "")
    return _("到第%(number)s步适用%(edition)s版") % {"number": number or "?", "edition": last.edition}


def happenings(now: Standing, names: Mapping[str, str], *, hides_contents: bool = False) -> list[Happening]:
    """Everything that was done, newest first. Corrected entries stay, struck out. Who reads only the own case is not
    told what others filled in."""
    corrected = {entry.corrects_id for entry in now.records.entries if entry.corrects_id}
    found = []
    for entry in reversed(now.records.entries):
        step = now.rules.stated(now.case.procedure, entry.edition, entry.step)
        outcome = outcome_of(step, entry.outcome) if step else None
        found.append(
            Happening(
                entry=entry,
                step_title=words.say(step.title) if step else _("规则里已没有的一步（%(key)s）") % {"key": entry.step},
                outcome_title=words.say(outcome.title) if outcome else special(entry.outcome),
                values=values_told(step, entry.values, names) if step and not hides_contents else (),
                reason="" if hides_contents else entry.reason,
                is_void=entry.pk in corrected or entry.outcome == TAKEN_BACK,
            )
        )
    return found


def special(key: str) -> str:
    return {WITHDRAWN: _("撤回办件"), TAKEN_BACK: _("收回")}.get(key, key)


def values_told(step: Step, values: Mapping[str, Any], names: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """What was filled in, as pairs of words. `names` are those of persons and units by kind and id."""
    told = []
    for field in step.field:
        value = values.get(field.key)
        if value in (None, "", []):
            continue
        told.append((words.say(field.title), _value_told(field.type, value, names)))
    return (*told, *_own_values_told(step, values))


def _own_values_told(step: Step, values: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What steps of a kind hold beside the fields of the rule: how a vote came out, how long a training was, where a
    notice hangs."""
    told = []
    if isinstance(vote := values.get("vote"), Mapping):
        sentence = _(
            "应到%(entitled)s，实到%(present)s，收回%(cast)s张：赞成%(in_favour)s，反对%(against)s，弃权%(abstained)s，无效%(invalid)s"
        )
        told.append((_("表决"), sentence % {"entitled": "—", "present": "—", **vote}))
    if step.kind == "training":
        if days := values.get("days"):
            told.append((_("培训"), _("%(count)s天") % {"count": days}))
        if hours := values.get("hours"):
            told.append((_("培训"), _("%(count)s学时") % {"count": hours}))
    if step.kind == "notice" and isinstance(places := values.get("places"), list):
        told.append((_("贴在"), listed(str(place) for place in places)))
    return told


def _value_told(kind: str, value: Any, names: Mapping[str, str]) -> str:
    if kind == "person":
        return names.get(f"person-{value}", "—")
    if kind == "persons" and isinstance(value, list):
        return listed(names.get(f"person-{one}", "—") for one in value)
    if kind == "unit":
        return names.get(f"unit-{value}", "—")
    if kind == "yes_no":
        return _("是") if value else _("否")
    return str(value)

"""The whole file of a case as PDF (打印卷宗): the road, every entry in order, all papers with their digests."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.utils import timezone, translation

from guben.accounts.installation import current
from guben.kit import documents
from guben.procedures import case_page
from guben.procedures.dossier import Dossier, Pairs, day_words
from guben.procedures.models import Held, Paper
from guben.procedures.papers import SPOKEN
from guben.procedures.places import place_title
from guben.procedures.rules import paper_title, say
from guben.procedures.standing import Standing
from guben.procedures.validity import validity_of
from guben.procedures.words import when_words
from guben.rulebook_engine.roads import RoadStep

STATES = {"done": "已办", "late": "逾期", "now": "正在办", "passed_by": "不办", "to_come": "未到"}


def pdf(now: Standing, happened: Sequence[case_page.Happening], by: str) -> bytes:
    """The file as the reader may see it: `happened` is what her page shows, newest first; `by` is who prints it."""
    with translation.override(SPOKEN):
        return documents.pdf(
            "procedures/file",
            data(now, happened, by),
            title=f"卷宗{now.case.number}",
            lang=SPOKEN,
            number=now.case.number,
            demo=current().is_demo,
        )


def data(now: Standing, happened: Sequence[case_page.Happening], by: str) -> dict[str, Any]:
    """The values of the template."""
    case = now.case
    title = say(now.procedure.title)
    return {
        "heading": "卷宗",
        "sub": f"{title}：{case.person.name if case.person else case.title}",
        "about": _about(now),
        "road": [_road_row(step, now) for step in now.road.steps if step.done or step.state != "passed_by"],
        "entries": [_entry(one, number) for number, one in enumerate(reversed(happened), 1)],
        "papers": [_paper_row(paper, now) for paper in now.records.papers],
        "holds": [_hold_row(one) for one in now.records.holds],
        "note": f"{by}于{timezone.localtime():%Y年%-m月%-d日 %H:%M}打印。经过只增不改，更正的留着并写明。"
        "校验值是文件SHA-256的前16位，可以核对文件是否还是当时那一份。",
    }


def _about(now: Standing) -> Pairs:
    case = now.case
    rows = [*Dossier(case).person_rows] if case.person else [["事由", case.title], ["承办组织", case.organisation.name]]
    rows = [row for row in map(_known, rows) if row]
    rows.append(["办件编号", case.number, "开始日期", day_words(case.begun_on)])
    if case.host:
        rows.append(["接收组织", case.host.name])
    if now.is_ended and case.ended_on:
        last = now.records.standing[-1] if now.records.standing else None
        rows.append(["办结", day_words(case.ended_on), "结果", Dossier(case).outcome(last) or case.ended_as])
    elif now.current:
        due = f"，{day_words(now.due_on)}前" if now.due_on else ""
        rows.append(["现在到哪一步", say(now.current.step.title), "谁办", f"{now.who}{due}"])
    rows.append(["适用版本", now.procedure.edition_label, "卷宗日期", day_words(now.on)])
    return rows


def _known(row: list[str]) -> list[str]:
    """The pairs of a row that say something."""
    return [word for n in range(0, len(row), 2) if row[n + 1] for word in row[n : n + 2]]


def _road_row(step: RoadStep, now: Standing) -> list[str]:
    entry = now.entry(step.done[-1].number) if step.done else None
    if entry is not None:
        who = entry.acted_at.short_name
    elif step.step.at == "own":
        who = now.case.organisation.short_name
    elif step.step.at == "host":
        who = now.case.host.short_name if now.case.host else ""
    else:
        who = place_title(step.procedure, step.step.at)
    times = f"（{len(step.done)}次）" if len(step.done) > 1 else ""
    return [
        step.step.number,
        say(step.step.title) + times,
        who,
        STATES[step.state],
        when_words(step, now.on, None),
    ]


def _entry(one: case_page.Happening, number: int) -> dict[str, Any]:
    entry = one.entry
    values = [list(pair) for pair in one.values]
    if entry.meeting:
        values.append(["会议", f"{day_words(entry.meeting.held_on)}{entry.meeting.get_form_display()}"])
    if one.reason:
        values.append(["说明", one.reason])
    below = "，代录" if entry.recorded_for_unit else ""
    late = f"，晚{entry.days_late}天" if entry.days_late else ""
    recorded = f"{entry.recorded_by}，{_moment(entry.recorded_at)}登记{below}"
    who = f"{entry.acted_at.short_name}{late}；{recorded}，适用{entry.edition}版"
    return {
        "number": str(number),
        "title": f"{one.step_title}　{one.outcome_title}",
        "void": one.is_void,
        "day": _iso(entry.done_on),
        "who": who,
        "values": values,
    }


def _moment(value: Any) -> str:
    return f"{timezone.localtime(value):%Y-%m-%d %H:%M}"


def _iso(value: date) -> str:
    return value.isoformat()


def _paper_row(paper: Paper, now: Standing) -> list[str]:
    found = validity_of(paper)
    state = str(paper.get_state_display()) + ("" if found.is_in_force else f"，{found.word}")
    where = "，".join(one for one in (paper.number, paper.kept_where, found.why) if one)
    return [
        paper_title(now.procedure, paper.key),
        where,
        state,
        _iso(paper.dated_on),
        paper.digest[:16],
    ]


def _hold_row(one: Held) -> list[str]:
    ended = _iso(one.ended_on) if one.ended_on else f"最晚{_iso(one.until_on)}"
    return [_iso(one.from_on), one.reason, ended, one.ended_reason]

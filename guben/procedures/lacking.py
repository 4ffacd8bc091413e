"""What a step needs before it can be taken: what is there, what is missing, what is waited for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from guben.house.templatetags.house import day
from guben.house.words import listed
from guben.procedures.models import Count
from guben.procedures.rules import paper_title
from guben.procedures.standing import Standing, StepStanding
from guben.rulebook_engine.plans import KEPT


@dataclass(frozen=True, slots=True)
class Lacking:
    """One line of what the step needs: there, missing, or to wait for."""

    state: str
    title: str
    text: str = ""
    url: str = ""
    act: str = ""

    @property
    def icon(self) -> str:
        return {"there": "circle-check", "missing": "circle-x", "waiting": "hourglass"}[self.state]

    @property
    def state_words(self) -> str:
        return {"there": _("已有"), "missing": _("缺"), "waiting": _("等")}[self.state]


def lacks_of(
    standing: Standing, stands: StepStanding, counts: Sequence[Count], *, may_act: bool, asks_here: bool = False
) -> list[Lacking]:
    """What must be there, what is, and what is waited for. `asks_here`: the step's own form asks for its papers."""
    case, step, records = standing.case, stands.step, standing.records
    found = []
    for key in step.needs:
        title = paper_title(stands.procedure, key)
        papers = records.papers_of(key)
        if papers:
            last = papers[-1]
            text = listed(filter(None, (last.number, day(last.dated_on))))
            url = reverse("procedures:paper", args=[case.pk, last.pk]) if last.file else ""
            found.append(Lacking("there", title, text, url, _("看")))
            continue
        url = f"{reverse('procedures:hand_in', args=[case.pk])}?{urlencode({'key': key})}" if may_act else ""
        url = f"#id_{paper_field(key)}" if may_act and asks_here and papers_to_ask(stands) else url
        found.append(Lacking("missing", title, _("收到原件写在哪里就够，不要求照片"), url, _("补上")))
    if step.kind == "notice":
        found.extend(_notice_lacks(stands))
    if step.kind == "vote" and step.vote and step.vote.tellers:
        found.extend(_count_lacks(step.vote.tellers, counts))
    if step.kind == "examination" and step.every:
        found.extend(_examined(standing, stands))
    return found


def paper_field(key: str) -> str:
    """The name of the field in which the step's own form takes in a paper."""
    return f"paper-{key}"


def papers_to_ask(stands: StepStanding) -> tuple[tuple[str, str], ...]:
    """The papers, key and title, that the step's own form asks for: those missing where it may be completed."""
    posts = stands.step.kind == "notice" and stands.notice is None
    if posts or not stands.is_open:
        return ()
    return tuple((lack.key, lack.title) for lack in stands.missing if lack.kind == "paper")


def _notice_lacks(stands: StepStanding) -> list[Lacking]:
    if stands.notice is None:
        return [Lacking("missing", _("公示还没有贴出"), _("写明地点和哪天贴的即可，不要求照片"))]
    notice = stands.notice
    places = listed(str(place) for place in notice.places)
    url = reverse("publication:notice", args=[notice.pk])
    lines = [
        Lacking(
            "there", _("公示已贴出：%(places)s") % {"places": places or "—"}, day(notice.posted_on), url, _("看公示")
        )
    ]
    about = stands.notice_standing
    if about and about.open_objections:
        number = about.open_objections
        text = ngettext("%(count)d条反映没有处理", "%(count)d条反映没有处理", number) % {"count": number}
        lines.append(Lacking("waiting", text))
    if stands.leaves_on and stands.leaves_on > stands.on:
        lines.append(Lacking("waiting", _("公示结果"), _("%(day)s开放") % {"day": day(stands.leaves_on)}))
    return lines


def _count_lacks(tellers: int, counts: Sequence[Count]) -> list[Lacking]:
    left = tellers - len(counts)
    blind = _("另一份登记前看不到数") if left > 0 else ""
    lines = [Lacking("there", _("%(name)s的计票已登记") % {"name": count.teller.name}, blind) for count in counts]
    if left > 0:
        text = ngettext("还要%(count)d名计票人各登记一份", "还要%(count)d名计票人各登记一份", left)
        lines.append(Lacking("missing", text % {"count": left}))
    return lines


def _examined(standing: Standing, stands: StepStanding) -> list[Lacking]:
    every = stands.step.every
    done = [entry for entry in standing.records.latest(stands.step.key) if entry.outcome == KEPT]
    lines = []
    if done:
        text = ngettext("已考察%(count)d次", "已考察%(count)d次", len(done)) % {"count": len(done)}
        lines.append(Lacking("there", text, _("最近一次%(day)s") % {"day": day(done[-1].done_on)}))
    there = stands.road_step.examined
    if every and there < every.at_least:
        left = every.at_least - there
        text = ngettext("还要考察%(count)d期", "还要考察%(count)d期", left) % {"count": left}
        how = _("每%(months)s个月一期，同一期里几次算一次") % {"months": every.months}
        lines.append(Lacking("missing", text, how))
    return lines

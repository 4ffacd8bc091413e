"""A procedure as a reader meets it: each step in plain words, with who acts, when, on what, by which article."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from guben.access.roles import title_of
from guben.house.words import listed
from guben.rulebook_engine.describing import describe as describe_condition
from guben.rulebook_engine.entries import Words
from guben.rulebook_engine.plans import outcomes
from guben.rulebook_engine.procedures import END, STAY, Procedure, Share, Step
from guben.rulebook_engine.roads import source_of
from guben.rulebook_engine.terms import describe


@dataclass(frozen=True, slots=True)
class ToldStep:
    """One step: what it is, who acts where, from when, until when, what it asks, where it may lead."""

    step: Step
    title: str
    who: str
    opens: str
    closes: str
    asks: str
    leads: str
    source: str

    @property
    def sentence(self) -> str:
        """All of it in one line, for a comparison of editions."""
        parts = (self.who, self.opens, self.closes, self.asks, self.leads)
        return _("；").join(part for part in parts if part)


def steps_of(procedure: Procedure) -> list[ToldStep]:
    """All steps in their order."""
    return [_told(step, procedure) for step in procedure.step]


def pairs_of(procedure: Procedure) -> Iterator[tuple[str, str]]:
    """Each step as a label and a sentence, so that two editions can be compared step by step."""
    for one in steps_of(procedure):
        yield f"{one.step.number} {one.title}".strip(), one.sentence


def workings_of(procedure: Procedure) -> list[tuple[str, str]]:
    """How the system carries a procedure out, beyond its steps."""
    lang = get_language() or "zh"
    running = (
        _("新版施行后，在办的事：办过的步骤有效，没办的步骤按新版。")
        if procedure.running == "follow"
        else _("新版施行后，在办的事仍按原来的版本办完。")
    )
    return [
        (_("哪些组织"), describe_condition(procedure.who, lang)),
        (_("关于谁"), describe_condition(procedure.subject_where, lang) if procedure.subject_where else ""),
        (_("谁来开始"), listed(title_of(role) for role in procedure.begins or procedure.step[0].by)),
        (_("改版时"), running),
        *((_say(place.title), describe_condition(place.where, lang)) for place in procedure.place_of),
    ]


def _told(step: Step, procedure: Procedure) -> ToldStep:
    lang = get_language() or "zh"
    return ToldStep(
        step=step,
        title=_say(step.title),
        who=_who(step, procedure),
        opens=listed(describe(term, lang, procedure) for term in step.opens),
        closes=listed(describe(term, lang, procedure, end=True) for term in step.closes),
        asks=_("，").join(_asks(step, procedure)),
        leads=_leads(step, procedure) if step.outcome else "",
        source=source_of(step, procedure),
    )


def _who(step: Step, procedure: Procedure) -> str:
    named = next((place.title for place in procedure.place_of if place.key == step.at), None)
    place = _say(named) if named else {"own": _("本组织"), "host": _("接收组织")}.get(step.at, step.at)
    roles = listed(title_of(role) for role in step.by)
    return _("%(place)s的%(roles)s") % {"place": place, "roles": roles} if roles else place


def _asks(step: Step, procedure: Procedure) -> Iterator[str]:
    papers = {paper.key: _say(paper.title) for paper in procedure.paper}
    if step.needs:
        yield _("要有%(papers)s") % {"papers": listed(papers.get(key, key) for key in step.needs)}
    if step.vote:
        if step.vote.secret:
            yield _("无记名投票")
        yield _("到会%(line)s") % {"line": _line(step.vote.quorum)}
        yield _("赞成%(line)s") % {"line": _line(step.vote.majority)}
    if step.notice:
        yield _("公示不少于%(days)s个工作日") % {"days": step.notice.working_days}
        yield _("反映由%(role)s受理") % {"role": title_of(step.notice.objections_to)}
    if step.training:
        parts = [_("%(count)s天") % {"count": step.training.days}] if step.training.days else []
        parts += [_("%(count)s学时") % {"count": step.training.hours}] if step.training.hours else []
        yield _("不少于%(length)s") % {"length": _("或").join(parts)}
    if step.every:
        yield _("每%(months)s个月一次") % {"months": step.every.months}
        if step.every.at_least:
            yield _("至少%(count)s次") % {"count": step.every.at_least}
    if step.any_order:
        yield _("和相邻的步骤不分先后")
    if step.heeds:
        yield _("有提醒时不能办")


def _line(share: Share) -> str:
    base = _("应到") if share.of == "entitled" else _("实到")
    if share.more_than is not None:
        return _("超过%(base)s的%(part)s") % {"base": base, "part": share.more_than}
    return _("达到%(base)s的%(part)s") % {"base": base, "part": share.at_least}


def _leads(step: Step, procedure: Procedure) -> str:
    titles = {other.key: _say(other.title) for other in procedure.step}
    fixed = {END: _("办结"), STAY: _("留在本步"), "next": _("下一步"), "before": _("退回上一步")}
    return _("；").join(
        f"{_say(outcome.title)}→{fixed.get(outcome.to) or titles.get(outcome.to, outcome.to)}"
        for outcome in outcomes(step)
    )


def _say(words: Words) -> str:
    return words.say(get_language() or "zh")

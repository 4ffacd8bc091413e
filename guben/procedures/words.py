"""How steps, terms, days and reasons of procedures are said on pages, in the reader's language."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from guben.access.roles import title_of
from guben.house.templatetags.house import iso, short_day
from guben.house.words import listed
from guben.organisations.models import Organisation
from guben.rulebook_engine.entries import Words
from guben.rulebook_engine.procedures import BEGIN, Procedure, Step, Term
from guben.rulebook_engine.roads import RoadStep

HAN = "零一二三四五六七八九十"


def say(words: Words | None) -> str:
    """A wording of a rule in the reader's language."""
    return words.say(get_language() or "zh-hans") if words else ""


def ordinal(number: int) -> str:
    """一, 二 … 二十 for phases; plain figures in English."""
    if (get_language() or "").startswith("en") or not 0 < number <= 20:
        return str(number)
    return HAN[number] if number <= 10 else "十" + (HAN[number - 10] if number < 20 else "") if number < 20 else "二十"


def number_of(step: Step, procedure: Procedure) -> str:
    """The number of a step: the stated one, else its place in the procedure."""
    if step.number:
        return step.number
    return next((str(place) for place, one in enumerate(procedure.step, 1) if one.key == step.key), "")


def count_of(procedure: Procedure) -> int:
    """How many steps a procedure has: those of one number are one, and ways round, which have none, do not count."""
    return len({step.number for step in procedure.step if step.number}) or len(procedure.step)


def phase_title(procedure: Procedure, number: int) -> str:
    """一、申请入党; only the number where phases have no titles."""
    titles = procedure.phases
    title = say(titles[number - 1]) if number <= len(titles) else ""
    return pgettext("a phase: its number and title", "%(number)s、%(title)s") % {
        "number": ordinal(number),
        "title": title or _("阶段"),
    }


def actors_words(step: Step) -> str:
    """书记、组织委员: the roles that take a step."""
    return listed(title_of(role) for role in step.by)


def length_words(term: Term) -> str:
    """5个工作日, 1个月, 1年."""
    if term.working_days:
        return ngettext("%(count)d个工作日", "%(count)d个工作日", term.working_days) % {"count": term.working_days}
    if term.days:
        return ngettext("%(count)d天", "%(count)d天", term.days) % {"count": term.days}
    if term.months:
        return ngettext("%(count)d个月", "%(count)d个月", term.months) % {"count": term.months}
    if term.years:
        return ngettext("%(count)d年", "%(count)d年", term.years) % {"count": term.years}
    return ""


def _base_words(term: Term, procedure: Procedure) -> str:
    """What a term counts from: the beginning, or another step by its number."""
    if term.after == BEGIN:
        return _("开始")
    found = next((one for one in procedure.step if one.key == term.after), None)
    if found is None:
        return _("前一步")
    return _("第%(number)s步") % {"number": number_of(found, procedure)}


def within_words(term: Term, procedure: Procedure) -> str:
    """第13步后1个月内: a term that closes a step."""
    length = length_words(term)
    if not length:
        return _("与%(base)s同日") % {"base": _base_words(term, procedure)}
    return _("%(base)s后%(length)s内") % {"base": _base_words(term, procedure), "length": length}


def after_words(term: Term, procedure: Procedure) -> str:
    """第4步满1年后: a term that opens a step."""
    length = length_words(term)
    if not length:
        return _("%(base)s以后") % {"base": _base_words(term, procedure)}
    return _("%(base)s满%(length)s后") % {"base": _base_words(term, procedure), "length": length}


def days_words(days: int) -> str:
    """还有2天, 今天, 逾期4天."""
    if days < 0:
        return ngettext("逾期%(count)d天", "逾期%(count)d天", -days) % {"count": -days}
    if days == 0:
        return _("今天到期")
    return ngettext("还有%(count)d天", "还有%(count)d天", days) % {"count": days}


def near_day(value: date, on: date) -> str:
    """7-03 within the year, 2027-07-03 beyond it."""
    return short_day(value) if value.year == on.year else iso(value)


def when_words(line: RoadStep, on: date, shown: date | None) -> str:
    """What stands at the right of a step of the road: the day done, or the earliest and the latest."""
    if line.state == "done":
        return iso(line.done[-1].on) if line.done else ""
    if line.state == "passed_by":
        return _("不办")
    if line.state == "late":
        return days_words((line.due_on - on).days) if line.due_on else ""
    if line.state == "now":
        if line.opens_on and line.opens_on > on:
            return _("最早%(day)s") % {"day": near_day(line.opens_on, on)}
        if line.due_on is None and line.leaves_on and line.leaves_on > on:
            return _("%(day)s起") % {"day": near_day(line.leaves_on, on)}
        return _("至%(day)s") % {"day": near_day(line.due_on, on)} if line.due_on else _("现在")
    if line.opens_on and line.opens_on > on:
        return _("最早%(day)s") % {"day": near_day(line.opens_on, on)}
    if line.due_because:
        return within_words(line.due_because, line.procedure)
    if line.opens_because and line.opens_on is None and length_words(line.opens_because):
        return after_words(line.opens_because, line.procedure)
    if line.earliest and line.earliest > on and line.earliest != shown:
        return _("最早%(day)s") % {"day": near_day(line.earliest, on)}
    return ""


def typed(step: Step, key: str, value: Any) -> Any:
    """A kept value as its form field shows it: units by their code."""
    field = next((one for one in step.field if one.key == key), None)
    if field is not None and field.type == "unit":
        unit = Organisation.objects.filter(pk=value).first()
        return unit.code if unit else ""
    return value

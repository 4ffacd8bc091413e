"""Names of periods and duties as pages say them."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from guben.house.templatetags.house import in_script
from guben.kit.days import Period
from guben.meetings.choices import Form
from guben.rulebook_engine.entries import Duty, Entry

SEASONS = ("一季度", "二季度", "三季度", "四季度")
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
EVERYDAY: dict[str, Any] = {
    Form.MEMBER_MEETING: gettext_lazy("党员大会"),
    Form.COMMITTEE: gettext_lazy("支委会"),
    Form.GROUP: gettext_lazy("小组会"),
    Form.LECTURE: gettext_lazy("党课"),
    Form.THEME_DAY: gettext_lazy("主题党日"),
    Form.ORGANISATIONAL_LIFE: gettext_lazy("组织生活会"),
    Form.APPRAISAL: gettext_lazy("民主评议"),
    Form.TALK: gettext_lazy("谈心谈话"),
}
FORMS = frozenset(Form.values)
_FORM = re.compile(r"\bform\s*(?:=|in)\s*\(?\s*'(\w+)'")


def is_english() -> bool:
    return (get_language() or "").startswith("en")


def title_of(entry: Entry) -> str:
    """A rule's title in the reader's language."""
    return entry.title.say(get_language() or "zh-hans")


def article_of(entry: Entry) -> str:
    """The article as it is cited, else the document."""
    return in_script(entry.article or entry.source)


def cited(entry: Entry) -> str:
    """Document and article without the brackets of the document's title."""
    return in_script(entry.source_text)


def period_name(period: Period, on: date) -> str:
    """6月, 二季度, 上半年, 2026年; with the year where it is another one than on the day `on`."""
    year, month = period.starts_on.year, period.starts_on.month
    if is_english():
        name = _english(period, month)
        return name if year == on.year or period.every == "year" else f"{name} {year}"
    if period.every == "year":
        return f"{year}年"
    name = {
        "month": f"{month}月",
        "quarter": SEASONS[(month - 1) // 3],
        "half_year": "上半年" if month == 1 else "下半年",
    }[period.every]
    return name if year == on.year else f"{year}年{name}"


def _english(period: Period, month: int) -> str:
    if period.every == "month":
        return MONTHS[month - 1]
    if period.every == "quarter":
        return f"Q{(month + 2) // 3}"
    return str(period.starts_on.year) if period.every == "year" else ("first half" if month == 1 else "second half")


def form_of(duty: Duty) -> str:
    """The form of meeting that settles a duty; empty where another record does."""
    if duty.evidence.record != "meeting":
        return ""
    if duty.entry in FORMS:
        return duty.entry
    for expression in (duty.evidence.matches, duty.evidence.where):
        found = _FORM.search(str(expression or ""))
        if found and found[1] in FORMS:
            return found[1]
    return ""


def needs_quorum(duty: Duty) -> bool:
    """Does a meeting count for this duty only when enough came?"""
    return "entitled" in str(duty.evidence.where or "")


def short_title(duty: Duty) -> str:
    """A title that fits over a column: the everyday name of the meeting, else the rule's title."""
    known = EVERYDAY.get(form_of(duty))
    return str(known) if known else title_of(duty)


def every_name(every: str) -> str:
    """月, 季, 半年, 年: how often a duty comes."""
    return {"month": _("月"), "quarter": _("季"), "half_year": _("半年"), "year": _("年")}[every]

"""How amounts, bands and months of dues are written on pages."""

from __future__ import annotations

from collections.abc import Sequence

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext

from guben.dues import money, scales
from guben.house.templatetags.house import UNKNOWN, heat
from guben.rulebook_engine.scales import Limit, Scale, Step

register = template.Library()


@register.filter
def yuan(cents: int | None) -> str:
    """123456 → 1,234.56"""
    return UNKNOWN if cents is None else money.yuan(cents)


@register.simple_tag
def band_title(band: str, year: int) -> str:
    """A band in the reader's language."""
    return scales.title_of(band, year, get_language() or "")


@register.simple_tag
def month_strip(states: Sequence[tuple[int, str]]) -> SafeString:
    """The twelve months of a member's year: paid, late, to be paid, to come, nothing owed."""
    words = {
        "ok": gettext("%(month)s月已交"),
        "missing": gettext("%(month)s月未交"),
        "due": gettext("%(month)s月待交"),
        "future": gettext("%(month)s月未到"),
        "none": gettext("%(month)s月不用交"),
    }
    cells = SafeString()
    for month, state in states:
        cells += heat(state, words[state] % {"month": month})
    return format_html('<span class="dues-strip">{}</span>', cells)


@register.simple_tag
def scale_words(scale: Scale, what: str) -> str:
    """A scale's title, or how its amount is found, in the reader's language."""
    lang = get_language() or ""
    if what == "title":
        return scale.title.say(lang)
    if scale.steps:
        return gettext("；").join(_step_words(step) for step in scale.steps)
    if scale.is_fixed:
        return gettext("每月%(amount)s元") % {"amount": money.yuan(scale.least_cents)}
    if scale.most_cents is None:
        return gettext("按批复的数")
    return gettext("每月%(least)s到%(most)s元") % {
        "least": money.yuan(scale.least_cents),
        "most": money.yuan(scale.most_cents),
    }


@register.simple_tag
def per_mille_share(per_mille: int) -> str:
    """5 → 0.5%"""
    return f"{per_mille / 10:g}%"


@register.simple_tag
def limit_words(limit: Limit) -> str:
    """A limit's number with its unit, which its key ends with."""
    if limit.key.endswith("-cents"):
        return gettext("%(amount)s元") % {"amount": money.yuan(limit.value)}
    if limit.key.endswith("-months"):
        return gettext("%(count)s个月") % {"count": limit.value}
    return str(limit.value)


def _step_words(step: Step) -> str:
    share = per_mille_share(step.per_mille)
    if step.up_to_cents is None:
        return gettext("再多的%(share)s") % {"share": share}
    return gettext("%(amount)s元以下%(share)s") % {"amount": f"{step.up_to_cents // 100:,}", "share": share}

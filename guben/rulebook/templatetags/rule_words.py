"""How rules, figures and their certainty are written on pages."""

from __future__ import annotations

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from guben.house.templatetags.house import chip, count, number, share
from guben.rulebook.issuers import issuer_words
from guben.rulebook.mistakes import in_words
from guben.rulebook.naming import name_of
from guben.rulebook_engine.aggregates import Figure
from guben.rulebook_engine.entries import Entry, Words
from guben.rulebook_engine.errors import Mistake
from guben.rulebook_engine.facts import Column, FactTable

register = template.Library()


@register.simple_tag
def rule_title(rule: Entry) -> str:
    """The rule's title in the reader's language."""
    return rule.title.say(get_language() or "zh")


@register.simple_tag
def fact_name(thing: Column | FactTable) -> str:
    """What a fact table or a column is called in the reader's language."""
    return name_of(thing)


@register.simple_tag
def issuer(rule: Entry) -> str:
    """Who imposed the rule."""
    return issuer_words(rule)


@register.simple_tag
def words(text: Words | None) -> str:
    """A wording of a rule in the reader's language."""
    return text.say(get_language() or "zh") if text else ""


@register.simple_tag
def severity_chip(severity: str) -> SafeString:
    """How much a finding weighs, as icon, word and colour."""
    kinds = {"high": ("over", _("越线，重")), "medium": ("over", _("越线")), "low": ("soon", _("提醒"))}
    kind, text = kinds[severity]
    return chip(kind, text)


@register.simple_tag
def confidence_note(confidence: str) -> SafeString | str:
    """Says so where a figure was not read in the regulation itself."""
    notes = {
        "secondary": _("可信度：二手转述，待核"),
        "recalled": _("可信度：凭记忆，待核"),
        "proposed": _("我们建议的线，没有上级规定"),
    }
    note = notes.get(confidence)
    return format_html(' <span class="confidence">{}</span>', note) if note else ""


@register.simple_tag
def figure_value(value: float | int | None, unit: str = "number") -> str:
    """A figure as its indicator measures it; — where there was nothing to divide by."""
    if value is None:
        return "—"
    if unit == "share":
        return share(value)
    return count(value) if isinstance(value, int) else number(value)


@register.simple_tag
def figure_base(figure: Figure) -> str:
    """Numerator and denominator, as far as the figure has them."""
    if figure.denominator is None:
        return _plain(figure.numerator) if figure.numerator is not None else ""
    return f"{_plain(figure.numerator)} / {_plain(figure.denominator)}"


@register.simple_tag
def figure_sum(figure: Figure | None) -> str:
    """37 ÷ 42 = 0.8810, as a person would check it."""
    if figure is None or figure.value is None:
        return "—"
    if figure.denominator is None:
        return _plain(figure.value)
    return f"{_plain(figure.numerator)} ÷ {_plain(figure.denominator)} = {figure.value:.4f}"


def _plain(value: float | int | None) -> str:
    if value is None:
        return "—"
    return count(value) if isinstance(value, int) else f"{value:g}"


@register.simple_tag
def mistake_words(mistake: Mistake) -> str:
    """What is wrong at one place of a rulebook file, in the reader's language."""
    return in_words(mistake.sentence)

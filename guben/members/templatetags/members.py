"""Words for codes in the pages of people."""

from __future__ import annotations

from django import template

from guben.members.choices import StageKind, StandingKind, education_label

register = template.Library()


@register.simple_tag
def education(code: str) -> str:
    """An education in the reader's language; — where none is known."""
    return education_label(code) or "—"


@register.simple_tag
def stage_word(code: str) -> str:
    """The word for a stage."""
    return str(StageKind(code).label)


@register.simple_tag
def standing_word(code: str) -> str:
    """The word for a standing."""
    return str(StandingKind(code).label)


@register.simple_tag(takes_context=True)
def without_filter(context: template.Context, name: str) -> str:
    """This list's address without one filter and from the first page."""
    query = context["request"].GET.copy()
    for key in (name, "page"):
        query.pop(key, None)
    return f"?{query.urlencode()}"

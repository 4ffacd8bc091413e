"""How the state of a duty is written on pages."""

from __future__ import annotations

from django import template
from django.utils.safestring import SafeString

from guben.duties.states import State
from guben.house.templatetags.house import chip

register = template.Library()
KINDS = {
    State.DUE: "waiting",
    State.DONE: "done",
    State.DONE_LATE: "soon",
    State.LATE: "late",
    State.EXEMPT: "closed",
    State.NOT_KEPT: "note",
}


@register.simple_tag
def state_chip(state: str) -> SafeString:
    """A duty's state as icon, word and colour."""
    known = State(state)
    return chip(KINDS[known], known.label)

"""What each action is called in the history. Apps register their names and sentences when Django starts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise

Text = str | Promise

_names: dict[str, Text] = {}
_details: dict[str, Text] = {}
_fields: dict[tuple[str, str], Text] = {}


def register(action: str, name: Text, detail: Text = "") -> None:
    """Names an action. `detail` is a sentence over the entry's details, such as "从%(origin)s到%(goal)s"."""
    _names[action] = name
    _details[action] = detail


def register_fields(object_type: str, names: Mapping[str, Text]) -> None:
    """Names what an entry on this kind of object may list as changed and is no field of the model."""
    _fields.update({(object_type, field): name for field, name in names.items()})


def field_of(object_type: str, field: str) -> str:
    """The registered name of what changed, else as it is kept."""
    return str(_fields.get((object_type, field), field))


def name_of(action: str) -> str:
    """The registered name, else the action itself."""
    return str(_names.get(action, action))


def detail_of(action: str, details: Mapping[str, Any]) -> str:
    """The filled sentence; empty where none is registered or the entry lacks what it speaks of."""
    try:
        return str(_details.get(action, "")) % details
    except (KeyError, TypeError, ValueError):
        return ""


def known() -> dict[str, str]:
    """All registered actions with their names, in the order of registration."""
    return {action: str(name) for action, name in _names.items()}

"""What a step does to other records, by the name that a rulebook calls it. Apps register theirs when Django starts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from guben.accounts.models import User
from guben.procedures import errors
from guben.procedures.models import Case, Entry
from guben.rulebook_engine.facts import catalogue

CarryOut = Callable[[Case, Entry, User], None]
Check = Callable[[Case, Mapping[str, Any], date], None]
Follow = Callable[[Case, Entry, Entry, User], None]


@dataclass(frozen=True, slots=True)
class Effect:
    """`check` refuses with a sentence before the entry is written. `follow` puts the records right after a correction
    (former entry, entry that takes its place); without it what the entry did to them can't be corrected here."""

    name: str
    carry_out: CarryOut
    check: Check | None = None
    follow: Follow | None = None


_effects: dict[str, Effect] = {}


def register(name: str, carry_out: CarryOut, check: Check | None = None, follow: Follow | None = None) -> None:
    """Adds an effect; one of the same name takes the place of the earlier one."""
    _effects[name] = Effect(name, carry_out, check, follow)
    catalogue.publish_effects(name)


def known() -> tuple[str, ...]:
    """The names of all effects."""
    return tuple(_effects)


def find(name: str) -> Effect:
    """Raises NoSuchEffect."""
    if name not in _effects:
        raise errors.NoSuchEffect(name)
    return _effects[name]

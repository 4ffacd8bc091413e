"""What the page of a person shows from higher apps: a card each, where the reader may see it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise

from guben.access.policy import Someone
from guben.members.queries import PersonRecord

Text = str | Promise


@dataclass(frozen=True, slots=True)
class Card:
    """A title, the way to the page it speaks of, a few facts, and a state (kind of chip, word) where there is one."""

    title: Text
    url: str
    link: Text
    facts: Sequence[tuple[Text, str]]
    state: tuple[str, str] | None = None


Teller = Callable[[PersonRecord, Someone, date], Card | None]

_tellers: list[Teller] = []


def register_card(teller: Teller) -> None:
    """A higher app tells what it knows of a person, None where the reader may not see it or there is nothing."""
    if teller not in _tellers:
        _tellers.append(teller)


def cards(record: PersonRecord, user: Someone, on: date) -> list[Card]:
    """The cards of all apps about a person."""
    return [card for teller in _tellers if (card := teller(record, user, on)) is not None]

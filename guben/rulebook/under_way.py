"""How many cases of a procedure are open at and below a unit: told by the app that runs them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from guben.access.policy import Someone
from guben.organisations.models import Organisation

Counter = Callable[[Someone, str, Organisation, date], int | None]
_counters: list[Counter] = []


def register(counter: Counter) -> None:
    """A way of counting; it answers None to who may not know."""
    _counters.append(counter)


def count(user: Someone, key: str, at: Organisation, on: date) -> int | None:
    """The open cases of a procedure at and below a unit; None where the reader may not know, or nobody runs it."""
    found = [number for counter in _counters if (number := counter(user, key, at, on)) is not None]
    return sum(found) if found else None

"""What stands in the way of an ending. Higher apps register their checks here when Django starts.

`register("dissolve", check)`: the check takes the unit, post or group and the last day's successor (the day from
which it no longer is) and gives a sentence for the user, or nothing where it has no objection.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, Literal

Ending = Literal["dissolve", "reform", "close_post", "close_group"]
Check = Callable[[Any, date], str | None]

_checks: dict[Ending, list[Check]] = {"dissolve": [], "reform": [], "close_post": [], "close_group": []}


def register(ending: Ending, check: Check) -> None:
    """Adds a check; registering the same one twice changes nothing."""
    if check not in _checks[ending]:
        _checks[ending].append(check)


def sentences(ending: Ending, target: Any, on: date) -> list[str]:
    """What the registered checks object to, in the order of registration."""
    return [sentence for check in _checks[ending] if (sentence := check(target, on))]

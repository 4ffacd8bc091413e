"""What stands in the way of withdrawing a meeting. Higher apps register their checks here when Django starts."""

from __future__ import annotations

from collections.abc import Callable

from guben.meetings.models import Meeting

Check = Callable[[Meeting], str | None]
_checks: list[Check] = []


def register(check: Check) -> None:
    """Adds a check, which gives a sentence or nothing; registering the same one twice changes nothing."""
    if check not in _checks:
        _checks.append(check)


def sentences(meeting: Meeting) -> list[str]:
    """What the registered checks object to."""
    return [sentence for check in _checks if (sentence := check(meeting))]

"""What follows when a meeting is withdrawn. Higher apps register it here when Django starts."""

from __future__ import annotations

from collections.abc import Callable

from guben.meetings.models import Meeting

Follower = Callable[[Meeting], None]
_followers: list[Follower] = []


def register(follower: Follower) -> None:
    """Adds one, which is told of the withdrawn meeting in the same act; registering it twice changes nothing."""
    if follower not in _followers:
        _followers.append(follower)


def tell(meeting: Meeting) -> None:
    """Tells them all."""
    for follower in _followers:
        follower(meeting)

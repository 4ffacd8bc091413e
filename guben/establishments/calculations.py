"""The next step toward an organisation, from what is known of an establishment. Values in, values out."""

from __future__ import annotations

from collections.abc import Sequence

from guben.establishments.choices import Step, Way

LEAST = 3  # full members of a branch. Source: 支部工作条例 Art. 4
MOST_UNITS = 5  # a joint branch covers normally so many at most. Source: 支部工作条例 Art. 5


def next_step(way: str, full_members: int, has_instructor: bool) -> Step:
    """What comes next.

    Source: 支部工作条例 Art. 4-5; M2.5.
    """
    if way:
        return Step.SEPARATE if way == Way.JOINT and full_members >= LEAST else Step.COVERED
    if full_members >= LEAST:
        return Step.FOUND
    if full_members:
        return Step.JOIN
    return Step.FIND_MEMBERS if has_instructor else Step.SEND_INSTRUCTOR


def partners(own: int, others: Sequence[tuple[int, int]]) -> list[int]:
    """Which neighbours, given as (key, full members), make enough for a joint branch: as few as possible, at most five
    units together; all that have any where they are not enough."""
    chosen: list[int] = []
    total = own
    for key, members in sorted(others, key=lambda pair: (-pair[1], pair[0])):
        if total >= LEAST or len(chosen) + 1 >= MOST_UNITS:
            break
        if members:
            chosen.append(key)
            total += members
    return chosen

"""Plain sums about notices: the last day of a term, when a result opens, masked names, and what gives a number away."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol

from guben.kit.names import DOUBLE_SURNAMES, MIDDLE_DOTS

_NUMBER = re.compile(r"(?<!\d)(?:\d{17}[\dXx]|\d{15}|1[3-9]\d{9}|1[3-9]\d[ -]\d{4}[ -]\d{4})(?![\dXx])")
_FULL_WIDTH = str.maketrans("０１２３４５６７８９Ｘｘ－　", "0123456789Xx- ")


class WorkingDays(Protocol):
    """What is asked of the official calendar."""

    def is_working_day(self, day: date) -> bool: ...

    def add_working_days(self, day: date, number: int) -> date: ...


@dataclass(frozen=True, slots=True)
class NoticeStanding:
    """Where a notice stands on a day.

    `held_until` is the first day on which open objections hold the result no longer; None where none holds it on the
    day asked about. `taken_down_on`: taken down before its term ran out, so that no result follows from it.
    """

    term_ends_on: date
    result_opens_on: date
    open_objections: int
    held_until: date | None
    upheld: bool
    taken_down_on: date | None = None

    def is_open(self, on: date) -> bool:
        """May the result be taken on the day: the term is over and nothing holds it?"""
        return self.taken_down_on is None and on >= self.result_opens_on and self.held_until is None


@dataclass(frozen=True, slots=True)
class Heard:
    """What is to be known of an objection to say where its notice stands."""

    received_on: date
    due_on: date
    decided_on: date | None
    upheld: bool


def last_day(posted_on: date, working_days: int, calendar: WorkingDays) -> date:
    """The last day of a term: the day it was posted counts where it is a working day."""
    more = working_days - 1 if calendar.is_working_day(posted_on) else working_days
    return calendar.add_working_days(posted_on, more) if more else posted_on


def standing(
    term_ends_on: date, taken_down_on: date | None, heard: Iterable[Heard], on: date, calendar: WorkingDays
) -> NoticeStanding:
    """Where a notice stands on a day, with what was received until then."""
    known = [one for one in heard if one.received_on <= on]
    open_ = [one for one in known if one.decided_on is None or one.decided_on > on]
    holds = max((one.due_on + timedelta(days=1) for one in open_), default=None)
    early = taken_down_on is not None and taken_down_on <= min(on, term_ends_on)
    return NoticeStanding(
        term_ends_on=term_ends_on,
        result_opens_on=calendar.add_working_days(term_ends_on, 1),
        open_objections=len(open_),
        held_until=holds if holds and on < holds else None,
        upheld=any(one.upheld and one.decided_on is not None and one.decided_on <= on for one in known),
        taken_down_on=taken_down_on if early else None,
    )


def masked(name: str) -> str:
    """李某 for 李建国, 欧阳某 for 欧阳明, 买某 for 买买提·艾力; a name of one character stays hidden."""
    bare = name.strip()
    if any(dot in bare for dot in MIDDLE_DOTS) or len(bare) < 2:
        return f"{bare[:1]}某" if len(bare) > 1 else "某"
    return f"{bare[:2]}某" if len(bare) > 2 and bare[:2] in DOUBLE_SURNAMES else f"{bare[0]}某"


def with_masked(text: str, names: Iterable[str]) -> str:
    """The text with the names masked, longer ones first, so that no name leaves a piece of another."""
    for name in sorted({name.strip() for name in names}, key=len, reverse=True):
        if len(name) > 1:
            text = text.replace(name, masked(name))
    return text


def shows_number(text: str) -> bool:
    """Is there something in it that reads like an identity number or a mobile telephone?"""
    return bool(_NUMBER.search(text.translate(_FULL_WIDTH)))

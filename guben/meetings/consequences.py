"""What a meeting leads to. Duties stand on a higher floor, so they tell it here: a teller is registered when Django
starts, and pages of meetings ask the teller."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from guben.kit.days import Period
from guben.meetings.models import Meeting
from guben.organisations.models import Organisation


@dataclass(frozen=True, slots=True)
class OpenDuty:
    """Something a unit still owes that a meeting of this form can settle."""

    form: str
    rule: str
    title: str
    article: str
    period: Period
    period_name: str
    due_on: date
    is_late: bool
    needs_quorum: bool


@dataclass(frozen=True, slots=True)
class Settled:
    """A duty that a meeting settles, in time or late; or does not settle although it is its evidence (`why_not`)."""

    rule: str
    title: str
    period_name: str
    state: str
    why_not: str = ""

    @property
    def counts(self) -> bool:
        return not self.why_not


class Teller(Protocol):
    """Answers for meetings what they mean for duties."""

    def open_duties(self, units: Iterable[Organisation], on: date) -> dict[int, list[OpenDuty]]:
        """By unit's id, what a meeting could settle, oldest first."""
        ...

    def settled_by(self, meetings: Iterable[Meeting], on: date) -> dict[int, list[Settled]]:
        """By meeting's id, the duties it settles or falls short of."""
        ...


class KnowsNothing:
    """The teller before any other is registered."""

    def open_duties(self, units: Iterable[Organisation], on: date) -> dict[int, list[OpenDuty]]:
        return {}

    def settled_by(self, meetings: Iterable[Meeting], on: date) -> dict[int, list[Settled]]:
        return {}


class _Register:
    teller: Teller = KnowsNothing()


def register(teller: Teller) -> None:
    _Register.teller = teller


def teller() -> Teller:
    return _Register.teller

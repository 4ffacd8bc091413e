"""One attempt to take a step: everything that its checks look at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from guben.accounts.models import User
from guben.meetings.models import Meeting
from guben.organisations.models import Organisation
from guben.procedures.choices import TAKEN_BACK
from guben.procedures.models import Case, Count
from guben.procedures.places import Acting
from guben.procedures.records import Records
from guben.procedures.rules import article_of
from guben.procedures.standing import Standing, StepStanding
from guben.procedures.tallies import Tally
from guben.rulebook_engine.procedures import BEFORE, STAY, Outcome, Procedure, Step

__all__ = ["TAKEN_BACK", "Taking"]


@dataclass(slots=True)
class Taking:
    """`filled` holds the checked values; `tally` and `counts` the vote where the step is one."""

    standing: Standing
    at: StepStanding
    outcome: Outcome
    done_on: date
    today: date
    values: Mapping[str, Any]
    reason: str
    meeting: Meeting | None
    by: User
    acting: Acting
    filled: dict[str, Any] = field(default_factory=dict)
    tally: Tally | None = None
    counts: list[Count] = field(default_factory=list)

    @property
    def case(self) -> Case:
        return self.standing.case

    @property
    def records(self) -> Records:
        return self.standing.records

    @property
    def step(self) -> Step:
        return self.at.step

    @property
    def procedure(self) -> Procedure:
        return self.at.procedure

    @property
    def actor(self) -> Organisation | None:
        return self.at.actor

    @property
    def article(self) -> str:
        return article_of(self.step, self.procedure)

    @property
    def leads_on(self) -> bool:
        """Does the outcome complete the step, so that all its papers must be there?"""
        return self.outcome.good and self.outcome.to not in (STAY, BEFORE)

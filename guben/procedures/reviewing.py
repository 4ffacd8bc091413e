"""Many reviews in one sitting: which cases wait for a user's review, and which comes after the one decided."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import reduce
from operator import or_

from django.db.models import F, Q, QuerySet

from guben.access import policy
from guben.accounts.models import User
from guben.organisations.models import Organisation
from guben.procedures import queries
from guben.procedures.models import Case
from guben.procedures.rules import rules

MOST = 200
NONE = Q(pk__in=[])


@dataclass(frozen=True, slots=True)
class Queue:
    """The cases in their order, the one that is shown, and its neighbours."""

    cases: list[Case]
    total: int
    chosen: Case | None

    @property
    def place(self) -> int:
        return next((n for n, case in enumerate(self.cases, 1) if self.chosen and case.pk == self.chosen.pk), 0)

    @property
    def following(self) -> Case | None:
        """The one that comes after a decision: the next, else the one before."""
        if not self.place:
            return self.cases[0] if self.cases else None
        after = self.cases[self.place : self.place + 1] or self.cases[max(self.place - 2, 0) : self.place - 1]
        return after[0] if after else None


def waiting(user: User, on: date, unit: Organisation | None = None, procedure: str = "") -> QuerySet[Case]:
    """The cases whose review is this user's today, what is due first standing first."""
    steps: dict[str, set[str]] = {}
    for edition in rules().all_editions():
        steps.setdefault(edition.key, set()).update(step.key for step in edition.step if step.kind == "review")
    kinds = reduce(or_, (Q(procedure=key, step__in=sorted(names)) for key, names in steps.items() if names), NONE)
    found = queries.waiting_for(user, on).filter(kinds)
    if unit is not None:
        found = found.filter(policy.in_subtrees([unit.path], "actor__path"))
    if procedure:
        found = found.filter(procedure=procedure)
    return found.order_by(F("due_on").asc(nulls_last=True), "organisation__path", "pk")


def queue(user: User, on: date, unit: Organisation | None, procedure: str, asked: int) -> Queue:
    """The list with the case that was asked for, else the first one."""
    found = waiting(user, on, unit, procedure)
    cases = list(found[: MOST + 1])
    total = len(cases) if len(cases) <= MOST else found.count()
    cases = cases[:MOST]
    chosen = next((case for case in cases if case.pk == asked), cases[0] if cases else None)
    return Queue(cases, total, chosen)

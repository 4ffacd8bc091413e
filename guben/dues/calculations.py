"""Arithmetic of dues in whole cents: which months are paid, late or ahead. Values in, values out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import accumulate

from guben.dues.choices import MONTHS
from guben.kit.coarsening import hidden_keys


def months_over(year: int, on: date) -> int:
    """How many months of the year are over on a day: a month may be paid until its last day."""
    return max(0, min(12, (on.year - year) * 12 + on.month - 1))


def months_begun(year: int, on: date) -> int:
    """How many months of the year have begun on a day."""
    return max(0, min(12, (on.year - year) * 12 + on.month))


@dataclass(frozen=True, slots=True)
class Account:
    """A year's months and what was paid toward them. Payments fill the months oldest first."""

    months: tuple[int, ...]
    paid: int
    year: int
    on: date

    @property
    def owed(self) -> int:
        """The whole year's."""
        return sum(self.months)

    @property
    def due(self) -> int:
        """What the months that are over owe."""
        return self.owed_through(months_over(self.year, self.on))

    @property
    def settled(self) -> int:
        """What of it is paid; what was paid ahead does not count."""
        return min(self.paid, self.due)

    @property
    def left(self) -> int:
        """What the year still takes."""
        return self.owed - self.paid

    @property
    def paid_months(self) -> frozenset[int]:
        return frozenset(
            month for month, sum_ in zip(MONTHS, accumulate(self.months), strict=True)
            if self.months[month - 1] and sum_ <= self.paid
        )  # fmt: skip

    @property
    def late_months(self) -> tuple[int, ...]:
        """Months that are over and not paid."""
        over, paid = months_over(self.year, self.on), self.paid_months
        return tuple(month for month in MONTHS if month <= over and self.months[month - 1] and month not in paid)

    @property
    def paid_up_to(self) -> int:
        """The last month that is paid; 0 where none is."""
        return max(self.paid_months, default=0)

    def owed_through(self, month: int) -> int:
        return sum(self.months[:month])

    def missing_through(self, month: int) -> int:
        """What is to be paid so that everything through a month is."""
        return max(0, self.owed_through(month) - self.paid)

    def state_of(self, month: int) -> str:
        """How the year's strip shows a month: ok, missing, due, future or none."""
        if not self.months[month - 1]:
            return "none"
        if month in self.paid_months:
            return "ok"
        if month <= months_over(self.year, self.on):
            return "missing"
        return "due" if month <= months_begun(self.year, self.on) else "future"


def unpaid_in_a_row(this: Account, before: Account | None) -> int:
    """The months unpaid without a break up to the day, over the turn of the year too."""
    late = len(this.late_months)
    owing = [month for month in range(1, months_over(this.year, this.on) + 1) if this.months[month - 1]]
    return late + len(before.late_months) if before is not None and late == len(owing) else late


def hidden(members: Sequence[int]) -> set[int]:
    """The positions of sums that may not be shown beside a total: those of very few members, and others from which
    they could be worked out."""
    return hidden_keys(dict(enumerate(members)))

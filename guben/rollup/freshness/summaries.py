"""The duties of the units directly below one, summed up from what is kept of a large tree."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from guben.audit.remembering import LARGE_TREE
from guben.duties.queries import ChildSummary
from guben.duties.states import OWED
from guben.organisations.models import Organisation
from guben.rollup.freshness.logic import STATES
from guben.rollup.freshness.reading import latest
from guben.rollup.freshness.settling import Row


@dataclass(frozen=True, slots=True)
class KeptSummary:
    """What `duties.queries.summary_below` gives, of which day, and up to which moment acts are in: it is fresh where
    all are."""

    rows: list[ChildSummary]
    on: date
    made_at: datetime
    is_fresh: bool


def summary_below(unit: Organisation, on: date) -> KeptSummary | None:
    """This year's duties of each unit directly below with all below it, of the day or the last one that is kept before
    it; None where it is better asked of the records, or nothing is kept."""
    found = latest(on)
    row = found.row(unit.pk) if found else None
    if found is None or row is None or not (found.is_fresh or found.on != on or row.tally[0] > LARGE_TREE):
        return None
    children = found.children(unit.pk)
    units = Organisation.objects.in_bulk([child.stood.unit for child in children])
    rows = [_summary(units[child.stood.unit], child) for child in children if child.stood.unit in units]
    return KeptSummary(rows, found.on, found.as_of, found.is_fresh)


def _summary(unit: Organisation, row: Row) -> ChildSummary:
    number = {state: int(value or 0) for state, value in zip(STATES, row.below, strict=False)}
    named = {state.value: value for state, value in number.items()}
    return ChildSummary(unit, row.tally[0], owed=sum(number[state] for state in OWED), **named)

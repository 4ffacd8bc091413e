"""How the duties of a year were kept at and below a unit: what the page of the burden asks of duties."""

from __future__ import annotations

from collections import Counter
from datetime import date

from guben.audit.remembering import LARGE_TREE, remembered
from guben.duties.queries import items
from guben.duties.states import OWED, State
from guben.kit.days import add_months
from guben.organisations.models import Organisation
from guben.organisations.queries import units_on
from guben.rulebook_engine.library import Library

MANY = LARGE_TREE // 10  # a year of duties is some dozen times the rows of a day


def kept(top: Organisation, on: date, library: Library) -> dict[str, tuple[int, int]]:
    """For each duty's key: how often it was owed in the year up to the day, and how often it was late or done late."""
    units = [placement.organisation for placement in units_on(on, top)]
    if len(units) > MANY:
        return remembered(lambda: _counted(units, on, library), "duties_kept", top.pk, on)
    return _counted(units, on, library)


def _counted(units: list[Organisation], on: date, library: Library) -> dict[str, tuple[int, int]]:
    owed: Counter[str] = Counter()
    late: Counter[str] = Counter()
    for item in items(units, on, first=add_months(on, -12), rules=library):
        owed[item.duty.key] += item.state in OWED and item.state != State.DUE
        late[item.duty.key] += item.state in (State.LATE, State.DONE_LATE)
    return {key: (owed[key], late[key]) for key in owed if owed[key]}

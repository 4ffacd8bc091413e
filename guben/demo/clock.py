"""The times at which the demo's records say they were written: at work, on a day of its story, never when it was built."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any

from django.db.models import Model

from guben.demo.plan import DAY
from guben.demo.store import moment
from guben.development.models import Quota, Sample, SampledCase
from guben.members.models import Contact
from guben.organisations.models import Act
from guben.procedures.models import Case, Entry
from guben.publication.models import Notice, Objection
from guben.transfers.models import GuestAttendance, Inflow, Outflow

MORNING = moment(DAY, 0, 0)
TODAY: tuple[tuple[type[Model], str, datetime], ...] = (
    (Act, "recorded_at", moment(DAY, 8, 30)),
    (Quota, "recorded_at", moment(DAY, 9, 30)),
    (Sample, "drawn_at", moment(DAY, 10, 15)),
    (Outflow, "recorded_at", moment(DAY, 14, 5)),
    (Inflow, "recorded_at", moment(DAY, 14, 20)),
    (GuestAttendance, "recorded_at", moment(DAY, 14, 40)),
    (Contact, "recorded_at", moment(DAY, 14, 40)),
    (SampledCase, "found_at", moment(DAY, 15, 40)),
)


def set_clock() -> None:
    """Called when all else is written: what was done through the actions is told on the day on which it was done."""
    _tell(Entry, Entry.objects.filter(recorded_on=DAY), _entry_told)
    _tell(Case, Case.objects.filter(begun_at__gte=MORNING), _told("begun_at", "begun_on"))
    _tell(Notice, Notice.objects.filter(posted_at__gte=MORNING), _told("posted_at", "posted_on"))
    _tell(Objection, Objection.objects.filter(recorded_at__gte=MORNING), _told("recorded_at", "received_on"))
    for model, at, told in TODAY:
        model._default_manager.filter(**{f"{at}__gte": MORNING}).update(**{at: told})


def _entry_told(row: Any) -> dict[str, date | datetime]:
    return {"recorded_on": row.done_on, "recorded_at": moment(row.done_on, 16, 30)}


def _told(at: str, on: str) -> Callable[[Any], dict[str, date | datetime]]:
    return lambda row: {at: moment(getattr(row, on), 16)}


def _tell(model: type[Model], rows: Iterable[Any], told: Callable[[Any], dict[str, date | datetime]]) -> None:
    """Gives rows other times; all of them at once."""
    found = list(rows)
    names: set[str] = set()
    for row in found:
        values = told(row)
        names |= values.keys()
        for name, value in values.items():
            setattr(row, name, value)
    if found:
        model._default_manager.bulk_update(found, sorted(names), batch_size=500)

"""What is told where kept figures were not what the records say: to the history, to who manages the system, to the
doctor."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from guben.accounts.operator import acting_user
from guben.audit import trail
from guben.duties.queries import in_words
from guben.organisations.models import Organisation
from guben.rollup.models import Disagreement
from guben.rulebook.queries import library

SHOWN_FOR = timedelta(days=7)
MOST_SHOWN, MOST_NAMES = 20, 5
TREE = "organisation"  # where a unit stands, in the place of a figure's key


@dataclass(frozen=True, slots=True)
class Wrong:
    """A unit whose kept row was not what the records say, with the keys of figures and rules."""

    unit: int
    figures: list[str]


@dataclass(frozen=True, slots=True)
class Told:
    """A disagreement in words."""

    unit: Organisation
    figures: list[str]
    noticed_at: datetime


@transaction.atomic
def raise_for(found: Sequence[Wrong], on: date) -> None:
    """Notes what disagreed, each with the unit and its figures, here and in the history."""
    units = Organisation.objects.in_bulk([one.unit for one in found])
    for one in found:
        if one.unit in units:
            unit = units[one.unit]
            Disagreement.objects.create(on=on, organisation=unit, figures=one.figures)
            details = {"on": on.isoformat(), "figures": "、".join(one.figures[:10]), "count": len(one.figures)}
            trail.record("rollup.disagreed", unit, by=acting_user(), organisation_id=unit.pk, details=details)


def disagreements() -> list[Told]:
    """What disagreed in the last days, newest first, for who manages the system."""
    rows = list(_shown()[:MOST_SHOWN])
    rules = library() if rows else None
    found = []
    for row in rows:
        names = []
        for key in row.figures[:MOST_NAMES]:
            rule = rules.get(key, row.on) if rules else None
            names.append(in_words(rule.title) if rule else _("组织树") if key == TREE else key)
        found.append(Told(row.organisation, names, row.noticed_at))
    return found


def faults() -> Iterator[str]:
    """For the doctor: units whose kept figures were not what the records say."""
    for one in _shown():
        figures = ", ".join(one.figures[:10])
        yield f"{one.organisation.code}, figures of {one.on}: {figures} differed from the records; put right."


def _shown() -> QuerySet[Disagreement]:
    return Disagreement.objects.filter(noticed_at__gte=timezone.now() - SHOWN_FOR).select_related("organisation")

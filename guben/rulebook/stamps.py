"""What tells whether rules or calendars were installed since they were read last."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Max, QuerySet, Value

from guben.accounts.installation import once
from guben.rulebook.models import CalendarYear, Rulebook

Stamp = tuple[Any, ...]
NOTHING: Stamp = (0, None, None)


def stamp_of(what: str) -> Stamp:
    """The stamp of the `rules` or of the `calendar`. One query for both, and one for a whole page that only reads."""
    return once("rulebook.stamps", _read).get(what, NOTHING)


def _read() -> dict[str, Stamp]:
    rows = _one("rules", Rulebook.objects.all()).union(_one("calendar", CalendarYear.objects.all()))
    return {name: tuple(stamp) for name, *stamp in rows}


def _one(name: str, rows: QuerySet[Any]) -> QuerySet[Any, Any]:
    told = {"count": Count("pk"), "last": Max("installed_at"), "newest": Max("pk")}
    found: QuerySet[Any, Any] = rows.order_by().values(of=Value(name)).annotate(**told).values_list("of", *told)
    return found

"""What tells whether rules or calendars were installed since they were read last."""

from __future__ import annotations

from typing import Any

from django.db import connection

from guben.accounts.installation import once
from guben.rulebook.models import CalendarYear, Rulebook

Stamp = tuple[Any, ...]
NOTHING: Stamp = (0, None, None)
ASKED = " UNION ALL ".join(
    f"SELECT '{name}', COUNT(*), MAX(installed_at), MAX(id) FROM {model._meta.db_table}"  # noqa: S608 - names of ours
    for name, model in (("rules", Rulebook), ("calendar", CalendarYear))
)


def stamp_of(what: str) -> Stamp:
    """The stamp of the `rules` or of the `calendar`. One query for both, and one for a whole page that only reads."""
    return once("rulebook.stamps", _read).get(what, NOTHING)


def _read() -> dict[str, Stamp]:
    with connection.cursor() as cursor:  # asked for every page: written out, since putting it together takes longer
        cursor.execute(ASKED)
        return {name: tuple(stamp) for name, *stamp in cursor.fetchall()}

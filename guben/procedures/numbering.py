"""Numbers in a series without a gap that a committed act leaves: the row of the series is locked until its act ends."""

from __future__ import annotations

from datetime import date

from django.db.models import F

from guben.kit.names import name_keys
from guben.procedures.models import Numbering
from guben.rulebook_engine.procedures import Procedure


def case_number(procedure: Procedure, on: date) -> str:
    """2026-FZ-000031: the year, the first two characters of the procedure's title as they are spoken, and a number."""
    return case_numbers(procedure, on, 1)[0]


def case_numbers(procedure: Procedure, on: date, count: int) -> list[str]:
    """Several at once."""
    letters = "".join(one for one in name_keys(procedure.title.zh)[1].upper() if one.isascii() and one.isalpha())
    series = f"{on.year}-{letters[:2] or 'BJ'}"
    last = take(series, count)
    return [f"{series}-{number:06d}" for number in range(last - count + 1, last + 1)]


def take(series: str, count: int = 1) -> int:
    """The last of the numbers taken. Call it inside a transaction."""
    if not Numbering.objects.filter(series=series).update(last=F("last") + count):
        Numbering.objects.get_or_create(series=series)
        Numbering.objects.filter(series=series).update(last=F("last") + count)
    return Numbering.objects.values_list("last", flat=True).get(series=series)

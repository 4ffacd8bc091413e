"""Figures of large trees that follow the records: of the day for which they are kept, at once, up to the last acts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from guben.figures.trees import names_of
from guben.organisations.models import Organisation
from guben.rollup.freshness.reading import reading
from guben.rulebook_engine.aggregates import Figure
from guben.rulebook_engine.entries import Indicator
from guben.statistics.models import Standing
from guben.statistics.reckoning import Reckoned


def followed_reckoning(at: Organisation, on: date, indicators: Sequence[Indicator]) -> Reckoned | None:
    """The figures of a unit and of those directly below it as they are kept; None where nothing is kept of it."""
    found = reading(on)
    row = found.row(at.pk) if found else None
    if found is None or row is None:
        return None
    ids = [at.pk, *(one.stood.unit for one in found.children(at.pk))]
    named = names_of(ids, on)
    if at.pk not in named:
        return None
    by_unit = found.figures(ids, [one.key for one in indicators])
    figures: dict[str, dict[int, Figure]] = {one.key: {} for one in indicators}
    for unit, by_key in by_unit.items():
        for key, figure in by_key.items():
            figures[key][unit] = figure
    children = tuple(named[unit] for unit in ids[1:] if unit in named)
    return Reckoned(
        on, Standing.THEN, named[at.pk], children, row.tally[0], figures, found.as_of, found.is_fresh, is_followed=True
    )

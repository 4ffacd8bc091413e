"""Today for who stands above those that keep the records: the level below, its spread, the unit's own duties."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from statistics import median
from typing import Any

from django.http import HttpRequest

from guben.audit.remembering import LARGE_TREE
from guben.duties import queries as duties
from guben.duties.states import State
from guben.home.town_day import line
from guben.organisations.models import Organisation
from guben.organisations.queries import at_or_below
from guben.rollup.freshness.summaries import KeptSummary, summary_below

STRIP_WIDTH, STRIP_LEFT = 1380, 16  # units of the drawing, about one pixel on a wide screen
NAMED = 3  # of the tail, by name

MOST_SUMMED = 200  # units; above more of them a sum takes seconds: it is read where it is kept, else fetched later
MOST_ASKED = LARGE_TREE  # units; the records of more are not asked for a page


@dataclass(frozen=True, slots=True)
class Below:
    """One unit of the level below with the duties of its whole subtree this year."""

    unit: Organisation
    owed: int
    on_time: int
    done_late: int
    late: int
    due: int
    not_kept: int

    @property
    def over(self) -> int:
        """Those whose day has come: the base of the rate."""
        return self.on_time + self.done_late + self.late

    @property
    def rate(self) -> float | None:
        return self.on_time / self.over if self.over else None


@dataclass(frozen=True, slots=True)
class Tick:
    """One unit on the strip."""

    x: float
    level: int
    row: Below
    is_named: bool
    anchor: str

    @property
    def text_y(self) -> int:
        return 14 + 20 * self.level

    @property
    def label_y(self) -> int:
        return self.text_y + 4


@dataclass(frozen=True, slots=True)
class Strip:
    """The spread of the rates: every unit a tick, the lowest by name, the median marked."""

    ticks: list[Tick]
    median: float
    median_x: float
    first: int
    marks: list[tuple[float, int]]

    @property
    def named(self) -> list[Tick]:
        return [tick for tick in self.ticks if tick.is_named]


def context(request: HttpRequest, unit: Organisation, on: date) -> dict[str, Any]:
    """Everything the superior's page shows; problems by weight come with the side."""
    own = duties.items([unit], on)
    asked = request.htmx or "sum" in request.GET  # type: ignore[attr-defined]
    many = at_or_below(unit)[MOST_SUMMED:].exists()
    kept = summary_below(unit, on) if many else None
    unknown = many and not kept and is_very_large(unit)
    waits = many and not kept and not unknown and not asked
    rows = [] if waits or unknown else level_below(unit, on, kept)
    rated = sorted((row for row in rows if row.rate is not None), key=lambda row: (row.rate or 0, row.unit.path))
    rest = [row for row in rows if row.rate is None]
    return {
        "unit": unit,
        "on": on,
        "waits": waits,
        "unknown": unknown,
        "kept": kept,
        "rows": [*rated, *rest],
        "total": _total(unit, rows),
        "strip": strip_of(rated) if len(rated) > NAMED else None,
        "own_late": [line(item, on) for item in own if item.state == State.LATE],
        "own_open": [line(item, on) for item in own if item.state == State.DUE],
    }


def is_very_large(unit: Organisation) -> bool:
    """Whether the records of all below a unit are not asked for a page: what is not kept of it is not known."""
    return at_or_below(unit)[MOST_ASKED:].exists()


def level_below(unit: Organisation, on: date, kept: KeptSummary | None = None) -> list[Below]:
    """One row for each living unit directly below, from what is kept or from the records."""
    return [
        Below(row.child, row.owed, row.done, row.done_late, row.late, row.due, row.not_kept)
        for row in (kept.rows if kept else duties.summary_below(unit, on))
    ]


def strip_of(rated: list[Below]) -> Strip:
    """The strip for rows sorted by rate, worst first."""
    rates = [row.rate or 0 for row in rated]
    first = max(0, int(min(rates) * 20) * 5 - 5)
    middle = median(rates)

    def place(rate: float) -> float:
        return round(STRIP_LEFT + (STRIP_WIDTH - 2 * STRIP_LEFT) * (rate * 100 - first) / (100 - first), 1)

    ticks = []
    for number, row in enumerate(rated):
        x = place(row.rate or 0)
        anchor = "start" if x < STRIP_WIDTH * 0.8 else "end"
        ticks.append(Tick(x, number % NAMED, row, number < NAMED, anchor))
    step = 5 if first >= 70 else 10 if first >= 40 else 20
    marks = [(place(value / 100), value) for value in range(first, 101, step)]
    return Strip(ticks, middle, place(middle), first, marks)


def _total(unit: Organisation, rows: Iterable[Below]) -> Below:
    rows = list(rows)
    return Below(
        unit,
        *(
            sum(getattr(row, name) for row in rows)
            for name in ("owed", "on_time", "done_late", "late", "due", "not_kept")
        ),
    )

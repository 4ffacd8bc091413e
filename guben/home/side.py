"""What stands beside: problems found at a unit, what its superior owes it, the structure of its members."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from guben.access import policy
from guben.access.policy import Someone
from guben.duties import queries as duties
from guben.duties.states import State
from guben.figures import queries as figures
from guben.figures.discretion import shown_diagnosis, shown_findings
from guben.home.town_day import OwnDuty, line
from guben.kit.paging import more_than
from guben.members import queries as members
from guben.organisations import queries as organisations
from guben.organisations.models import Organisation
from guben.rulebook_engine.entries import Duty, Indicator, Standard

CHARTS = ("age", "education")
HEAVIEST = 10  # problems on a superior's day
TOWN = 300  # units


@dataclass(frozen=True, slots=True)
class Bar:
    """One slice of a chart, drawn on a width of 100."""

    label: str
    count: int | None
    share: float | None
    bar_width: float
    also_x: float | None


@dataclass(frozen=True, slots=True)
class Chart:
    key: str
    title: str
    slices: list[Bar]


@dataclass(frozen=True, slots=True)
class Problem:
    """A finding with the share of units it concerns."""

    rule: Standard | Duty
    indicator: Indicator | None
    value: float | int | None
    of: float | int | None
    units: Sequence[figures.UnitFigure]
    severity: str
    is_figure: bool

    @property
    def part(self) -> float:
        return float(self.value or 0) / float(self.of or 1)


def of_superior(user: Someone, unit: Organisation, on: date) -> dict[str, Any]:
    """The problems at and below a unit, the heaviest first."""
    kept = figures.diagnosis_for_page(unit, on)
    if kept is None:
        return {"unit": unit, "unknown": True}
    found = shown_diagnosis(kept.diagnosis, user)
    problems = [
        Problem(one.rule, one.indicator, one.value, one.of, one.units, one.severity, one.is_figure)
        for one in found.findings[:HEAVIEST]
    ]
    return {
        "unit": unit,
        "on": on,
        "kept": kept,
        "findings": problems,
        "found": len(found.findings),
        "tried": len(found.findings) + len(found.quiet),
    }


def of_today(user: Someone, unit: Organisation, on: date) -> dict[str, Any]:
    """Problems found here and the duties that the superior has not done yet."""
    return {
        "unit": unit,
        **_findings(user, unit, on),
        "superior": unit.parent,
        "superior_owes": _owed_by(unit.parent, on) if unit.parent else [],
    }


def of_unit(user: Someone, unit: Organisation, on: date) -> dict[str, Any]:
    """Problems found here and the structure of the members beside the superior's."""
    found = {"unit": unit, **_findings(user, unit, on)}
    if figures.has_many_units(unit):
        return found
    top = _compared_with(user, unit)
    coarse = not policy.may(user, "members.view", unit)
    beside = top is None or not policy.may(user, "members.view", top)
    structure = members.structure_of(unit, on, also=top, coarse=coarse, coarse_beside=beside, by=CHARTS)
    return {**found, "charts": [_chart(dimension) for dimension in structure.dimensions], "structure": structure}


def _findings(user: Someone, unit: Organisation, on: date) -> dict[str, Any]:
    """The problems found at a unit, as the reader may see them; None where they are not worked out."""
    kept = figures.findings_for_page(unit, on)
    return {"on": on, "kept": kept, "findings": shown_findings(kept.findings, user, unit, kept.on) if kept else None}


def _chart(dimension: members.Dimension) -> Chart:
    scale = 98 / dimension.widest
    return Chart(
        dimension.key,
        dimension.title,
        [
            Bar(
                label=one.label,
                count=one.count,
                share=one.share,
                bar_width=round((one.share or 0) * scale, 1),
                also_x=None if one.also is None else round(one.also * scale, 1),
            )
            for one in dimension.slices
        ],
    )


def _owed_by(unit: Organisation, on: date) -> list[OwnDuty]:
    """A superior's duties that are late or due, shown to the units below in the same form."""
    return [line(item, on) for item in duties.items([unit], on) if item.state in {State.LATE, State.DUE}]


def _compared_with(user: Someone, unit: Organisation) -> Organisation | None:
    """The highest superior whose figures the reader may see and that is no larger than a town; where there is none, the
    direct one, if it is not very large."""
    seen = [one for one in organisations.ancestors_of(unit) if policy.may(user, "figures.view", one)]
    town = next((one for one in seen if not more_than(organisations.at_or_below(one, dissolved=True), TOWN)), None)
    return town or next((one for one in seen[-1:] if not figures.has_many_units(one)), None)

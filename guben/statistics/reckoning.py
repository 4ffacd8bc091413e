"""Working out: a tree to add up on, the figures of its top and of those directly below, how its branches are spread."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from guben.figures.discretion import TOO_FEW
from guben.figures.errors import UnitNotThere
from guben.figures.trees import UnitName, day_tree
from guben.organisations.choices import BRANCH_KINDS
from guben.organisations.models import Organisation
from guben.organisations.queries import at_or_below
from guben.rulebook.live import LiveEngine, Within
from guben.rulebook_engine.aggregates import Figure
from guben.rulebook_engine.entries import Indicator
from guben.rulebook_engine.evaluation import Figures, Tree, evaluate
from guben.rulebook_engine.facts import catalogue
from guben.statistics.models import Standing
from guben.statistics.spreads import Spread, spread_of

LEAST_WIDTH = 5  # of a bin that counts people whom the reader may not see
LEAST_UNITS = 10  # in a spread of such figures
Hidden = Mapping[str, Collection[int]]  # the ids of units by the indicator's key


@dataclass(frozen=True, slots=True)
class Grown:
    """A tree to add figures up on: that of the day, or today's with what its units had on the day."""

    on: date
    top: Organisation
    standing: str
    tree: Tree
    units: dict[int, UnitName]
    within: Within | None


@dataclass(frozen=True, slots=True)
class Reckoned:
    """The figures of one unit and of those directly below it on a day.

    A figure that is not shown is TOO_FEW. `made_at` is the moment at which a job worked them out, None for just now;
    where they are `followed` it is the moment up to which all acts are in.
    """

    on: date
    standing: str
    unit: UnitName
    children: tuple[UnitName, ...]
    units: int
    figures: Mapping[str, Mapping[int, Figure]]
    made_at: datetime | None = None
    is_fresh: bool = True
    is_followed: bool = False

    def figure(self, key: str, unit: int | None = None) -> Figure | None:
        """A unit's figure (the top's without one); None where the rule is not about it."""
        return self.figures.get(key, {}).get(self.unit.id if unit is None else unit)

    def shown(self, hidden: Hidden) -> Reckoned:
        """The same without what is hidden from a reader."""
        if not hidden:
            return self
        figures = {
            key: {unit: TOO_FEW if unit in hidden.get(key, ()) else figure for unit, figure in units.items()}
            for key, units in self.figures.items()
        }
        return replace(self, figures=figures)


def grown(top: Organisation, on: date, standing: str) -> Grown:
    """The tree at and below a unit.

    Raises:
        UnitNotThere: the unit did not exist on the day.
    """
    if standing == Standing.THEN:
        day = day_tree(top, on)
        return Grown(on, top, standing, day.tree, day.units, day.within)
    if top.founded_on > on:
        raise UnitNotThere(top.code, on)
    columns = ("id", "code", "name", "short_name", "path", "parent_id", "kind", "field", "territory")
    units = [UnitName(*row) for row in at_or_below(top, dissolved=True).values_list(*columns)]
    tree = Tree([unit.id for unit in units], [unit.path for unit in units])
    within = Within(ids=(top.pk,)) if len(units) == 1 else Within(path_today=top.path)
    return Grown(on, top, standing, tree, {unit.id: unit for unit in units}, within)


def figures_on(grown_tree: Grown, indicators: Sequence[Indicator]) -> Figures:
    """The figures of all units of a tree."""
    return evaluate(indicators, LiveEngine(grown_tree.within), grown_tree.tree, grown_tree.on, catalogue)


def reduced(grown_tree: Grown, figures: Figures) -> Reckoned:
    """What is told of the top: its own figures and those of the units directly below."""
    top = grown_tree.units[grown_tree.top.pk]
    children = tuple(unit for unit in grown_tree.units.values() if unit.parent_id == top.id)
    kept = {top.id, *(unit.id for unit in children)}
    few = {key: {unit: units[unit] for unit in kept & units.keys()} for key, units in figures.items()}
    return Reckoned(grown_tree.on, grown_tree.standing, top, children, len(grown_tree.units), few)


def branches_in(grown_tree: Grown, figures: Mapping[int, Figure]) -> dict[int, Figure]:
    """The figures of the branches below the top."""
    return {
        unit: figure
        for unit, figure in figures.items()
        if grown_tree.units[unit].kind in BRANCH_KINDS and unit != grown_tree.top.pk
    }


def spread_over(
    grown_tree: Grown, figures: Figures, indicator: Indicator, hidden: Hidden, *, sees: bool
) -> Spread | None:
    """How a figure is spread over the branches of a tree."""
    return spread_among(branches_in(grown_tree, figures[indicator.key]), indicator, hidden, sees=sees)


def spread_among(found: Mapping[int, Figure], indicator: Indicator, hidden: Hidden, *, sees: bool) -> Spread | None:
    """How a figure is spread over some branches. Who sees no persons gets broad bins, and none of very few units."""
    away = hidden.get(indicator.key, ())
    values = [one.value for unit, one in found.items() if one.value is not None and unit not in away]
    if len(values) < (1 if sees else LEAST_UNITS):
        return None
    return spread_of(
        values,
        is_share=indicator.unit == "share",
        left_out=len(found) - len(values),
        least_width=1 if sees else LEAST_WIDTH,
    )

"""The tree of one day as the engine wants it: ids in pre-order with their codes and names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from guben.access import policy
from guben.figures.errors import UnitNotThere
from guben.organisations.models import Organisation
from guben.organisations.queries import placement_on, units_on
from guben.rulebook.live import MOST_IDS, MOST_PREPARED, Within, batched
from guben.rulebook_engine.evaluation import Tree


@dataclass(frozen=True, slots=True)
class UnitName:
    """A unit as it was called and what it was on the day."""

    id: int
    code: str
    name: str
    short_name: str
    path: str
    parent_id: int | None
    kind: str
    field: str
    territory: str


@dataclass(frozen=True, slots=True)
class DayTree:
    """All units at and below one unit on a day, in tree order."""

    on: date
    top: Organisation
    tree: Tree
    units: dict[int, UnitName]

    @property
    def within(self) -> Within | None:
        """Narrows fact tables to these units: by name where they are few, for which one plan is good, else by path."""
        few = len(self.units) <= MOST_PREPARED
        return Within(ids=tuple(self.units)) if few else Within(path=self.units[self.top.pk].path)


NAMED = (
    "organisation_id",
    "organisation__code",
    "name",
    "short_name",
    "path",
    "parent_id",
    "kind",
    "field",
    "territory",
)


def names_of(units: Sequence[int], on: date) -> dict[int, UnitName]:
    """What some units were called and were on a day; those that stood nowhere are left out."""
    return {
        row[0]: UnitName(*row)
        for some in batched(units, MOST_IDS)
        for row in units_on(on).filter(organisation__in=some).values_list(*NAMED)
    }


def day_tree(top: Organisation, on: date, *, below: bool = True) -> DayTree:
    """The tree of a day.

    Raises:
        UnitNotThere: the unit did not exist on the day.
    """
    placement = placement_on(top, on)
    if placement is None:
        raise UnitNotThere(top.code, on)
    stood = policy.in_subtrees([placement.path]) if below else Q(pk=placement.pk)
    placements = units_on(on).filter(stood)
    units = [UnitName(*row) for row in placements.order_by("path").values_list(*NAMED)]
    return DayTree(on, top, Tree([unit.id for unit in units], [unit.path for unit in units]), {u.id: u for u in units})

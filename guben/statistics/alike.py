"""What the units directly below are, so that units of one kind stand beside each other: all counties, all schools."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from guben.figures.trees import UnitName
from guben.organisations.choices import Field, Territory

KINDS = dict(Territory.choices) | dict(Field.choices)  # in the order in which they are offered


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind among the units below."""

    key: str
    name: str
    count: int
    is_chosen: bool


def kind_of(unit: UnitName) -> str:
    """The division that a unit is the organisation of; else the field it works in."""
    return unit.territory or unit.field


def kinds_of(units: Sequence[UnitName], chosen: str) -> list[Kind]:
    """The kinds among some units; none where all are of one."""
    counts = Counter(map(kind_of, units))
    known = [Kind(key, str(name), counts[key], key == chosen) for key, name in KINDS.items() if counts[key]]
    return known if len(known) > 1 else []


def of_kind(units: Sequence[UnitName], kinds: Sequence[Kind]) -> Sequence[UnitName]:
    """The units of the chosen kind; all where none of these is chosen."""
    chosen = next((one.key for one in kinds if one.is_chosen), None)
    return units if chosen is None else [one for one in units if kind_of(one) == chosen]

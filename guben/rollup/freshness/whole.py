"""Every unit of a day anew, a piece of the tree at a time: to begin with, and to compare with what is kept."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from guben.accounts import bulk
from guben.organisations.queries import units_on
from guben.rollup.freshness.logic import Logic
from guben.rollup.freshness.settling import COLUMNS, Duties, Row, Stood, add_up, bytes_of, differences, own_atoms
from guben.rollup.models import KeptTree, KeptUnit
from guben.rulebook.live import Within

MOST_TOGETHER = 10_000  # units of a piece: a hundred megabytes


@dataclass(frozen=True, slots=True)
class Piece(Within):
    """The units that stand on a day from one path to another. Facts of other days are narrowed to the same units."""

    first: str = ""
    last: str = ""
    on: date = date.min

    def condition(self, column: str, on: date) -> str:  # noqa: ARG002 - the units are those of the piece's own day
        return (
            f"{column} IN (SELECT w.organisation_id FROM organisations_placement w WHERE w.path >= '{self.first}'"  # noqa: S608
            f" AND w.path <= '{self.last}' AND w.from_on <= '{self.on}'"
            f" AND (w.until_on IS NULL OR w.until_on > '{self.on}'))"
        )


def stood(logic: Logic) -> list[Stood]:
    """All units of the day, the last in pre-order first."""
    found = units_on(logic.on).order_by("-path").values_list("organisation_id", "parent_id", "path")
    return [Stood(*row) for row in found.iterator(chunk_size=MOST_TOGETHER)]


def rows(logic: Logic, units: Sequence[Stood]) -> Iterator[list[Row]]:
    """The rows of all units of the day, from the records, as `stood` has them. A row stays at hand until its parent's
    is made."""
    duties, waiting = Duties(logic), dict[int, list[Row]]()
    for start in range(0, len(units), MOST_TOGETHER):
        some = units[start : start + MOST_TOGETHER]
        piece, ids = Piece(first=some[-1].path, last=some[0].path, on=logic.on), [one.unit for one in some]
        own, owed = own_atoms(logic, ids, piece), duties.of(ids, piece)
        found = {one.unit: Row(one, own[one.unit]) for one in some}
        for row in found.values():
            if row.stood.parent is not None:
                waiting.setdefault(row.stood.parent, []).append(row)
        add_up(logic, found, owed, {unit: waiting.pop(unit) for unit in ids if unit in waiting}, piece)
        yield list(found.values())


def write(tree: KeptTree, some: Sequence[Row]) -> None:
    """Writes rows of which nothing is kept yet."""
    columns = zip(*(row.columns() for row in some), strict=True)
    bulk.insert(KeptUnit, {"tree_id": [tree.pk] * len(some), **dict(zip(COLUMNS, columns, strict=True))})


def changed(tree: KeptTree, logic: Logic, some: Sequence[Row]) -> set[int]:
    """The units of these whose row is not what is kept."""
    span = KeptUnit.objects.filter(tree=tree, path__gte=some[-1].stood.path, path__lte=some[0].stood.path)
    kept = {one[0]: tuple(map(bytes_of, one)) for one in span.values_list(*COLUMNS)}
    found = set()
    for row in some:
        old = kept.get(row.stood.unit)
        if old != row.columns():  # where the bytes are the same, so are the numbers
            known = KeptUnit(tree=tree, **dict(zip(COLUMNS, old, strict=True))) if old else None
            if differences(logic, row, known):
                found.add(row.stood.unit)
    return found

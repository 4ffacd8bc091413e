"""Today's copy of the tree: rebuilt from the placements, and checked against them (`guben doctor`)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext as _

from guben.kit import tree
from guben.organisations.models import Organisation, Placement

COPIED = ("parent_id", "path", "name", "short_name", "kind", "field", "territory")


@transaction.atomic
def rebuild_index() -> int:
    """Copies every living unit's open placement to today's columns; gives how many units differed."""
    placements = {row.organisation_id: row for row in Placement.objects.filter(until_on__isnull=True)}
    units = Organisation.objects.in_bulk(placements)
    wrong = [unit for pk, unit in units.items() if _differs(unit, placements[pk])]
    for unit in wrong:  # first out of each other's way, because paths are unique
        unit.path = f"!{unit.pk}"
    Organisation.objects.bulk_update(wrong, ["path"], batch_size=500)
    for unit in wrong:
        for column in COPIED:
            setattr(unit, column, getattr(placements[unit.pk], column))
    Organisation.objects.bulk_update(wrong, [column.removesuffix("_id") for column in COPIED], batch_size=500)
    return len(wrong)


def check_tree() -> list[str]:
    """One sentence for each fault of the tree; empty when all is right."""
    units = {unit.pk: unit for unit in Organisation.objects.order_by("path")}
    open_rows: dict[int, list[Placement]] = defaultdict(list)
    for row in Placement.objects.filter(until_on__isnull=True):
        open_rows[row.organisation_id].append(row)
    return [*_copy_faults(units, open_rows), *_path_faults(units), *_span_faults(units)]


def _differs(unit: Organisation, placement: Placement) -> bool:
    return any(getattr(unit, column) != getattr(placement, column) for column in COPIED)


def _copy_faults(units: dict[int, Organisation], open_rows: dict[int, list[Placement]]) -> Iterable[str]:
    for pk, unit in units.items():
        rows = open_rows.get(pk, [])
        if unit.dissolved_on and rows:
            yield _("“%(name)s”（%(code)s）已撤销，却还有未结束的隶属。") % _names(unit)
        elif not unit.dissolved_on and len(rows) != 1:
            yield _("“%(name)s”（%(code)s）应有一条未结束的隶属，实有%(count)d条。") % {
                **_names(unit),
                "count": len(rows),
            }
        elif rows and _differs(unit, rows[0]):
            yield _("“%(name)s”（%(code)s）的当前位置和隶属记录不一致。用 guben doctor --rebuild 重建。") % _names(unit)


def _path_faults(units: dict[int, Organisation]) -> Iterable[str]:
    for unit in units.values():
        parent = units.get(unit.parent_id) if unit.parent_id else None
        expected = parent.path if parent else ""
        if tree.parent_path(unit.path) != expected or len(unit.path) % tree.STEP:
            yield _("“%(name)s”（%(code)s）的路径和上级的路径接不上。") % _names(unit)
        elif parent and parent.dissolved_on and not unit.dissolved_on:
            yield _("“%(name)s”（%(code)s）还在，它的上级已撤销。") % _names(unit)


def _span_faults(units: dict[int, Organisation]) -> Iterable[str]:
    """Each unit's placements follow one another without gap or overlap, from its founding to its end."""
    last: Placement | None = None
    for row in Placement.objects.order_by("organisation", "from_on").iterator(chunk_size=5000):
        unit = units[row.organisation_id]
        first = last is None or last.organisation_id != row.organisation_id
        expected = unit.founded_on if first or last is None else last.until_on
        if row.from_on != expected:
            yield _("“%(name)s”（%(code)s）的隶属在%(day)s前后断开或重叠。") % {
                **_names(unit),
                "day": row.from_on.isoformat(),
            }
        last = row


def _names(unit: Organisation) -> dict[str, str]:
    return {"name": unit.name, "code": unit.code}

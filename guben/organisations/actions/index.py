"""Today's copy of the tree, rebuilt from the placements (`guben doctor --rebuild`)."""

from __future__ import annotations

from django.db import transaction

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


def _differs(unit: Organisation, placement: Placement) -> bool:
    return any(getattr(unit, column) != getattr(placement, column) for column in COPIED)

"""Keeping the reckonings of large trees in the database: sums that any process may find, and no record of anything."""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta

from django.utils import timezone

from guben.accounts.database import others_are_writing
from guben.audit.remembering import newest_entry
from guben.figures.trees import UnitName
from guben.organisations.models import Organisation
from guben.rulebook_engine.aggregates import Figure
from guben.statistics.hiding import hidden_in
from guben.statistics.models import KeptReckoning
from guben.statistics.reckoning import Grown, Hidden, Reckoned, figures_on, grown, reduced, spread_over
from guben.statistics.spreads import Spread
from guben.statistics.subjects import subjects

KEPT_DAYS = 400


@dataclass(frozen=True, slots=True)
class Kept:
    """A reckoning as a job worked it out: whole, with what is to be hidden, and both spreads of each figure (whole, and
    for who sees no persons)."""

    whole: Reckoned
    hidden: Hidden
    spreads: Mapping[str, tuple[Spread | None, Spread | None]]

    @property
    def paths(self) -> dict[int, str]:
        return {unit.id: unit.path for unit in (self.whole.unit, *self.whole.children)}


def kept_reckoning(at: Organisation, on: date, standing: str) -> Kept | None:
    """What is kept of a day, fresh or not; None where nobody asked for it yet, or it can't be read any more."""
    row = KeptReckoning.objects.filter(organisation=at, on=on, standing=standing).first()
    return _unpacked(row) if row else None


def keep_reckoning(at: Organisation, on: date, standing: str) -> int:
    """Works a reckoning out and keeps it for everybody who may see it; how many units it was. Who asks has been let in
    before.

    Raises:
        UnitNotThere: the unit did not exist on the day.
    """
    # Asked before the records are read: what is written meanwhile makes it old.
    newest = 0 if others_are_writing() else newest_entry()
    tree = grown(at, on, standing)
    KeptReckoning.objects.update_or_create(
        organisation=at, on=on, standing=standing, defaults={"newest": newest, "content": _packed(tree, at, on)}
    )
    KeptReckoning.objects.filter(made_at__lt=timezone.now() - timedelta(days=KEPT_DAYS)).delete()
    return len(tree.units)


def _packed(tree: Grown, at: Organisation, on: date) -> bytes:
    known = subjects(at, on)
    figures = figures_on(tree, known.indicators)
    above = at.parent or at
    wider = tree if above == at else grown(above, on, tree.standing)
    hidden = hidden_in(wider.units, figures if above == at else figures_on(wider, known.indicators), known, on)
    found = reduced(tree, figures)
    shown = {found.unit.id, *(unit.id for unit in found.children)}
    content = {
        "unit": asdict(found.unit),
        "children": [asdict(unit) for unit in found.children],
        "units": found.units,
        "figures": {
            key: {str(unit): [one.value, one.numerator, one.denominator] for unit, one in units.items()}
            for key, units in found.figures.items()
        },
        "hidden": {key: sorted(shown & set(units)) for key, units in hidden.items()},
        "spreads": {
            one.key: [
                _spread_row(spread_over(tree, figures, one, {}, sees=True)),
                _spread_row(spread_over(tree, figures, one, hidden, sees=False)),
            ]
            for one in known.indicators
        },
    }
    return zlib.compress(json.dumps(content).encode())


def _spread_row(spread: Spread | None) -> Sequence[object] | None:
    return None if spread is None else [spread.start, spread.width, spread.counts, spread.middle, spread.left_out]


def _spread_of(row: Sequence[object] | None) -> Spread | None:
    if row is None:
        return None
    start, width, counts, middle, left_out = row
    return Spread(start, width, tuple(counts), middle, left_out)  # type: ignore[arg-type]


def _unpacked(row: KeptReckoning) -> Kept:
    content = json.loads(zlib.decompress(bytes(row.content)))
    whole = Reckoned(
        row.on,
        row.standing,
        UnitName(**content["unit"]),
        tuple(UnitName(**unit) for unit in content["children"]),
        content["units"],
        {
            key: {int(unit): Figure(*figure) for unit, figure in units.items()}
            for key, units in content["figures"].items()
        },
        row.made_at,
        row.newest == newest_entry(),
    )
    hidden = {key: frozenset(units) for key, units in content["hidden"].items()}
    spreads = {key: (_spread_of(one), _spread_of(other)) for key, (one, other) in content["spreads"].items()}
    return Kept(whole, hidden, spreads)

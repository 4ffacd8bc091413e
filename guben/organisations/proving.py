"""Proves that the tree is one: every fault it has, and whether the place it is at can be trusted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import F, Q
from django.utils.translation import gettext as _

from guben.kit import tree
from guben.organisations.models import Organisation, Placement

UNIT = (
    "pk",
    "code",
    "parent_id",
    "path",
    "name",
    "short_name",
    "kind",
    "field",
    "territory",
    "founded_on",
    "dissolved_on",
)
PLACE = (
    "organisation_id",
    "parent_id",
    "path",
    "name",
    "short_name",
    "kind",
    "field",
    "territory",
    "from_on",
    "until_on",
)
COPIED = ("parent_id", "path", "name", "short_name", "kind", "field", "territory")
HANGING = ("organisations", "members", "access")  # apps whose dated rows belong to a unit for its life only
FAR = date.max
BATCH = 5000


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault. `path` is where it is today; `breaks` tells that nothing at or below it can be trusted."""

    sentence: str
    path: str
    breaks: bool = True


@dataclass(slots=True)
class _Tree:
    units: dict[int, Any]
    places: dict[int, list[Any]]


def faults() -> list[Fault]:
    """All faults of the tree and of what hangs on it; empty when all is right. Nothing is changed."""
    units = {
        unit.pk: unit for unit in Organisation.objects.order_by("path").values_list(*UNIT, named=True).iterator(BATCH)
    }
    places: dict[int, list[Any]] = defaultdict(list)
    rows = Placement.objects.order_by("organisation", "from_on", "pk").values_list(*PLACE, named=True)
    for row in rows.iterator(BATCH):
        places[row.organisation_id].append(row)
    known = _Tree(units, places)
    return [
        *_copies(known), *_paths(known), *_cycles(known), *_spans(known), *_parents(known), *_dangling(),
    ]  # fmt: skip


def _fault(unit: Any, sentence: str, *, breaks: bool = True, **values: Any) -> Fault:
    return Fault(sentence % {"name": unit.name, "code": unit.code, **values}, unit.path, breaks)


def _copies(known: _Tree) -> Iterator[Fault]:
    """Today's columns are those of the open placement; a unit that ended has none."""
    for pk, unit in known.units.items():
        rows = [row for row in known.places.get(pk, []) if row.until_on is None]
        if unit.dissolved_on and rows:
            yield _fault(unit, _("“%(name)s”（%(code)s）已撤销，却还有未结束的隶属。"))
        elif not unit.dissolved_on and len(rows) != 1:
            sentence = _("“%(name)s”（%(code)s）应有一条未结束的隶属，实有%(count)d条。")
            yield _fault(unit, sentence, count=len(rows))
        elif rows and any(getattr(unit, name) != getattr(rows[0], name) for name in COPIED):
            yield _fault(unit, _("“%(name)s”（%(code)s）的当前位置和隶属记录不一致。用 guben doctor --rebuild 重建。"))


def _paths(known: _Tree) -> Iterator[Fault]:
    """A path is whole steps of known digits, and goes on from the parent's."""
    for unit in known.units.values():
        parent = known.units.get(unit.parent_id) if unit.parent_id else None
        expected = parent.path if parent else ""
        if len(unit.path) % tree.STEP or not unit.path or set(unit.path) - set(tree.DIGITS):
            yield _fault(unit, _("“%(name)s”（%(code)s）的路径写法不对。"))
        elif tree.parent_path(unit.path) != expected:
            yield _fault(unit, _("“%(name)s”（%(code)s）的路径和上级的路径接不上。"))
        elif parent and parent.dissolved_on and not unit.dissolved_on:
            yield _fault(unit, _("“%(name)s”（%(code)s）还在，它的上级已撤销。"))


def _cycles(known: _Tree) -> Iterator[Fault]:
    """No unit stands below itself."""
    good: set[int] = set()
    for start in known.units:
        way: dict[int, None] = {}
        pk: int | None = start
        while pk is not None and pk not in good and pk not in way:
            way[pk] = None
            pk = known.units[pk].parent_id if pk in known.units else None
        if pk is not None and pk in way:
            yield _fault(known.units[pk], _("“%(name)s”（%(code)s）绕一圈成了自己的上级。"))
        good |= way.keys()


def _spans(known: _Tree) -> Iterator[Fault]:
    """Each unit's placements follow one another without gap or overlap, from its founding to its end."""
    for pk, rows in known.places.items():
        unit = known.units[pk]
        expected: date | None = unit.founded_on
        for row in rows:
            if row.from_on != expected:
                sentence = _("“%(name)s”（%(code)s）的隶属在%(day)s前后断开或重叠。")
                yield _fault(unit, sentence, day=row.from_on.isoformat())
            expected = row.until_on
        if unit.dissolved_on and expected != unit.dissolved_on:
            yield _fault(
                unit,
                _("“%(name)s”（%(code)s）的隶属没有到撤销那天（%(day)s）为止。"),
                day=unit.dissolved_on.isoformat(),
            )


def _parents(known: _Tree) -> Iterator[Fault]:
    """On every day the unit above was there, and the path went on from its path of that day."""
    for pk, rows in known.places.items():
        for row in rows:
            if row.parent_id is None:
                continue
            end = row.until_on or FAR
            above = [
                one
                for one in known.places.get(row.parent_id, [])
                if one.from_on < end and (one.until_on or FAR) > row.from_on
            ]
            covered = above and above[0].from_on <= row.from_on and (above[-1].until_on or FAR) >= end
            if not covered or any(one.path != tree.parent_path(row.path) for one in above):
                yield _fault(
                    known.units[pk],
                    _("“%(name)s”（%(code)s）自%(day)s起的上级那时不在，或不在那里。"),
                    day=row.from_on.isoformat(),
                )


def _dangling() -> Iterator[Fault]:
    """What hangs on a unit is dated within its life. Such a row hides nobody's records, so it only raises the alarm."""
    for relation in Organisation._meta.related_objects:
        model: Any = relation.related_model
        fields = {one.name for one in model._meta.concrete_fields}
        if not {"from_on", "until_on", "organisation"} <= fields or relation.field.name != "organisation":
            continue
        if model._meta.app_label not in HANGING or model._meta.label in (
            "organisations.Placement",
            "organisations.FormerBooks",
        ):
            continue
        wrong = Q(organisation__dissolved_on__isnull=False) & (
            Q(until_on__isnull=True) | Q(until_on__gt=F("organisation__dissolved_on"))
        )
        if model._meta.app_label == "access":
            wrong &= Q(from_on__lt=F("organisation__dissolved_on"))
        else:
            wrong |= Q(from_on__lt=F("organisation__founded_on"))
        rows = model._default_manager.filter(wrong).order_by().values_list("organisation", flat=True)
        found: dict[int, int] = defaultdict(int)
        for pk in rows.iterator(BATCH):
            found[pk] += 1
        for unit in Organisation.objects.filter(pk__in=list(found)[:500]).order_by("path"):
            yield _fault(
                unit,
                _("“%(name)s”（%(code)s）有%(count)d条“%(what)s”的日期在它成立以前或撤销以后。"),
                breaks=False,
                count=found[unit.pk],
                what=model._meta.verbose_name,
            )

"""What the history tells since it was last read: at which units something was recorded."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q

from guben.accounts import database
from guben.audit.models import Entry
from guben.rulebook.live import linked
from guben.rulebook_engine.facts import catalogue


@dataclass(frozen=True, slots=True)
class Gap:
    """Numbers of entries that are not there and may still come: PostgreSQL gives a number before an act is saved."""

    first: int
    last: int
    noticed_at: datetime

    def without(self, found: Iterable[int]) -> Iterator[Gap]:
        """What is left of it where some entries have come."""
        first = self.first
        for number in sorted(found):
            if number > first:
                yield Gap(first, number - 1, self.noticed_at)
            first = number + 1
        if first <= self.last:
            yield Gap(first, self.last, self.noticed_at)


@dataclass(frozen=True, slots=True)
class Place:
    """How far the history was read: all entries up to `seen` but those of the gaps."""

    seen: int
    gaps: tuple[Gap, ...] = ()

    def as_json(self) -> list[list[object]]:
        return [[gap.first, gap.last, gap.noticed_at.isoformat()] for gap in self.gaps]

    @classmethod
    def of(cls, seen: int, gaps: Sequence[Sequence[object]]) -> Place:
        return cls(seen, tuple(Gap(int(str(a)), int(str(b)), datetime.fromisoformat(str(at))) for a, b, at in gaps))


@dataclass(frozen=True, slots=True)
class News:
    """Entries that were not read before: their units, their objects by model, and how far the history is read now."""

    units: frozenset[int]
    objects: dict[str, set[int]]
    place: Place
    entries: int


def news(place: Place) -> News:
    """What was written since. An entry is told once, however late its act was saved."""
    oldest = database.oldest_writer()  # asked first: whoever begins to write later is noticed below
    known = Q(pk__gt=place.seen)
    for gap in place.gaps:
        known |= Q(pk__range=(gap.first, gap.last))
    rows = list(
        Entry.objects.filter(known).order_by("pk").values_list("pk", "organisation_id", "object_type", "object_id")
    )
    numbers = [row[0] for row in rows]
    objects: dict[str, set[int]] = {}
    for link in catalogue.links:
        if link.objects:
            objects[link.objects] = {int(row[3]) for row in rows if row[2] == link.objects and row[3].isdigit()}
    units = frozenset(row[1] for row in rows if row[1] is not None)
    return News(units, objects, _place_after(place, numbers, oldest), len(rows))


def _place_after(place: Place, numbers: Sequence[int], oldest: datetime | None) -> Place:
    newest = max(place.seen, numbers[-1] if numbers else 0)
    if not database.is_postgres():
        return Place(newest)
    open_ = [gap for gap in place.gaps if oldest is not None and oldest <= gap.noticed_at]
    gaps = [rest for gap in open_ for rest in gap.without(one for one in numbers if gap.first <= one <= gap.last)]
    later = [one for one in numbers if one > place.seen]
    if later:
        fresh = Gap(place.seen + 1, newest, database.database_now())
        gaps += fresh.without(later)
    return Place(newest, tuple(gaps))


def touched(found: News, on: date) -> set[int]:
    """The units whose rows may have changed: those of the entries, and those that are linked with them."""
    units = set(found.units)
    for link in catalogue.links:
        asked = found.objects.get(link.objects, set()) if link.objects else found.units
        units |= linked(link, sorted(asked), on)
    return units

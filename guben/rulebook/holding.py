"""Where the rules of each issuer hold: the nation's everywhere, a unit's own at and below it, as the tree stood."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from guben.kit import tree
from guben.organisations.models import Placement
from guben.organisations.queries import as_of
from guben.rulebook.live import MOST_IDS
from guben.rulebook_engine.entries import Entry


@dataclass(frozen=True, slots=True)
class Stood:
    """Where a unit stood, and from when until when."""

    path: str
    from_on: date
    until_on: date | None

    def on(self, day: date) -> bool:
        return self.from_on <= day and (self.until_on is None or day < self.until_on)


class Holding:
    """Answers for one day where all rules hold. One query, and none while only the nation has made rules."""

    def __init__(self, rules: Iterable[Entry], on: date) -> None:
        issuers = _issuers(rules)
        found = (
            Placement.objects.filter(as_of(on), organisation__code__in=issuers) if issuers else Placement.objects.none()
        )
        self._tops = dict(found.values_list("organisation__code", "path"))

    def holds(self, rule: Entry, path: str) -> bool:
        """Whether the rule holds at a unit that stood at this path on the day."""
        top = "" if rule.is_national else self._tops.get(rule.issued_by)
        return top is not None and path.startswith(top)

    def concerns(self, rule: Entry, steps: Collection[str]) -> bool:
        """Whether the rule holds at any unit whose way down has these steps (`steps_of` their paths)."""
        return rule.is_national or self._tops.get(rule.issued_by) in steps


def steps_of(paths: Iterable[str]) -> frozenset[str]:
    """All paths at and above some."""
    found: set[str] = set()
    for path in paths:
        while path and path not in found:
            found.add(path)
            path = path[: -tree.STEP]
    return frozenset(found)


class HoldingInTime:
    """The same for some units over many days: a unit that moved was bound by the rules of the place where it stood."""

    def __init__(self, rules: Iterable[Entry], units: Collection[int]) -> None:
        self._issuers = _issuers(rules)
        self._units: dict[int, list[Stood]] = {}
        self._tops: dict[str, list[Stood]] = {}
        if self._issuers:
            self._read(units)
        self._steps = steps_of({one.path for stood in self._units.values() for one in stood})

    def _read(self, units: Collection[int]) -> None:
        wanted = set(units)
        columns = ("organisation_id", "organisation__code", "path", "from_on", "until_on")
        placements = Placement.objects.order_by("from_on")
        if len(wanted) <= MOST_IDS:
            placements = placements.filter(Q(organisation__in=wanted) | Q(organisation__code__in=self._issuers))
        for unit, code, *rest in placements.values_list(*columns):
            if unit in wanted:
                self._units.setdefault(unit, []).append(Stood(*rest))
            if code in self._issuers:
                self._tops.setdefault(code, []).append(Stood(*rest))

    def holds(self, rule: Entry, unit: int, day: date) -> bool:
        """Whether the rule held at the unit on the day."""
        if rule.is_national:
            return True
        top = next((one.path for one in self._tops.get(rule.issued_by, ()) if one.on(day)), None)
        path = next((one.path for one in self._units.get(unit, ()) if one.on(day)), None)
        return top is not None and path is not None and path.startswith(top)

    def concerns(self, rule: Entry) -> bool:
        """Whether the rule held, or may have held, at any of the units on any day."""
        if rule.is_national:
            return True
        return any(one.path in self._steps for one in self._tops.get(rule.issued_by, ()))


def _issuers(rules: Iterable[Entry]) -> set[str]:
    return {rule.issued_by for rule in rules if not rule.is_national}

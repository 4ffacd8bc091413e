"""Which figures about people tell of the same thing at a unit, so that one would give another away."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from functools import lru_cache

from guben.figures import person_tables
from guben.kit.coarsening import Family
from guben.rulebook_engine.entries import Indicator
from guben.rulebook_engine.expressions import columns_of
from guben.rulebook_engine.library import Library
from guben.rulebook_engine.yearly import YearlyTable

STAGE = "stage"  # every count of members speaks of it
Spoken = tuple[str, frozenset[str]]


@lru_cache(maxsize=16)
def families(library: Library, on: date) -> Sequence[Family]:
    """Figures that speak of the same columns of one fact table. The parts of a yearly table that adds up stand as
    parts, what overlaps with them as others. Means and lengths are no counts of people, and belong to none."""
    parts: dict[Spoken, tuple[str, ...]] = {}
    for table in library.tables(on):
        own = _parts_of(table, on)
        for one in own:
            parts.setdefault(spoken_of(one), tuple(part.key for part in own))
    alike: dict[Spoken, list[str]] = {}
    for one in (*library.rows(on), *library.indicators(on)):
        if one.unit in ("count", "share") and person_tables.holds(one.over):
            alike.setdefault(spoken_of(one), []).append(one.key)
    found = []
    for spoken, keys in alike.items():
        own_keys = parts.get(spoken, ())
        others = tuple(key for key in keys if key not in own_keys)
        if own_keys or (spoken[1] and len(others) > 1):
            found.append(Family(own_keys, others))
    return found


def _parts_of(table: YearlyTable, on: date) -> list[Indicator]:
    """The rows that add up, of a table about people."""
    if not table.adds_up_to or not person_tables.holds(table.over):
        return []
    return [table.indicators[row.key] for row in table.printed(on) if row.key in table.indicators and not row.beside]


def spoken_of(indicator: Indicator) -> Spoken:
    """The fact table of an indicator and the columns of which it speaks."""
    trees = [indicator.value.tree, *([indicator.where.tree] if indicator.where else [])]
    columns = {column.of or column.name for tree in trees for column in columns_of(tree)}
    return indicator.over, frozenset(columns - {STAGE})


def relatives(keys: Collection[str], known: Iterable[Family]) -> set[str]:
    """The keys of all figures of the families that these keys belong to, and of those that theirs belong to."""
    found = set(keys)
    waiting = list(known)
    while touched := [one for one in waiting if found & {*one.parts, *one.others}]:
        for one in touched:
            found |= {*one.parts, *one.others}
            waiting.remove(one)
    return found

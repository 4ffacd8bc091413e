"""What is kept of each unit: the atoms and verdicts of the rules in force on a day, in a fixed order."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from hashlib import sha256
from operator import add
from typing import Any

from guben import __version__
from guben.duties.states import State
from guben.rulebook_engine.aggregates import Atom, AtomValueNow, Figure, aggregation_of
from guben.rulebook_engine.entries import Duty, Indicator, Standard
from guben.rulebook_engine.facts import catalogue
from guben.rulebook_engine.library import Library

LATE = 10  # a duty that is late: this and how many good records there are
MOST_RECORDS = 200
STATES = (State.DONE, State.DONE_LATE, State.LATE, State.DUE, State.NOT_KEPT)
HEAD = len(STATES)  # a unit's values begin with how many of the year's duties stand in each of these
Values = list[AtomValueNow]


@dataclass(frozen=True)
class Logic:
    """The rules in force on a day, taken apart. `atoms` are (fact table, atom), counts before all others; the values of
    a unit are the counts of STATES, then those of its atoms in this order.

    `marks` of a unit have a place for each of `rules`; a tally has the number of units at and below, then for each rule
    how many it is about, then for each how many are past it.
    """

    on: date
    atoms: tuple[tuple[str, Atom], ...]
    counts: int
    indicators: dict[str, Indicator]
    standards: tuple[Standard, ...]
    duties: tuple[Duty, ...]
    places: dict[str, tuple[int, ...]]
    figures: dict[str, Callable[[Sequence[AtomValueNow]], Figure]]
    library: Library
    fingerprint: str

    @property
    def rules(self) -> tuple[Standard | Duty, ...]:
        return (*self.standards, *self.duties)

    @property
    def wanted(self) -> dict[str, list[Atom]]:
        """The atoms of each fact table."""
        found: dict[str, list[Atom]] = {}
        for table, atom in self.atoms:
            found.setdefault(table, []).append(atom)
        return found

    def joined(self, one: Values, other: Values) -> Values:
        """The atoms over two sets of rows together."""
        added = HEAD + self.counts
        rest = zip(self.atoms[self.counts :], one[added:], other[added:], strict=True)
        counted = map(add, one[:added], other[:added])
        return [*counted, *(atom.joined(a, b) for (_table, atom), a, b in rest)]

    def figure(self, key: str, own: Values, below: Values) -> Figure:
        """An indicator's figure from a unit's atoms."""
        atoms = below if self.indicators[key].scope == "subtree" else own
        return self.figures[key]([atoms[place] for place in self.places[key]])

    def names_of(self, places: Sequence[int]) -> list[str]:
        """The keys of the indicators that are made of some values, and of all duties where their states are among
        them."""
        wanted = set(places)
        found = [key for key, atoms in self.places.items() if wanted.intersection(atoms)]
        return [*found, *(duty.key for duty in self.duties)] if min(places, default=HEAD) < HEAD else found


@lru_cache(maxsize=4)
def logic_of(library: Library, on: date) -> Logic:
    """The rules of a library on a day; the same object is not taken apart twice."""
    indicators = {one.key: one for one in (*library.indicators(on), *library.rows(on))}
    split_up = {key: aggregation_of(one) for key, one in indicators.items()}
    pairs = dict.fromkeys((indicators[key].over, atom) for key, parts in split_up.items() for atom in parts.atoms)
    atoms = tuple(sorted(pairs, key=lambda pair: pair[1].function != "count"))
    numbers = {pair: number for number, pair in enumerate(atoms, start=HEAD)}
    standards, duties = tuple(library.standards(on)), tuple(library.duties(on))
    return Logic(
        on=on,
        atoms=atoms,
        counts=sum(atom.function == "count" for _table, atom in atoms),
        indicators=indicators,
        standards=standards,
        duties=duties,
        places={key: tuple(numbers[indicators[key].over, atom] for atom in one.atoms) for key, one in split_up.items()},
        figures={key: one.figures(on) for key, one in split_up.items()},
        library=library,
        fingerprint=_fingerprint(on, list(indicators.values()), standards, duties, library),
    )


def _fingerprint(on: date, *rules: Any) -> str:
    """Of the program, the day, the facts' queries and the rules: equal where equal figures come out."""
    *others, library = rules
    editions = [one for duty in rules[2] for one in library.editions(duty.key)]
    facts = [(table.name, table.full_sql()) for table in catalogue]
    return sha256(repr((__version__, STATES, on, others, editions, facts)).encode()).hexdigest()


def packed(values: Sequence[Any]) -> bytes:
    """Numbers and nulls, small; whole numbers stay whole."""
    return zlib.compress(json.dumps(values, separators=(",", ":")).encode(), 1)


def unpacked(content: bytes | memoryview) -> list[Any]:
    found: list[Any] = json.loads(zlib.decompress(content))
    return found

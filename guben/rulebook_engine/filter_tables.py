"""The filters of one fact table's atoms as tables of bits, which a kernel ANDs row by row.

A filter is a set of conditions that must all be true. Those that look at columns of few values become a table from
the values to bits; all others are worked out for each row and become a column of 0 and 1.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from math import prod

import numpy as np
from numpy.typing import NDArray

from guben.rulebook_engine.aggregates import Atom
from guben.rulebook_engine.columnar import Rows, Values, truth
from guben.rulebook_engine.expressions import Junction, Node, columns_of
from guben.rulebook_engine.facts import Column, ColumnType
from guben.rulebook_engine.plan_of_run import Plan

WORD = 64
LANE = 8  # counters of one byte in a word
ALL = np.uint64(0xFFFFFFFFFFFFFFFF)
WIDEST = 1 << 20  # values that a column may have for a table of its own
MOST_KEPT = 64  # tables kept of each column
Filter = tuple[Node, ...]
Bits = NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class Total:
    """An atom that adds up or picks values: the bit of its filter among those that are not counted."""

    column: int
    atom: Atom
    argument: Node
    word: int
    bit: int


@dataclass(frozen=True, slots=True)
class Part:
    """One condition, and the filters that need it: for each word their bits."""

    node: Node
    columns: tuple[str, ...]
    needed_by: Mapping[int, np.uint64]


@dataclass
class FilterTables:
    """What is counted of one fact table: `slots[i]` is the place of the counter for column `counts[i]` of the plan.

    Words up to `counted` hold filters of counts, the others those of `totals`.
    """

    on: date
    counts: list[int] = field(default_factory=list)
    slots: list[int] = field(default_factory=list)
    totals: list[Total] = field(default_factory=list)
    counted: int = 0
    words: int = 0
    parts: list[Part] = field(default_factory=list)
    types: dict[str, ColumnType] = field(default_factory=dict)
    _tables: dict[object, dict[int, Bits]] = field(default_factory=dict)

    @property
    def lanes(self) -> int:
        """How many words of 64 bits the counters of one byte fill."""
        return -(-(max(self.slots) + 1) // LANE) if self.slots else 0

    @cached_property
    def tabled(self) -> dict[tuple[str, ...], list[Part]]:
        """The conditions on columns whose values can have a table, by the columns."""
        found: dict[tuple[str, ...], list[Part]] = {}
        for part in self.parts:
            if part.columns and all(self.types[name] != "number" for name in part.columns):
                found.setdefault(part.columns, []).append(part)
        return found

    @cached_property
    def others(self) -> list[Part]:
        """The conditions that are worked out for each row."""
        tabled = {part.node for parts in self.tabled.values() for part in parts}
        return [part for part in self.parts if part.node not in tabled]

    def table(self, columns: tuple[str, ...], names: Sequence[object], domains: Sequence[Values]) -> dict[int, Bits]:
        """For each word that looks at the columns, the bits for each value of the domain, or for each of the values of
        several together, those of the last the closest. It is kept by the names of the domains."""
        known = self._tables.get((columns, *names))
        if known is None:
            if len(self._tables) > MOST_KEPT * len(self.types):
                self._tables.clear()
            sizes = [len(domain.values) for domain in domains]
            rows = dict(zip(columns, spread_out(domains), strict=True))
            known = {}
            for part in self.tabled[columns]:
                _restrict(known, part, np.broadcast_to(truth(part.node, rows, self.on)[0], prod(sizes)))
            self._tables[columns, *names] = known
        return known

    def worked_out(self, parts: Sequence[Part], rows: Rows, size: int) -> NDArray[np.int32]:
        """Conditions on several columns as one column: the first is its lowest bit, and so on."""
        found = np.zeros(size, np.int32)
        for place, part in enumerate(parts):
            found |= np.broadcast_to(truth(part.node, rows, self.on)[0], size).astype(np.int32) << place
        return found


def bits_of(parts: Sequence[Part]) -> dict[int, Bits]:
    """The table of conditions that were worked out together."""
    found: dict[int, Bits] = {}
    for place, part in enumerate(parts):
        _restrict(found, part, (np.arange(1 << len(parts)) >> place & 1).astype(bool))
    return found


def spread_out(domains: Sequence[Values]) -> list[Values]:
    """Every value of each domain beside every value of the others."""
    places = np.indices([len(domain.values) for domain in domains]).reshape(len(domains), -1)
    return [domain.at(at) for domain, at in zip(domains, places, strict=True)]


def span(lowest: int, highest: int) -> Values:
    """The domain of a column of whole numbers or days: null first, then each value from the lowest on."""
    found = np.arange(lowest - 1, highest + 1)
    return Values(found, found >= lowest)


def dictionary(texts: tuple[str, ...]) -> Values:
    """The domain of a column of texts: each text, then null."""
    found = np.arange(len(texts) + 1)
    return Values(found, found < len(texts), texts)


TRUTHS = Values(np.array([0, 1, 0]), np.array([True, True, False]))  # null last


def filter_tables(plan: Plan, table: str) -> FilterTables:
    """The filters of a fact table's atoms, similar ones side by side, so that a word looks at few columns."""
    found = FilterTables(plan.on)
    numbers = plan.tables[table]
    counts = {number: _parts(plan.columns[number].atom) for number in numbers if _is_count(plan, number)}
    picks = {number: _parts(plan.columns[number].atom) for number in numbers if not _is_count(plan, number)}
    counted, picked = _words(counts.values()), _words(picks.values())
    words = [*counted, *picked]
    found.counted, found.words = len(counted), len(words)
    for number, one in counts.items():
        word, bit = next((word, filters[one]) for word, filters in enumerate(counted) if one in filters)
        found.counts.append(number)
        found.slots.append(word * WORD + bit)
    for number, one in picks.items():
        atom = plan.columns[number].atom
        word, bit = next((word, filters[one]) for word, filters in enumerate(picked) if one in filters)
        if atom.argument is not None:
            found.totals.append(Total(number, atom, atom.argument, word, bit))
    found.parts = list(_needed(words))
    found.types = stored_types([*(part.node for part in found.parts), *(total.argument for total in found.totals)])
    return found


def _words(filters: Iterable[Filter]) -> list[dict[Filter, int]]:
    """The distinct filters in words of 64 bits, each with its bit."""
    distinct = sorted(dict.fromkeys(filters), key=_looks_at)
    starts = range(0, len(distinct), WORD)
    return [{one: bit for bit, one in enumerate(distinct[start : start + WORD])} for start in starts]


def _is_count(plan: Plan, number: int) -> bool:
    return plan.columns[number].atom.function == "count"


def _parts(atom: Atom) -> Filter:
    nodes = [atom.filter] if atom.filter is not None else []
    if atom.function == "count" and atom.argument is not None:
        nodes.append(atom.argument)
    return tuple(dict.fromkeys(part for node in nodes for part in _conjuncts(node)))


def _conjuncts(node: Node) -> Iterator[Node]:
    if isinstance(node, Junction) and node.word == "and":
        for part in node.parts:
            yield from _conjuncts(part)
    else:
        yield node


def _looks_at(filter_: Filter) -> tuple[str, ...]:
    return tuple(sorted({name for node in filter_ for name in stored_names(node)}))


def stored_names(node: Node) -> tuple[str, ...]:
    """The stored columns that a tree reads."""
    return tuple(dict.fromkeys(column.of or column.name for column in columns_of(node)))


def _needed(words: Sequence[Mapping[Filter, int]]) -> Iterator[Part]:
    """Each condition once, with the bits of the filters that need it."""
    needed: dict[Node, dict[int, int]] = {}
    for word, filters in enumerate(words):
        for filter_, bit in filters.items():
            for node in filter_:
                bits = needed.setdefault(node, {})
                bits[word] = bits.get(word, 0) | 1 << bit
    for node, bits in needed.items():
        yield Part(node, stored_names(node), {word: np.uint64(one) for word, one in bits.items()})


def stored_types(nodes: Iterable[Node]) -> dict[str, ColumnType]:
    """The stored columns that trees read, with their types."""
    found: dict[str, ColumnType] = {}
    for node in nodes:
        for column in columns_of(node):
            found[column.of or column.name] = _stored_type(column)
    return found


def _stored_type(column: Column) -> ColumnType:
    return "date" if column.type == "age" else column.type


def _restrict(tables: dict[int, Bits], part: Part, passes: NDArray[np.bool_]) -> None:
    """Takes the bits of a condition away where it does not hold."""
    for word, bits in part.needed_by.items():
        if word not in tables:
            tables[word] = np.full(len(passes), ALL)
        tables[word][~passes] &= ~bits

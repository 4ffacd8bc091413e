"""What altered rows must change: the rows of a bulletin counted in two snapshots by SQL written by hand, and added up
over the tree. Nothing here asks a rulebook."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TypeVar

import duckdb
import numpy as np

from guben.generator.bulletins import Line
from guben.generator.check import Question, question_of
from guben.generator.errors import GeneratorRefused
from guben.generator.fitting import Array
from guben.generator.reading import manifest_of, quiet_connection, quoted
from guben.kit.tree import STEP
from guben.rulebook_engine.frozen import TREE_TABLE

Progress = Callable[[str, int, int], None]
Part = TypeVar("Part")
Numbers = tuple[int, int]  # how many a row counts, and among how many where it is a share; else 0


@dataclass(frozen=True, slots=True)
class Asked:
    """A row of a bulletin's table under the key that others know it by."""

    key: str
    table: str
    row: str
    is_share: bool
    question: Question

    @property
    def conditions(self) -> tuple[tuple[str, str], ...]:
        """The table and the SQL of what is counted, and for a share of that among which it is."""
        question = self.question
        counted = (question.table, f"({question.condition}) AND ({question.among})")
        return (counted, (question.table, question.among)) if self.is_share else (counted,)


def asked_of(rows: Iterable[tuple[str, str, str, bool]], on: date) -> list[Asked]:
    """The rows (key, table, wording, whether it is a share) with what counts them.

    Raises:
        GeneratorRefused: one is not known here, or the day ends no year, of which admissions are told.
    """
    if (on.month, on.day) != (12, 31):
        raise GeneratorRefused(f"Admissions are counted by the year: {on} ends none.")
    found = []
    for key, table, row, is_share in rows:
        question = question_of(Line(0, table, row, "0", "名"), on)
        if question is None:
            raise GeneratorRefused(f"The row {table} {row} is not known to the count by hand.")
        found.append(Asked(key, table, row, is_share, question))
    return found


class Side:
    """One of the two snapshots: the units of its tree in pre-order, whose place is their number."""

    def __init__(self, folder: Path) -> None:
        """Raises GeneratorRefused where it can't be read."""
        self.folder, self.manifest = folder, manifest_of(folder)
        with _connection() as connection:
            tree = connection.execute(
                f"SELECT organisation, ends, length(path) // {STEP} AS depth FROM {self.files()} ORDER BY number"  # noqa: S608 - our own files
            ).fetchnumpy()
        self.organisation, self.ends, self.depth = (
            np.asarray(tree[name]) for name in ("organisation", "ends", "depth")
        )

    def files(self, table: str = TREE_TABLE) -> str:
        """All files of a table as a source of SQL."""
        names = ", ".join(quoted(self.folder / file.name) for file in self.manifest.tables[table])
        return f"read_parquet([{names}])"

    def parts(self, table: str) -> list[str]:
        """The files of a table, each as a source of SQL."""
        return [f"read_parquet({quoted(self.folder / file.name)})" for file in self.manifest.tables[table]]

    def units_with(self, other: Side) -> int:
        """How many units there are in one of the two trees or in both."""
        return len(self.organisation) + int((self.numbers(other.organisation) < 0).sum())

    @cached_property
    def _order(self) -> Array:
        return np.argsort(self.organisation)

    def numbers(self, organisations: Array) -> Array:
        """Where units stand; -1 for those that are not there."""
        place = np.searchsorted(self.organisation, organisations, sorter=self._order)
        found = self._order[np.minimum(place, len(self._order) - 1)]
        return np.where(self.organisation[found] == organisations, found, -1)

    def codes(self, organisations: Sequence[int]) -> dict[int, str]:
        """The codes of those that are there."""
        with _connection() as connection:
            listed = ", ".join(map(str, organisations)) or "NULL"
            asked = f"SELECT organisation, code FROM {self.files()} WHERE organisation IN ({listed})"  # noqa: S608 - numbers
            return dict(connection.execute(asked).fetchall())


@dataclass(frozen=True, slots=True)
class Changes:
    """By how much the conditions' counts at and below units differ: a row for each unit where any does."""

    organisation: Array
    more: Array

    def of(self, organisation: int) -> Array:
        place = np.searchsorted(self.organisation, organisation)
        if place < len(self.organisation) and self.organisation[place] == organisation:
            found: Array = self.more[place]
            return found
        return np.zeros(self.more.shape[1], dtype=np.int64)


class Count:
    """All rows that are asked for, counted by their distinct conditions."""

    def __init__(self, asked: Sequence[Asked], progress: Progress) -> None:
        self.asked, self.progress = asked, progress
        self.conditions = list(dict.fromkeys(one for row in asked for one in row.conditions))
        self._place = {condition: place for place, condition in enumerate(self.conditions)}

    def numbers(self, counts: Array) -> dict[str, Numbers]:
        """The numbers of each row by its key, of the counts of all conditions."""
        found = {}
        for row in self.asked:
            counted, *among = (int(counts[self._place[condition]]) for condition in row.conditions)
            found[row.key] = (counted, among[0] if among else 0)
        return found

    def at(self, side: Side, organisations: Sequence[int]) -> dict[int, dict[str, Numbers]]:
        """Every row at some units with all below them: one pass over each table."""
        numbers = side.numbers(np.array(organisations, dtype=np.int64))
        there = numbers[numbers >= 0]
        cuts = np.unique(np.concatenate([[0], there, side.ends[there]]))
        counts = np.zeros((len(cuts) + 1, len(self.conditions)), dtype=np.int64)
        with _connection() as connection:
            connection.execute("CREATE TABLE cut AS SELECT unnest($1::BIGINT[]) AS first", [cuts.tolist()])
            connection.execute(
                "CREATE TABLE place AS SELECT organisation, cut.first AS span FROM"  # noqa: S608 - our own files
                f" {side.files()} AS tree ASOF JOIN cut ON tree.number >= cut.first"
            )
            for table, places in self._by_table():
                sums = ", ".join(f"count(*) FILTER (WHERE {self.conditions[place][1]})" for place in places)
                for file in self._told(table, side.parts(table)):
                    rows = f"{file} JOIN place USING (organisation)"
                    for span, *found in connection.execute(f"SELECT span, {sums} FROM {rows} GROUP BY span").fetchall():  # noqa: S608 - written by hand
                        counts[np.searchsorted(cuts, span) + 1, places] += found
        total = np.cumsum(counts, axis=0)  # over the units before a cut
        none = np.zeros(len(self.conditions), dtype=np.int64)
        return {
            organisation: self.numbers(
                total[np.searchsorted(cuts, side.ends[number])] - total[np.searchsorted(cuts, number)]
                if number >= 0
                else none
            )
            for organisation, number in zip(organisations, numbers, strict=True)
        }

    def changes(self, before: Side, after: Side) -> Changes:
        """Where any count differs, in the whole tree. Files that are the same in both are not read."""
        own = self._own(before, after)
        sides = [_rolled_up(side, own[0], counts) for side, counts in ((before, own[1]), (after, own[2]))]
        every = np.unique(np.concatenate([organisations for organisations, _counts in sides]))
        more = np.zeros((len(every), len(self.conditions)), dtype=np.int64)
        for sign, (organisations, counts) in zip((-1, 1), sides, strict=True):
            more[np.searchsorted(every, organisations)] += sign * counts
        differ = more.any(axis=1)
        return Changes(every[differ], more[differ])

    def _own(self, before: Side, after: Side) -> tuple[Array, Array, Array]:
        """The units whose own rows give other counts, with these counts before and after."""
        found: list[dict[int, Array]] = [{}, {}]
        with _connection() as connection:
            for table, places in self._by_table():
                for pair in self._told(table, list(_pairs(before, after, table))):
                    for organisation, *numbers in connection.execute(self._differing(pair, places)).fetchall():
                        for side, values in enumerate((numbers[: len(places)], numbers[len(places) :])):
                            none = np.zeros(len(self.conditions), dtype=np.int64)
                            found[side].setdefault(organisation, none)[places] = values
        units = sorted(found[0])
        counts = [
            np.array([some[unit] for unit in units], dtype=np.int64).reshape(-1, len(self.conditions)) for some in found
        ]
        return np.array(units, dtype=np.int64), counts[0], counts[1]

    def _differing(self, pair: Sequence[str | None], places: Sequence[int]) -> str:
        """The SQL that counts the rows of two files by unit, and gives those where they differ."""
        rows = " UNION ALL ".join(
            f"SELECT *, {bool(place)} AS is_new FROM {file}"  # noqa: S608 - our own files
            for place, file in enumerate(pair)
            if file
        )
        counted = [
            f"count(*) FILTER (WHERE {is_new} AND {self.conditions[place][1]}) AS {letter}{place}"
            for letter, is_new in (("b", "NOT is_new"), ("a", "is_new"))
            for place in places
        ]
        differ = " OR ".join(f"b{place} <> a{place}" for place in places)
        return f"SELECT organisation, {', '.join(counted)} FROM ({rows}) GROUP BY organisation HAVING {differ}"  # noqa: S608 - written by hand

    def _told(self, table: str, parts: Sequence[Part]) -> Iterator[Part]:
        """The parts of a table; each is told when it is done."""
        for done, part in enumerate(parts, start=1):
            yield part
            self.progress(table, done, len(parts))

    def _by_table(self) -> Iterator[tuple[str, list[int]]]:
        for table in dict.fromkeys(table for table, _sql in self.conditions):
            yield table, [place for place, one in enumerate(self.conditions) if one[0] == table]


def sample(before: Side, after: Side, changes: Changes, of_each: int, seed: int) -> list[int]:
    """Units at every level that are in both trees: some where a count changed, and half as many where none did."""
    chance = np.random.default_rng([seed, 2])
    both = before.numbers(after.organisation) >= 0
    changed = np.isin(after.organisation, changes.organisation)
    found: list[int] = []
    for depth in np.unique(after.depth):
        for is_changed, most in ((True, of_each), (False, of_each // 2)):
            here = np.flatnonzero(both & (changed == is_changed) & (after.depth == depth))
            some = chance.choice(here, min(most, len(here)), replace=False) if len(here) else here
            found += after.organisation[np.sort(some)].tolist()
    return found


def _pairs(before: Side, after: Side, table: str) -> Iterator[tuple[str | None, str | None]]:
    """The files of each part on both sides, where they are not the same."""
    files = [{file.part: file for file in side.manifest.tables[table]} for side in (before, after)]
    for part in sorted({*files[0], *files[1]}):
        old, new = (some.get(part) for some in files)
        if not (old and new and old.sha256 == new.sha256):
            yield (
                f"read_parquet({quoted(before.folder / old.name)})" if old else None,
                f"read_parquet({quoted(after.folder / new.name)})" if new else None,
            )


def _rolled_up(side: Side, units: Array, counts: Array) -> tuple[Array, Array]:
    """Counts of some units added up over those above them: every unit with one of them at or below it."""
    numbers = side.numbers(units)
    there = np.flatnonzero(numbers >= 0)
    order = there[np.argsort(numbers[there])]
    total = np.vstack([np.zeros((1, counts.shape[1]), dtype=np.int64), np.cumsum(counts[order], axis=0)])
    first = np.searchsorted(numbers[order], np.arange(len(side.organisation)))
    last = np.searchsorted(numbers[order], side.ends)
    some = np.flatnonzero(last > first)
    return side.organisation[some], total[last[some]] - total[first[some]]


def _connection() -> duckdb.DuckDBPyConnection:
    return quiet_connection(threads=2)

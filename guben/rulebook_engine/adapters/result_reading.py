"""What a result says of some units, read by DuckDB from a few row groups of its files: see `results`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb

from guben.rulebook_engine.dialects import DUCKDB
from guben.rulebook_engine.frozen import BrokenManifest, file_name
from guben.rulebook_engine.results import BELOW, CODES, NAMED, TOPS, TREE, UNITS, RunManifest


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of the result: its place in pre-order, and what it was called and was on the day."""

    number: int
    ends: int
    organisation: int
    parent: int | None
    path: str
    code: str
    name: str
    short_name: str
    kind: str
    field: str
    territory: str

    @property
    def has_children(self) -> bool:
        return self.ends > self.number + 1


class ResultFiles:
    """The files of one run. One connection, each question with a cursor of its own: threads may share it."""

    def __init__(self, folder: Path, manifest: RunManifest) -> None:
        self.folder, self.manifest = folder, manifest
        self._connection = duckdb.connect(config={"threads": 1})
        self._connection.execute("SET parquet_metadata_cache = true")

    def close(self) -> None:
        self._connection.close()

    @cached_property
    def _below(self) -> list[tuple[int, int, int]]:
        """The parts below part 0: first number, end, part."""
        return sorted((part.first, part.ends, part.number) for part in self.manifest.parts if part.number)

    def part_of(self, number: int) -> int:
        """The part that holds a unit."""
        return next((part for first, ends, part in self._below if first <= number < ends), 0)

    def parts_within(self, unit: Unit) -> list[int]:
        """The parts that hold units at or below this one."""
        below = [part for first, ends, part in self._below if first < unit.ends and ends > unit.number]
        return below if self.part_of(unit.number) else [0, *below]

    def unit(self, code: str) -> Unit | None:
        """The unit with a code."""
        found = self._rows(f"SELECT number FROM {self._file(CODES, 0)} WHERE code = $1", [code])
        return self.units([found[0][0]])[0] if found else None

    def units(self, numbers: Iterable[int]) -> list[Unit]:
        """The units with these numbers, in tree order."""
        found: list[Unit] = []
        for part, some in self._by_part(numbers).items():
            found += self._named(self._file(TREE, part), f"number IN ({_listed(some)})")
        return sorted(found, key=lambda unit: unit.number)

    def children(self, unit: Unit) -> list[Unit]:
        """The units directly below, in tree order."""
        below = f"parent = {unit.organisation} AND number > {unit.number} AND number < {unit.ends}"
        part = self.part_of(unit.number)
        found = self._named(self._file(TREE, part), below)
        if part == 0:
            for other in self.parts_within(unit)[1:]:
                found += self._named(self._file(TOPS, other), below)
        return sorted(found, key=lambda one: one.number)

    def ancestors(self, unit: Unit) -> list[Unit]:
        """The units above, the highest first."""
        above = f"number < {unit.number} AND ends >= {unit.ends}"
        parts = dict.fromkeys((0, self.part_of(unit.number)))
        return [one for part in parts for one in self._named(self._file(TREE, part), above)]

    def values(self, numbers: Sequence[int], columns: Sequence[str], table: str = UNITS) -> dict[int, tuple[Any, ...]]:
        """For each of the units, these columns of a table; units that have no row there are absent."""
        found: dict[int, tuple[Any, ...]] = {}
        for part, some in self._by_part(numbers).items():
            if self.manifest.file(table, part) is None:
                continue
            listed = ", ".join(["number", *columns])
            # The range lets whole row groups be passed over.
            where = f"number BETWEEN {min(some)} AND {max(some)} AND number IN ({_listed(some)})"
            for number, *rest in self._rows(f"SELECT {listed} FROM {self._file(table, part)} WHERE {where}"):
                found[number] = tuple(rest)
        return found

    def past(
        self, unit: Unit, where: str, atoms: Sequence[int], order: str, span: tuple[int, int | None], *, below: bool
    ) -> list[tuple[Any, ...]]:
        """Rows of (number, *atoms) of the units at and below one that pass a condition: in this order, from which on
        and how many. The SQL names columns of `units`, and the atoms x0…"""
        named = {f"x{place}": atom for place, atom in enumerate(atoms)}
        rows = self.with_atoms(self.parts_within(unit), named, below=below)
        start, count = span
        return self._rows(
            f"SELECT {', '.join(['number', *named])} FROM {rows}"
            f" WHERE number >= {unit.number} AND number < {unit.ends} AND {where}"
            f" ORDER BY {order} OFFSET {start}" + ("" if count is None else f" LIMIT {count}")
        )

    def with_atoms(self, parts: Sequence[int], atoms: Mapping[str, int], *, below: bool) -> str:
        """The units of some parts as SQL: the columns of `units`, and atoms by the names they are to have. They are
        over the unit's own rows, or with `below` over all below it too."""
        units = _files(self._path(UNITS, part) for part in parts)
        heads = [self._path(BELOW, part) for part in parts if self.manifest.file(BELOW, part)]
        if not below or not heads:
            listed = [f"o{atom} AS {name}" for name, atom in atoms.items()]
            return f"(SELECT {', '.join(['*', *listed])} FROM {units})"
        listed = [
            f"CASE WHEN ends = number + 1 THEN o{atom} ELSE b{atom} END AS {name}" for name, atom in atoms.items()
        ]
        joined = f"{units} AS units LEFT JOIN {_files(heads)} AS below USING (number)"
        return f"(SELECT {', '.join(['units.*', *listed])} FROM {joined})"

    def columns(self, part: int, names: Sequence[str], atoms: Sequence[int]) -> dict[str, Any]:
        """Columns of `units` over a part, and atoms over each unit and all below it as x0…: whole columns, masked where
        a value is null, in no order."""
        named = {f"x{place}": atom for place, atom in enumerate(atoms)}
        rows = self.with_atoms([part], named, below=True)
        with self._asking() as cursor:
            return cursor.execute(f"SELECT {', '.join([*names, *named])} FROM {rows}").fetchnumpy()

    def _named(self, file: str, where: str) -> list[Unit]:
        rows = self._rows(f"SELECT {', '.join(NAMED)} FROM {file} WHERE {where} ORDER BY number")
        return [Unit(*row) for row in rows]

    def _by_part(self, numbers: Iterable[int]) -> Mapping[int, list[int]]:
        found: dict[int, list[int]] = {}
        for number in numbers:
            found.setdefault(self.part_of(number), []).append(int(number))
        return found

    def _path(self, table: str, part: int) -> Path:
        return self.folder / file_name(table, part)

    def _file(self, table: str, part: int) -> str:
        return _files([self._path(table, part)])

    def _rows(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        with self._asking() as cursor:
            return cursor.execute(sql, list(values)).fetchall()

    @contextmanager
    def _asking(self) -> Iterator[duckdb.DuckDBPyConnection]:
        try:
            with self._connection.cursor() as cursor:
                yield cursor
        except (duckdb.IOException, duckdb.InvalidInputException) as fault:  # gone, cut off, or written over
            raise BrokenManifest(self.folder, str(fault)) from None


def _files(paths: Iterable[Path]) -> str:
    return f"read_parquet([{', '.join(DUCKDB.text(str(path)) for path in paths)}])"


def _listed(numbers: Iterable[int]) -> str:
    return ", ".join(str(number) for number in numbers)

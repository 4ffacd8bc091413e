"""One unit of a snapshot by DuckDB: its sums, those of the units directly below it, and the rows behind them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import Any

import duckdb

from guben.rulebook_engine.dialects import DUCKDB, Dialect
from guben.rulebook_engine.facts import FactTable
from guben.rulebook_engine.frozen import MANIFEST, TREE_TABLE, BrokenManifest, Manifest, check_file
from guben.rulebook_engine.one_unit import Sums


@dataclass(frozen=True, slots=True)
class Place:
    """A unit in the frozen tree: `first` up to but not `ends` are the pre-order numbers at and below it."""

    organisation: int
    code: str
    name: str
    territory: str
    first: int
    ends: int


class FrozenUnit:
    """Answers for one unit of a snapshot. Only the files that hold its rows are read, each after it was checked."""

    dialect: Dialect = DUCKDB

    def __init__(self, folder: Path, manifest: Manifest, code: str = "", *, threads: int | None = None) -> None:
        """Opens the unit with this code, without one the top.

        Raises:
            LookupError: the snapshot knows no such unit.
            BrokenManifest: a file differs from the manifest.
        """
        self.folder = folder
        self.manifest = manifest
        self._checked: set[str] = set()
        self.connection = duckdb.connect(config={"threads": threads} if threads else {})
        self.at = Place(0, "", "", "", 0, manifest.units)  # all files, until the unit is found
        asked = f"code = {DUCKDB.text(code)}" if code else "number = 0"
        found = self._places(asked)
        if not found:
            raise LookupError(code)
        self.at = found[0]

    @property
    def is_top(self) -> bool:
        return self.at.first == 0

    def sums(self, table: FactTable, columns_sql: Sequence[str], on: date) -> Sums:
        """The aggregates over the rows at and below the unit."""
        answered = self._ask(f"SELECT {', '.join(columns_sql)} FROM {self._rows(table)}")
        return answered[0]

    def children(self) -> list[Place]:
        """The units directly below, in the order of the tree."""
        return self._places(f"parent = {self.at.organisation}")

    def sums_below(self, table: FactTable, columns_sql: Sequence[str]) -> dict[int, Sums]:
        """The aggregates of each unit directly below, over it and what is below it; those with rows only."""
        below = (
            f"SELECT t.organisation, c.organisation AS child FROM {self._tree()} AS t JOIN {self._tree()} AS c"  # noqa: S608 - numbers
            f" ON c.parent = {self.at.organisation} AND t.number >= c.number AND t.number < c.ends"
        )
        sql = (
            f"WITH below AS ({below}) SELECT child, {', '.join(columns_sql)}"  # noqa: S608 - from the checked tree
            f" FROM {self._files(table.name)} AS fact JOIN below USING (organisation) GROUP BY child"
        )
        return {row[0]: row[1:] for row in self._ask(sql)}

    def records(self, table: FactTable, where: str, most: int) -> list[int]:
        """The first rows that pass a condition, by the unit's place and their own number."""
        condition = f" WHERE {where}" if where else ""
        return [
            row[0]
            for row in self._ask(f"SELECT record FROM {self._rows(table)}{condition} ORDER BY record LIMIT {most}")  # noqa: S608 - from the checked tree
        ]

    def _rows(self, table: FactTable) -> str:
        inside = f"SELECT organisation FROM {self._tree()} WHERE number >= {self.at.first} AND number < {self.at.ends}"  # noqa: S608 - numbers
        return f"(SELECT * FROM {self._files(table.name)} WHERE organisation IN ({inside}))"  # noqa: S608 - our own files

    def _places(self, condition: str) -> list[Place]:
        rows = self._ask(
            f"SELECT organisation, code, name, territory, number, ends FROM {self._tree()} WHERE {condition}"  # noqa: S608 - quoted
            " ORDER BY number"
        )
        return [Place(*row) for row in rows]

    def _tree(self) -> str:
        return self._files(TREE_TABLE)

    def _files(self, table: str) -> str:
        """The files of a table that may hold rows of the unit. Part 0 holds units above and beside the other parts."""
        if table not in self.manifest.tables:
            raise BrokenManifest(self.folder, f"{MANIFEST}: {table}")
        parts = {part.number: part for part in self.manifest.parts}
        names = []
        for file in self.manifest.tables[table]:
            part = parts[file.part]
            if file.part == 0 or (part.first < self.at.ends and self.at.first < part.ends):
                self._check(file)
                names.append(DUCKDB.text(str(self.folder / file.name)))
        return f"read_parquet([{', '.join(names)}])"

    def _check(self, file: Any) -> None:
        if file.name not in self._checked:
            check_file(self.folder, file)
            self._checked.add(file.name)

    def _ask(self, sql: str) -> list[tuple[Any, ...]]:
        return self.connection.execute(sql).fetchall()

    def close(self) -> None:
        self.connection.close()

    def __enter__(self) -> FrozenUnit:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

"""A snapshot beside another one of which some rows are altered at random: values of members and units, members moved,
removed and added, units closed and founded. Files that nothing touches are the same files."""

from __future__ import annotations

import os
import shutil
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from guben.generator.alterations import ADDED, MOVED, OF_MEMBERS, OF_UNITS, REMOVED, Row, change
from guben.generator.errors import GeneratorRefused
from guben.generator.fitting import Array
from guben.generator.reading import manifest_of, quiet_connection, quoted
from guben.generator.renumbering import Renumbered, Units
from guben.generator.writing import copy, new_folder, require_new, write_manifest
from guben.kit.tree import parent_path, step, step_number
from guben.rulebook_engine.frozen import MANIFEST, TREE_TABLE, File, Manifest, digest

MEMBER, ORGANISATION = "member", "organisation"
UNITS_IN_TEN = 1  # of ten altered rows one is a unit's: of four units one is closed and one founded
PARTS_CLOSED_IN = 3  # all tables of such a part are written anew
CLOSED, FOUNDED = "unit closed", "unit founded"
INTO_NEW_UNITS = 0.2
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Altered:
    """The new snapshot; how many rows of each act; how many files were written and how many are the old ones."""

    manifest: Manifest
    acts: Mapping[str, int]
    written: int
    kept: int


@dataclass(slots=True)
class _Changes:
    """Records taken out of tables and rows put into them, by table and part."""

    less: dict[tuple[str, int], list[int]] = field(default_factory=dict)
    more: dict[tuple[str, int], list[Row]] = field(default_factory=dict)
    acts: Counter[str] = field(default_factory=Counter)

    def take(self, table: str, part: int, record: int) -> None:
        self.less.setdefault((table, part), []).append(record)

    def put(self, table: str, part: int, row: Row) -> None:
        self.more.setdefault((table, part), []).append(dict(row))


def alter(folder: Path, out: Path, rows: int, seed: int, progress: Progress) -> Altered:
    """Alters so many rows; the same seed alters the same ones in the same way.

    Raises:
        GeneratorRefused: the snapshot holds real records or can't be read, there are too few rows, or the folder holds
            something already.
    """
    require_new(out)
    manifest = _invented(folder, rows)
    with quiet_connection() as connection:
        progress("units", 0, 0)
        work = _Work(folder, manifest, connection, np.random.default_rng([seed, 1]))
        work.alter_units(rows * UNITS_IN_TEN // 10)
        progress("members", 0, 0)
        work.alter_members(rows - work.changes.acts.total())
        with new_folder(out) as draft:
            return work.write(draft, {"rows": rows, "seed": seed, "of": digest(folder / MANIFEST)}, progress)


def _invented(folder: Path, rows: int) -> Manifest:
    manifest = manifest_of(folder)
    if not manifest.generated:
        raise GeneratorRefused(f"{folder} holds real records. Only invented ones are altered.")
    most = manifest.rows(MEMBER) // 2
    if not 1 <= rows <= most:
        raise GeneratorRefused(f"{rows:,} rows are out of reach: from 1 to {most:,}, half of the members.")
    return manifest


class _Work:
    """The snapshot that is read, the units of its tree, and what is changed."""

    def __init__(
        self, folder: Path, manifest: Manifest, connection: duckdb.DuckDBPyConnection, chance: np.random.Generator
    ) -> None:
        self.folder, self.manifest, self.connection, self.chance = folder, manifest, connection, chance
        self.changes = _Changes()
        self.units = self._units()
        none = np.zeros(0, dtype=np.int64)
        self.new = Renumbered.of(self.units, none, none)
        self.next_record = {name: self._highest("record", name) + 1 for name in (MEMBER, ORGANISATION)}

    def alter_units(self, rows: int) -> None:
        """Closes some leaves, founds units, and changes what others are."""
        closed = self._draw(self._closable(), rows // 4)
        self.new = Renumbered.of(self.units, closed, self._draw(self.units.heads(), rows // 4))
        self.changes.acts.update({CLOSED: len(closed)})
        first = self._highest("organisation", TREE_TABLE) + 1
        self.founded = np.arange(first, first + len(self.new.under))
        for place, head in enumerate(self.new.under):
            self._found(place, int(head))
        stay = np.setdiff1d(np.arange(1, len(self.units)), closed)
        for number in self._draw(stay, rows - self.changes.acts.total()):
            self._change_unit(int(number))

    def alter_members(self, rows: int) -> None:
        """Draws members and does one thing to each of them."""
        files = self.manifest.tables[MEMBER]
        ends = np.cumsum([file.rows for file in files])
        drawn = np.sort(self.chance.choice(int(ends[-1]), rows, replace=False, shuffle=False))
        stay = np.setdiff1d(np.arange(len(self.units)), self.new.closed)
        for file, end in zip(files, ends, strict=True):
            places = drawn[(drawn >= end - file.rows) & (drawn < end)] - (end - file.rows)
            for row in self._rows(file, f"file_row_number IN ({_listed(places)})") if len(places) else ():
                self._alter_member(row, file.part, stay)

    def _alter_member(self, row: Row, part: int, stay: Array) -> None:
        act = OF_MEMBERS[int(self.chance.integers(len(OF_MEMBERS)))]
        self.changes.acts[f"member {act}"] += 1
        if act != ADDED:
            self.changes.take(MEMBER, part, row["record"])
        if act == REMOVED:
            return
        if act in (ADDED, MOVED):
            row["organisation"], part = self._another(row["organisation"], stay)
        else:
            change(row, act, self.manifest.on, self.chance)
        if act == ADDED:
            row["record"] = self._next(MEMBER)
        self.changes.put(MEMBER, part, row)

    def _another(self, now: int, stay: Array) -> tuple[int, int]:
        """A unit that is not the present one, and its part."""
        while True:
            if len(self.founded) and self.chance.random() < INTO_NEW_UNITS:
                place = int(self.chance.integers(len(self.founded)))
                found, part = int(self.founded[place]), int(self.units.part[self.new.under[place]])
            else:
                number = stay[int(self.chance.integers(len(stay)))]
                found, part = int(self.units.organisation[number]), int(self.units.part[number])
            if found != now:
                return found, part

    def _closable(self) -> Array:
        """Leaves of a few parts, not more than half of them."""
        leaves = self.units.leaves()
        parts = self._draw(np.unique(self.units.part[leaves]), PARTS_CLOSED_IN)
        found = leaves[np.isin(self.units.part[leaves], parts)]
        return self._draw(found, len(found) // 2)

    def _found(self, place: int, head: int) -> None:
        """A unit like the last one directly below a head, after it."""
        part, above = int(self.units.part[head]), int(self.units.organisation[head])
        last = max(self._rows_of(TREE_TABLE, part, f"parent = {above}"), key=lambda row: str(row["path"]))
        twin = self._rows_of(ORGANISATION, part, f"organisation = {last['organisation']}")
        organisation, number = int(self.founded[place]), int(self.new.founded()[place])
        path = parent_path(last["path"]) + step(step_number(last["path"]) + 1)
        here = {"organisation": organisation, "record": organisation, "number": number, "ends": number + 1}
        self.changes.put(TREE_TABLE, part, {**last, **here, "path": path, "code": f"D{organisation:08d}"})
        for row in twin:
            self.changes.put(
                ORGANISATION, part, {**row, "organisation": organisation, "record": self._next(ORGANISATION)}
            )
        self.changes.acts[FOUNDED] += 1

    def _change_unit(self, number: int) -> None:
        """One value of a unit becomes another, in the tree and in the table of units."""
        column = tuple(OF_UNITS)[int(self.chance.integers(len(OF_UNITS)))]
        part, organisation = int(self.units.part[number]), int(self.units.organisation[number])
        value: Any = None
        for table in (ORGANISATION, TREE_TABLE):
            for row in self._rows_of(table, part, f"organisation = {organisation}"):
                self.changes.take(table, part, row["record"])
                if value is None:
                    change(row, column, self.manifest.on, self.chance)
                    value = row[column]
                row[column] = value
                self.changes.put(table, part, row)
        self.changes.acts[f"unit {column}"] += 1

    def _draw(self, numbers: Array, count: int) -> Array:
        count = min(count, len(numbers))
        return np.sort(self.chance.choice(numbers, count, replace=False)) if count else numbers[:0]

    def _next(self, table: str) -> int:
        self.next_record[table] += 1
        return self.next_record[table] - 1

    def _highest(self, column: str, table: str) -> int:
        names = _listed(quoted(self.folder / file.name) for file in self.manifest.tables[table])
        found = self.connection.execute(f"SELECT max({column}) FROM read_parquet([{names}])").fetchone()  # noqa: S608 - our own files
        return int(found[0] or 0) if found else 0

    def _rows_of(self, table: str, part: int, where: str) -> list[Row]:
        file = self.manifest.file(table, part)
        return self._rows(file, where) if file else []

    def _rows(self, file: File, where: str) -> list[Row]:
        """Rows of a file by column."""
        source = f"read_parquet({quoted(self.folder / file.name)}, file_row_number = true)"
        found = self.connection.execute(f"SELECT * FROM {source} WHERE {where} ORDER BY file_row_number")  # noqa: S608 - numbers
        names = [column[0] for column in found.description][:-1]
        return [dict(zip(names, row, strict=False)) for row in found.fetchall()]

    def _units(self) -> Units:
        some = [
            f"SELECT organisation, number, ends, coalesce(parent, 0) AS parent, {file.part} AS part"  # noqa: S608 - our own files
            f" FROM read_parquet({quoted(self.folder / file.name)})"
            for file in self.manifest.tables[TREE_TABLE]
        ]
        found = self.connection.execute(f"{' UNION ALL '.join(some)} ORDER BY number").fetchnumpy()
        return Units(*(np.asarray(found[name]) for name in ("organisation", "ends", "parent", "part")))

    def write(self, draft: Path, told: Mapping[str, Any], progress: Progress) -> Altered:
        """Writes the files that are touched and takes the others as they are; then the manifest."""
        parts = self.new.parts(self.manifest.parts, self.units)
        names = list(self.manifest.tables)
        tables: dict[str, list[File]] = {name: [] for name in names}
        written = 0
        for done, part in enumerate(parts):
            self._place(part.number)
            for name in names:
                old = self.manifest.file(name, part.number)
                if old and not self._is_touched(name, part.number):
                    tables[name].append(_kept(self.folder, draft, old))
                elif old or (name, part.number) in self.changes.more:
                    written += 1
                    tables[name] += self._write(draft, name, part.number)
            progress("part", done + 1, len(parts))
        generated = {**self.manifest.generated, "altered": told}
        manifest = replace(
            self.manifest, parts=parts, tables={name: tuple(some) for name, some in tables.items()}, generated=generated
        )
        write_manifest(draft, manifest)
        kept = sum(1 for _file in manifest.files) - written
        return Altered(manifest, dict(sorted(self.changes.acts.items())), written, kept)

    def _place(self, part: int) -> None:
        """The table `place`: where the units of a part stand from now on."""
        stay = np.setdiff1d(np.flatnonzero(self.units.part == part), self.new.closed)
        here = self.units.part[self.new.under] == part
        begins = self.new.founded()[here]
        rows = pa.table(
            {
                "organisation": np.concatenate([self.units.organisation[stay], self.founded[here]]),
                "number": np.concatenate([self.new.numbers(stay), begins]),
                "ends": np.concatenate([self.new.ends(self.units.ends[stay], stay), begins + 1]),
            }
        )
        self.connection.register("arrow_rows", rows)
        self.connection.execute("CREATE OR REPLACE TABLE place AS SELECT * FROM arrow_rows")
        self.connection.unregister("arrow_rows")

    def _is_touched(self, table: str, part: int) -> bool:
        """Whether a file gets other rows or numbers."""
        at = (table, part)
        if at in self.changes.less or at in self.changes.more:
            return True
        if table == TREE_TABLE:
            return bool(len(self.new.closed) or len(self.new.under))
        return bool((self.units.part[self.new.closed] == part).any())

    def _write(self, draft: Path, table: str, part: int) -> list[File]:
        """The rows of the old file that stay, with the new ones among them in the order of the tree."""
        old = self.manifest.file(table, part)
        like = quoted(self.folder / self.manifest.tables[table][0].name)
        self.connection.execute(f"CREATE OR REPLACE TABLE more AS SELECT * FROM read_parquet({like}) LIMIT 0")  # noqa: S608 - our own files
        schema = self.connection.sql("FROM more").to_arrow_table().schema
        self.connection.register("new", pa.Table.from_pylist(self.changes.more.get((table, part), []), schema))
        self.connection.execute("INSERT INTO more FROM new")
        self.connection.unregister("new")
        less = pa.table({"record": pa.array(self.changes.less.get((table, part), []), pa.int64())})
        self.connection.register("less", less)
        rows = "FROM more"
        if old:
            rows += f" UNION ALL FROM read_parquet({quoted(self.folder / old.name)}) ANTI JOIN less USING (record)"
        own = {"number", "ends"} if table == TREE_TABLE else set()
        listed = ", ".join(f'{"place" if name in own else "rows"}."{name}"' for name in schema.names)
        sql = f"SELECT {listed} FROM ({rows}) AS rows JOIN place USING (organisation) ORDER BY place.number, record"  # noqa: S608 - our own names
        file = copy(self.connection, sql, draft, table, part)
        self.connection.unregister("less")
        if file.rows or not part:
            return [file]
        (draft / file.name).unlink()
        return []


def _kept(folder: Path, draft: Path, file: File) -> File:
    """The same file in the new folder, as a second name where the disk can."""
    (draft / file.name).parent.mkdir(mode=0o700, exist_ok=True)
    try:
        os.link(folder / file.name, draft / file.name)
    except OSError:
        shutil.copy2(folder / file.name, draft / file.name)
    return file


def _listed(values: Any) -> str:
    found: Sequence[str] = [str(value) for value in values]
    return ", ".join(found)

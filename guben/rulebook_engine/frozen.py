"""The files of a snapshot: its fact tables and the tree as Parquet, cut into parts of whole subtrees, and the manifest.

    FOLDER/manifest.json
    FOLDER/TABLE/0000.parquet, 0001.parquet, …    (`tree` is such a table)

A part from number 1 on holds a range of the tree in pre-order, made of whole subtrees; part 0 holds the units above
them, and all units where the tree is small. Every table has a file in part 0, so that its columns are known, and in
other parts where it has rows. The rows of a file are sorted by the unit's pre-order number.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

FORMAT = 2
MANIFEST = "manifest.json"
TREE_TABLE = "tree"
TREE_ROWS = 16_384  # in a row group: single units are looked up in a tree
MOST_UNITS = 250_000  # in a part


class BrokenManifest(Exception):
    """No manifest, one that can't be read, or a file that differs from it. `what` names the file."""

    def __init__(self, folder: Path, what: str) -> None:
        super().__init__(f"{folder}: {what}")
        self.folder = folder
        self.what = what


@dataclass(frozen=True, slots=True)
class Part:
    """The units from `first` up to but not `ends` in pre-order; in part 0 only those that no other part holds."""

    number: int
    first: int
    ends: int
    units: int


@dataclass(frozen=True, slots=True)
class File:
    """One Parquet file of a table."""

    part: int
    name: str
    rows: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a snapshot holds. `generated` tells how invented records were made; empty for real ones."""

    on: date
    guben: str
    editions: Mapping[str, str]
    parts: tuple[Part, ...]
    tables: Mapping[str, tuple[File, ...]]
    generated: Mapping[str, Any] = field(default_factory=dict)

    @property
    def units(self) -> int:
        return sum(part.units for part in self.parts)

    def rows(self, table: str) -> int:
        return sum(file.rows for file in self.tables[table])

    def file(self, table: str, part: int) -> File | None:
        """The table's file of a part; None where it has no rows there."""
        return next((file for file in self.tables[table] if file.part == part), None)

    @property
    def files(self) -> Iterator[File]:
        for files in self.tables.values():
            yield from files

    def text(self) -> str:
        content = {
            "format": FORMAT,
            "on": self.on.isoformat(),
            "guben": self.guben,
            "generated": dict(self.generated),
            "editions": dict(self.editions),
            "parts": [
                {"number": part.number, "first": part.first, "ends": part.ends, "units": part.units}
                for part in self.parts
            ],
            "tables": {
                name: {
                    "rows": self.rows(name),
                    "files": [
                        {"part": file.part, "name": file.name, "rows": file.rows, "sha256": file.sha256}
                        for file in files
                    ],
                }
                for name, files in sorted(self.tables.items())
            },
        }
        return json.dumps(content, ensure_ascii=False, indent=1)


def file_name(table: str, part: int) -> str:
    """A file's place inside the snapshot's folder."""
    return f"{table}/{part:04d}.parquet"


def cut(ends: Sequence[int], most: int = MOST_UNITS) -> list[Part]:
    """The parts of a tree in pre-order, whose unit number `n` has its subtree in [n, ends[n]).

    Subtrees side by side share a part as long as it has no more than `most` units; a unit whose subtree is larger is
    one of part 0.
    """
    if len(ends) <= most:
        return [Part(0, 0, len(ends), len(ends))]
    parts: list[Part] = []
    first = number = 0
    above = 0

    def close(upto: int) -> None:
        nonlocal first
        if upto > first:
            parts.append(Part(len(parts) + 1, first, upto, upto - first))
        first = upto

    while number < len(ends):
        if ends[number] - number > most:
            close(number)
            above += 1
            number += 1
            first = number
            continue
        if ends[number] - first > most:
            close(number)
        number = ends[number]
    close(number)
    return [Part(0, 0, len(ends), above), *parts]


def digest(file: Path) -> str:
    """A file's SHA-256 in hexadecimal."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a snapshot; its files are not looked at.

    Raises:
        BrokenManifest: there is none, or it is not of this format.
    """
    try:
        content = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        if content.get("format") != FORMAT:
            raise BrokenManifest(folder, f"{MANIFEST}: format {content.get('format', 1)} ≠ {FORMAT}")
        return Manifest(
            on=date.fromisoformat(content["on"]),
            guben=content["guben"],
            editions=content["editions"],
            parts=tuple(Part(**part) for part in content["parts"]),
            tables={name: tuple(File(**file) for file in table["files"]) for name, table in content["tables"].items()},
            generated=content["generated"],
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as fault:
        raise BrokenManifest(folder, f"{MANIFEST}: {type(fault).__name__}: {fault}") from None


def check_file(folder: Path, file: File) -> None:
    """Raises BrokenManifest where a file is missing or differs from the manifest."""
    try:
        same = digest(folder / file.name) == file.sha256
    except OSError:
        same = False
    if not same:
        raise BrokenManifest(folder, file.name)

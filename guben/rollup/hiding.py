"""What a result does not show of few people, kept beside its files.

    RUN/hidden/manifest.json        of which run, what each column is, the files
    RUN/hidden/NAME/0000.parquet    a row for each unit of the part: number, h0… (the figure is not shown)

It is derived: worked out anew it is the same. A figure of which nothing is kept is shown of no unit.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from guben.figures.discretion import is_about_people
from guben.kit.coarsening import THRESHOLD
from guben.kit.coarsening_columns import Truths
from guben.rollup.errors import BrokenHiding
from guben.rollup.hidden_cells import Progress, about_people, hidden_cells
from guben.rollup.results import OpenResult
from guben.rulebook_engine.adapters.parquet_writing import write_numbers
from guben.rulebook_engine.adapters.result_reading import ResultFiles
from guben.rulebook_engine.entries import Indicator
from guben.rulebook_engine.frozen import MANIFEST, BrokenManifest, File, check_file, digest, file_name
from guben.rulebook_engine.results import ROW_GROUP, read_run

FOLDER = "hidden"
FORMAT = 1
MOST_OPEN = 8


@dataclass(frozen=True)
class Kept:
    """What is kept of a run; `columns` tells what is hidden in each, `table` where its files are."""

    table: str
    columns: tuple[Mapping[str, Any], ...]
    files: tuple[File, ...]
    reading: ResultFiles

    def is_like(self, other: Kept | None) -> bool:
        """Whether both hide the same."""
        return other is not None and (self.columns, self._content) == (other.columns, other._content)

    @property
    def _content(self) -> list[tuple[int, str]]:
        return [(file.part, file.sha256) for file in self.files]

    def away(self, result: OpenResult, indicators: Iterable[Indicator], numbers: Sequence[int]) -> dict[str, set[int]]:
        """Those of the units with these numbers whose figure is not shown, by the indicator's key; figures that are not
        about people are absent.

        Raises:
            BrokenManifest: a file is gone or damaged.
        """
        meant = {one.key: _meaning(one, result) for one in indicators if is_about_people(one)}
        places = {key: self.columns.index(one) for key, one in meant.items() if one in self.columns}
        rows = self.reading.values(numbers, [f"h{place}" for place in places.values()], self.table) if places else {}
        found = {key: set(numbers) for key in meant}
        for at, key in enumerate(places):
            found[key] = {number for number in numbers if number not in rows or rows[number][at]}
        return found


def kept(folder: Path, run: str) -> Kept | None:
    """What is kept of a run whose manifest has this digest; None where there is nothing that can be read."""
    try:
        return _kept(folder, run, (folder / FOLDER / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError, KeyError, TypeError):
        return None


@lru_cache(maxsize=MOST_OPEN)
def _kept(folder: Path, run: str, text: str) -> Kept | None:
    told = json.loads(text)
    if (told["format"], told["threshold"], told["run"]) != (FORMAT, THRESHOLD, run):
        return None
    files = tuple(File(**file) for file in told["files"])
    manifest = replace(read_run(folder), tables={told["table"]: files})
    return Kept(told["table"], tuple(told["columns"]), files, ResultFiles(folder, manifest))


def check(folder: Path) -> Kept | None:
    """What is kept of a run, if its files are what was written; None where nothing is kept.

    Raises:
        BrokenHiding: a file is missing or differs, or it is kept of another run.
    """
    if not (folder / FOLDER).exists():
        return None
    found = kept(folder, digest(folder / MANIFEST))
    try:
        if found is None:
            raise BrokenHiding(str(folder), f"{FOLDER}/{MANIFEST}")
        for file in found.files:
            check_file(folder, file)
    except BrokenManifest as fault:
        raise BrokenHiding(str(folder), fault.what) from None
    return found


def keep(result: OpenResult, progress: Progress = lambda _done, _total: None) -> Kept:
    """Works out what is hidden of a run's result and puts it in the place of what was kept of it. Whoever reads
    meanwhile reads the old files or the new ones.

    Raises:
        BrokenManifest: a file of the result is gone or damaged.
        BrokenHiding: the folder can't be written to, or another writes there at once.
    """
    found = hidden_cells(result, progress)
    about = about_people(result)
    table = f"{FOLDER}/{secrets.token_hex(4)}"
    run = digest(result.folder / MANIFEST)
    told = {"format": FORMAT, "threshold": THRESHOLD, "run": run, "table": table}
    try:
        files = _write(result, table, [found[one.key] for one in about])
        columns = [_meaning(one, result) for one in about]
        _put(result.folder, {**told, "columns": columns, "files": [asdict(file) for file in files]}, table)
    except OSError as fault:
        raise BrokenHiding(str(result.folder), str(fault.strerror)) from None
    made = kept(result.folder, run)
    assert made is not None  # noqa: S101 - it was written just now
    return made


def _write(result: OpenResult, table: str, columns: Sequence[Truths]) -> list[File]:
    for folder in (result.folder / FOLDER, result.folder / table):
        folder.mkdir(mode=0o700, exist_ok=True)
    files = []
    for part in result.manifest.parts:
        numbers = np.sort(result.files.columns(part.number, ["number"], [])["number"])
        name = file_name(table, part.number)
        hidden = {f"h{place}": column[numbers] for place, column in enumerate(columns)}
        rows = write_numbers(result.folder / name, {"number": numbers, **hidden}, ROW_GROUP)
        (result.folder / name).chmod(0o600)
        files.append(File(part.number, name, rows, digest(result.folder / name)))
    return files


def _put(folder: Path, told: Mapping[str, Any], table: str) -> None:
    """Puts the manifest in its place in one step, and takes away what other manifests told of."""
    new = folder / table / MANIFEST
    new.write_text(json.dumps(told, ensure_ascii=False, indent=1), encoding="utf-8")
    new.chmod(0o600)
    os.replace(new, folder / FOLDER / MANIFEST)
    for other in (folder / FOLDER).iterdir():
        if other.is_dir() and other != folder / table:
            shutil.rmtree(other)


def _meaning(indicator: Indicator, result: OpenResult) -> dict[str, Any]:
    """A figure as the run's columns make it."""
    asked = result.asked_of(indicator)
    return {
        "key": indicator.key,
        "atoms": list(asked.atoms),
        "value": asked.value_sql(result.on),
        "about": asked.about,
        "span": list(asked.span) if asked.span else None,
    }

"""Working a whole snapshot out, part by part, and putting the result in the place of the old one in one step.

    RESULT/current          the name of the folder that holds, one line
    RESULT/run-NAME/        a whole result (see `rulebook_engine.results`)
    RESULT/work-NAME/       parts of a run that is not finished, each with its record in `done/`; a run over the same
                            snapshot by the same rules goes on there, any other run deletes it
    RESULT/lock             held while a run writes

Killed at any moment, `current` names the old result or the new one, and both are whole. The result before the newest
stays until the next run begins, for readers that have it open.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from guben import __version__
from guben.figures.errors import BrokenSnapshot
from guben.rollup.errors import AlreadyRunning, NoCluster, NoEngine, NotOfThatDay
from guben.rulebook_engine.adapters.result_files import write_codes, write_part
from guben.rulebook_engine.frozen import (
    MANIFEST,
    TREE_TABLE,
    BrokenManifest,
    File,
    Manifest,
    check_file,
    digest,
    read_manifest,
)
from guben.rulebook_engine.plan_of_run import HandedUp, Plan, WorksOut
from guben.rulebook_engine.results import CODES, FORMAT, TABLES, RunManifest, meanings

CURRENT = "current"
LOCK = "lock"
DONE = "done"
RUN, WORK = "run-", "work-"
ENGINES = {"kernel": ("kernel", "national"), "duckdb": ("whole_duckdb", "")}
SPARK = "spark"
WORKERS = 2
Progress = Callable[[int, int], None]


def silent(done: int, total: int) -> None:
    """Nobody watches."""


@dataclass(frozen=True, slots=True)
class How:
    """By which engine, how many parts side by side. `master` is the address of a cluster for the engine spark, `cache`
    the folder where the kernel keeps what it compiled. With `trust` the snapshot's files are not compared with its
    manifest before they are read."""

    engine: str = "kernel"
    workers: int = WORKERS
    trust: bool = False
    master: str = ""
    cache: Path | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """A snapshot as it lies on the disk."""

    folder: Path
    manifest: Manifest
    digest: str


@dataclass(frozen=True, slots=True)
class Run:
    """A run that is finished: its folder and its manifest, how many parts an earlier run had left finished, and the
    seconds that compiling took, where the engine compiles."""

    folder: Path
    manifest: RunManifest
    kept: int
    compiling: float


def run(
    snapshot: Path,
    out: Path,
    plan: Plan,
    how: How,
    *,
    editions: Mapping[str, str] | None = None,
    progress: Progress = silent,
) -> Run:
    """Works a plan out over a snapshot and puts the result where `out` says; `progress` hears of every part.

    Raises:
        BrokenSnapshot: a file is missing or differs from the manifest; it is named, and the old result stays.
        NotOfThatDay: the snapshot is of another day than the plan.
        NoEngine: what the engine needs is not installed.
        NoCluster: Spark does not answer.
        AlreadyRunning: another run writes there.
    """
    source = open_source(snapshot, plan)
    do_all = _with_spark(how) if how.engine == SPARK else _by_parts(how)
    out.mkdir(parents=True, exist_ok=True, mode=0o700)
    with _alone(out):
        started = _now()
        name = _name(source, plan, how.engine)
        work = out / (WORK + name)
        _clear(out, keep={work.name, current(out)})
        for folder in (work, work / DONE):
            folder.mkdir(exist_ok=True, mode=0o700)
        done = do_all(source, work, plan, progress)
        files = [*done.files, (CODES, write_codes(work))]
        manifest = RunManifest(
            on=plan.on,
            snapshot=str(source.folder),
            snapshot_digest=source.digest,
            generated=source.manifest.generated,
            editions=dict(editions or {}),
            fingerprint=plan.fingerprint,
            engine=how.engine,
            guben=__version__,
            started_at=started,
            finished_at=_now(),
            rows=done.rows,
            parts=source.manifest.parts,
            tables={table: tuple(file for name, file in files if name == table) for table in TABLES},
            meanings=meanings(plan),
        )
        return Run(_switch(out, work, manifest), manifest, done.kept, done.compiling)


@dataclass(frozen=True, slots=True)
class _Done:
    """What stands in a work folder when all is worked out: its files, how many rows were read, how many parts an
    earlier run had left finished, how long was compiled."""

    files: list[tuple[str, File]]
    rows: int
    kept: int
    compiling: float = 0.0


DoesAll = Callable[[Source, Path, Plan, Progress], _Done]


def _by_parts(how: How) -> DoesAll:
    """An engine that works out one part after the other."""
    module = _engine(how.engine)

    def do_all(source: Source, work: Path, plan: Plan, progress: Progress) -> _Done:
        compiling: float = module.prepare(how.cache) if hasattr(module, "prepare") else 0.0
        going = _Going(source, work, plan, module.work_out, how.trust)
        kept = going.do_all(how.workers, progress)
        files = [one for part in source.manifest.parts for one in going.files(part.number)]
        return _Done(files, going.rows, kept, compiling)

    return do_all


def _with_spark(how: How) -> DoesAll:
    """Apache Spark, which works out all parts together."""
    try:
        spark = import_module("guben.rulebook_engine.adapters.spark")
        whole = import_module("guben.rulebook_engine.adapters.whole_spark")
    except ModuleNotFoundError:
        raise NoEngine(SPARK, SPARK) from None

    def do_all(source: Source, work: Path, plan: Plan, progress: Progress) -> _Done:
        for part in source.manifest.parts if not how.trust else ():
            _check(source, plan, part.number)
        try:
            with spark.session(how.master) as session:
                files = whole.write_all(session, source.folder, source.manifest, plan, work)
        except spark.Unreachable:
            raise NoCluster(how.master) from None
        return _Done(files, sum(source.manifest.rows(table) for table in plan.tables), 0)

    return do_all


def open_source(snapshot: Path, plan: Plan) -> Source:
    """The snapshot, if it can be what the plan asks for.

    Raises:
        BrokenSnapshot: no manifest, or a fact table of the plan is missing.
        NotOfThatDay: it is of another day.
    """
    try:
        manifest = read_manifest(snapshot)
        missing = [name for name in (TREE_TABLE, *plan.tables) if name not in manifest.tables]
        if missing:
            raise BrokenManifest(snapshot, missing[0])
    except BrokenManifest as fault:
        raise BrokenSnapshot(str(snapshot), fault.what) from None
    if manifest.on != plan.on:
        raise NotOfThatDay(manifest.on, plan.on)
    return Source(snapshot.resolve(), manifest, digest(snapshot / MANIFEST))


def _engine(name: str) -> ModuleType:
    module, extra = ENGINES[name]
    try:
        return import_module(f"guben.rulebook_engine.adapters.{module}")
    except ModuleNotFoundError:
        raise NoEngine(name, extra) from None


def current(out: Path) -> str:
    """The name of the folder that holds; empty where no run has finished."""
    try:
        return (out / CURRENT).read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return ""


class _Going:
    """A run while it goes: the parts in its work folder."""

    def __init__(self, source: Source, work: Path, plan: Plan, work_out: WorksOut, trust: bool) -> None:
        self.source, self.work, self.plan, self.work_out, self.trust = source, work, plan, work_out, trust

    def do_all(self, workers: int, progress: Progress) -> int:
        """Works out every part that is not done yet, the one above them last; how many were done before."""
        numbers = sorted(part.number for part in self.source.manifest.parts)
        missing = [number for number in numbers if not self._is_done(number)]
        kept = done = len(numbers) - len(missing)
        progress(done, len(numbers))
        units = {part.number: part.units for part in self.source.manifest.parts}
        below = sorted((number for number in missing if number), key=lambda number: -units[number])  # none waits long
        with ThreadPoolExecutor(max(1, workers)) as pool:
            try:
                for one in as_completed([pool.submit(self._do, number) for number in below]):
                    one.result()
                    done += 1
                    progress(done, len(numbers))
            except BaseException:
                pool.shutdown(cancel_futures=True)
                raise
        if 0 in missing or below:
            self._do(0, [self._handed_up(number) for number in numbers if number])
            progress(len(numbers), len(numbers))
        return kept

    def _do(self, part: int, handed_up: Sequence[HandedUp] = ()) -> None:
        manifest, folder = self.source.manifest, self.source.folder
        if not self.trust:
            _check(self.source, self.plan, part)
        found = self.work_out(folder, manifest, part, self.plan, handed_up)
        tree = manifest.file(TREE_TABLE, part)
        assert tree is not None  # noqa: S101 - every part has one
        files = write_part(self.work, folder, tree, self.plan, found)
        np.savez(self._up(part), found.up.parents, found.up.tallies, *found.up.below)
        record = {"rows": found.rows, "files": [[table, asdict(file)] for table, file in files]}
        _replace(self._record(part), json.dumps(record))

    def _record(self, part: int) -> Path:
        return self.work / DONE / f"{part:04d}.json"

    def _up(self, part: int) -> Path:
        return self.work / DONE / f"{part:04d}.npz"

    def _read(self, part: int) -> Any:
        return json.loads(self._record(part).read_text(encoding="utf-8"))

    def _is_done(self, part: int) -> bool:
        """Whether an earlier run finished the part, and its files are still what it wrote."""
        if not self._record(part).is_file() or not self._up(part).is_file():
            return False
        try:
            for _table, file in self.files(part):
                check_file(self.work, file)
        except BrokenManifest:
            return False
        return True

    def files(self, part: int) -> list[tuple[str, File]]:
        return [(table, File(**file)) for table, file in self._read(part)["files"]]

    @property
    def rows(self) -> int:
        return sum(int(self._read(part.number)["rows"]) for part in self.source.manifest.parts)

    def _handed_up(self, part: int) -> HandedUp:
        with np.load(self._up(part)) as stored:
            parents, tallies, *below = (stored[f"arr_{number}"] for number in range(len(self.plan.columns) + 2))
            return HandedUp(parents, tuple(below), tallies)


def _check(source: Source, plan: Plan, part: int) -> None:
    """Raises BrokenSnapshot where a file of the part is not what the manifest says."""
    for table in (TREE_TABLE, *plan.tables):
        file = source.manifest.file(table, part)
        if file is None:
            continue
        try:
            check_file(source.folder, file)
        except BrokenManifest as fault:
            raise BrokenSnapshot(str(source.folder), fault.what) from None


@contextmanager
def _alone(out: Path) -> Iterator[None]:
    """Holds the folder's lock; the system lets go of it when the process ends, however it ends."""
    with (out / LOCK).open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyRunning(str(out)) from None
        yield


def _name(source: Source, plan: Plan, engine: str) -> str:
    """The same for runs that would write the same."""
    parts = (str(FORMAT), __version__, source.digest, plan.fingerprint, engine)
    return hashlib.sha256(" ".join(parts).encode()).hexdigest()[:16]


def _clear(out: Path, keep: set[str]) -> None:
    """Deletes what earlier runs left there, and nothing that no run wrote."""
    for folder in out.iterdir():
        if folder.is_dir() and folder.name.startswith((RUN, WORK)) and folder.name not in keep:
            shutil.rmtree(folder)


def _switch(out: Path, work: Path, manifest: RunManifest) -> Path:
    """Makes the finished work the result."""
    _replace(work / MANIFEST, manifest.text())
    finished = out / f"{RUN}{datetime.now(UTC):%Y%m%dT%H%M%S%f}"
    work.rename(finished)
    _replace(out / CURRENT, finished.name + "\n")
    shutil.rmtree(finished / DONE, ignore_errors=True)
    return finished


def _replace(file: Path, text: str) -> None:
    """Writes a file so that it is there whole or not at all."""
    beside = file.with_name(file.name + ".new")
    with beside.open("w", encoding="utf-8") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
    beside.chmod(0o600)
    beside.replace(file)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")

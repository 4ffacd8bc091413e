"""One way of working a snapshot out, measured in a process of its own: `national_measures.py WAY SNAPSHOT OUT`.

Prints one JSON line: seconds, processor seconds, the most memory in MB, and how many units or rows came of it.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

WORKERS = 2
LOCAL = f"local[{WORKERS}]"
KEPT: list[object] = []  # what would end when it is forgotten


@dataclass(frozen=True)
class Timed:
    """What a way says that timed itself: only a part of it counts."""

    count: int
    seconds: float
    more: dict[str, Any] = field(default_factory=dict)


Way = Callable[["Snapshot", Path], "int | Timed"]


class Snapshot:
    """A snapshot with the plan of all shipped rules for its day."""

    def __init__(self, folder: Path) -> None:
        from guben.rulebook.sources import shipped_files
        from guben.rulebook_engine.facts import catalogue
        from guben.rulebook_engine.frozen import read_manifest
        from guben.rulebook_engine.library import Library
        from guben.rulebook_engine.loading import read_rulebook
        from guben.rulebook_engine.plan_of_run import plan

        self.folder = folder
        self.manifest = read_manifest(folder)
        library = Library([read_rulebook(file.text, file.name, catalogue) for file in shipped_files()])
        self.plan = plan(library, self.manifest.on, catalogue)

    def files(self) -> Iterator[tuple[str, Path]]:
        """The files that the plan reads, the largest first, each with its table."""
        files = [(file.rows, name, file.name) for name in self.plan.tables for file in self.manifest.tables[name]]
        for _rows, name, file in sorted(files, reverse=True):
            yield name, self.folder / file


def scan(snapshot: Snapshot, out: Path) -> int:
    """The same columns of the same files read by the kernel's readers, and thrown away: the floor."""
    from guben.rulebook_engine.adapters.kernel_files import read_rows
    from guben.rulebook_engine.filter_tables import filter_tables

    types = {name: filter_tables(snapshot.plan, name).types for name in snapshot.plan.tables}

    def read(one: tuple[str, Path]) -> int:
        rows = 0
        for some in read_rows(one[1], types[one[0]]):
            for name in types[one[0]]:
                some[name]
            rows += some.size
        return rows

    with ThreadPoolExecutor(WORKERS) as pool:
        return sum(pool.map(read, snapshot.files()))


def scan_duckdb(snapshot: Snapshot, out: Path) -> int:
    """The largest value of each of these columns, by DuckDB."""
    import duckdb

    from guben.rulebook_engine.filter_tables import filter_tables

    connection = duckdb.connect(config={"threads": WORKERS})
    rows = 0
    for name in snapshot.plan.tables:
        listed = ", ".join(f"'{snapshot.folder / file.name}'" for file in snapshot.manifest.tables[name])
        columns = ["organisation", *filter_tables(snapshot.plan, name).types]
        largest = ", ".join(f'max("{column}")' for column in columns)
        found = connection.execute(f"SELECT count(*), {largest} FROM read_parquet([{listed}])").fetchone()
        rows += found[0] if found else 0
    return rows


def kernel(snapshot: Snapshot, out: Path) -> int:
    """Figures, verdicts and duties of all units in memory, nothing written."""
    from guben.rulebook_engine.adapters import kernel as engine

    numbers = [0, *_largest_first(snapshot)]

    def work(part: int) -> tuple[int, object]:
        found = engine.work_out(snapshot.folder, snapshot.manifest, part, snapshot.plan)
        return len(found), found.up

    with ThreadPoolExecutor(WORKERS) as pool:
        done = list(pool.map(work, numbers[1:]))
    last = engine.work_out(
        snapshot.folder,
        snapshot.manifest,
        0,
        snapshot.plan,
        [up for _units, up in done],  # type: ignore[misc]
    )
    return sum(units for units, _up in done) + len(last)


def _largest_first(snapshot: Snapshot) -> list[int]:
    parts = sorted(snapshot.manifest.parts, key=lambda part: -part.units)
    return [part.number for part in parts if part.number]


def written(engine: str, master: str = "") -> Way:
    """The whole run as `guben run` does it, with its results on the disk."""

    def run(snapshot: Snapshot, out: Path) -> int:
        from guben.rollup.runs import How
        from guben.rollup.runs import run as run_whole

        how = How(engine=engine, workers=WORKERS, trust=True, master=master)
        return run_whole(snapshot.folder, out, snapshot.plan, how).manifest.rows

    return run


def duckdb_sql(number: int, *, writes: bool) -> Way:
    """DuckDB alone, by one of the formulations."""

    def run(snapshot: Snapshot, out: Path) -> int:
        import duckdb

        from benchmarks.national_sql import FORMULATIONS, SqlRun

        connection = duckdb.connect(
            str(out / "peer.duckdb"),
            config={"threads": WORKERS, "memory_limit": "12GB", "preserve_insertion_order": "false"},
        )
        way = SqlRun(connection, snapshot.folder, snapshot.manifest, snapshot.plan, FORMULATIONS[number])
        return way.run(out / "result" if writes else None)

    return run


def postgres(snapshot: Snapshot, out: Path) -> Timed:
    """PostgreSQL's SQL alone, over tables that hold the snapshot; loading them is not timed."""
    from benchmarks.national_postgres import loaded
    from benchmarks.national_sql import FORMULATIONS, SqlRun
    from guben.rulebook_engine.dialects import POSTGRES

    with loaded(snapshot.folder, snapshot.manifest, snapshot.plan) as connection:
        way = SqlRun(connection, snapshot.folder, snapshot.manifest, snapshot.plan, FORMULATIONS[0], POSTGRES)
        begun = time.perf_counter()
        units = way.run(None)
        return Timed(units, time.perf_counter() - begun)


def kernel_verdicts(snapshot: Snapshot, out: Path) -> Timed:
    """The verdicts alone, from figures that are finished, of the standards that OpenFisca is asked for too."""
    from benchmarks.national_openfisca import judged

    seconds, units, _inputs = judged(snapshot.folder, snapshot.manifest, snapshot.plan)
    return Timed(units, seconds)


def openfisca(snapshot: Snapshot, out: Path) -> Timed:
    """The same verdicts by OpenFisca, in its own virtual environment."""
    from benchmarks.national_openfisca import ask

    return Timed(**ask(snapshot.folder, snapshot.manifest, snapshot.plan, out))


def polars(snapshot: Snapshot, out: Path) -> int:
    """Atoms added up over the tree by polars; no verdicts, no duties, nothing written."""
    from benchmarks import national_polars

    return len(national_polars.run(snapshot.folder, snapshot.manifest, snapshot.plan))


WAYS: dict[str, Way] = {
    "scan": scan,
    "scan_duckdb": scan_duckdb,
    "kernel": kernel,
    "kernel_written": written("kernel"),
    "polars": polars,
    "postgres": postgres,
    "kernel_verdicts": kernel_verdicts,
    "openfisca": openfisca,
    "spark_written": written("spark", LOCAL),
    **{f"duckdb_{number}": duckdb_sql(number, writes=False) for number in range(4)},
    **{f"duckdb_{number}_written": duckdb_sql(number, writes=True) for number in range(4)},
}


@contextmanager
def _empty(out: Path) -> Iterator[None]:
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    yield
    shutil.rmtree(out, ignore_errors=True)


def _prepared(way: str, cache: Path) -> None:
    """What is done once and not timed: the loops are compiled, or read compiled."""
    if way.startswith(("kernel", "scan", "openfisca")):
        from guben.rulebook_engine.adapters import kernel as engine

        engine.prepare(cache)
    if way.startswith("spark"):
        from guben.rulebook_engine.adapters import spark

        opened = spark.session(LOCAL, {"spark.driver.memory": "8g", "spark.sql.shuffle.partitions": "8"})
        opened.__enter__()  # the run finds it open, and closes it
        KEPT.append(opened)


def main(way: str, folder: str, out: str) -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guben.settings")
    import django

    django.setup()
    snapshot = Snapshot(Path(folder))
    _prepared(way, Path(out).parent / "compiled")
    with _empty(Path(out)):
        begun, used = time.perf_counter(), time.process_time()
        found = WAYS[way](snapshot, Path(out))
        seconds, processor = time.perf_counter() - begun, time.process_time() - used
    if not isinstance(found, Timed):
        found = Timed(found, seconds)
    memory = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    answer = {"way": way, "seconds": found.seconds, "processor": processor, "mb": memory / 1024, "count": found.count}
    print(json.dumps(answer | found.more))
    return 0


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
    raise SystemExit(main(*sys.argv[1:4]))

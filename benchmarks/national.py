"""The whole country worked out, ours beside the peers in one run; writes its part of docs/benchmarks.md.

    python benchmarks/national.py --sizes 1000000 --part million                 # `make benchmark`
    python benchmarks/national.py --sizes 1000000 10000000 0 --peers 1000000 0   # `make benchmark-national`; 0 = all

Every way runs in a process of its own, in turns; the files are in memory from an unmeasured round. A way that takes
longer than the limit is ended and gives up for that size.
"""

from __future__ import annotations

import argparse
import json
import os
import shlex
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.report import machine, table, write
from scripts.spark_cluster import Missing, java

BULLETIN = ROOT / "guben" / "rulebooks" / "published" / "2024-12-31.csv"
TITLES = {
    "scan": "raw scan: the same columns decoded, nothing worked out",
    "scan_duckdb": "raw scan by DuckDB: the largest value of each column",
    "kernel": "**Guben, kernel: figures, verdicts and duties of every unit**",
    "kernel_written": "**Guben, kernel, with all results written**",
    "kernel_verdicts": "**Guben, verdicts alone, from figures that are finished**",
    "polars": "polars: sums alone, without verdicts and duties",
    "duckdb": "DuckDB's SQL alone ({way})",
    "duckdb_written": "DuckDB's SQL alone, with results written",
    "spark_written": "Apache Spark local[2], with results written",
    "postgres": "PostgreSQL's SQL alone, over its own tables, nothing written",
    "openfisca": "OpenFisca: verdicts alone, from figures that are finished{openfisca}",
}
PARTS = {"national": "The whole country", "million": "A whole country of a million"}
OURS = ("scan", "scan_duckdb", "kernel", "kernel_written", "kernel_verdicts")
BESIDE = {"openfisca": "kernel_verdicts", "spark_written": "kernel_written", "duckdb_written": "kernel_written"}
FEW = ("spark_written", "duckdb", "duckdb_written", "postgres", "openfisca")  # measured once where much is asked
LARGE = 50_000_000
SQL_AT_MOST = 20_000_000  # rows on which the formulations of SQL are compared


@dataclass
class Size:
    """One snapshot and what was measured on it: the answers of each way, in their order."""

    folder: Path
    units: int
    rows: int
    members: int
    generated_in: float | None
    peers: bool = True
    taken: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    gave_up: dict[str, str] = field(default_factory=dict)

    def seconds(self, way: str) -> float | None:
        found = [one["seconds"] for one in self.taken.get(way, ())]
        return median(found) if found else None


def main() -> int:
    chosen = _options().parse_args()
    chosen.folder.mkdir(parents=True, exist_ok=True)
    here = machine()
    sizes = [_snapshot(chosen, members) for members in chosen.sizes]
    ways = [way for way in TITLES if way not in chosen.without]
    fastest = _fastest_sql(sizes, chosen) if "duckdb" in ways or "duckdb_written" in ways else 0
    for size in sizes:
        _measure(size, chosen, fastest, ways)
    write(chosen.part, _page(sizes, chosen, here, fastest))
    return 0


def _options() -> argparse.ArgumentParser:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--bulletin", type=Path, default=BULLETIN)
    options.add_argument("--sizes", type=int, nargs="+", default=[1_000_000], help="members; 0 = the whole country")
    options.add_argument(
        "--peers", type=int, nargs="*", help="the sizes at which peers are asked too; all where left out"
    )
    options.add_argument("--postgres", type=int, help="the size for PostgreSQL and OpenFisca; the first one else")
    options.add_argument("--limit", type=int, default=900, help="seconds after which a way gives up")
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--part", default="national", choices=PARTS, help="which part of the page is written")
    options.add_argument("--folder", type=Path, default=Path("build/national"))
    options.add_argument("--without", nargs="*", default=[], choices=TITLES)
    return options


def _snapshot(chosen: argparse.Namespace, members: int) -> Size:
    """The snapshot of a size, invented where it is not there yet."""
    target = chosen.folder / f"{chosen.bulletin.stem}-{members or 'all'}"
    seconds = None
    if not (target / "manifest.json").is_file():
        asked = ["--members", str(members)] if members else []
        begun = time.perf_counter()
        command = ["benchmark", "generate", "--bulletin", str(chosen.bulletin), "--out", str(target), *asked]
        subprocess.run([sys.executable, "-m", "guben", *command], check=True)
        seconds = time.perf_counter() - begun
    manifest = json.loads((target / "manifest.json").read_text(encoding="utf-8"))
    rows = {name: one["rows"] for name, one in manifest["tables"].items()}
    units = sum(part["units"] for part in manifest["parts"])
    peers = chosen.peers is None or members in chosen.peers
    size = Size(target, units, sum(rows.values()), rows["member"], seconds, peers)
    if peers and (missing := _no_java()):
        size.gave_up["spark_written"] = missing
    if members != (chosen.sizes[0] if chosen.postgres is None else chosen.postgres):
        size.gave_up |= dict.fromkeys(("postgres", "openfisca"), "")  # asked at one size only
    return size


def _no_java() -> str:
    try:
        java()
    except Missing:
        return "no Java 17 here"
    return ""


def _asked(way: str, size: Size, chosen: argparse.Namespace) -> dict[str, Any]:
    """One measurement; where the way did not come to an end, only why."""
    words = [way, str(size.folder.resolve()), str((chosen.folder / "out").resolve())]
    command = [sys.executable, str(ROOT / "benchmarks" / "national_measures.py"), *words]
    log = (chosen.folder / "said.txt").open("w+")
    with (
        log,
        subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, start_new_session=True, cwd=ROOT) as started,
    ):
        memory = _watched(started, chosen.limit)
        log.seek(0)
        said = log.read().strip().splitlines()
    if memory is None:
        return _told(way, size, {"gave_up": f"gave up after {chosen.limit} s"})
    answers = [line for line in said if line.startswith('{"way"')]
    if started.returncode or not answers:
        print("\n".join(said[-15:]), file=sys.stderr)
        return _told(way, size, {"gave_up": "failed"})
    answer: dict[str, Any] = json.loads(answers[-1])
    if way != "openfisca":  # which tells its own; beside it lies what its input was made of
        answer["mb"] = max(answer["mb"], memory)
    return _told(way, size, answer)


def _told(way: str, size: Size, answer: dict[str, Any]) -> dict[str, Any]:
    said = answer.get("gave_up") or f"{answer['seconds']:8.2f} s {answer['mb']:8,.0f} MB"
    print(f"  {size.members:>11,} {way:<20} {said}", flush=True)
    return answer


def _watched(started: subprocess.Popen[Any], limit: int) -> float | None:
    """The most memory in MB that a process and those below it held together; None where it had to be ended."""
    most, ends = 0.0, time.monotonic() + limit
    while True:
        try:
            started.wait(1)
            return most
        except subprocess.TimeoutExpired:
            pass
        below = _with_all_below(started.pid)
        most = max(most, sum(_megabytes(one) for one in below))
        if time.monotonic() > ends:
            for one in below:
                _ended(one)
            started.wait()
            return None


def _with_all_below(top: int) -> list[int]:
    children: dict[int, list[int]] = {}
    for place in Path("/proc").glob("[0-9]*/stat"):
        try:
            above = int(place.read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
        children.setdefault(above, []).append(int(place.parent.name))
    found = [top]
    for one in found:
        found += children.get(one, [])
    return found


def _megabytes(process: int) -> float:
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
        return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss:"))
    except (OSError, StopIteration):
        return 0


def _ended(process: int) -> None:
    try:
        os.kill(process, signal.SIGKILL)
    except ProcessLookupError:
        return


def _fastest_sql(sizes: list[Size], chosen: argparse.Namespace) -> int:
    """Which formulation of DuckDB's SQL is the quickest on the largest snapshot that is not too large to try."""
    small = [size for size in sizes if size.rows <= SQL_AT_MOST] or sizes[:1]
    size = max(small, key=lambda one: one.rows)
    taken = {number: _asked(f"duckdb_{number}", size, chosen) for number in range(4)}
    return min(((one["seconds"], number) for number, one in taken.items() if "seconds" in one), default=(0.0, 0))[1]


def _measure(size: Size, chosen: argparse.Namespace, fastest: int, ways: list[str]) -> None:
    for number in range(chosen.rounds + 1):
        for way in ways:
            once = way in FEW and (size.rows > LARGE or way not in ("duckdb", "duckdb_written"))
            if way not in OURS and not size.peers or way in size.gave_up or (once and number > 1):
                continue
            if number == 0 and way not in ("scan", "kernel"):  # what fills the memory and compiles
                continue
            named = way.replace("duckdb", f"duckdb_{fastest}", 1) if way.startswith("duckdb") else way
            answer = _asked(named, size, chosen)
            if "gave_up" in answer:
                size.gave_up[way] = answer["gave_up"]
            elif number:
                size.taken.setdefault(way, []).append(answer)


def _page(sizes: list[Size], chosen: argparse.Namespace, here: str, fastest: int) -> str:
    headers = ["what"]
    for size in sizes:
        headers += [f"{_millions(size.members)}: s", "spread", "beside scan", "ours is faster", "MB"]
    rows = []
    for way in TITLES:
        if any(size.taken.get(way) or size.gave_up.get(way) for size in sizes):
            rows.append([_title(way, sizes, fastest), *(cell for size in sizes for cell in _cells(size, way))])
    told = "; ".join(
        f"{size.members:,} people on rolls, {size.units:,} units, {size.rows:,} rows in all"
        + (f", invented in {size.generated_in:.0f} s" if size.generated_in else "")
        for size in sizes
    )
    return "\n\n".join(
        [
            f"## {PARTS[chosen.part]}",
            f"Invented from the bulletin of {chosen.bulletin.stem}: {told}. All shipped rules, every unit, every level;"
            f" {here}. Medians of {chosen.rounds} rounds, each way a process, in turns (slow ways once), on two"
            " threads; files in memory; start, compiling of ours, Spark's start and loading PostgreSQL's tables are not"
            " in the times. MB: the most that all processes of a way held. Repeated by"
            f" `python {shlex.join(sys.argv)}`.",
            table(headers, rows),
            "“Ours is faster” compares what computes with what computes, what writes with what writes, and verdicts"
            " with verdicts. " + _linear(sizes),
        ]
    )


def _title(way: str, sizes: list[Size], fastest: int) -> str:
    from benchmarks.national_sql import FORMULATIONS

    told = next((one for size in sizes for one in size.taken.get("openfisca", ())), None)
    words = ""
    if told:
        words = f", {told['rules']} of {told['of']} standards; numbers of 32 bits; {told['differ']:,} of "
        words += f"{told['rules'] * told['count']:,} verdicts differ"
    return TITLES[way].format(way=FORMULATIONS[fastest].name, openfisca=words)


def _linear(sizes: list[Size]) -> str:
    """How the cost grows: microseconds of the clock for each person on the rolls."""
    found = [
        f"{seconds / size.members * 1_000_000:.2f} at {_millions(size.members)}"
        for size in sizes
        if (seconds := size.seconds("kernel_written"))
    ]
    return f"The whole run takes, in microseconds a person: {', '.join(found)}." if found else ""


def _cells(size: Size, way: str) -> list[str]:
    seconds, scan = size.seconds(way), size.seconds("scan")
    ours = size.seconds(BESIDE.get(way, "kernel"))
    if seconds is None:
        return [size.gave_up.get(way) or "–", *["–"] * 4]
    taken = [one["seconds"] for one in size.taken[way]]
    beside = (
        "" if way.startswith("scan") or not scan or "verdicts" in way or way == "openfisca" else f"{seconds / scan:.2f}"
    )
    faster = "" if way in OURS or not ours else f"{seconds / ours:.1f} ×"
    memory = max(one["mb"] for one in size.taken[way])
    return [f"{seconds:.2f}", f"{min(taken):.2f}–{max(taken):.2f}", beside, faster, f"{memory:,.0f}"]


def _millions(members: int) -> str:
    return f"{members / 1_000_000:,.1f} M"


if __name__ == "__main__":
    raise SystemExit(main())

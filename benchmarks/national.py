"""The whole country worked out, ours beside the peers in one run; writes its part of docs/benchmarks.md.

    python benchmarks/national.py --bulletin FILE.csv --sizes 1000000           # `make benchmark`
    python benchmarks/national.py --bulletin FILE.csv --sizes 1000000 10000000 0   # `make benchmark-national`; 0 = all

Every way runs in a process of its own, in turns; the files are in memory from an unmeasured round.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.report import machine, table, write

ROUNDS = 3
LONGEST = 1800  # seconds for one way, once
TITLES = {
    "scan": "raw scan: the same columns decoded, nothing worked out",
    "scan_duckdb": "raw scan by DuckDB: the largest value of each column",
    "kernel": "**Guben, kernel: figures, verdicts and duties of every unit**",
    "kernel_written": "**Guben, kernel, with all results written**",
    "polars": "polars: sums alone, without verdicts and duties",
    "duckdb": "DuckDB's SQL alone ({way})",
    "duckdb_written": "DuckDB's SQL alone, with results written",
    "spark_written": "Apache Spark local[2], with results written",
}
FEW = ("spark_written", "duckdb_written")  # slow ways, measured once where the snapshot is large
LARGE = 50_000_000


@dataclass
class Size:
    """One snapshot and what was measured on it: the answers of each way, in their order."""

    folder: Path
    units: int
    rows: int
    members: int
    generated_in: float | None
    taken: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    def seconds(self, way: str) -> float | None:
        found = [one["seconds"] for one in self.taken.get(way, ())]
        return median(found) if found else None


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--bulletin", type=Path, required=True)
    options.add_argument("--sizes", type=int, nargs="+", default=[1_000_000])
    options.add_argument("--folder", type=Path, default=Path("build/national"))
    options.add_argument("--rounds", type=int, default=ROUNDS)
    options.add_argument("--without", nargs="*", default=[], choices=TITLES)
    chosen = options.parse_args()
    chosen.folder.mkdir(parents=True, exist_ok=True)
    here = machine()
    sizes = [_snapshot(chosen.folder, chosen.bulletin, members) for members in chosen.sizes]
    fastest = _fastest_sql(sizes[0], chosen.folder)
    for size in sizes:
        _measure(size, chosen.folder, fastest, [way for way in TITLES if way not in chosen.without], chosen.rounds)
    write("national", _page(sizes, chosen.bulletin.stem, here, fastest))
    return 0


def _snapshot(folder: Path, bulletin: Path, members: int) -> Size:
    """The snapshot of a size, invented where it is not there yet."""
    target = folder / f"{bulletin.stem}-{members or 'all'}"
    seconds = None
    if not (target / "manifest.json").is_file():
        asked = ["--members", str(members)] if members else []
        begun = time.perf_counter()
        command = ["benchmark", "generate", "--bulletin", str(bulletin), "--out", str(target), *asked]
        subprocess.run([sys.executable, "-m", "guben", *command], check=True)
        seconds = time.perf_counter() - begun
    manifest = json.loads((target / "manifest.json").read_text(encoding="utf-8"))
    rows = {name: one["rows"] for name, one in manifest["tables"].items()}
    units = sum(part["units"] for part in manifest["parts"])
    return Size(target, units, sum(rows.values()), rows["member"], seconds)


def _asked(way: str, size: Size, folder: Path) -> dict[str, Any] | None:
    """One measurement; None where the way did not come to an end."""
    command = [sys.executable, "benchmarks/national_measures.py", way, str(size.folder), str(folder / "out")]
    try:
        found = subprocess.run(command, check=True, capture_output=True, text=True, timeout=LONGEST)
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as fault:
        print(f"{way}: {str(fault.stderr or fault)[-500:]}", file=sys.stderr)
        return None
    answer: dict[str, Any] = json.loads(found.stdout.strip().splitlines()[-1])
    print(f"  {size.members:>11,} {way:<20} {answer['seconds']:8.2f} s {answer['mb']:8,.0f} MB", flush=True)
    return answer


def _fastest_sql(size: Size, folder: Path) -> int:
    """Which formulation of DuckDB's SQL is the quickest on the smallest snapshot."""
    taken = {number: _asked(f"duckdb_{number}", size, folder) for number in range(4)}
    return min((one["seconds"], number) for number, one in taken.items() if one)[1]


def _measure(size: Size, folder: Path, fastest: int, ways: list[str], rounds: int) -> None:
    for number in range(rounds + 1):
        for way in ways:
            once = size.rows > LARGE and way in FEW
            if number > 1 and once:
                continue
            if number == 0 and (once or way.startswith(("duckdb", "spark"))):
                continue
            answer = _asked(
                way.replace("duckdb", f"duckdb_{fastest}", 1) if way.startswith("duckdb") else way, size, folder
            )
            if number and answer:
                size.taken.setdefault(way, []).append(answer)


def _page(sizes: list[Size], bulletin: str, here: str, fastest: int) -> str:
    from benchmarks.national_sql import FORMULATIONS

    headers = ["what"]
    for size in sizes:
        headers += [f"{_millions(size.members)}: s", "spread", "beside scan", "ours is faster", "MB"]
    rows = []
    for way, title in TITLES.items():
        if any(size.taken.get(way) for size in sizes):
            cells = [cell for size in sizes for cell in _cells(size, way)]
            rows.append([title.format(way=FORMULATIONS[fastest].name), *cells])
    told = "; ".join(
        f"{size.members:,} people on rolls, {size.units:,} units, {size.rows:,} rows in all"
        + (f", invented in {size.generated_in:.0f} s" if size.generated_in else "")
        for size in sizes
    )
    return "\n\n".join(
        [
            "## The whole country",
            f"Invented from the bulletin of {bulletin}: {told}. All shipped rules, every unit, every level; {here}."
            " Medians of processes that took turns (slow ways once at the largest size), on two threads; files in"
            " memory; start, compiling and Spark's start are not in the times. `make benchmark-national` repeats it.",
            table(headers, rows),
            "“Ours is faster” compares what computes with what computes, and what writes with what writes.",
        ]
    )


def _cells(size: Size, way: str) -> list[str]:
    seconds, scan = size.seconds(way), size.seconds("scan")
    ours = size.seconds("kernel_written" if way.endswith("_written") else "kernel")
    if seconds is None:
        return ["–"] * 5
    taken = [one["seconds"] for one in size.taken[way]]
    beside = "" if way.startswith("scan") or not scan else f"{seconds / scan:.2f}"
    faster = "" if way.startswith(("scan", "kernel")) or not ours else f"{seconds / ours:.1f} ×"
    memory = max(one["mb"] for one in size.taken[way])
    return [f"{seconds:.2f}", f"{min(taken):.2f}–{max(taken):.2f}", beside, faster, f"{memory:,.0f}"]


def _millions(members: int) -> str:
    return f"{members / 1_000_000:,.1f} M"


if __name__ == "__main__":
    raise SystemExit(main())

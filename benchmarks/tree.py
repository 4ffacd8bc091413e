"""Times the tree at the size of the whole country, beside django-treebeard's materialised path, in one run.

    make data
    python benchmarks/tree.py                   # SQLite, and PostgreSQL from the tests' wheel
    DATABASE_URL=postgres://… python benchmarks/tree.py --here

All public divisions are founded below one root by `guben import divisions --all`, in a data folder of their own
(build/benchmarks). The peer's table holds the same units under paths worked out by hand, which is its quickest way in.
Each figure is the median of samples that take turns: ours, the peer, ours, the peer.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from statistics import median
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
PLACE = Path(os.environ.get("GUBEN_BENCHMARKS", ROOT / "build" / "benchmarks"))
LARGEST_COUNT = 35_000
MOVED = 33_000
SAMPLES = 15


def main() -> int:
    if "--here" in sys.argv:
        return measure()
    from benchmarks import report
    from tests.postgres import Server

    begun = report.machine()
    results = {"SQLite": _child({"GUBEN_DATA": str(PLACE / "tree-sqlite")})}
    server = Server()
    try:
        url = server.start()
        results["PostgreSQL"] = _child({"GUBEN_DATA": str(PLACE / "tree-postgres"), "DATABASE_URL": url})
    finally:
        server.stop()
    report.write("tree", _page(results, begun))
    return 0


def _child(environment: dict[str, str]) -> dict[str, Any]:
    """One database after the other, each in a process of its own."""
    Path(environment["GUBEN_DATA"]).mkdir(parents=True, exist_ok=True, mode=0o700)
    known = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    done = subprocess.run(
        [sys.executable, __file__, "--here"], env={**known, **environment}, stdout=subprocess.PIPE, check=True
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _page(results: dict[str, dict[str, Any]], machine: str) -> str:
    from benchmarks.report import table

    first = next(iter(results.values()))
    rows = []
    for index, line in enumerate(first["lines"]):
        cells = [line["what"]]
        for result in results.values():
            ours, peer = result["lines"][index]["ours"], result["lines"][index]["peer"]
            cells += [_shown(ours), _shown(peer), f"{peer / ours:.1f} ×" if ours and peer else ""]
        rows.append(cells)
    headers = ["what"]
    for name in results:
        headers += [f"{name}: Guben", f"{name}: treebeard MP", "peer beside ours"]
    return "\n\n".join(
        [
            "## The tree of the whole country",
            f"{first['units']:,} units of the public division data in five levels below one root; {machine}. "
            "Medians, in milliseconds where nothing else is said. `python benchmarks/tree.py` repeats it.",
            table(headers, rows),
            "Ours founds each unit with its act, its dated placement and its history entry, and a move writes a new "
            "placement for every unit below; the peer keeps today's tree alone. The bare move is the part both do. "
            "Opening counts what stands below each unit too, and a first page reads the reader's grants first; the "
            "peer does neither. Pages are whole answers with session, rights and template. The goals were 50 ms for "
            "opening, 15 ms for a first page and for counting up to 35,000, one second for moving 33,000.",
        ]
    )


def _shown(value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value:,.1f} s" if value > 3000 and (value := value / 1000) else f"{value:,.1f}"


def measure() -> int:
    """Everything on the database of the environment; one JSON document on standard output."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.tree_peer.settings"
    import django

    django.setup()
    from benchmarks import tree_measures

    document = tree_measures.run()
    json.dump(document, sys.stdout, ensure_ascii=False)
    return 0


def timed(work: Callable[[], Any]) -> float:
    begun = time.perf_counter()
    work()
    return (time.perf_counter() - begun) * 1000


def in_turns(works: Sequence[Callable[[], Any] | None], samples: int = SAMPLES) -> Iterator[float | None]:
    """The median of each, sampled in turns after one unmeasured round."""
    times: list[list[float]] = [[] for _ in works]
    for number in range(samples + 1):
        for index, work in enumerate(works):
            if work is not None and (taken := timed(work)) and number:
                times[index].append(taken)
    return (median(found) if found else None for found in times)


if __name__ == "__main__":
    raise SystemExit(main())

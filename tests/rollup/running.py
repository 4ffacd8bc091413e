"""What another process does until it is killed; it imports little, so that it starts at once."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from guben.rollup import runs
from guben.rulebook_engine.adapters import whole_duckdb  # noqa: F401 - imported before the process is forked
from guben.rulebook_engine.plan_of_run import Plan


def run_for_ever(snapshot: Path, out: Path, plans: Sequence[Plan], begun: Any) -> None:
    begun.set()
    while True:
        for one in reversed(plans):
            runs.run(snapshot, out, one, runs.How("duckdb"))

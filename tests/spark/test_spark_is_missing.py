"""Where Spark can't be had, a sentence says what to do."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from guben.rollup import runs
from guben.rollup.errors import NoCluster
from guben.rulebook_engine.adapters import spark as adapter
from guben.rulebook_engine.frozen import MANIFEST
from tests.rulebook_engine.test_whole_tree import DUTIES, planned
from tests.rulebook_engine.whole_trees import build, chain

OPEN = """
from guben.rulebook_engine.adapters.spark import Unreachable, session
try:
    session().__enter__()
except Unreachable:
    print("unreachable")
"""


def test_without_java_spark_is_unreachable() -> None:
    environment = {**os.environ, "JAVA_HOME": "/nowhere"}
    done = subprocess.run([sys.executable, "-c", OPEN], env=environment, capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "unreachable"


def test_a_run_without_a_cluster_leaves_the_old_result(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    @contextmanager
    def nobody(master: str) -> Any:
        raise adapter.Unreachable(master)
        yield

    found = build(tmp_path / "frozen", chain(2), 2, 10)
    found.live.close()
    (found.folder / MANIFEST).write_text(found.manifest.text())
    runs.run(found.folder, tmp_path / "out", planned(DUTIES), runs.How("duckdb"))
    before = runs.current(tmp_path / "out")
    monkeypatch.setattr(adapter, "session", nobody)

    with pytest.raises(NoCluster, match="spark://there:7077"):
        runs.run(found.folder, tmp_path / "out", planned(DUTIES), runs.How("spark", master="spark://there:7077"))

    assert runs.current(tmp_path / "out") == before
    assert (tmp_path / "out" / before / MANIFEST).is_file()

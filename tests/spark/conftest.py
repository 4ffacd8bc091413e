"""Tests on Apache Spark: only where a cluster is named in SPARK_MASTER (`make test-spark` starts one)."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest

collect_ignore_glob = [] if os.environ.get("SPARK_MASTER") else ["test_*.py"]


@pytest.fixture(scope="session")
def spark() -> Iterator[Any]:
    from guben.rulebook_engine.adapters.spark import session

    small = {
        "spark.sql.shuffle.partitions": "2",
        "spark.default.parallelism": "2",
        "spark.sql.adaptive.enabled": "false",  # a plan of small tables is as good the first time
        "spark.executor.memory": "768m",
    }
    with session(os.environ["SPARK_MASTER"], small) as opened:
        yield opened

"""Snapshots as the generator reads them again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb

from guben.generator.errors import GeneratorRefused
from guben.rulebook_engine.frozen import BrokenManifest, Manifest, read_manifest


def manifest_of(folder: Path) -> Manifest:
    """Raises GeneratorRefused where there is no snapshot that can be read."""
    try:
        return read_manifest(folder)
    except BrokenManifest as fault:
        raise GeneratorRefused(f"{fault}.") from None


def quiet_connection(**config: Any) -> duckdb.DuckDBPyConnection:
    """DuckDB in memory, which draws no bar of its progress."""
    connection = duckdb.connect(config=config)
    connection.execute("SET enable_progress_bar = false")
    return connection


def quoted(path: Path) -> str:
    """A path as a text of SQL."""
    return "'" + str(path).replace("'", "''") + "'"

"""A snapshot in a PostgreSQL server of its own, for the peer that works it out there: what the rules ask for."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from guben.rulebook_engine.adapters.whole_duckdb import UNITS
from guben.rulebook_engine.filter_tables import filter_tables
from guben.rulebook_engine.frozen import TREE_TABLE, Manifest
from guben.rulebook_engine.plan_of_run import Plan

TYPES = {"VARCHAR": 'TEXT COLLATE "C"', "DOUBLE": "DOUBLE PRECISION", "BOOLEAN": "BOOLEAN", "DATE": "DATE"}
GENEROUS = {
    "work_mem": "'1GB'",
    "hash_mem_multiplier": "4",
    "max_parallel_workers_per_gather": "1",  # beside the leader: two in all
    "effective_cache_size": "'8GB'",
    "random_page_cost": "1.1",
    "statement_timeout": "0",
}


@contextmanager
def loaded(folder: Path, manifest: Manifest, plan: Plan) -> Iterator[Any]:
    """A connection to the server, with a table `snapshot_…` for each fact table; the server ends with the block."""
    import psycopg

    from tests.postgres import FAST, Server

    FAST["shared_buffers"] = "2GB"
    server = Server()
    try:
        server.start()
        with psycopg.connect(host=str(server.place), user="guben", dbname="postgres", autocommit=True) as connection:
            for name, worth in GENEROUS.items():
                connection.execute(f"SET {name} = {worth}")
            load(connection, folder, manifest, plan)
            connection.execute("VACUUM ANALYZE")
            yield connection
    finally:
        server.stop()


def load(connection: Any, folder: Path, manifest: Manifest, plan: Plan) -> None:
    """Fills a table `snapshot_…` for each fact table that the plan asks for."""
    for table in dict.fromkeys((TREE_TABLE, UNITS, *plan.tables)):
        _load(connection, table, folder, manifest, plan)


def _load(connection: Any, table: str, folder: Path, manifest: Manifest, plan: Plan) -> None:
    files = ", ".join(f"'{folder / file.name}'" for file in manifest.tables[table])
    source = f"read_parquet([{files}])"
    types = {name: kind for name, kind, *_ in duckdb.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()}
    if table not in (TREE_TABLE, UNITS):
        asked = filter_tables(plan, table).types
        types = {name: kind for name, kind in types.items() if name in ("organisation", *asked)}
    columns = ", ".join(f'"{name}" {TYPES.get(kind, "BIGINT")}' for name, kind in types.items())
    connection.execute(f"CREATE UNLOGGED TABLE snapshot_{table} ({columns})")
    named = ", ".join(f'"{name}"' for name in types)
    with tempfile.NamedTemporaryFile(suffix=".csv") as file:
        rows = f"SELECT {named} FROM {source}"
        duckdb.execute(f"COPY ({rows}) TO '{file.name}' (FORMAT csv, HEADER false, NULLSTR '\\N')")
        _copied(connection, table, Path(file.name))


def _copied(connection: Any, table: str, file: Path) -> None:
    into = f"COPY snapshot_{table} FROM STDIN (FORMAT csv, NULL '\\N')"
    with file.open("rb") as stream, connection.cursor() as cursor, cursor.copy(into) as copy:
        while piece := stream.read(1 << 20):
            copy.write(piece)

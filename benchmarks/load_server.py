"""A PostgreSQL server on a socket of its own whose data stay: loading ten million people takes minutes.

It runs from the binaries that the tests use, with the memory and the durability of a real one.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]
PLACE = Path(os.environ.get("GUBEN_BENCHMARKS", ROOT / "build" / "benchmarks"))

from tests import postgres  # noqa: E402 - the folder above is not on the path before

SETTINGS = {
    "shared_buffers": "12GB",
    "effective_cache_size": "16GB",
    "work_mem": "32MB",
    "maintenance_work_mem": "512MB",
    "random_page_cost": "1.1",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "8GB",
    "checkpoint_timeout": "15min",
    "jit": "off",
    "max_connections": "80",
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
}


class KeptServer(postgres.Server):
    """The tests' server with a folder that stays; `fresh` begins with an empty one."""

    def __init__(self, *, fresh: bool = False) -> None:
        super().__init__()
        self.kept = (PLACE / "load-postgres").resolve()
        self.fresh = fresh or not (self.kept / "PG_VERSION").exists()

    def start(self) -> str:
        """Starts it, made anew where there is none yet; its address."""
        self._prepare()
        self.data.rmdir()
        self.data = self.kept
        if self.fresh:
            self._make()
        words = [part for name, worth in SETTINGS.items() for part in ("-c", f"{name}={worth}")]
        log = (self.place / "log").open("wb")
        self.process = subprocess.Popen(
            [str(self.program / "postgres"), "-D", str(self.data), "-k", str(self.place), *words],
            stdout=log, stderr=log, stdin=subprocess.DEVNULL, preexec_fn=postgres._end_with_parent, **self.user,
        )  # fmt: skip
        self._wait()
        return f"postgres://guben@/postgres?host={self.place}"

    def _make(self) -> None:
        import shutil

        shutil.rmtree(self.data, ignore_errors=True)
        self.data.mkdir(mode=0o700, parents=True)
        if self.user:
            os.chown(self.data, self.user["user"], self.user["group"])
        self._run("initdb", "-D", str(self.data), "-U", "guben", "--auth=trust", "--encoding=UTF8",
                  "--no-sync", "--locale=C.UTF-8")  # fmt: skip

    def megabytes(self) -> float:
        """What the data take on disk."""
        done = subprocess.run(["du", "-sm", str(self.data)], capture_output=True, text=True, check=True)
        return float(done.stdout.split()[0])


class Clock:
    """Tells what each step took, as it is done."""

    def __init__(self) -> None:
        self.began = self.last = time.monotonic()
        self.steps: list[tuple[str, float]] = []

    def step(self, name: str) -> None:
        now = time.monotonic()
        self.steps.append((name, now - self.last))
        print(f"{now - self.began:7.1f} s  {name} ({now - self.last:.1f})", file=sys.stderr, flush=True)
        self.last = now

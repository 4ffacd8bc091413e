"""A Spark cluster on loopback, one master and some workers, for as long as one command runs.

    python scripts/spark_cluster.py COMMAND …

The command finds the address in SPARK_MASTER. Afterwards every process that was started here has ended. Without a
command it only says whether the machine has the Java that Spark needs.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

HOST = "127.0.0.1"
NEEDED = 17
PATIENCE = 180  # seconds: a busy machine starts Java slowly
SHORT_LIVED = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"  # what lives for minutes is not worth Java's second compiler
MASTER = "org.apache.spark.deploy.master.Master"
WORKER = "org.apache.spark.deploy.worker.Worker"


class Missing(Exception):
    """What the machine lacks, and what to do."""


def java() -> Path:
    """The Java that runs Spark: JAVA_HOME's, else the one on the path.

    Raises:
        Missing: there is none, or it is too old.
    """
    home = os.environ.get("JAVA_HOME")
    found = str(Path(home) / "bin" / "java") if home else shutil.which("java")
    if not found or not Path(found).is_file():
        raise Missing(
            f"Spark needs Java {NEEDED}; none was found. On Debian: apt install openjdk-{NEEDED}-jre-headless"
        )
    said = subprocess.run([found, "-version"], capture_output=True, text=True, check=False).stderr
    version = re.search(r'version "(\d+)', said)
    if not version or int(version.group(1)) < NEEDED:
        first = said.strip().split("\n")[0]
        raise Missing(f"Spark needs Java {NEEDED} or newer; {found} is {first}. Name another one in JAVA_HOME.")
    return Path(found).resolve()


def spark_home() -> Path:
    """Where Spark's own programs are, as the extra `spark` brings them.

    Raises:
        Missing: the extra is not installed.
    """
    try:
        import pyspark
    except ImportError:
        raise Missing("Spark is not installed: pip install 'guben[spark]'") from None
    return Path(pyspark.__file__).parent


def short_lived() -> dict[str, str]:
    """The environment of this process, in which every Java is made to start quickly."""
    return {**os.environ, "JDK_JAVA_OPTIONS": os.environ.get("JDK_JAVA_OPTIONS", SHORT_LIVED)}


class Cluster:
    """One master and its workers, each a process of one group of its own."""

    def __init__(self, place: Path, *, workers: int, cores: int, memory: str) -> None:
        self.place = place
        self.workers = workers
        self.cores = cores
        self.memory = memory
        self.environment = {
            **short_lived(),
            "JAVA_HOME": str(java().parent.parent),
            "SPARK_HOME": str(spark_home()),
            "SPARK_LOCAL_IP": HOST,
            "SPARK_PUBLIC_DNS": HOST,
            "SPARK_DAEMON_MEMORY": "256m",
        }
        self.processes: list[subprocess.Popen[bytes]] = []

    def start(self) -> str:
        """Starts it and returns the master's address once all workers are registered."""
        port = _free_port()
        address = f"spark://{HOST}:{port}"
        self._run("master", MASTER, "--host", HOST, "--port", str(port), "--webui-port", "0")
        self._wait("master", "I have been elected leader")
        for number in range(self.workers):
            words = ("--cores", str(self.cores), "--memory", self.memory, "--work-dir", str(self.place / "work"))
            self._run(f"worker-{number}", WORKER, address, "--host", HOST, "--webui-port", "0", *words)
        for number in range(self.workers):
            self._wait(f"worker-{number}", "Successfully registered")
        return address

    def stop(self) -> None:
        """Ends all that was started here: workers first, since each ends its own executors."""
        for process in reversed(self.processes):
            process.terminate()
            try:
                process.wait(timeout=PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            try:
                os.killpg(process.pid, signal.SIGKILL)  # an executor that outlived its worker
            except ProcessLookupError:
                continue
        self.processes.clear()

    def _run(self, name: str, program: str, *words: str) -> None:
        command = [str(spark_home() / "bin" / "spark-class"), program, *words]
        with (self.place / f"{name}.log").open("wb") as log:
            self.processes.append(
                subprocess.Popen(
                    command,
                    stdout=log,
                    stderr=log,
                    stdin=subprocess.DEVNULL,
                    env=self.environment,
                    start_new_session=True,
                )
            )

    def _wait(self, name: str, words: str) -> None:
        ends = time.monotonic() + PATIENCE
        log = self.place / f"{name}.log"
        while words not in log.read_text(errors="replace"):
            if time.monotonic() > ends or any(process.poll() is not None for process in self.processes):
                raise RuntimeError(f"Spark's {name} did not start:\n{log.read_text(errors='replace')[-3000:]}")
            time.sleep(0.2)


def _free_port() -> int:
    with socket.socket() as asked:
        asked.bind((HOST, 0))
        return int(asked.getsockname()[1])


@contextmanager
def cluster(*, workers: int = 2, cores: int = 1, memory: str = "1g") -> Iterator[str]:
    """The address of a cluster that ends with the block."""
    with tempfile.TemporaryDirectory(prefix="guben-spark-", ignore_cleanup_errors=True) as place:
        started = Cluster(Path(place), workers=workers, cores=cores, memory=memory)
        try:
            yield started.start()
        finally:
            started.stop()


def main(words: list[str]) -> int:
    def leave(number: int, frame: object) -> None:
        sys.exit(128 + number)

    signal.signal(signal.SIGTERM, leave)
    try:
        if not words:
            java()
            return 0
        with cluster() as address:
            environment = {**short_lived(), "SPARK_MASTER": address, "SPARK_LOCAL_IP": HOST}
            return subprocess.run(words, env=environment, check=False).returncode
    except Missing as fault:
        print(fault, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

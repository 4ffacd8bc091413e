"""A demo city in a data folder of its own, served on a free port: for browser tests and screenshots."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def free_port() -> int:
    """A port that nobody listens on right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def demo_server(data: Path, demo: str = "yes") -> Iterator[str]:
    """Builds the demo in `data` where it is not there yet, serves it, and gives the address. `demo="small"` builds a
    tenth of it."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("GUBEN_", "DATABASE_", "DJANGO_"))
    }
    environment = {**kept, "GUBEN_DATA": str(data)}
    guben = [sys.executable, "-m", "guben"]
    prepare = [sys.executable, "scripts/prepare.py", "--demo", demo]
    for words in (prepare, [*guben, "manage", "collectstatic", "--noinput", "-v", "0"]):
        subprocess.run(words, cwd=ROOT, env=environment, check=True, stdin=subprocess.DEVNULL)
    port = free_port()
    log = data / "server.log"
    with log.open("wb") as output:
        server = subprocess.Popen(
            [*guben, "serve", "--port", str(port)], cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT
        )
        try:
            address = f"http://127.0.0.1:{port}"
            _wait(f"{address}/healthz", server, log)
            yield address
        finally:
            server.terminate()
            server.wait(timeout=30)


def _wait(address: str, server: subprocess.Popen[bytes], log: Path, seconds: float = 60) -> None:
    """Returns when the address answers. Raises RuntimeError with the server's own words when it does not."""
    until = time.monotonic() + seconds
    while time.monotonic() < until and server.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=5) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.3)
    raise RuntimeError(f"{address} does not answer:\n{log.read_text(errors='replace')[-3000:]}")

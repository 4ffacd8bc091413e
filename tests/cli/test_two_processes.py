"""Two web processes and a worker over one database: what one records, the other shows; the worker does the jobs."""

from __future__ import annotations

import http.cookiejar
import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.cast import BRANCH

pytestmark = pytest.mark.slow
PATIENCE = 60  # seconds
PASSWORD = "tall-pine-by-the-river"
HERE = Path(__file__).resolve().parents[2]
CAST = f"""
import django
django.setup()
from django.core.management import call_command
from guben.cli.main import main
from tests.cast import build
call_command("migrate", verbosity=0)
user = build().secretary
user.set_password("{PASSWORD}")
user.save()
raise SystemExit(main(["rules", "install"]))
"""


@pytest.fixture(params=["sqlite", "postgresql"])
def environment(
    request: pytest.FixtureRequest, tmp_path: Path, migrated: Callable[[Path], None]
) -> Iterator[dict[str, str]]:
    """What the processes are started with: a data folder and a database of their own."""
    found = {
        **{name: value for name, value in os.environ.items() if not name.startswith("GUBEN_")},
        "GUBEN_DATA": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "tests.served",
        "PYTHONPATH": str(HERE),
        "DATABASE_URL": f"sqlite:///{tmp_path / 'guben.sqlite3'}",
    }
    if request.param == "sqlite":
        migrated(tmp_path)
        yield found
        return
    import psycopg

    server = request.getfixturevalue("embedded_postgres")
    name = f"two_{uuid.uuid4().hex}"
    with psycopg.connect(server, autocommit=True) as maintenance:
        maintenance.execute(f"CREATE DATABASE {name}")
        yield {**found, "DATABASE_URL": urlsplit(server)._replace(path=f"/{name}").geturl()}
        maintenance.execute(f"DROP DATABASE {name} WITH (FORCE)")


class Site:
    """One web process, asked with the cookies of one browser."""

    def __init__(self, environment: dict[str, str], cookies: http.cookiejar.CookieJar, until_end: ExitStack) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.address = f"http://127.0.0.1:{port}"
        words = ["granian", "--interface", "wsgi", "--port", str(port), "--no-ws", "--log-level", "warning"]
        until_end.callback(stop, start(environment, *words, "guben.wsgi:application"))
        self.browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(cookies))
        wait_for(lambda: self.get("/healthz") == "ok\n")

    def get(self, path: str) -> str:
        with self.browser.open(self.address + path, timeout=PATIENCE) as answer:
            return str(answer.read().decode())

    def post(self, path: str, **fields: str) -> str:
        """Fills in the form at the address; the page it leads to."""
        (token,) = re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', self.get(path))[:1]
        sent = urllib.parse.urlencode({"csrfmiddlewaretoken": token, **fields}).encode()
        request = urllib.request.Request(self.address + path, sent, {"Referer": self.address + path})
        with self.browser.open(request, timeout=PATIENCE) as answer:
            self.shown: str = urlsplit(answer.url).path
            return str(answer.read().decode())


def start(environment: dict[str, str], *words: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-m", *words], env=environment, cwd=HERE)


def stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(timeout=20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(timeout=20)


def run(environment: dict[str, str], *words: str) -> None:
    subprocess.run([sys.executable, *words], env=environment, cwd=HERE, check=True, timeout=300)


def wait_for(condition: object) -> None:
    ends = time.monotonic() + PATIENCE
    while True:
        try:
            if condition():  # type: ignore[operator]
                return
        except urllib.error.URLError:
            pass
        assert time.monotonic() < ends, "waited in vain"
        time.sleep(0.2)


def test_two_processes_and_a_worker_share_one_database(environment: dict[str, str]) -> None:
    run(environment, "-c", CAST)
    with ExitStack() as until_end:
        worker = start(environment, "guben", "manage", "work", "--alone", "--no-startup-delay", "--verbosity", "0")
        until_end.callback(stop, worker)
        cookies = http.cookiejar.CookieJar()
        one, other = Site(environment, cookies, until_end), Site(environment, cookies, until_end)

        one.post("/account/login/", login="secretary", password=PASSWORD)
        assert "柳溪村第一党支部" in other.get("/")

        site = {"name": "林下活动室", "area_m2": "30", "tenure": "owned", "condition": "sound", "from_on": "2026-06-01"}
        one.post(f"/organisations/{BRANCH}/sites/add/", **site)
        assert "林下活动室" in other.get(f"/organisations/{BRANCH}/sites/")

        other.post("/exports/", at=BRANCH, what="members", columns="ours", format="xlsx")
        wait_for(lambda: "/file/" in one.get(other.shown))
        assert worker.poll() is None

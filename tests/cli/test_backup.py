"""A backup is sealed, whole, and gives back the same records; what is damaged or belongs elsewhere is refused."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from pyrage import x25519

from tests.command import guben, refused

pytestmark = [pytest.mark.slow, pytest.mark.one_database]


def run(data: Path, *words: object, secret: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own, on an SQLite database in `data`."""
    known = {name: value for name, value in os.environ.items() if not name.startswith(("GUBEN_", "DATABASE_URL"))}
    return subprocess.run(
        [sys.executable, "-m", "guben", *map(str, words)],
        env={
            **known,
            "DJANGO_SETTINGS_MODULE": "guben.settings",
            "GUBEN_DATA": str(data),
            "GUBEN_BACKUP_IDENTITY": secret,
            **environment,
        },
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
        stdin=subprocess.DEVNULL,
    )


@pytest.fixture(scope="module")
def house(
    tmp_path_factory: pytest.TempPathFactory, migrated: Callable[[Path], None]
) -> Iterator[tuple[Path, str, Path]]:
    """An installation with a unit and a user, the secret of its backups, and one backup."""
    data = tmp_path_factory.mktemp("house")
    migrated(data)
    sheet = data / "units.csv"
    sheet.write_text(
        "代码,名称,组织类别,所属领域,成立日期\n990000,中共某市委员会,党委,机关,2000-01-01\n", encoding="utf-8-sig"
    )
    taken = run(data, "import", "organisations", sheet)
    assert taken.returncode == 0, taken.stderr + taken.stdout
    made = run(data, "backup", "key")
    assert made.returncode == 0, made.stderr
    secret = made.stdout.strip()
    done = run(data, "backup", "make", "--to", data / "out")
    assert done.returncode == 0, done.stderr
    yield data, secret, next((data / "out").glob("*.tar.age"))


def units(data: Path) -> list[Any]:
    with closing(sqlite3.connect(data / "guben.sqlite3")) as base:
        return base.execute("SELECT code, name FROM organisations_organisation").fetchall()


def test_the_secret_is_kept_nowhere_in_the_house(house: tuple[Path, str, Path]) -> None:
    data, secret, _ = house
    kept = [one for one in data.rglob("*") if one.is_file() and secret.encode() in one.read_bytes()]
    assert secret.startswith("AGE-SECRET-KEY-1")
    assert kept == []


def test_a_backup_shows_nothing_and_only_its_owner_may_read_it(house: tuple[Path, str, Path]) -> None:
    _, _, file = house
    assert "中共".encode() not in file.read_bytes()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_restored_elsewhere_it_gives_the_same_units_and_a_proved_history(
    house: tuple[Path, str, Path], tmp_path: Path
) -> None:
    data, secret, file = house
    goal = tmp_path / "goal"
    goal.mkdir()
    (goal / "keys").symlink_to(data / "keys")
    back = run(goal, "backup", "restore", file, secret=secret)
    assert back.returncode == 0, back.stderr
    assert units(goal) == units(data) != []
    proved = run(goal, "audit", "verify")
    assert proved.returncode == 0, proved.stdout
    again = run(goal, "backup", "restore", file, secret=secret)
    assert again.returncode == 1
    assert "already" in again.stderr


def test_without_the_keys_the_history_is_not_proved(house: tuple[Path, str, Path], tmp_path: Path) -> None:
    _, secret, file = house
    assert run(tmp_path, "backup", "restore", file, secret=secret).returncode == 0
    assert run(tmp_path, "audit", "verify").returncode == 1


def test_another_key_opens_nothing(house: tuple[Path, str, Path], monkeypatch: pytest.MonkeyPatch, db: None) -> None:
    _, _, file = house
    for secret, words in ((str(x25519.Identity.generate()), "another key"), ("nonsense", "no key")):
        monkeypatch.setenv("GUBEN_BACKUP_IDENTITY", secret)
        assert words in refused(guben("backup", "check", file))


@pytest.mark.parametrize("where", [0.1, 0.5, 0.95])
def test_a_damaged_or_shortened_backup_is_refused(
    house: tuple[Path, str, Path], tmp_path: Path, where: float, monkeypatch: pytest.MonkeyPatch, db: None
) -> None:
    _, secret, file = house
    raw = bytearray(file.read_bytes())
    place = int(len(raw) * where)
    (tmp_path / "cut").write_bytes(raw[:place])
    raw[place] ^= 1
    (tmp_path / "changed").write_bytes(raw)
    monkeypatch.setenv("GUBEN_BACKUP_IDENTITY", secret)
    for name in ("cut", "changed"):
        assert str(tmp_path / name) in refused(guben("backup", "check", tmp_path / name))


def test_only_the_newest_are_kept_and_no_draft_stays(house: tuple[Path, str, Path]) -> None:
    data, _, _ = house
    folder = data / "few"
    for _ in range(3):
        assert run(data, "backup", "make", "--to", folder, "--keep", "2").returncode == 0
    assert len(list(folder.iterdir())) == 2
    assert not list(data.glob("backup-*"))


def test_without_a_key_no_backup_is_made(tmp_path: Path, migrated: Callable[[Path], None]) -> None:
    migrated(tmp_path)
    answer = run(tmp_path, "backup", "make", "--to", tmp_path / "out")
    assert answer.returncode == 1
    assert "backup key" in answer.stderr
    assert not list((tmp_path / "out").glob("*"))


def test_who_does_not_manage_the_system_makes_none(house: tuple[Path, str, Path]) -> None:
    data, _, _ = house
    script = "from guben.accounts.models import User; User.objects.create(username='nobody')"
    assert run(data, "manage", "shell", "--verbosity", "0", "-c", script).returncode == 0
    assert run(data, "--as", "nobody", "backup", "make", "--to", data / "not").returncode == 1
    assert not (data / "not").exists()


@pytest.fixture
def servers(embedded_postgres: str) -> Iterator[tuple[str, str]]:
    """The addresses of two empty PostgreSQL databases."""
    import psycopg

    names = [f"backup_{uuid.uuid4().hex}" for _ in range(2)]
    with psycopg.connect(embedded_postgres, autocommit=True) as server:
        for name in names:
            server.execute(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8'")
        first, second = (urlsplit(embedded_postgres)._replace(path=f"/{name}").geturl() for name in names)
        yield first, second
        for name in names:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def test_postgresql_is_copied_by_its_own_tools(servers: tuple[str, str], tmp_path: Path) -> None:
    import psycopg

    from tests.postgres import binaries

    tools = {"GUBEN_PG_BIN": str(binaries())}
    known = [{"DATABASE_URL": url, **tools} for url in servers]
    assert run(tmp_path, "manage", "migrate", "--verbosity", "0", **known[0]).returncode == 0
    secret = run(tmp_path, "backup", "key", **known[0]).stdout.strip()
    made = run(tmp_path, "backup", "make", "--to", tmp_path / "out", **known[0])
    assert made.returncode == 0, made.stderr
    file = next((tmp_path / "out").glob("*.tar.age"))
    back = run(tmp_path, "backup", "restore", file, secret=secret, **known[1])
    assert back.returncode == 0, back.stderr
    rows = []
    for url in servers:
        with psycopg.connect(url) as base:
            rows.append(base.execute("SELECT id, username FROM accounts_user ORDER BY id").fetchall())
    assert rows[0] == rows[1] != []
    proved = run(tmp_path, "audit", "verify", **known[1])
    assert proved.returncode == 0, proved.stdout
    refused = run(tmp_path, "backup", "restore", file, secret=secret, **known[1])
    assert "already" in refused.stderr
    other = run(tmp_path / "other", "backup", "restore", file, secret=secret, **tools)
    assert "The backup is of postgresql" in other.stderr

"""A database that does not answer gives a plain page; acts that crossed are told as such."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError, OperationalError, connection, transaction
from django.test import Client

from guben.accounts.database import faults, have_crossed, is_out_of_reach, named
from guben.accounts.models import User
from tests.cast import Cast, sign_in

WORDS = "server closed the connection" if connection.vendor == "postgresql" else "database is locked"


class Gone:
    """A database that has gone away."""

    vendor = connection.vendor

    def cursor(self) -> Any:
        raise OperationalError(WORDS)


def test_healthz_says_that_the_database_does_not_answer(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("guben.home.views_errors.connection", Gone())

    answer = client.get("/healthz")

    assert answer.status_code == 503
    assert answer.content == b"the database does not answer\n"


@pytest.mark.django_db
def test_healthz_says_ok(client: Client) -> None:
    assert client.get("/healthz").content == b"ok\n"


def test_a_page_without_its_database_is_a_plain_503(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(request: object) -> None:
        raise OperationalError(WORDS)

    monkeypatch.setattr("django.contrib.auth.middleware.get_user", gone)
    client.raise_request_exception = False

    answer = client.get("/")

    assert answer.status_code == 503
    assert answer["Retry-After"]
    assert "数据库没有回答，这一步没有保存" in answer.content.decode()


@pytest.mark.django_db
def test_acts_that_crossed_are_told_to_look_again(client: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def crossed(*args: object, **named: object) -> None:
        with transaction.atomic():
            User.objects.create(username=cast.secretary.username)

    monkeypatch.setattr("guben.accounts.views.actions.change_settings", crossed)

    answer = sign_in(client, cast.secretary).post("/account/", {"language": "en"})

    assert answer.status_code == 409
    assert "同一时刻有别人也在改这里" in answer.content.decode()


@pytest.mark.django_db
def test_a_row_twice_has_crossed_and_a_row_with_nothing_in_it_is_a_fault() -> None:
    User.objects.create(username="twice")
    with pytest.raises(IntegrityError) as twice, transaction.atomic():
        User.objects.create(username="twice")
    with pytest.raises(IntegrityError) as empty, transaction.atomic():
        User.objects.create(username=None)

    assert have_crossed(twice.value)
    assert not have_crossed(empty.value)
    assert not is_out_of_reach(twice.value)


@pytest.mark.django_db
def test_a_table_that_is_missing_is_no_busy_database() -> None:
    with pytest.raises(Exception) as missing, transaction.atomic(), connection.cursor() as cursor:  # noqa: PT011
        cursor.execute("SELECT 1 FROM nowhere")

    assert not is_out_of_reach(missing.value)


@pytest.mark.django_db
def test_the_database_is_named_with_its_version_and_in_order() -> None:
    assert named().startswith("PostgreSQL " if connection.vendor == "postgresql" else "SQLite 3.")
    assert list(faults()) == []


def test_what_is_wrong_with_a_postgres_database_is_said_with_what_to_do() -> None:
    from guben.accounts.database import _postgres_faults

    old, ascii_only, sorted_otherwise = _postgres_faults(11, "SQL_ASCII", "zh_CN.UTF-8")

    assert "too old" in old
    assert "SQL_ASCII" in ascii_only
    assert "LOCALE 'C.UTF-8'" in sorted_otherwise


def test_the_worker_waits_for_a_database_that_restarts(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    paused: list[float] = []

    def left_behind(**options: object) -> int:
        asked.append(1)
        if len(asked) < 3:
            raise OperationalError(WORDS)
        raise SystemExit(0)

    monkeypatch.setattr("guben.jobs.actions.release_interrupted", left_behind)
    monkeypatch.setattr("guben.jobs.management.commands.work.time.sleep", paused.append)
    monkeypatch.setattr("guben.jobs.management.commands.work.connection", Closable())
    for thread in ("_every_minute", "_again_and_again"):
        monkeypatch.setattr(f"guben.jobs.management.commands.work.{thread}", lambda: None)

    with pytest.raises(SystemExit):
        call_command("work", verbosity=0)
    assert (len(asked), len(paused)) == (3, 2)


class Closable:
    """A connection that only knows how to be closed."""

    def close(self) -> None:
        """Nothing is open."""


def test_a_command_without_its_database_says_so_in_a_sentence(tmp_path: Any) -> None:
    answer = subprocess.run(
        [sys.executable, "-m", "guben", "doctor"],
        capture_output=True,
        text=True,
        check=False,
        env={
            "PATH": "/usr/bin:/bin",
            "GUBEN_DATA": str(tmp_path),
            "DATABASE_URL": "postgres://nobody@127.0.0.1:1/none",
        },
    )

    assert answer.returncode == 1
    assert "The database can't be used" in answer.stderr
    assert "Traceback" not in answer.stderr

from __future__ import annotations

import pytest

from guben.kit.database_url import FOR_PAGES, read_database_url


def test_sqlite_is_a_path() -> None:
    assert read_database_url("sqlite:////srv/guben.sqlite3")["NAME"] == "/srv/guben.sqlite3"
    assert read_database_url("sqlite:///data/g.sqlite3")["NAME"] == "/data/g.sqlite3"


def test_postgres_has_its_parts_unquoted() -> None:
    found = read_database_url("postgres://li:p%40ss@db.example:5433/gu%20ben?sslmode=require&target_session_attrs=any")

    assert (found["HOST"], found["PORT"], found["NAME"]) == ("db.example", "5433", "gu ben")
    assert (found["USER"], found["PASSWORD"]) == ("li", "p@ss")
    assert found["OPTIONS"] == {
        "connect_timeout": 10, "options": FOR_PAGES, "sslmode": "require", "target_session_attrs": "any",
        "prepare_threshold": 0,
    }  # fmt: skip


def test_a_socket_is_named_after_the_question_mark() -> None:
    found = read_database_url("postgresql:///guben?host=/run/postgresql&connect_timeout=3&options=-c%20jit%3Don")

    assert (found["HOST"], found["USER"]) == ("/run/postgresql", "")
    assert found["OPTIONS"] == {"connect_timeout": "3", "options": "-c jit=on", "prepare_threshold": 0}


@pytest.mark.parametrize("url", ["mysql://a/b", "postgres://host", "postgres://host/", "guben.sqlite3", ""])
def test_anything_else_is_refused_with_what_to_write(url: str) -> None:
    with pytest.raises(ValueError, match="DATABASE_URL .* write sqlite:///PATH or postgres://"):
        read_database_url(url)


def test_a_missing_driver_is_said_with_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("guben.kit.database_url.find_spec", lambda name: None)

    with pytest.raises(ValueError, match=r"DATABASE_URL .* pip install 'guben\[postgres\]'"):
        read_database_url("postgres://host/guben")


def test_a_refusal_does_not_repeat_the_password() -> None:
    with pytest.raises(ValueError, match="not understood") as refused:
        read_database_url("postgres://li:s3cret@host")

    assert "s3cret" not in str(refused.value)

"""`guben database copy`: everything or nothing, into an empty PostgreSQL database."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
from django.db import connection

from guben.audit.models import Entry
from guben.members.models import Person
from tests.cast import Cast
from tests.command import guben, refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def empty(embedded_postgres: str) -> Iterator[str]:
    """The address of an empty database of its own."""
    name = f"copy_{uuid.uuid4().hex}"
    with psycopg.connect(embedded_postgres, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8'")
        yield urlsplit(embedded_postgres)._replace(path=f"/{name}").geturl()
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def tables(url: str) -> list[str]:
    with psycopg.connect(url) as target:
        return [row[0] for row in target.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]


def test_every_row_goes_over_and_the_next_number_is_free(cast: Cast, rules: None, empty: str) -> None:
    answer = guben("database", "copy", "--to", empty, "--json")

    counts = answer.document["tables"]
    assert counts["members_person"] == Person.objects.count() > 0
    assert counts["rulebook_rulebook"] > 0
    with psycopg.connect(empty) as target:
        people = target.execute("SELECT id, name, born_on FROM members_person ORDER BY id").fetchall()
        assert people == list(Person.objects.order_by("pk").values_list("pk", "name", "born_on"))
        entries = target.execute("SELECT id, at, details, proof FROM audit_entry ORDER BY id").fetchall()
        here = Entry.objects.exclude(action="database.copied").order_by("pk")
        assert entries == list(here.values_list("pk", "at", "details", "proof"))
        (following,) = target.execute("SELECT nextval(pg_get_serial_sequence('members_person', 'id'))").fetchone() or ()
        assert following > max(row[0] for row in people)
    assert Entry.objects.filter(action="database.copied").count() == 1
    assert set(connection.introspection.table_names()) - set(counts) == {"django_migrations", "guben_cache"}


def test_a_target_with_tables_is_left_alone(cast: Cast, empty: str) -> None:
    with psycopg.connect(empty) as target:
        target.execute("CREATE TABLE theirs (x int)")

    assert "holds 1 tables already" in refused(guben("database", "copy", "--to", empty))
    assert tables(empty) == ["theirs"]


def test_a_row_that_does_not_fit_undoes_everything(cast: Cast, empty: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from guben.accounts import moving

    prepared = moving._prepared

    def too_long(row: tuple[Any, ...], fields: Any, target: Any) -> list[Any]:
        found = prepared(row, fields, target)
        return ["长" * 500 if field.attname == "pinyin" else item for field, item in zip(fields, found, strict=True)]

    monkeypatch.setattr(moving, "_prepared", too_long)

    answer = guben("database", "copy", "--to", empty)

    assert (answer.code, answer.out) == (1, "")
    assert "The copy was undone, the target holds empty tables. value too long" in answer.err
    assert "column pinyin" in answer.err
    assert "长" not in answer.err
    with psycopg.connect(empty) as target:
        assert target.execute("SELECT count(*) FROM organisations_organisation").fetchone() == (0,)
    assert not Entry.objects.filter(action="database.copied").exists()


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("", "Where to?"),
        ("sqlite:////tmp/other.sqlite3", "to PostgreSQL only"),
        ("mysql://a/b", "is not understood"),
        ("postgres://nobody@127.0.0.1:1/none", "can't be reached"),
    ],
)
def test_other_targets_are_refused(cast: Cast, url: str, sentence: str) -> None:
    assert sentence in refused(guben("database", "copy", "--to", url))


def test_it_takes_the_right_to_manage_the_system(cast: Cast, empty: str) -> None:
    assert "system.manage" in refused(guben("--as", cast.secretary.username, "database", "copy", "--to", empty))
    assert tables(empty) == []

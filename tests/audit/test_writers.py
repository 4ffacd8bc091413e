"""A kept sum is right however many processes write."""

from __future__ import annotations

from threading import Event, Thread

import pytest
from django.db import connection, transaction

from guben.accounts.database import others_are_writing
from guben.accounts.models import User
from guben.audit import trail
from guben.audit.models import Entry
from guben.audit.remembering import remembered

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time"),
]


def write(by: User) -> None:
    trail.record("tree.rebuilt", by, by=by, organisation_id=None)


def test_an_entry_that_is_committed_late_under_a_smaller_number_is_noticed() -> None:
    user = User.objects.create(username="clerk")
    written, finish = Event(), Event()

    def slow_writer() -> None:
        with transaction.atomic():
            write(user)
            written.set()
            finish.wait(10)
        connection.close()

    thread = Thread(target=slow_writer)
    thread.start()
    try:
        assert written.wait(10)
        with transaction.atomic():
            write(user)
        assert others_are_writing()
        assert remembered(Entry.objects.count, "late") == 1
    finally:
        finish.set()
        thread.join()

    assert not others_are_writing()
    assert remembered(Entry.objects.count, "late") == 2


def test_a_sum_is_kept_while_nobody_writes() -> None:
    assert [remembered(lambda: "first", "quiet"), remembered(lambda: "again", "quiet")] == ["first", "first"]

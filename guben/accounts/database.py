"""Care of the database itself: what differs between SQLite and PostgreSQL and is no matter of one app."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from django.db import IntegrityError, InterfaceError, OperationalError, connection, transaction
from django.utils import timezone

OLDEST_POSTGRES = 14
BYTE_ORDERS = ("C", "C.UTF-8", "C.utf8", "POSIX")
CROSSED = {"23505", "40001", "40P01"}  # unique violation, serialization failure, deadlock
MOST_PREPARED = 40  # queries of a connection; the server keeps up to 2 MB for each
BUSY_SQLITE = ("locked", "unable to open", "disk")


def is_postgres() -> bool:
    return connection.vendor == "postgresql"


def prepared_rows(sql: str, params: Mapping[str, str]) -> list[tuple[Any, ...]]:
    """All rows of a query that PostgreSQL reads and plans once for a connection, whatever the parameters: a long one is
    planned for longer than it is answered."""
    connection.ensure_connection()
    connection.connection.prepared_max = MOST_PREPARED
    raw = _server_cursor()(connection.connection)
    with (connection.make_debug_cursor if connection.queries_logged else connection.make_cursor)(raw) as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall())


@cache
def _server_cursor() -> Any:
    from psycopg import Cursor  # installed where PostgreSQL is; Django's own puts the parameters in before

    class Told(Cursor[Any]):
        """Keeps its text where Django's log of queries looks for it."""

        def execute(self, query: Any, params: Any = None, **more: Any) -> Any:
            found = super().execute(query, params, **more)
            self._query: Any = SimpleNamespace(query=query.encode())
            return found

    return Told


def is_prepared() -> bool:
    """Whether there is a database with tables to ask. SQLite makes no file for the question."""
    file = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite" and not str(file).startswith(("file:", ":memory:")) and not Path(file).exists():
        return False
    try:
        return bool(connection.introspection.table_names())
    except OperationalError:
        return False


def refresh_statistics() -> None:
    """Lets the database count its tables anew, so that it plans well after many rows came at once."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


@contextmanager
def one_moment() -> Iterator[None]:
    """A transaction whose questions are all answered as of one moment, however many others write meanwhile.

    SQLite gives that in any transaction. Inside another transaction it is that one which decides.
    """
    outermost = not connection.in_atomic_block
    with transaction.atomic():
        if outermost and is_postgres():
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        yield


def others_are_writing() -> bool:
    """Whether a transaction that has written something is still open, this one included.

    Only then may a row appear later under a smaller number than the newest one. SQLite has one writer at a time.
    """
    if not is_postgres():
        return False
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_stat_activity"
            " WHERE datname = current_database() AND backend_xid IS NOT NULL)"
        )
        (found,) = cursor.fetchone()
    return bool(found)


def oldest_writer() -> datetime | None:
    """Since when the oldest open transaction of another session that has written something runs; None without one, and
    always on SQLite, where no row appears under a smaller number than the newest one."""
    if not is_postgres():
        return None
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT min(xact_start) FROM pg_stat_activity WHERE datname = current_database()"
            " AND backend_xid IS NOT NULL AND pid <> pg_backend_pid()"
        )
        (since,) = cursor.fetchone()
    found: datetime | None = since
    return found


def database_now() -> datetime:
    """The database's clock, even inside a transaction."""
    if not is_postgres():
        return timezone.now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        (found,) = cursor.fetchone()
    moment: datetime = found
    return moment


def is_out_of_reach(error: BaseException | None) -> bool:
    """Whether the database did not answer, or is too busy to: no fault of the request, and nothing was saved."""
    if not isinstance(error, OperationalError | InterfaceError) or have_crossed(error):
        return False
    return is_postgres() or any(words in str(error) for words in BUSY_SQLITE)


def have_crossed(error: BaseException) -> bool:
    """Whether two acts at the same moment got in each other's way, so that this one was undone."""
    if not isinstance(error, IntegrityError | OperationalError):
        return False
    if state := getattr(error.__cause__, "sqlstate", None):
        return state in CROSSED
    return "UNIQUE constraint failed" in str(error)


def named() -> str:
    """The database with its version, as `guben doctor` names it."""
    with connection.cursor() as cursor:
        if is_postgres():
            cursor.execute("SHOW server_version")
            return f"PostgreSQL {cursor.fetchone()[0]}, {connection.settings_dict['NAME']}"
        cursor.execute("SELECT sqlite_version()")
        return f"SQLite {cursor.fetchone()[0]}, {connection.settings_dict['NAME']}"


def faults() -> Iterator[str]:
    """What is wrong with the database as it was set up; each sentence says what to do."""
    with connection.cursor() as cursor:
        if is_postgres():
            cursor.execute(
                "SELECT current_setting('server_version_num')::int / 10000, pg_encoding_to_char(encoding),"
                " coalesce(datcollate, '') FROM pg_database WHERE datname = current_database()"
            )
            version, encoding, collation = cursor.fetchone()
            yield from _postgres_faults(version, encoding, collation)
        else:
            cursor.execute("PRAGMA quick_check(5)")
            yield from (row[0] for row in cursor.fetchall() if row[0] != "ok")


def _postgres_faults(version: int, encoding: str, collation: str) -> Iterator[str]:
    anew = "make the database anew: CREATE DATABASE guben TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8'"
    if version < OLDEST_POSTGRES:
        yield f"PostgreSQL {version} is too old: Guben needs {OLDEST_POSTGRES} or newer."
    if encoding != "UTF8":
        yield f"The encoding is {encoding}, which can't hold every Chinese name: {anew}."
    if collation not in BYTE_ORDERS:
        yield f"The collation is {collation}, so names are listed in another order than elsewhere: {anew}."

"""Moving an installation's records from one database to another: all rows of all tables, or nothing."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.apps import apps
from django.core.management.color import no_style
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connection, connections, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.executor import MigrationExecutor
from django.db.utils import load_backend

from guben.accounts.database import one_moment
from guben.kit.database_url import read_database_url
from guben.kit.errors import DomainError

CHUNK = 5000
Model = type[models.Model]
Tell = Callable[[str, int], None]


class MoveRefused(DomainError):
    """The records can't be copied; the sentence says why and what to do."""


def copy_to(url: str, *, tell: Tell) -> dict[str, int]:
    """Copies every row into an empty PostgreSQL database and compares the counts; gives the rows of each table.

    The rows are those of one moment and go over in one transaction: where anything fails the target holds empty tables
    and the source is as it was.

    Raises:
        MoveRefused: the target is no PostgreSQL, can't be reached or is not empty; this database is behind in its
            migrations; or a row does not fit.
    """
    _refuse_old_tables()
    with _target(url) as target:
        _refuse_occupied(target)
        _make_tables(url)
        target.set_autocommit(False)  # what is not committed at the end is undone when the connection closes
        try:
            with one_moment(), target.wrap_database_errors:
                counts = _copy_all(target, tell)
        except DatabaseError as fault:
            raise MoveRefused(f"The copy was undone, the target holds empty tables. {_told(fault)}") from fault
        target.commit()
        target.set_autocommit(True)
        with target.cursor() as cursor:
            cursor.execute("ANALYZE")
    return counts


def _told(fault: DatabaseError) -> str:
    """The database's sentence with the table and column, without the value, which may be somebody's."""
    diagnosis = getattr(fault.__cause__, "diag", None)
    place = str(getattr(diagnosis, "context", None) or "").partition(": ")[0]
    return " ".join([str(fault).partition("\n")[0], place]).strip()


def _refuse_old_tables() -> None:
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise MoveRefused("This database is behind in its migrations. Run `guben manage migrate` first.")


@contextmanager
def _target(url: str) -> Iterator[BaseDatabaseWrapper]:
    """A connection to the other database, for as long as it is needed."""
    try:
        entry = read_database_url(url)
    except ValueError as fault:
        raise MoveRefused(str(fault).replace("DATABASE_URL", "The address")) from None
    if not entry["ENGINE"].endswith("postgresql"):
        raise MoveRefused("Records are copied to PostgreSQL only: postgres://USER:PASSWORD@HOST/NAME.")
    target = load_backend(entry["ENGINE"]).DatabaseWrapper(_complete(entry), "target")
    try:
        yield target
    finally:
        target.close()


def _complete(entry: dict[str, Any]) -> dict[str, Any]:
    """The settings with the defaults that Django gives to what is not named."""
    found = connections.configure_settings({DEFAULT_DB_ALIAS: entry})[DEFAULT_DB_ALIAS]
    return {**found, "CONN_MAX_AGE": None}


def _refuse_occupied(target: BaseDatabaseWrapper) -> None:
    try:
        with target.cursor() as cursor:
            found = target.introspection.table_names(cursor)
    except DatabaseError as fault:
        raise MoveRefused(f"The target can't be reached: {str(fault).strip()}") from fault
    if found:
        raise MoveRefused(f"The target holds {len(found)} tables already ({found[0]} …). Copy into an empty database.")


def _make_tables(url: str) -> None:
    """In a process of its own: what migrations do to rows must not be done to those of this database."""
    words = [sys.executable, "-m", "guben", "manage", "migrate", "--verbosity", "0"]
    there = {**os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "guben.settings"}
    done = subprocess.run(words, env=there, capture_output=True, text=True, check=False)  # noqa: S603 - our own words
    if done.returncode:
        raise MoveRefused(f"The tables could not be made: {done.stderr.strip()[-500:]}")


def _copy_all(target: BaseDatabaseWrapper, tell: Tell) -> dict[str, int]:
    """All tables of all models. Foreign keys are checked at the end, so the order of the tables does not matter."""
    moved = [model for model in apps.get_models(include_auto_created=True) if model._meta.managed]
    moved = [model for model in moved if not model._meta.proxy and not model._meta.swapped]
    with target.cursor() as cursor:
        tables = ", ".join(_name(target, model) for model in moved)
        cursor.execute(f"TRUNCATE {tables}")  # what migrations wrote comes over from here
        counts = {}
        for model in moved:
            counts[model._meta.db_table] = _copy_table(target, model)
            tell(model._meta.db_table, counts[model._meta.db_table])
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for statement in target.ops.sequence_reset_sql(no_style(), moved):
            cursor.execute(statement)
        _compare(cursor, target, moved, counts)
    return counts


def _copy_table(target: BaseDatabaseWrapper, model: Model) -> int:
    fields = model._meta.concrete_fields
    columns = ", ".join(target.ops.quote_name(str(field.column)) for field in fields)
    names = [field.attname for field in fields]
    rows = model._base_manager.order_by("pk").values_list(*names).iterator(chunk_size=CHUNK)
    count = 0
    with target.cursor() as cursor, cursor.copy(f"COPY {_name(target, model)} ({columns}) FROM STDIN") as stream:
        for row in rows:
            stream.write_row(_prepared(row, fields, target))
            count += 1
    return count


def _prepared(row: tuple[Any, ...], fields: Any, target: BaseDatabaseWrapper) -> list[Any]:
    return [field.get_db_prep_save(value, target) for field, value in zip(fields, row, strict=True)]


def _compare(cursor: Any, target: BaseDatabaseWrapper, moved: list[Model], counts: dict[str, int]) -> None:
    for model in moved:
        cursor.execute(f"SELECT count(*) FROM {_name(target, model)}")  # noqa: S608 - a table of ours
        (there,) = cursor.fetchone()
        if there != counts[model._meta.db_table]:
            raise MoveRefused(f"{model._meta.db_table}: {counts[model._meta.db_table]} rows here, {there} there.")


def _name(target: BaseDatabaseWrapper, model: Model) -> str:
    return target.ops.quote_name(model._meta.db_table)

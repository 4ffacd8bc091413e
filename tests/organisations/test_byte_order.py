"""Paths are put in order by their bytes, whatever language the database was made for."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from guben.organisations.models import Organisation, Placement

ON_POSTGRES = connection.vendor == "postgresql"
COLLATION = "SELECT collation_name FROM information_schema.columns WHERE table_name = %s AND column_name = 'path'"
INDEXES = "SELECT indexdef FROM pg_indexes WHERE tablename = %s"


@pytest.mark.django_db
@pytest.mark.skipif(not ON_POSTGRES, reason="SQLite orders all texts by their bytes")
@pytest.mark.parametrize("model", [Organisation, Placement])
def test_path_columns_are_byte_ordered_and_have_no_index_for_beginnings_alone(model: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(COLLATION, [model._meta.db_table])
        assert cursor.fetchall() == [("C",)]
        cursor.execute(INDEXES, [model._meta.db_table])
        assert not [sql for (sql,) in cursor.fetchall() if "(path varchar_pattern_ops)" in sql]


@pytest.mark.django_db
@pytest.mark.skipif(not ON_POSTGRES, reason="asks PostgreSQL for its plan")
def test_one_index_serves_the_range_and_the_order(cast: Any) -> None:
    units = Organisation.objects.filter(path__gte="0001", path__lt="0001~").order_by("path")[:50]
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_bitmapscan = off")
        plan = units.explain()

    assert "Index Scan using" in plan
    assert "Sort" not in plan


@pytest.mark.django_db(transaction=True)
def test_the_migration_goes_there_and_back() -> None:
    """Its own operations on the tables of today: all other migrations that follow from it stay where they are."""
    loader = MigrationLoader(connection)
    before = loader.project_state([("organisations", "0002_reform")])
    migration = loader.get_migration("organisations", "0003_byte_order")
    with connection.schema_editor(atomic=migration.atomic) as editor:
        migration.unapply(before.clone(), editor)
    if ON_POSTGRES:
        assert collation_of("organisations_organisation") != ("C",)
    with connection.schema_editor(atomic=migration.atomic) as editor:
        migration.apply(before.clone(), editor)
    if ON_POSTGRES:
        assert collation_of("organisations_organisation") == ("C",)
    Organisation.objects.create(code="1", path="0001", name="甲", short_name="甲", founded_on=date(2000, 1, 1))


def collation_of(table: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(COLLATION, [table])
        return cursor.fetchone()

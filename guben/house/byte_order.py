"""Texts that are put in order byte by byte on every database, whatever language the database was made for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import migrations, models

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper
    from django.db.backends.base.schema import BaseDatabaseSchemaEditor
    from django.db.migrations.state import ProjectState

BYTES = "C"
LIKE_INDEXES = "SELECT indexname FROM pg_indexes WHERE tablename = %s AND indexdef LIKE %s"


class ByteOrderedField(models.CharField[Any, Any]):
    """A text such as a materialised path: ranges and order are those of its bytes. SQLite orders all texts so."""

    def db_parameters(self, connection: BaseDatabaseWrapper) -> Any:
        found = super().db_parameters(connection)
        if connection.vendor == "postgresql":
            return {**found, "collation": BYTES}
        return found


class OrderByBytes(migrations.AlterField):
    """Makes a text column byte-ordered where the database does not do so of itself; elsewhere only the state changes.

    An ordinary index then serves equality, ranges, beginnings and order, so that for beginnings alone is dropped.
    """

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        if schema_editor.connection.vendor != "postgresql":
            return
        super().database_forwards(app_label, schema_editor, from_state, to_state)
        table = to_state.apps.get_model(app_label, self.model_name)._meta.db_table
        with schema_editor.connection.cursor() as cursor:
            cursor.execute(LIKE_INDEXES, [table, f"%({self.name} varchar_pattern_ops)%"])
            for (index,) in cursor.fetchall():
                cursor.execute(f"DROP INDEX {schema_editor.quote_name(index)}")

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        if schema_editor.connection.vendor == "postgresql":
            super().database_forwards(app_label, schema_editor, from_state, to_state)

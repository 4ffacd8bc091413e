"""Indexes and counts that PostgreSQL needs at the size of a country and SQLite does not have; models know nothing of
them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.migrations.operations.base import Operation

if TYPE_CHECKING:
    from django.db.backends.base.schema import BaseDatabaseSchemaEditor
    from django.db.migrations.state import ProjectState


class OnPostgres(Operation):
    """Statements for PostgreSQL alone, with those that take them back."""

    reversible = True
    reduces_to_sql = True

    def __init__(self, forwards: tuple[str, ...], backwards: tuple[str, ...]) -> None:
        self.forwards, self.backwards = forwards, backwards

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """No model changes."""

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        self._run(schema_editor, self.forwards)

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        self._run(schema_editor, self.backwards)

    def _run(self, schema_editor: BaseDatabaseSchemaEditor, statements: tuple[str, ...]) -> None:
        if schema_editor.connection.vendor == "postgresql":
            for statement in statements:
                schema_editor.execute(statement, params=None)

    def describe(self) -> str:
        return "Indexes of PostgreSQL"


def counted_finer(table: str, *columns: str) -> OnPostgres:
    """PostgreSQL counts a thousand values of columns instead of a hundred. A column is `TABLE … ALTER COLUMN …` or, of
    an index over an expression, `INDEX … ALTER COLUMN 1`."""
    forwards, backwards = (
        (*(f"ALTER {column} SET STATISTICS {number}" for column in columns), f"ANALYZE {table}")
        for number in (1000, -1)
    )
    return OnPostgres(forwards, backwards)

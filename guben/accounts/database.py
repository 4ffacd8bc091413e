"""Care of the database itself."""

from __future__ import annotations

from django.db import connection


def refresh_statistics() -> None:
    """Lets the database count its tables anew, so that it plans well after many rows came at once."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")

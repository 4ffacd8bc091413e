"""The shipped rulebooks in the database, as if installed. Their rows are always the same, so that the rules are read
once for all tests: a row of another number would count as installed anew."""

from __future__ import annotations

import tomllib
from collections.abc import Collection
from datetime import UTC, datetime
from functools import cache
from typing import Any

from guben.rulebook.models import Rulebook
from guben.rulebook.sources import shipped_files

FIRST = 700_000
MOMENT = datetime(2026, 1, 1, tzinfo=UTC)


@cache
def _rows() -> list[dict[str, Any]]:
    return [
        {
            "pk": FIRST + number,
            "key": tomllib.loads(file.text)["rulebook"]["key"],
            "file_name": file.name,
            "text": file.text,
            "examples": file.examples,
            "digest": file.name,
        }
        for number, file in enumerate(shipped_files())
    ]


def install_shipped(names: Collection[str] = ()) -> None:
    """Installs the shipped rulebooks, or those of some files, all at one moment."""
    Rulebook.objects.bulk_create(Rulebook(**row) for row in _rows() if not names or row["file_name"] in names)
    Rulebook.objects.update(installed_at=MOMENT)

"""The rulebooks that the development of members rests on, installed."""

from __future__ import annotations

import tomllib
from datetime import UTC, datetime

from guben.rulebook.models import Rulebook
from guben.rulebook.sources import shipped_files

FILES = ("cultivation.toml", "development.toml", "quality.toml", "structure.toml")


def install() -> None:
    for file in shipped_files():
        if file.name in FILES:
            key = tomllib.loads(file.text)["rulebook"]["key"]
            Rulebook.objects.create(
                key=key, file_name=file.name, text=file.text, examples=file.examples, digest=file.name
            )
    Rulebook.objects.update(installed_at=datetime(2026, 1, 1, tzinfo=UTC))

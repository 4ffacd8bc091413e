"""The rulebooks that the development of members rests on, installed."""

from __future__ import annotations

from tests.installed import install_shipped

FILES = ("cultivation.toml", "development.toml", "quality.toml", "structure.toml")


def install() -> None:
    install_shipped(FILES)

"""Guben's settings with the peer's tables beside its own."""

from __future__ import annotations

from guben.settings import *  # noqa: F403
from guben.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "treebeard", "benchmarks.tree_peer"]

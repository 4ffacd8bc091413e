"""What fact tables and columns are called in the reader's language."""

from __future__ import annotations

from django.utils.translation import get_language

from guben.kit.chinese import worded
from guben.rulebook_engine.facts import Column, FactTable


def name_of(thing: Column | FactTable) -> str:
    return worded(thing.zh, thing.en, get_language() or "zh")

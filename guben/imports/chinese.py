"""Traditional characters in headers, coded words and names of units. The names of people are never converted."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Any


@cache
def _converter() -> Any:
    from opencc import OpenCC  # loading takes a quarter of a second, so it waits for the first text

    return OpenCC("t2s")


@lru_cache(maxsize=50_000)
def simplified(text: str) -> str:
    """The text in simplified characters."""
    return text if text.isascii() else str(_converter().convert(text))

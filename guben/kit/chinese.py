"""Simplified and traditional characters. The names of people and units are never converted for a page; what somebody
types is looked for in both."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Any

# What the converter gets wrong in our sentences, found by reading all of them.
REVIEWED = {
    "天后": "天後",
    "佔比": "占比",
    "公佈": "公布",
    "今日里": "今日裡",
    "組織里": "組織裡",
    "些數里": "些數裡",
    "再衝": "再沖",
    "不衝了": "不沖了",
    "名單隻有": "名單只有",
    "定製度": "定制度",
    "不合並": "不合併",
    "銷燬": "銷毀",
    "和麵容": "和面容",
}


@cache
def _converter(direction: str) -> Any:
    from opencc import OpenCC  # loading takes a quarter of a second, so it waits for the first text

    return OpenCC(direction)


@lru_cache(maxsize=50_000)
def simplified(text: str) -> str:
    """The text in simplified characters."""
    return text if text.isascii() else str(_converter("t2s").convert(text))


@lru_cache(maxsize=20_000)
def traditional(text: str) -> str:
    """The text in traditional characters as they are written in Taiwan, with the words of the mainland."""
    if text.isascii():
        return text
    converted = str(_converter("s2tw").convert(text))
    for found, right in REVIEWED.items():
        converted = converted.replace(found, right)
    return converted


def worded(zh: str, en: str, lang: str) -> str:
    """One of two wordings: the Chinese one, in traditional characters for "zh-hant" and the like, else the English."""
    if not lang.startswith("zh"):
        return en
    return traditional(zh) if lang.startswith("zh-hant") else zh


def either_script(text: str) -> tuple[str, ...]:
    """The text as it was typed, and as it would be written in simplified and in traditional characters."""
    return tuple(dict.fromkeys((text, simplified(text), traditional(text))))

"""The installed rules as one library, read again only when a file was installed."""

from __future__ import annotations

from difflib import get_close_matches
from functools import lru_cache

from guben.rulebook.errors import UnknownRule
from guben.rulebook.models import Rulebook
from guben.rulebook.sources import RuleFile, read_all
from guben.rulebook.stamps import stamp_of
from guben.rulebook_engine.library import Library


def installed_files() -> list[RuleFile]:
    """The installed rulebooks as the files they came from."""
    rows = Rulebook.objects.order_by("issued_by", "key")
    return [RuleFile(row.file_name, row.text, row.examples) for row in rows]


@lru_cache(maxsize=4)
def _library(stamp: tuple[object, ...]) -> Library:
    return read_all(installed_files())


def library() -> Library:
    """All installed rules of all editions. One query while nothing was installed since the last call."""
    return _library(stamp_of("rules"))


def nearest_keys(key: str, known: Library) -> list[str]:
    return get_close_matches(key, sorted({entry.key for entry in known}), n=3)


def require_known(key: str, known: Library) -> None:
    """Raises UnknownRule for a key of which no edition is installed."""
    if not known.editions(key):
        raise UnknownRule(key, nearest_keys(key, known))

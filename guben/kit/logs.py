"""What is written into logs holds no personal value: numbers, names and searched words are covered, stories of faults
keep their places and kinds.

The house's own log texts are English, so whatever stands there in Chinese characters came out of somebody's records.
"""

from __future__ import annotations

import logging
import re
import sys
import traceback
from types import TracebackType

COVER = "▢"
COVERED = (
    re.compile(r"(?<!\d)\d{17}[\dXx](?!\w)"),  # identity numbers
    re.compile(r"(?<!\d)\d{15}(?!\d)"),  # identity numbers of the old kind
    re.compile(r"(?<!\d)(?:\+?86[- ]?)?1[3-9]\d{9}(?!\d)"),  # mobile telephones
    re.compile(r"(?<!\d)0\d{2,3}[- ]\d{7,8}(?!\d)"),  # other telephones
    re.compile(r"(?:%[0-9A-Fa-f]{2}){3,}"),  # characters inside addresses
    re.compile(r"(?:\\\\?u[0-9A-Fa-f]{4}|\\\\?x[0-9A-Fa-f]{2})+"),  # characters written out
    re.compile("[\u2e80-\u2fff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff·]+"),
)
QUERY = re.compile(r"\?[^\s\"'<>]+")


def covered(text: str) -> str:
    """The text without personal values. A word after a question mark (a query string) goes as a whole."""
    text = QUERY.sub(f"?{COVER}", text)
    for pattern in COVERED:
        text = pattern.sub(COVER, text)
    return text


def story(error: BaseException) -> str:
    """Where and how something broke: the places in the source, the kinds of error, their texts covered."""
    return covered("".join(traceback.format_exception(error)))


class CoveringFormatter(logging.Formatter):
    """A formatter whose lines, stories of faults included, hold no personal value."""

    def format(self, record: logging.LogRecord) -> str:
        return covered(super().format(record))


def cover_last_words() -> None:
    """Lets a command that breaks print its story covered."""

    def tell(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        sys.stderr.write(covered("".join(traceback.format_exception(kind, error, trace))))

    sys.excepthook = tell

"""TOML read as far as TOML goes: a text that is none is told with line, column and a sentence."""

from __future__ import annotations

import re
import tomllib
from typing import Any

from guben.rulebook_engine.errors import Mistake, RulebookErrors

MAX_FILE = 1_000_000
MARK = "\ufeff"  # what some editors put before a text
PLACE = re.compile(r"\s*\(at (?:line (\d+), column (\d+)|end of document)\)$")
REASONS = {
    "Cannot overwrite a value": "a key stands here twice",
    "Cannot declare": "a table stands here twice",
    "Cannot mutate immutable": "a key stands here twice",
    "Invalid value": "here is no value; texts stand in quotes, dates are written 2026-01-31",
    "Expected '=' after": "after a key comes =",
    "Illegal character": "a sign that is not allowed stands in a text; a text ends on its line",
    "Unterminated string": "a text is not closed",
    "Unescaped '\\' in a string": "a backslash stands alone in a text",
    "Unclosed array": "a list is not closed with ]",
    "Unclosed inline table": "a table is not closed with }",
    "Invalid statement": "here is no key",
    "Expected newline or end of document": "after a value comes a new line",
    "Invalid date or datetime": "this day is not in the calendar",
    "maximum recursion": "lists or tables are nested too deeply",
}


def normal(text: str) -> str:
    """The text with one kind of line end and nothing before it."""
    return text.removeprefix(MARK).replace("\r\n", "\n")


def read_toml(text: str, file: str) -> dict[str, Any]:
    """The data of a text that went through `normal`.

    Raises:
        RulebookErrors: it is too long, or no TOML; with the place.
    """
    if len(text) > MAX_FILE:
        raise RulebookErrors([Mistake(file, 1, 1, f"The file has more than {MAX_FILE} characters.")])
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # a TOMLDecodeError, or a number or a day that Python can't hold
        said = str(error)
    place = PLACE.search(said)
    line, column = text.count("\n") + 1, len(text) - text.rfind("\n")
    if place and place[1]:
        line, column = int(place[1]), int(place[2])
    plain = PLACE.sub("", said)
    reason = next((words for start, words in REASONS.items() if plain.startswith(start)), plain)
    raise RulebookErrors([Mistake(file, line, column, f"This is not valid TOML: {reason}.")]) from None

"""From an author's text to sqlglot's tree: only plain, short text gets there, and every place in it stays known."""

from __future__ import annotations

import logging
import re
import unicodedata

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from guben.rulebook_engine.errors import ExpressionMistake

MAX_LENGTH = 1000
MAX_BRACKETS = 20
PLAIN = re.compile(r"[A-Za-z0-9_ .,()<>=!+\-*/\n\t]")
logging.getLogger("sqlglot").setLevel(logging.CRITICAL)  # what it warns of is refused here with a sentence
SIGNS = {"，": ",", "、": ",", "≥": ">=", "≤": "<=", "≠": "<>", "×": "*", "÷": "/"}
WRITTEN = dict.fromkeys("‘’“”「」『』＇＂`´", "'") | SIGNS  # and what else is a full-width sign
NOT_IN_TEXT = re.compile(r"[%\\\x00-\x1f\x7f]")


def parse(text: str) -> exp.Expression:
    """The one expression that the text holds.

    Raises:
        ExpressionMistake: the text is empty, too long, or more or other than one expression.
    """
    if not text.strip():
        raise ExpressionMistake("The expression is empty.")
    if len(text) > MAX_LENGTH:
        raise ExpressionMistake(f"The expression has {len(text)} characters; at most {MAX_LENGTH} are allowed.")
    _refuse_strange_characters(text)
    try:
        parts = sqlglot.parse(text)
    except RecursionError:
        raise ExpressionMistake("The expression is nested too deeply.") from None
    except SqlglotError as error:
        raise _syntax_mistake(text, error) from None
    if len(parts) != 1 or not isinstance(parts[0], exp.Expression):
        raise ExpressionMistake("Write one expression.")
    return parts[0]


def offset_of(node: exp.Expression) -> int:
    """Where the first name inside a node stands in the text; 0 when it holds none."""
    starts = [found.meta["start"] for found in node.find_all(exp.Identifier) if "start" in found.meta]
    if "start" in node.meta:
        starts.append(node.meta["start"])
    return int(min(starts, default=0))


def _refuse_strange_characters(text: str) -> None:
    """Outside texts only names, numbers and the signs of the small language; no comment, no second statement."""
    position, brackets = 0, 0
    while position < len(text):
        sign = text[position]
        if sign == "'":
            position = _end_of_text(text, position)
            continue
        if text.startswith(("--", "/*"), position):
            raise ExpressionMistake("Comments are not allowed inside an expression.", position)
        if sign == '"':
            raise ExpressionMistake("Write names without quotes and texts in single quotes.", position)
        if not PLAIN.match(sign):
            raise ExpressionMistake(f"The sign {sign!r} is not allowed in an expression.{_plain(sign)}", position)
        brackets += (sign == "(") - (sign == ")")
        if brackets > MAX_BRACKETS:
            raise ExpressionMistake(f"At most {MAX_BRACKETS} brackets may be open at once.", position)
        if brackets < 0:
            raise ExpressionMistake("This bracket closes nothing.", position)
        position += 1
    if brackets:
        raise ExpressionMistake("A bracket is not closed.", len(text))


def _plain(sign: str) -> str:
    """A hint at the plain sign that stands for a full-width one."""
    plain = WRITTEN.get(sign) or unicodedata.normalize("NFKC", sign)
    return f" Write {plain!r}." if plain != sign and all(PLAIN.match(one) or one == "'" for one in plain) else ""


def _end_of_text(text: str, start: int) -> int:
    position = start + 1
    while True:
        end = text.find("'", position)
        if end < 0:
            raise ExpressionMistake("A text is not closed: the second ' is missing.", start)
        if text.startswith("''", end):
            position = end + 2
            continue
        strange = NOT_IN_TEXT.search(text, start, end)
        if strange:
            raise ExpressionMistake(f"The sign {strange.group()!r} is not allowed in a text.", strange.start())
        return end + 1


def _syntax_mistake(text: str, error: SqlglotError) -> ExpressionMistake:
    details = getattr(error, "errors", None) or [{}]
    line, column = details[0].get("line"), details[0].get("col")
    offset = 0
    if line and column:
        starts = [0, *(match.end() for match in re.finditer("\n", text))]
        offset = min(starts[min(line, len(starts)) - 1] + max(column - 1, 0), len(text))
    near = details[0].get("highlight")
    where = f" near '{near}'" if near else ""
    return ExpressionMistake(f"The expression can't be read{where}: a value or a sign is missing or misplaced.", offset)

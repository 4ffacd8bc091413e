"""TOML written from plain values: whatever stands in a text, it stays inside its quotes."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

BARE = re.compile(r"[A-Za-z0-9_-]+")
SHORT = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
PARTS = ("indicator", "standard", "duty", "limit")  # an indicator stands before the line drawn on it
BIDI = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u061c")


def toml(header: Mapping[str, Any], parts: Mapping[str, Sequence[Mapping[str, Any]]]) -> str:
    """A rulebook's text: its head, then its entries by kind."""
    tables = [_table("[rulebook]", header)]
    tables += [_table(f"[[{kind}]]", entry) for kind in PARTS for entry in parts.get(kind, ())]
    return "\n".join(tables)


def _table(head: str, values: Mapping[str, Any]) -> str:
    written = {_key(name): value(item) for name, item in values.items() if item is not None}
    width = max((len(name) for name in written), default=0)
    return "\n".join([head, *(f"{name:<{width}} = {item}" for name, item in written.items())]) + "\n"


def value(item: Any) -> str:
    """One value as TOML writes it.

    Raises:
        TypeError: for what TOML has no word for.
    """
    match item:
        case bool():
            return "true" if item else "false"
        case int() | float():
            return repr(item)
        case date():
            return item.isoformat()
        case str():
            return text(item)
        case Mapping():
            inside = ", ".join(f"{_key(name)} = {value(one)}" for name, one in item.items() if one is not None)
            return f"{{ {inside} }}" if inside else "{}"
        case Sequence():
            return f"[{', '.join(value(one) for one in item)}]"
        case _:
            raise TypeError(f"TOML has no word for {type(item).__name__}.")


def text(words: str) -> str:
    """A basic string on one line: quotes, backslashes, line ends and signs that are not seen are escaped."""
    return '"' + "".join(_sign(sign) for sign in words) + '"'


def _sign(sign: str) -> str:
    if sign in SHORT:
        return SHORT[sign]
    code = ord(sign)
    if code < 32 or 127 <= code < 160 or sign in BIDI or sign in "\u2028\u2029\ufeff":
        return f"\\u{code:04X}"
    return sign


def _key(name: str) -> str:
    return name if BARE.fullmatch(name) else text(name)

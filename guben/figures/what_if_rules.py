"""The figures of an installed rule that may be tried otherwise: its line, how often, how many times, minutes."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from guben.rulebook.composing import entry as whole
from guben.rulebook.queries import installed_files
from guben.rulebook.sources import RuleFile
from guben.rulebook.writing import toml
from guben.rulebook_engine.entries import Duty, Entry, Indicator, Standard

NUMBER = re.compile(r"'(?:[^']|'')*'|(?<![A-Za-z0-9_.])\d+(?:\.\d+)?")
EXPRESSIONS = {Standard: ("holds",), Indicator: ("value", "where")}
HEAD_ONLY = ("key", "title")


@dataclass(frozen=True, slots=True)
class LineNumber:
    """One number in one of a rule's expressions: which part, which number of it, where it stands, what it is."""

    part: str
    place: int
    start: int
    end: int
    text: str
    written: str

    @property
    def name(self) -> str:
        return f"{self.part}-{self.place}"

    @property
    def around(self) -> str:
        """The expression with this number marked, where it holds several."""
        return f"{self.text[: self.start]}【{self.written}】{self.text[self.end :]}"


def line_numbers(rule: Entry) -> list[LineNumber]:
    """The numbers in the expressions of a standard or an indicator, in the order of the text."""
    found = []
    for part in EXPRESSIONS.get(type(rule), ()):
        text = str(getattr(rule, part) or "")
        numbers = (one for one in NUMBER.finditer(text) if not one.group().startswith("'"))
        found += [LineNumber(part, n, one.start(), one.end(), text, one.group()) for n, one in enumerate(numbers)]
    return found


def with_numbers(text: str, numbers: Mapping[int, str]) -> str:
    """The expression with some of its numbers, counted from nought, written otherwise."""
    parts, at = [], 0
    found = [one for one in NUMBER.finditer(text) if not one.group().startswith("'")]
    for place, one in enumerate(found):
        parts += [text[at : one.start()], numbers.get(place, one.group())]
        at = one.end()
    return "".join([*parts, text[at:]])


def changed_file(rule: Entry, *, values: Mapping[str, Any], numbers: Mapping[str, str], from_on: date) -> RuleFile:
    """The rule as a file of its own, with other values (by key of the file), other numbers (by `LineNumber.name`) and
    another first day.

    Raises:
        LookupError: the rule's installed text is gone.
    """
    head, raw = _written(rule)
    raw = {name: item for name, item in raw.items() if name not in ("from", "until")} | dict(values)
    for part in EXPRESSIONS.get(type(rule), ()):
        others = {
            line.place: numbers[line.name] for line in line_numbers(rule) if line.part == part and line.name in numbers
        }
        if part in raw and others:
            raw[part] = with_numbers(raw[part], others)
    header = {name: head[name] for name in HEAD_ONLY} | {"source": head["source"], "issued-by": rule.issued_by}
    header["key"] = f"{rule.key}-what-if"
    return RuleFile(f"{rule.key}.toml", toml(header, {rule.kind: [{**raw, "from": from_on}]}))


def _written(rule: Entry) -> tuple[dict[str, Any], dict[str, Any]]:
    """The head of the installed file that holds this edition, and the entry as it is written there."""
    for file in installed_files():
        data = tomllib.loads(file.text)
        head = {name.replace("_", "-"): item for name, item in data["rulebook"].items()}
        for raw in data.get(rule.kind, []):
            entry = whole(raw, data["rulebook"])
            if entry["key"] == rule.key and entry.get("from") == rule.from_on:
                return head, entry
    raise LookupError(f"No installed file holds {rule.key} from {rule.from_on}.")


def can_be_tried(rule: Entry) -> bool:
    return isinstance(rule, Duty) or bool(line_numbers(rule))

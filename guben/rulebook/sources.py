"""Rulebook files before they are installed: where they come from, and whether they fit together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from guben.rulebook.errors import BrokenRulebook
from guben.rulebook_engine.errors import Mistake, RulebookErrors
from guben.rulebook_engine.examples import failing, read_examples
from guben.rulebook_engine.facts import catalogue
from guben.rulebook_engine.library import Library
from guben.rulebook_engine.loading import identity, read_library

EXAMPLES = ".examples.toml"


@dataclass(frozen=True, slots=True)
class RuleFile:
    """A rulebook file's name and text, with the text of the examples beside it."""

    name: str
    text: str
    examples: str = ""


def shipped_files() -> list[RuleFile]:
    """The rulebooks in the package; the roles are read by `access` and not installed."""
    folder = files("guben.rulebooks")
    found = []
    for entry in sorted(folder.iterdir(), key=lambda item: item.name):
        if not entry.name.endswith(".toml") or entry.name.endswith(EXAMPLES) or entry.name == "roles.toml":
            continue
        beside = folder / entry.name.replace(".toml", EXAMPLES)
        examples = beside.read_text(encoding="utf-8") if beside.is_file() else ""
        found.append(RuleFile(entry.name, entry.read_text(encoding="utf-8"), examples))
    return found


def files_at(paths: Sequence[Path]) -> list[RuleFile]:
    """The given files with the examples beside them, read from disk.

    Raises:
        OSError: a file can't be read.
        BrokenRulebook: a file is not UTF-8 text; says where it stops being so.
    """
    given = set(paths)
    return [
        RuleFile(str(path), decoded(str(path), path.read_bytes()), _beside(path))
        for path in paths
        if not (path.name.endswith(EXAMPLES) and path.with_name(path.name.replace(EXAMPLES, ".toml")) in given)
    ]


def _beside(path: Path) -> str:
    """The text of the examples beside a rulebook, if there are any."""
    beside = path.with_name(path.name.removesuffix(".toml") + EXAMPLES)
    return decoded(str(beside), beside.read_bytes()) if path.suffix == ".toml" and beside.is_file() else ""


def decoded(name: str, content: bytes) -> str:
    """The text of a file.

    Raises:
        BrokenRulebook: it is not UTF-8; says where it stops being so.
    """
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        line = content.count(b"\n", 0, fault.start) + 1
        column = len(content[content.rfind(b"\n", 0, fault.start) + 1 : fault.start].decode("utf-8-sig")) + 1
        sentence = "This is not UTF-8 text. Save the file as UTF-8 (it may be GB18030 or no text at all)."
        raise BrokenRulebook([Mistake(name, line, column, sentence)]) from None


def read_all(sources: Sequence[RuleFile]) -> Library:
    """The library of these files and nothing else.

    Raises:
        BrokenRulebook: with every mistake of every file.
    """
    try:
        return read_library([(source.name, source.text) for source in sources], catalogue)
    except RulebookErrors as errors:
        raise BrokenRulebook(errors.mistakes) from errors


def without_renewed(installed: Sequence[RuleFile], sources: Sequence[RuleFile]) -> list[RuleFile]:
    """The installed files that these do not take the place of."""
    renewed = {identity(source.text) for source in sources}
    return [old for old in installed if identity(old.text) not in renewed]


def check_examples(sources: Sequence[RuleFile], library: Library) -> None:
    """Runs the examples of the files on their rules.

    Raises:
        BrokenRulebook: with every example that is written wrongly, or that a rule does not answer as it says.
    """
    mistakes: list[Mistake] = []
    for source in sources:
        name = source.name.removesuffix(".toml") + EXAMPLES
        try:
            mistakes += failing(read_examples(source.examples, name), library, catalogue)
        except RulebookErrors as errors:
            mistakes += errors.mistakes
    if mistakes:
        raise BrokenRulebook(mistakes)

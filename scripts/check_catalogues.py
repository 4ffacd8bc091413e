"""Checks that every text marked for translation stands in the English catalogue, translated and not fuzzy.

Reads Python by its syntax tree and templates by Django's own reader, so that no gettext has to be installed.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import polib
from django.utils.translation.template import templatize

PACKAGE = Path(__file__).resolve().parent.parent / "guben"
ENGLISH = PACKAGE / "locale" / "en" / "LC_MESSAGES" / "django.po"
MARKERS = {"_", "gettext", "gettext_lazy", "gettext_noop", "ngettext", "ngettext_lazy", "pgettext", "pgettext_lazy"}
CALL = re.compile(r"\b(?:np|n|p)?gettext\(|(?<!\w)_\(")
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]")

Found = tuple[str, str, int]  # the text, its file, its line


def in_python(path: Path) -> Iterator[Found]:
    """The texts a module marks."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name not in MARKERS:
            continue
        place = 1 if name.startswith("pgettext") else 0
        if (
            len(node.args) > place
            and isinstance(text := node.args[place], ast.Constant)
            and isinstance(text.value, str)
        ):
            yield text.value, str(path.relative_to(PACKAGE.parent)), node.lineno


def in_template(path: Path) -> Iterator[Found]:
    """The texts a template marks: Django turns it into calls of gettext, which are read as Python."""
    source = templatize(path.read_text(encoding="utf-8"), origin=str(path))
    for match in CALL.finditer(source):
        call = _call_at(source, match.start())
        if call is None or not call.args:
            continue
        function = getattr(call.func, "id", "")
        place = 1 if function in {"pgettext", "npgettext"} else 0
        text = call.args[place]
        if isinstance(text, ast.Constant) and isinstance(text.value, str):
            yield text.value, str(path.relative_to(PACKAGE.parent)), source.count("\n", 0, match.start()) + 1


def _call_at(source: str, start: int) -> ast.Call | None:
    """The shortest piece from `start` that reads as a call."""
    end = source.find(")", start)
    while end != -1:
        try:
            found = ast.parse(source[start : end + 1], mode="eval").body
        except SyntaxError:
            end = source.find(")", end + 1)
            continue
        return found if isinstance(found, ast.Call) else None
    return None


def marked() -> list[Found]:
    """All marked texts of the package."""
    found: list[Found] = []
    for path in sorted(PACKAGE.rglob("*.py")):
        if "migrations" not in path.parts:
            found.extend(in_python(path))
    for path in sorted(PACKAGE.rglob("templates/**/*")):
        if path.suffix in {".html", ".txt"}:
            found.extend(in_template(path))
    return found


def faults(catalogue: Path = ENGLISH) -> list[str]:
    """One line for each missing, untranslated or fuzzy text, and for placeholders that differ."""
    if not catalogue.exists():
        return [f"{catalogue}: is missing."]
    entries = polib.pofile(str(catalogue))
    known = {entry.msgid: entry for entry in entries if not entry.obsolete}
    lines = [
        f"{place}:{line}: {text!r} has no English text."
        for text, place, line in sorted(set(marked()), key=lambda found: found[1:])
        if text.strip() and text not in known
    ]
    for entry in known.values():
        if entry.fuzzy:
            lines.append(f"{catalogue}:{entry.linenum}: {entry.msgid!r} is marked fuzzy.")
        elif not entry.translated():
            lines.append(f"{catalogue}:{entry.linenum}: {entry.msgid!r} is not translated.")
        elif unknown := _placeholders(entry.msgstr, *entry.msgstr_plural.values()) - _placeholders(
            entry.msgid, entry.msgid_plural
        ):
            lines.append(
                f"{catalogue}:{entry.linenum}: {entry.msgid!r} has no placeholder {', '.join(sorted(unknown))}."
            )
    return lines


def _placeholders(*texts: str) -> set[str]:
    return {name for text in texts for name in PLACEHOLDER.findall(text)}


if __name__ == "__main__":
    if found := faults():
        print("\n".join(found))
        sys.exit(f"{len(found)} texts are not in English.")

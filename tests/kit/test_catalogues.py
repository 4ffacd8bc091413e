"""Catalogues: compiled without gettext, and only what was really translated."""

from __future__ import annotations

import gettext
import os
from pathlib import Path

import pytest

from guben.kit.catalogues import compile_catalogues

TEXT = """msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

msgid "今日"
msgstr "Today"

#, fuzzy
msgid "组织"
msgstr "Perhaps units"

msgid "党员"
msgstr ""

msgid "有%(number)d件"
msgid_plural "有%(number)d件"
msgstr[0] "%(number)d item"
msgstr[1] "%(number)d items"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "en" / "LC_MESSAGES"
    place.mkdir(parents=True)
    (place / "django.po").write_text(TEXT, encoding="utf-8")
    return tmp_path


def read(folder: Path) -> gettext.GNUTranslations:
    with (folder / "en" / "LC_MESSAGES" / "django.mo").open("rb") as file:
        return gettext.GNUTranslations(file)


def test_texts_and_plurals_are_found_after_compiling(folder: Path) -> None:
    assert compile_catalogues(folder) == 1
    words = read(folder)
    assert words.gettext("今日") == "Today"
    assert words.ngettext("有%(number)d件", "有%(number)d件", 1) == "%(number)d item"
    assert words.ngettext("有%(number)d件", "有%(number)d件", 2) == "%(number)d items"


def test_guesses_and_blanks_show_the_source_text(folder: Path) -> None:
    compile_catalogues(folder)
    assert read(folder).gettext("组织") == "组织"
    assert read(folder).gettext("党员") == "党员"


def test_only_what_changed_is_compiled_again(folder: Path) -> None:
    compile_catalogues(folder)
    assert compile_catalogues(folder) == 0
    target = folder / "en" / "LC_MESSAGES" / "django.mo"
    os.utime(target, (0, 0))
    assert compile_catalogues(folder) == 1


def test_a_broken_catalogue_is_named(folder: Path) -> None:
    (folder / "en" / "LC_MESSAGES" / "django.po").write_text('msgid "a"\nmsgid "b"\n', encoding="utf-8")
    with pytest.raises(ValueError, match=r"django\.po"):
        compile_catalogues(folder)

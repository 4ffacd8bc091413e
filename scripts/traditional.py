"""Writes the catalogue in traditional characters from the texts of the English one, which holds them all.

    python scripts/traditional.py           # writes guben/locale/zh_Hant
    python scripts/traditional.py --check   # says what is missing or no longer as it would be written

What the converter gets wrong is put right in guben.kit.chinese.REVIEWED, never in the catalogue.
"""

from __future__ import annotations

import sys
from pathlib import Path

import polib

from guben.kit.catalogues import LOCALE
from guben.kit.chinese import traditional

ENGLISH = LOCALE / "en" / "LC_MESSAGES" / "django.po"
TARGET = LOCALE / "zh_Hant" / "LC_MESSAGES" / "django.po"


def catalogue() -> polib.POFile:
    """Every text with its traditional form; Chinese has one form for all numbers."""
    made = polib.POFile(wrapwidth=0)
    made.metadata = {
        "Language": "zh_Hant",
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": "nplurals=1; plural=0;",
    }
    for entry in polib.pofile(str(ENGLISH)):
        if entry.obsolete:
            continue
        new = polib.POEntry(
            msgid=entry.msgid, msgctxt=entry.msgctxt, flags=[one for one in entry.flags if one != "fuzzy"]
        )
        if entry.msgid_plural:
            new.msgid_plural = entry.msgid_plural
            new.msgstr_plural = {0: traditional(entry.msgid_plural)}
        else:
            new.msgstr = traditional(entry.msgid)
        made.append(new)
    return made


def main(target: Path = TARGET) -> int:
    text = str(catalogue())
    if "--check" in sys.argv:
        if target.exists() and target.read_text(encoding="utf-8").strip() == text.strip():
            return 0
        print(f"{target} is not up to date: python scripts/traditional.py", file=sys.stderr)
        return 1
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(f"{text.strip()}\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

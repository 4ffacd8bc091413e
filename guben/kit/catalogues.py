"""Compiles translation catalogues (.po to .mo) without gettext on the machine."""

from __future__ import annotations

from pathlib import Path

import polib

LOCALE = Path(__file__).resolve().parents[1] / "locale"


def compile_catalogues(folder: Path = LOCALE) -> int:
    """Writes the .mo beside every .po below the folder that is missing or older; returns how many were written.

    Fuzzy and empty entries are left out, so the source text shows instead of a guess.

    Raises:
        ValueError: a catalogue cannot be read; the sentence names the file and the line.
    """
    written = 0
    for source in sorted(folder.glob("*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        try:
            catalogue = polib.pofile(str(source), check_for_duplicates=True)
        except (OSError, ValueError) as error:
            raise ValueError(f"{source}: {error}") from error
        part = target.with_suffix(".mo.part")
        catalogue.save_as_mofile(str(part))
        part.replace(target)
        written += 1
    return written

"""Files of papers: owner-only, under names nobody can guess, their kinds told by what they hold. What an undone act
leaves behind is cleared away by night."""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from guben.procedures import errors

MOST_BYTES = 20 * 1024 * 1024
FOLDER = "papers"
KINDS = {
    "pdf": (b"%PDF-",),
    "jpg": (b"\xff\xd8\xff",),
    "png": (b"\x89PNG\r\n\x1a\n",),
    "docx": (b"PK\x03\x04",),
    "ofd": (b"PK\x03\x04",),
}
ENDINGS = {"jpeg": "jpg"}


@dataclass(frozen=True, slots=True)
class Stored:
    """Where a file lies, and its SHA-256."""

    name: str
    digest: str


def kind_of(name: str, content: bytes) -> str:
    """The kind of a file, by its ending and its first bytes. Raises FileRefused."""
    ending = name.rpartition(".")[2].lower()
    ending = ENDINGS.get(ending, ending)
    if not content:
        raise errors.FileRefused(_("文件是空的。重新选一个。"))
    if len(content) > MOST_BYTES:
        raise too_large()
    if ending not in KINDS or not content.startswith(KINDS[ending]):
        raise errors.FileRefused(_("只收PDF、JPG、PNG、DOCX、OFD文件，内容要和文件名相符。换一个文件。"))
    return ending


def too_large() -> errors.FileRefused:
    return errors.FileRefused(_("文件太大，最多%(most)sMB。压缩或分开交。") % {"most": MOST_BYTES // 1024 // 1024})


def store(case_pk: int, ending: str, content: bytes) -> Stored:
    """Keeps a file whole; it goes again when the act is undone."""
    name = f"{int(case_pk)}/{secrets.token_urlsafe(24)}.{ending}"
    place = _root() / name
    for made in (place.parent.parent.parent, place.parent.parent, place.parent):
        made.mkdir(mode=0o700, exist_ok=True, parents=True)
    part = place.with_name(f".{place.name}.part")
    with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
    part.replace(place)
    return Stored(name, hashlib.sha256(content).hexdigest())


def _root() -> Path:
    return Path(settings.MEDIA_ROOT) / FOLDER


def path(name: str) -> Path | None:
    """Where a kept file lies; None where there is none, or the name leads elsewhere."""
    if not name:
        return None
    place = (_root() / name).resolve()
    return place if place.is_relative_to(_root().resolve()) and place.is_file() else None


def is_unchanged(name: str, digest: str) -> bool:
    """Is the file still the one that was kept?"""
    place = path(name)
    return place is not None and hashlib.sha256(place.read_bytes()).hexdigest() == digest


def remove(name: str) -> None:
    if place := path(name):
        place.unlink(missing_ok=True)


def kept_names(older_than: float) -> Iterator[str]:
    """The names of all files that were last changed before a moment."""
    root = _root()
    for place in root.glob("*/*"):
        if place.is_file() and place.stat().st_mtime < older_than:
            yield f"{place.parent.name}/{place.name}"

"""This installation's keys: the sealer everybody uses, and putting a new key before the old ones and those away again.

The files may change while the site runs; every process sees it within a second.
"""

from __future__ import annotations

import fcntl
import json
import os
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from django.conf import settings

from guben.kit.errors import DomainError
from guben.kit.sealing import (
    FIELD_KEYS,
    INDEX_KEY,
    RETIRED_KEYS,
    KeyEntry,
    Sealer,
    field_key_text,
    index_key_text,
    new_entry,
    read_entries,
    read_keys,
    write_entries,
)

Purpose = Literal["seal", "index"]
NAMES: dict[Purpose, tuple[str, str]] = {"seal": FIELD_KEYS, "index": INDEX_KEY}
PROGRESS = "renewal.json"
SEEN_WITHIN = 1.0  # seconds until a changed file is noticed

_looked: dict[Path, tuple[float, tuple[int, ...]]] = {}


class KeysFromEnvironment(DomainError):
    def __init__(self, variable: str) -> None:
        super().__init__(
            f"The key comes from {variable}. Put a new one before it there (id:base64,old-id:old-base64), start the "
            "site again, and run `guben keys rotate` to seal everything anew."
        )


class RenewalRunning(DomainError):
    def __init__(self) -> None:
        super().__init__("Another `guben keys rotate` is at work. Wait until it has ended.")


class NoSuchKey(DomainError):
    def __init__(self, key_id: str) -> None:
        super().__init__(f"There is no retired key {key_id}. `guben keys list` shows them.")


def folder() -> Path:
    """Where the key files lie: GUBEN_KEYS, else keys/ in the data folder."""
    return Path(settings.KEYS)


def sealer() -> Sealer:
    """The sealer with the keys as they are now."""
    place = folder()
    now = time.monotonic()
    looked_at, stamp = _looked.get(place, (-SEEN_WITHIN, ()))
    if now - looked_at >= SEEN_WITHIN:
        stamp = _stamp(place)
        _looked[place] = (now, stamp)
    return _sealer(place, stamp)


def forget() -> None:
    """Lets this process read the files again at once."""
    _looked.clear()


@lru_cache(maxsize=4)
def _sealer(place: Path, stamp: tuple[int, ...]) -> Sealer:
    made = Sealer(read_keys(place, os.environ))
    _looked[place] = (time.monotonic(), _stamp(place))  # the first reading may have made the files
    return made


def _stamp(place: Path) -> tuple[int, ...]:
    found: list[int] = []
    for name in (FIELD_KEYS[1], INDEX_KEY[1], RETIRED_KEYS):
        try:
            status = (place / name).stat()
            found += [status.st_mtime_ns, status.st_ino]
        except FileNotFoundError:
            found += [0, 0]
    return tuple(found)


def entries(purpose: Purpose) -> list[KeyEntry]:
    """The keys in use, the current one first."""
    text = (field_key_text if purpose == "seal" else index_key_text)(folder(), os.environ)
    return read_entries(text, NAMES[purpose][0])


def retired() -> list[KeyEntry]:
    """The keys put away: they seal nothing here any more, but what an old backup brings back."""
    place = folder() / RETIRED_KEYS
    return read_entries(place.read_text(encoding="ascii"), RETIRED_KEYS) if place.exists() else []


def add_new(purpose: Purpose) -> KeyEntry:
    """Puts a fresh key before the others."""
    variable, name = NAMES[purpose]
    if os.environ.get(variable):
        raise KeysFromEnvironment(variable)
    made = new_entry()
    write_entries(folder() / name, [made, *entries(purpose)])
    forget()
    return made


def retire_older(purpose: Purpose) -> list[str]:
    """Puts away all keys but the current one; the ids of those that went. Keys of the environment stay there."""
    variable, name = NAMES[purpose]
    current, *older = entries(purpose)
    if not older or os.environ.get(variable):
        return []
    if purpose == "seal":
        write_entries(folder() / RETIRED_KEYS, [*older, *retired()])
    write_entries(folder() / name, [current])
    forget()
    return [entry.key_id for entry in older]


def destroy(key_id: str) -> None:
    """Deletes a retired key for good. Whatever it sealed, such as an old backup's values, never opens again."""
    kept = [entry for entry in retired() if entry.key_id != key_id]
    if len(kept) == len(retired()):
        raise NoSuchKey(key_id)
    write_entries(folder() / RETIRED_KEYS, kept)
    forget()


@contextmanager
def only_one() -> Iterator[None]:
    """Lets one renewal at a time into the folder; the lock goes with its process, however that ends."""
    folder().mkdir(parents=True, exist_ok=True, mode=0o700)
    with open(os.open(folder() / ".lock", os.O_RDWR | os.O_CREAT, 0o600), "w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise RenewalRunning from None
        yield


def progress() -> dict[str, Any] | None:
    """How far an unfinished renewal came; None where none is unfinished."""
    place = folder() / PROGRESS
    try:
        return dict(json.loads(place.read_text(encoding="ascii")))
    except (FileNotFoundError, ValueError):
        return None


def note_progress(done: dict[str, Any] | None) -> None:
    place = folder() / PROGRESS
    if done is None:
        place.unlink(missing_ok=True)
        return
    draft = place.with_suffix(".part")
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="ascii") as file:
        json.dump(done, file)
    draft.replace(place)


def open_to_others() -> list[Path]:
    """The folder and the files in it that somebody else on this machine may read."""
    place = folder()
    found = [place, *place.glob("*")] if place.is_dir() else []
    return [one for one in found if stat.S_IMODE(one.stat().st_mode) & 0o077]

"""Field encryption: values sealed with AES-256-GCM, found again through a keyed index, shown masked.

The keys live outside the database: in the environment or in owner-only files that are made once.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
NONCE_BYTES = 12
FORMAT = b"\x01"
FIELD_KEYS = ("GUBEN_FIELD_KEY", "field-keys")
INDEX_KEY = ("GUBEN_INDEX_KEY", "index-key")
RETIRED_KEYS = "retired-keys"
HISTORY_KEY = ("GUBEN_HISTORY_KEY", "history-key")


class SealError(Exception):
    """A key is missing or unreadable, or a sealed value was changed or belongs to another column."""


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys for sealing by their id, of which `current` seals new values, and the separate key of the index; while
    the index is being renewed, its older keys too."""

    field_keys: Mapping[str, bytes]
    current: str
    index_key: bytes
    older_index_keys: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class KeyEntry:
    """One key as it stands in its file: `id:base64:day it was made`, the day left out by older files."""

    key_id: str
    key: bytes
    made_on: str = ""

    def line(self) -> str:
        return f"{self.key_id}:{base64.b64encode(self.key).decode('ascii')}:{self.made_on}".rstrip(":")


class Sealer:
    """Seals, opens and indexes texts. `column` is `table.column`: a value copied to another column won't open."""

    def __init__(self, keys: Keys) -> None:
        self._current = keys.current
        self._ciphers = {key_id: AESGCM(key) for key_id, key in keys.field_keys.items()}
        self._index_keys = (keys.index_key, *keys.older_index_keys)

    def seal(self, text: str, column: str) -> bytes:
        """The text as format, key id, nonce and cipher text; differs each time."""
        return self.seal_all([text], column)[0]

    def seal_all(self, texts: Sequence[str], column: str) -> list[bytes]:
        """Many texts of a column, each under a nonce of its own."""
        key_id, name = self._current.encode("ascii"), column.encode()
        head = FORMAT + bytes([len(key_id)]) + key_id
        encrypt, chance = self._ciphers[self._current].encrypt, os.urandom(NONCE_BYTES * len(texts))
        nonces = [chance[start : start + NONCE_BYTES] for start in range(0, len(chance), NONCE_BYTES)]
        return [head + nonce + encrypt(nonce, text.encode(), name) for nonce, text in zip(nonces, texts, strict=True)]

    def open(self, value: bytes | memoryview, column: str) -> str:
        """The text inside a sealed value.

        Raises:
            SealError: the key is not here, or the value was changed or sealed for another column.
        """
        raw = bytes(value)
        key_id = key_id_of(raw)
        cipher = self._ciphers.get(key_id)
        if cipher is None:
            raise SealError(f"The key {key_id!r} that sealed this value is not among the keys of this installation.")
        start = 2 + len(key_id)
        nonce, cipher_text = raw[start : start + NONCE_BYTES], raw[start + NONCE_BYTES :]
        try:
            return cipher.decrypt(nonce, cipher_text, column.encode()).decode()
        except InvalidTag as error:
            raise SealError(f"The value was changed, or was not sealed for {column}.") from error

    def is_current(self, value: bytes | memoryview) -> bool:
        """False for a value that an older key sealed, so that it can be sealed anew."""
        return key_id_of(bytes(value)) == self._current

    def index(self, text: str, column: str) -> str:
        """The keyed hash under which a text is found again: HMAC-SHA-256, 64 hexadecimal digits."""
        return _hash(self._index_keys[0], text, column)

    def index_all(self, texts: Iterable[str], column: str) -> list[str]:
        """The keyed hashes of many texts."""
        return keyed_hashes(self._index_keys[0], texts, f"{column}\0")

    def indexes(self, text: str, column: str) -> list[str]:
        """Every keyed hash under which a text may still stand: one, and more while the index is being renewed."""
        return [_hash(key, text, column) for key in self._index_keys]


def _hash(key: bytes, text: str, column: str) -> str:
    return hmac.digest(key, f"{column}\0{text}".encode(), "sha256").hex()


def keyed_hashes(key: bytes, texts: Iterable[str], begin: str = "") -> list[str]:
    """HMAC-SHA-256 of many texts, `begin` put before each, in hexadecimal: what is the same in all is hashed once."""
    padded = key.ljust(64, b"\0")  # no key here is longer than a block
    inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in padded) + begin.encode())
    outer = hashlib.sha256(bytes(byte ^ 0x5C for byte in padded))
    found = []
    for text in texts:
        one, other = inner.copy(), outer.copy()
        one.update(text.encode())
        other.update(one.digest())
        found.append(other.hexdigest())
    return found


def key_id_of(value: bytes) -> str:
    """The id of the key that sealed a value."""
    if len(value) < 2 or value[:1] != FORMAT or len(value) < 2 + value[1] + NONCE_BYTES:
        raise SealError("This is not a sealed value.")
    return value[2 : 2 + value[1]].decode("ascii")


def read_keys(folder: Path, environment: Mapping[str, str]) -> Keys:
    """The keys from GUBEN_FIELD_KEY and GUBEN_INDEX_KEY, else from files in the folder, which are made on first use.

    Keys read `id:base64:day`, separated by commas or lines (`base64` alone for the index); the first one seals or
    hashes, the others only open or find.

    Raises:
        SealError: a key is not 32 bytes in base64, or lacks its id.
    """
    field = read_entries(field_key_text(folder, environment), FIELD_KEYS[0])
    index = read_entries(index_key_text(folder, environment), INDEX_KEY[0])
    if not field:
        raise SealError("There is no key for sealing: GUBEN_FIELD_KEY or the file field-keys is empty.")
    if not index:
        raise SealError("There is no key for the index: GUBEN_INDEX_KEY or the file index-key is empty.")
    retired = read_entries(_text_of(folder / RETIRED_KEYS), RETIRED_KEYS)
    field_keys = {entry.key_id: entry.key for entry in (*retired, *field)}  # what a backup brings back still opens
    return Keys(field_keys, field[0].key_id, index[0].key, tuple(entry.key for entry in index[1:]))


def history_key(folder: Path, environment: Mapping[str, str]) -> bytes:
    """The key of the history's proofs, from GUBEN_HISTORY_KEY or a file that is made on first use.

    Raises:
        SealError: it is not 32 bytes in base64.
    """
    text = _environment_or_file(HISTORY_KEY, folder, environment, _new_key)
    return _decoded(text.strip(), HISTORY_KEY[0])


def field_key_text(folder: Path, environment: Mapping[str, str]) -> str:
    return _environment_or_file(FIELD_KEYS, folder, environment, lambda: new_entry().line())


def index_key_text(folder: Path, environment: Mapping[str, str]) -> str:
    return _environment_or_file(INDEX_KEY, folder, environment, lambda: new_entry().line())


def read_entries(text: str, name: str) -> list[KeyEntry]:
    """The keys of a file or variable, separated by commas or lines; a key of the index may lack its id."""
    found = []
    for entry in text.replace("\n", ",").split(","):
        if not entry.strip():
            continue
        if name == INDEX_KEY[0] and ":" not in entry:
            key = _decoded(entry.strip(), name)
            found.append(KeyEntry(hashlib.sha256(key).hexdigest()[:8], key))
            continue
        key_id, _, rest = entry.strip().partition(":")
        encoded, _, made_on = rest.partition(":")
        found.append(KeyEntry(_checked_id(key_id, encoded), _decoded(encoded, name), made_on))
    return found


def new_entry() -> KeyEntry:
    """A fresh key with a fresh id."""
    made_on = datetime.now(tz=UTC).date().isoformat()
    return KeyEntry(secrets.token_hex(4), secrets.token_bytes(KEY_BYTES), made_on)


def write_entries(place: Path, entries: Iterable[KeyEntry]) -> None:
    """Replaces a file of keys, whole or not at all."""
    draft = _draft(place, "".join(f"{entry.line()}\n" for entry in entries))
    draft.replace(place)


def _checked_id(key_id: str, encoded: str) -> str:
    if not encoded or not key_id.isascii() or not key_id.isalnum() or len(key_id) > 16:
        raise SealError("A field key reads id:base64, with an id of at most 16 letters and digits.")
    return key_id


def _decoded(encoded: str, name: str) -> bytes:
    try:
        key = base64.b64decode(encoded, validate=True)
    except ValueError as error:
        raise SealError(f"{name} is not base64.") from error
    if len(key) != KEY_BYTES:
        raise SealError(f"{name} holds {len(key)} bytes; it must hold {KEY_BYTES}.")
    return key


def _new_key() -> str:
    return base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode("ascii")


def _environment_or_file(
    names: tuple[str, str], folder: Path, environment: Mapping[str, str], make: Callable[[], str]
) -> str:
    variable, file_name = names
    if given := environment.get(variable):
        return given
    place = folder / file_name
    if not place.exists():
        _write_once(place, make())
    return place.read_text(encoding="ascii")


def _text_of(place: Path) -> str:
    try:
        return place.read_text(encoding="ascii")
    except FileNotFoundError:
        return ""


def _write_once(place: Path, text: str) -> None:
    """Writes an owner-only file whole or not at all; where two processes are at it, the first one's key stays."""
    draft = _draft(place, text)
    try:
        with suppress(FileExistsError):
            os.link(draft, place)
    finally:
        draft.unlink()


def _draft(place: Path, text: str) -> Path:
    place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = place.with_name(f"{place.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    return draft


def mask_id_number(number: str, *, show_birth: bool = False) -> str:
    """442000************; with the birth date, where it stands beside it anyway, 44200019680509****."""
    seen = 14 if show_birth else 6
    if len(number) <= seen:
        return "*" * len(number)
    return number[:seen] + "*" * (len(number) - seen)


def mask_phone(number: str) -> str:
    """138****5678; a number shorter than eight digits shows nothing."""
    if len(number) < 8:
        return "*" * len(number)
    return number[:3] + "*" * (len(number) - 7) + number[-4:]

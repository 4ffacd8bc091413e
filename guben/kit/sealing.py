"""Field encryption: values sealed with AES-256-GCM, found again through a keyed index, shown masked.

The keys live outside the database: in the environment or in owner-only files that are made once.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import secrets
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
NONCE_BYTES = 12
FORMAT = b"\x01"
FIELD_KEYS = ("GUBEN_FIELD_KEY", "field-keys")
INDEX_KEY = ("GUBEN_INDEX_KEY", "index-key")
HISTORY_KEY = ("GUBEN_HISTORY_KEY", "history-key")


class SealError(Exception):
    """A key is missing or unreadable, or a sealed value was changed or belongs to another column."""


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys for sealing by their id, of which `current` seals new values, and the separate key of the index."""

    field_keys: Mapping[str, bytes]
    current: str
    index_key: bytes


class Sealer:
    """Seals, opens and indexes texts. `column` is `table.column`: a value copied to another column won't open."""

    def __init__(self, keys: Keys) -> None:
        self._current = keys.current
        self._ciphers = {key_id: AESGCM(key) for key_id, key in keys.field_keys.items()}
        self._index_key = keys.index_key

    def seal(self, text: str, column: str) -> bytes:
        """The text as format, key id, nonce and cipher text; differs each time."""
        nonce = os.urandom(NONCE_BYTES)
        key_id = self._current.encode("ascii")
        cipher_text = self._ciphers[self._current].encrypt(nonce, text.encode(), column.encode())
        return FORMAT + bytes([len(key_id)]) + key_id + nonce + cipher_text

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
        return hmac.new(self._index_key, f"{column}\0{text}".encode(), hashlib.sha256).hexdigest()


def key_id_of(value: bytes) -> str:
    """The id of the key that sealed a value."""
    if len(value) < 2 or value[:1] != FORMAT or len(value) < 2 + value[1] + NONCE_BYTES:
        raise SealError("This is not a sealed value.")
    return value[2 : 2 + value[1]].decode("ascii")


def read_keys(folder: Path, environment: Mapping[str, str]) -> Keys:
    """The keys from GUBEN_FIELD_KEY and GUBEN_INDEX_KEY, else from files in the folder, which are made on first use.

    Field keys read `id:base64`, separated by commas or lines; the first seals, the others only open.

    Raises:
        SealError: a key is not 32 bytes in base64, or lacks its id.
    """
    field_text = _environment_or_file(FIELD_KEYS, folder, environment, lambda: f"{secrets.token_hex(4)}:{_new_key()}")
    index_text = _environment_or_file(INDEX_KEY, folder, environment, _new_key)
    field_keys: dict[str, bytes] = {}
    for entry in field_text.replace("\n", ",").split(","):
        if entry.strip():
            key_id, _, encoded = entry.strip().partition(":")
            field_keys[_checked_id(key_id, encoded)] = _decoded(encoded, FIELD_KEYS[0])
    if not field_keys:
        raise SealError("There is no key for sealing: GUBEN_FIELD_KEY or the file field-keys is empty.")
    return Keys(field_keys, next(iter(field_keys)), _decoded(index_text.strip(), INDEX_KEY[0]))


def history_key(folder: Path, environment: Mapping[str, str]) -> bytes:
    """The key of the history's proofs, from GUBEN_HISTORY_KEY or a file that is made on first use.

    Raises:
        SealError: it is not 32 bytes in base64.
    """
    text = _environment_or_file(HISTORY_KEY, folder, environment, _new_key)
    return _decoded(text.strip(), HISTORY_KEY[0])


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


def _write_once(place: Path, text: str) -> None:
    """Writes an owner-only file whole or not at all; where two processes are at it, the first one's key stays."""
    place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = place.with_name(f"{place.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(draft, place)
    finally:
        draft.unlink()


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

"""The sealed columns of objections, and the receipts with which their authors come back."""

from __future__ import annotations

import hashlib
import secrets

from guben.accounts import keyring
from guben.accounts.sealed_columns import ModelColumn

COLUMNS = {field: f"publication_objection.{field}" for field in ("text", "author", "answer")}
SEALED = [ModelColumn(name, "publication.Objection", field, has_index=False) for field, name in COLUMNS.items()]
SIGNS = "23456789abcdefghjkmnpqrstuvwxyz"  # none that is read for another
CODE_SIGNS = 16
GROUP = 4


def seal(field: str, text: str) -> bytes | None:
    """The text sealed; an empty one stays empty."""
    return keyring.sealer().seal(text, COLUMNS[field]) if text else None


def unseal(field: str, value: bytes | memoryview | None) -> str:
    """The text inside; empty where nothing is sealed."""
    return keyring.sealer().open(value, COLUMNS[field]) if value else ""


def new_code() -> str:
    """Sixteen signs by chance (79 bits): nobody finds one by trying."""
    return "".join(secrets.choice(SIGNS) for _ in range(CODE_SIGNS))


def in_groups(code: str) -> str:
    """As it is written on paper: abcd-efgh-jkmn-pqrs."""
    return "-".join(code[start : start + GROUP] for start in range(0, len(code), GROUP))


def typed(text: str) -> str:
    """A receipt or a code as somebody typed it, without what only groups it."""
    return "".join(sign for sign in text.lower() if sign in SIGNS)[:64]


def hash_of(receipt: str) -> str:
    """What is kept of a receipt. It is long and drawn by chance, so that a plain hash cannot be turned back."""
    return hashlib.sha256(f"objection {typed(receipt)}".encode()).hexdigest()

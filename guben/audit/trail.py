"""Writing the history. Call it inside the transaction that does the act."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from hashlib import sha256
from json.encoder import encode_basestring as _quoted
from typing import TYPE_CHECKING, Any

from django.db import models, transaction
from django.utils import timezone

from guben.accounts import bulk
from guben.audit.models import Entry
from guben.audit.proofs import proofs_of, prove

if TYPE_CHECKING:
    from guben.accounts.models import User


_written = json.JSONEncoder(sort_keys=True, default=str, ensure_ascii=False).encode
_told: ContextVar[datetime | None] = ContextVar("moment_of_an_invented_history", default=None)


@contextmanager
def dated(moment: datetime) -> Iterator[None]:
    """Inside, entries carry this moment instead of the clock's: for records that were invented, as a demo's are."""
    token = _told.set(moment)
    try:
        yield
    finally:
        _told.reset(token)


def _commit(values: Mapping[str, Any]) -> tuple[str, str]:
    salt = secrets.token_hex(16)
    text = _written(values)
    return salt, sha256(f"{salt}{text}".encode()).hexdigest()


def entry_for(
    action: str,
    target: models.Model,
    *,
    by: User,
    organisation_id: int | None,
    right: str = "",
    changed: Mapping[str, Any] | None = None,
    details: Mapping[str, Any] | None = None,
) -> Entry:
    """An unsaved entry, for bulk writing. `changed` holds field names and new values: only the names and a salted
    commitment to the values are kept. `details` is kept as it is and must hold no personal value."""
    salt, commitment = _commit(changed or {})
    return Entry(
        at=_told.get() or timezone.now(),
        action=action,
        user=by,
        right=right,
        organisation_id=organisation_id,
        object_type=target._meta.label_lower,
        object_id=str(target.pk),
        fields=sorted(changed or {}),
        details=dict(details or {}),
        salt=salt,
        commitment=commitment,
    )


def _require_transaction() -> None:
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("A history entry belongs in the transaction of its act.")


def record(
    action: str,
    target: models.Model,
    *,
    by: User,
    organisation_id: int | None,
    right: str = "",
    changed: Mapping[str, Any] | None = None,
    details: Mapping[str, Any] | None = None,
) -> Entry:
    """Writes one entry. Raises RuntimeError outside a transaction, because act and entry stand or fall together."""
    _require_transaction()
    entry = entry_for(
        action, target, by=by, organisation_id=organisation_id, right=right, changed=changed, details=details
    )
    prove(entry).save(force_insert=True)
    return entry


def record_many(entries: Iterable[Entry], *, batch_size: int = 2000) -> int:
    """Writes many entries at once; returns how many."""
    _require_transaction()
    return len(Entry.objects.bulk_create(map(prove, entries), batch_size=batch_size))


def record_all(
    action: str,
    model: type[models.Model],
    keys: Sequence[int],
    *,
    by: User,
    organisation_ids: Sequence[int | None],
    rights: Sequence[str],
    changed: Mapping[str, Sequence[Any]],
    details: Sequence[Mapping[str, Any]],
) -> None:
    """Writes one act's entries on very many objects, past the models; everything by column, in the order of `keys`.

    `changed` holds a column of values for each field; where a value is LEFT_OUT, the field does not count as changed.
    """
    _require_transaction()
    chance = secrets.token_hex(16 * len(keys))
    salts = [chance[start : start + 32] for start in range(0, len(chance), 32)]
    texts = _texts(changed, len(keys))
    commitments = [sha256(f"{salt}{text}".encode()).hexdigest() for salt, text in zip(salts, texts, strict=True)]
    columns: dict[str, Sequence[Any]] = {
        "organisation_id": organisation_ids,
        "right": rights,
        "object_id": list(map(str, keys)),
        "fields": _field_lists(changed, len(keys)),
        "details": list(map(_Details().text_of, details)),
        "salt": salts,
        "commitment": commitments,
    }
    shared = {
        "at": _told.get() or timezone.now(), "action": action, "user_id": by.pk, "object_type": model._meta.label_lower
    }  # fmt: skip
    proofs = proofs_of(shared, columns)
    constants = {name: [value] * len(keys) for name, value in shared.items()}
    bulk.insert(Entry, {**constants, **columns, "proof": proofs})


LEFT_OUT = object()


def _texts(changed: Mapping[str, Sequence[Any]], count: int) -> list[str]:
    """For each row the same text that `_commit` would write of its values."""
    pieces = [_pieces(name, changed[name]) for name in sorted(changed)]
    joined = map("".join, zip(*pieces, strict=True)) if pieces else [""] * count
    return [f"{{{text[:-2]}}}" for text in joined]


def _pieces(name: str, values: Sequence[Any]) -> list[str]:
    begin, distinct = f"{_quoted(name)}: ", {*values}
    if len(distinct) > len(values) // 2:
        return ["" if value is LEFT_OUT else f"{begin}{_text(value)}, " for value in values]
    known = {value: f"{begin}{_text(value)}, " for value in distinct if value is not LEFT_OUT}
    known[LEFT_OUT] = ""
    return list(map(known.__getitem__, values))


def _text(value: Any) -> str:
    """A value as `_written` writes it, the usual kinds without a call of the encoder."""
    kind = value.__class__
    if kind is str:
        return _quoted(value)
    if kind is date:
        return f'"{value.isoformat()}"'
    return f"[{', '.join(map(_text, value))}]" if kind is tuple else _written(value)


def _field_lists(changed: Mapping[str, Sequence[Any]], count: int) -> list[str]:
    """For each row the names of what changed, as JSON."""
    partly = {name: values for name, values in changed.items() if LEFT_OUT in values}
    if not partly:
        return [_written(sorted(changed))] * count
    always = [name for name in changed if name not in partly]
    known: dict[tuple[bool, ...], str] = {}
    found = []
    for there in zip(*([value is not LEFT_OUT for value in values] for values in partly.values()), strict=True):
        if there not in known:
            some = [name for name, is_there in zip(partly, there, strict=True) if is_there]
            known[there] = _written(sorted(always + some))
        found.append(known[there])
    return found


class _Details:
    """Details as JSON; the same few come again and again."""

    def __init__(self) -> None:
        self._known: dict[tuple[tuple[str, Any], ...], str] = {}

    def text_of(self, details: Mapping[str, Any]) -> str:
        key = tuple(details.items())
        if key not in self._known:
            self._known[key] = _written(details)
        return self._known[key]

"""Writing the history. Call it inside the transaction that does the act."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db import models, transaction
from django.utils import timezone

from guben.accounts import bulk
from guben.audit.models import Entry
from guben.audit.proofs import NAMES, proof_of, prove

if TYPE_CHECKING:
    from guben.accounts.models import User


_written = json.JSONEncoder(sort_keys=True, default=str, ensure_ascii=False).encode


def _commit(values: Mapping[str, Any]) -> tuple[str, str]:
    salt = secrets.token_hex(16)
    text = _written(values)
    return salt, hashlib.sha256(f"{salt}{text}".encode()).hexdigest()


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
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("A history entry belongs in the transaction of its act.")
    entry = entry_for(
        action, target, by=by, organisation_id=organisation_id, right=right, changed=changed, details=details
    )
    prove(entry).save(force_insert=True)
    return entry


def record_many(entries: Iterable[Entry], *, batch_size: int = 2000) -> int:
    """Writes many entries at once; returns how many."""
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("A history entry belongs in the transaction of its act.")
    return len(Entry.objects.bulk_create(map(prove, entries), batch_size=batch_size))


class Told(NamedTuple):
    """What one of many entries of the same act tells, in the order of `entry_for`."""

    object_id: int
    organisation_id: int | None
    right: str
    changed: Mapping[str, Any]
    details: Mapping[str, Any]


def record_all(action: str, model: type[models.Model], told: Iterable[Told], *, by: User) -> int:
    """Writes one act's entries on very many objects, past the models; returns how many."""
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("A history entry belongs in the transaction of its act.")
    at, label = timezone.now(), model._meta.label_lower
    rows = []
    for one in told:
        salt, commitment = _commit(one.changed)
        values = (
            at, action, by.pk, one.right, one.organisation_id, label, str(one.object_id), sorted(one.changed),
            dict(one.details), salt, commitment,
        )  # fmt: skip
        rows.append((*values, proof_of(values)))
    bulk.insert(Entry, (*NAMES, "proof"), rows)
    return len(rows)

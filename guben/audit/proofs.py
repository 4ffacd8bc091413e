"""What proves that the history is as it was written: a keyed hash on each entry, checkpoints over them in a chain.

The key lies outside the database (GUBEN_HISTORY_KEY or the file `keys/history-key`), so who can write the tables alone
can't forge an entry. Each checkpoint's digest is also added to the file `history-heads` in the data folder: a
database that was cut short or made anew does not agree with it. Who holds both the key and the file can still forge;
a digest kept elsewhere (`guben audit head`) shows that too.
"""

from __future__ import annotations

import hmac
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Max

from guben.accounts.database import is_postgres
from guben.audit.models import Checkpoint, Entry
from guben.kit import merkle
from guben.kit.sealing import history_key, keyed_hashes

NAMES = (
    "at", "action", "user_id", "right", "organisation_id", "object_type", "object_id", "fields", "details", "salt",
    "commitment",
)  # fmt: skip
HEADS = "history-heads"


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with the history, and where: the number of an entry or of a checkpoint."""

    place: str
    number: int
    problem: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a walk over the whole history found."""

    entries: int
    checkpoints: int
    since_checkpoint: int
    head: str
    faults: tuple[Fault, ...]


@cache
def _key(folder: Path) -> bytes:
    return history_key(folder, os.environ)


_written = json.JSONEncoder(sort_keys=True, default=str, ensure_ascii=False).encode


def _mac(text: str) -> str:
    key = _key(Path(settings.KEYS))
    return hmac.digest(key, text.encode(), "sha256").hex()


def proof_of(values: tuple[Any, ...]) -> str:
    """The keyed hash over an entry's values, in the order of NAMES."""
    at, *rest = values
    moment = at.astimezone(UTC).isoformat(timespec="microseconds")
    return _mac(_written([moment, *rest]))


def proofs_of(shared: Mapping[str, Any], columns: Mapping[str, Sequence[Any]]) -> list[str]:
    """The proofs of many entries: what all of them share, and the columns in which they differ. `fields` and `details`
    are JSON already, written like everything here with sorted keys."""
    moment = shared["at"].astimezone(UTC).isoformat(timespec="microseconds")
    begin = _written([moment, shared["action"], shared["user_id"]])[:-1]
    rights = {right: _written(right) for right in set(columns["right"])}
    units = {unit: _written(unit) for unit in set(columns["organisation_id"])}
    label = _written(shared["object_type"])
    names = ("right", "organisation_id", "object_id", "fields", "details", "salt", "commitment")
    texts = [
        f', {rights[right]}, {units[unit]}, {label}, "{key}", {fields}, {details}, "{salt}", "{commitment}"]'
        for right, unit, key, fields, details, salt, commitment in zip(*map(columns.__getitem__, names), strict=True)
    ]
    return keyed_hashes(_key(Path(settings.KEYS)), texts, begin)


def prove(entry: Entry) -> Entry:
    """Gives an unsaved entry its proof; nothing of it may change afterwards."""
    entry.proof = proof_of(tuple(getattr(entry, name) for name in NAMES))
    return entry


def take_checkpoint() -> Checkpoint | None:
    """Sums up the entries since the last checkpoint; None where there is nothing new."""
    with transaction.atomic():
        _wait_for_writers()
        before = newest_checkpoint()
        start = before.last_entry if before else 0
        last = Entry.objects.filter(pk__gt=start).aggregate(last=Max("pk"))["last"]
        if last is None:
            return None
        leaves = _Leaves(start, last)
        root = merkle.root(leaves).hex()
        digest = _digest(before.digest if before else "", last, leaves.count, root)
        taken = Checkpoint.objects.create(last_entry=last, entries=leaves.count, root=root, digest=digest)
        transaction.on_commit(lambda: _publish(taken))
    return taken


def newest_checkpoint() -> Checkpoint | None:
    return Checkpoint.objects.order_by("-pk").first()


def verify(*, head: str = "") -> Verdict:
    """Walks over all entries and checkpoints; `head` is a digest noted earlier that must still be in the chain."""
    faults: list[Fault] = []
    count, start, digest = 0, 0, ""
    checkpoints = list(Checkpoint.objects.order_by("pk"))
    for checkpoint in checkpoints:
        leaves = _Leaves(start, checkpoint.last_entry, faults)
        root = merkle.root(leaves).hex()
        count += leaves.count
        faults += _against(checkpoint, leaves.count, root, digest)
        start, digest = checkpoint.last_entry, checkpoint.digest
    rest = _Leaves(start, None, faults)
    since = sum(1 for _leaf in rest)
    known = {checkpoint.digest for checkpoint in checkpoints}
    faults += [Fault("head", number, "is not in the chain of checkpoints") for number in _unknown_heads(known)]
    if head and head not in known:
        faults.append(Fault("head", 0, f"{head} is not in the chain of checkpoints"))
    return Verdict(count + since, len(checkpoints), since, digest, tuple(faults))


class _Leaves:
    """The leaves of the entries after one number up to another, counted; entries with a wrong proof are noted."""

    def __init__(self, after: int, last: int | None, faults: list[Fault] | None = None) -> None:
        rows = Entry.objects.filter(pk__gt=after).order_by("pk")
        self._rows = rows.filter(pk__lte=last) if last is not None else rows
        self._faults = faults
        self.count = 0

    def __iter__(self) -> Iterator[bytes]:
        for number, proof, *values in self._rows.values_list("pk", "proof", *NAMES).iterator(chunk_size=5000):
            self.count += 1
            if self._faults is not None and not hmac.compare_digest(proof, proof_of(tuple(values))):
                self._faults.append(Fault("entry", number, "was changed after it was written, or forged"))
            yield f"{number}:{proof}".encode()


def _against(checkpoint: Checkpoint, count: int, root: str, before: str) -> Iterator[Fault]:
    if count != checkpoint.entries:
        sentence = f"sums up {checkpoint.entries} entries, {count} are there: some were taken out or added"
        yield Fault("checkpoint", checkpoint.pk, sentence)
    elif root != checkpoint.root:
        yield Fault("checkpoint", checkpoint.pk, "does not agree with its entries")
    written = _digest(before, checkpoint.last_entry, checkpoint.entries, checkpoint.root)
    if not hmac.compare_digest(written, checkpoint.digest):
        yield Fault("checkpoint", checkpoint.pk, "does not follow from the one before, or was forged")


def _digest(before: str, last: int, count: int, root: str) -> str:
    return _mac(f"checkpoint:{before}:{last}:{count}:{root}")


def _wait_for_writers() -> None:
    """Entries get their numbers before they are committed; with several writers a smaller one may come later."""
    if is_postgres():
        with connection.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {connection.ops.quote_name(Entry._meta.db_table)} IN SHARE ROW EXCLUSIVE MODE")


def _heads() -> Path:
    return Path(settings.DATA) / HEADS


def _publish(checkpoint: Checkpoint) -> None:
    descriptor = os.open(_heads(), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(descriptor, "a", encoding="ascii") as file:
        file.write(f"{checkpoint.pk} {checkpoint.taken_at.isoformat()} {checkpoint.digest}\n")


def _unknown_heads(known: set[str]) -> Iterator[int]:
    """Numbers of published checkpoints that the database does not have."""
    if not _heads().exists():
        return
    for line in _heads().read_text(encoding="ascii").splitlines():
        number, _at, digest = line.split()
        if digest not in known:
            yield int(number)

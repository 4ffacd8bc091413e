"""Renewing the keys while the site runs, and looking whether every sealed value still opens and is found."""

from __future__ import annotations

import secrets
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import OperationalError, transaction

from guben.access import policy
from guben.accounts import installation, keyring, sealed_columns
from guben.accounts.models import User
from guben.accounts.sealed_columns import Renew, SealedColumn
from guben.audit import trail
from guben.kit.errors import DomainError
from guben.kit.sealing import Sealer, SealError, key_id_of

RIGHT = "system.manage"
BATCH = 500
TRIES = 5
ROUNDS = 10
SAMPLES = 20  # places in a column that are looked at, ten rows each

Tell = Callable[[str, int], None]


class StillInUse(DomainError):
    def __init__(self, key_id: str, count: int) -> None:
        super().__init__(f"{count:,} values are still sealed with the key {key_id}. Run `guben keys rotate` first.")


class NotAllRenewed(DomainError):
    def __init__(self) -> None:
        super().__init__("Values of older keys keep coming. Restart the site so that it takes the new key, and go on.")


@dataclass
class Renewal:
    """What a renewal did."""

    sealing_key: str
    index_key: str
    rows: dict[str, int] = field(default_factory=dict)
    changed: dict[str, int] = field(default_factory=dict)
    retired: list[str] = field(default_factory=list)


def rotate(*, by: User, index: bool = False, batch: int = BATCH, tell: Tell = lambda name, done: None) -> Renewal:
    """Makes a new key, seals every value anew with it, and puts the old key away once nothing uses it.

    With `index` the key of the look-up index is renewed too. Interrupted, it goes on where it stopped. The key comes
    first and the values follow in batches of their own, so that every value opens at any moment.

    Raises:
        PermissionDenied: no `system.manage`.
        keyring.RenewalRunning, keyring.KeysFromEnvironment, NotAllRenewed.

    Source: 等保 GB/T 22239-2019 8.1.4.8; 个人信息保护法 Art. 51.
    """
    require(by)
    with keyring.only_one():
        state = keyring.progress() or _begin(by, index=index)
        renewal = Renewal(keyring.entries("seal")[0].key_id, keyring.entries("index")[0].key_id)
        for _round in range(ROUNDS):
            if not _one_round(state, renewal, batch, tell):
                break
        else:
            raise NotAllRenewed
        renewal.retired = keyring.retire_older("seal") + keyring.retire_older("index")
        _note("keys.renewed", by, {"sealing": renewal.sealing_key, "rows": sum(renewal.changed.values())})
        keyring.note_progress(None)
    return renewal


def require(by: User) -> None:
    """The keys are the business of who manages the system."""
    if not policy.may_anywhere(by, RIGHT):
        raise PermissionDenied(RIGHT)


def destroy(key_id: str, *, by: User) -> None:
    """Deletes a retired key for good, if nothing here is sealed with it.

    Raises:
        PermissionDenied, StillInUse, keyring.NoSuchKey.
    """
    require(by)
    with keyring.only_one():
        if count := usage()[key_id]:
            raise StillInUse(key_id, count)
        keyring.destroy(key_id)
        _note("keys.destroyed", by, {"key": key_id})


def _note(action: str, by: User, details: dict[str, Any]) -> None:
    with transaction.atomic():
        trail.record(action, by, by=by, organisation_id=None, right=RIGHT, details=details)


def _begin(by: User, *, index: bool) -> dict[str, Any]:
    """Puts the new keys first. An older key that is still there is finished with first."""
    if len(keyring.entries("seal")) == 1:
        keyring.add_new("seal")
    if index and len(keyring.entries("index")) == 1:
        keyring.add_new("index")
    state: dict[str, Any] = {"after": {}}
    keyring.note_progress(state)
    _note("keys.made", by, {"sealing": keyring.entries("seal")[0].key_id, "index": index})
    time.sleep(2 * keyring.SEEN_WITHIN)  # by then every process seals with the new key
    return state


def _one_round(state: dict[str, Any], renewal: Renewal, batch: int, tell: Tell) -> int:
    """Goes once through every column; how many values it changed. The round that changes none is the proof."""
    changed = 0
    for column in sealed_columns.known():
        after = int(state["after"].get(column.name, 0))
        while True:
            last, seen, renewed = _renew_batch(column, after, batch)
            if not seen:
                break
            after = last
            changed += renewed
            renewal.rows[column.name] = renewal.rows.get(column.name, 0) + seen
            renewal.changed[column.name] = renewal.changed.get(column.name, 0) + renewed
            state["after"][column.name] = after
            keyring.note_progress(state)
            tell(column.name, renewal.changed[column.name])
    state["after"] = {}
    keyring.note_progress(state)
    return changed


def _renew_batch(column: SealedColumn, after: int, batch: int) -> tuple[int, int, int]:
    """One batch; where the database is busy it waits and tries again."""
    for attempt in range(TRIES):
        try:
            return column.renew_batch(after, batch, _renewer(column, keyring.sealer()))
        except OperationalError:
            if attempt == TRIES - 1:
                raise
            time.sleep(1 + attempt)
    raise AssertionError("unreachable")


def _renewer(column: SealedColumn, sealer: Sealer) -> Renew:
    renews_index = column.has_index

    def renew(cipher: bytes, index: str) -> tuple[bytes, str]:
        if sealer.is_current(cipher) and not renews_index:
            return cipher, index
        text = sealer.open(cipher, column.name)
        new_index = sealer.index(text, column.name) if renews_index else index
        return (cipher if sealer.is_current(cipher) else sealer.seal(text, column.name)), new_index

    return renew


def usage() -> Counter[str]:
    """How many values each key sealed, by its id."""
    counts: Counter[str] = Counter()
    for column in sealed_columns.known():
        for value in _all_values(column):
            try:
                counts[key_id_of(value.cipher)] += 1
            except SealError:
                counts["?"] += 1
    return counts


def faults(*, every: bool = False) -> Iterator[str]:
    """Sealed values that do not open, and indexes that do not agree: all of them, or a sample of each column."""
    sealer = keyring.sealer()
    for column in sealed_columns.known():
        for value in _all_values(column) if every else _some_values(column):
            try:
                text = sealer.open(value.cipher, column.name)
            except SealError as fault:
                yield f"{column.name} {value.pk}: {fault}"
                continue
            if column.has_index and value.index not in sealer.indexes(text, column.name):
                yield f"{column.name} {value.pk}: the index does not agree. Run `guben keys rotate --index`."


def notes() -> Iterator[str]:
    """What is in order and yet worth knowing."""
    if keyring.progress() is not None:
        yield "A renewal of the keys was not finished: run `guben keys rotate` again."
    if keyring.folder().is_relative_to(_data()) and not installation.current().is_demo:
        yield (
            f"The keys lie in {keyring.folder()}, beside the database: whoever copies the folder has both. "
            "Before real records come, move them elsewhere and name the place in GUBEN_KEYS."
        )


def _data() -> Any:
    from django.conf import settings

    return settings.DATA


def _all_values(column: SealedColumn) -> Iterator[sealed_columns.Value]:
    after = 0
    while values := column.values(after, 2000):
        yield from values
        after = values[-1].pk


def _some_values(column: SealedColumn) -> Iterator[sealed_columns.Value]:
    first, last = column.span()
    if last:
        for start in sorted({first - 1, *(first - 1 + secrets.randbelow(last - first + 2) for _ in range(SAMPLES))}):
            yield from column.values(start, 10)

"""Long sums over a large tree, kept in this process for as long as the history grows by no entry."""

from __future__ import annotations

from collections import OrderedDict, defaultdict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any, TypeVar

from django.db.models import Max

from guben.accounts.database import others_are_writing
from guben.audit.models import Entry

MOST = 8  # of each kind
LARGE_TREE = 3_000  # units; smaller sums take about a second and are made anew each time
Result = TypeVar("Result")

_kept: defaultdict[str, OrderedDict[tuple[Hashable, ...], Any]] = defaultdict(OrderedDict)  # by kind
_lock = Lock()


def remembered(make: Callable[[], Result], kind: str, *key: Hashable) -> Result:
    """What `make` gives, or what it gave for the same key since the last entry of the history.

    Every act writes an entry, so a kept result can't outlive the records it was made of, whichever process wrote it.
    Entries get their numbers before they are committed: while somebody is writing, an older one may still come, and
    nothing is kept. One query, and on PostgreSQL another one where nothing was kept.
    """
    full = (newest_entry(), *key)
    with _lock:
        shelf = _kept[kind]
        if full in shelf:
            shelf.move_to_end(full)
            found: Result = shelf[full]
            return found
    keep = not others_are_writing()
    result = make()
    if not keep:
        return result
    with _lock:
        shelf[full] = result
        while len(shelf) > MOST:
            shelf.popitem(last=False)
    return result


def newest_entry() -> int:
    """The number of the history's last entry; 0 where there is none."""
    return Entry.objects.aggregate(newest=Max("pk"))["newest"] or 0

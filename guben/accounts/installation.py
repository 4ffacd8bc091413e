"""What day it is for this installation, and whether it is a demo."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from typing import Any, TypeVar

from django.utils import timezone

from guben.accounts.models import Installation

_of_this_request: ContextVar[list[Installation] | None] = ContextVar("installation_of_this_request", default=None)
_of_this_reading: ContextVar[dict[str, Any] | None] = ContextVar("read_by_this_request", default=None)
Found = TypeVar("Found")


@contextmanager
def read_once(*, reading: bool = False) -> Iterator[None]:
    """Inside, the row is read from the database at most once (until `forget`). A request is handled inside it.

    `reading` is a request that changes nothing: what it asks by `once` is asked once.
    """
    token = _of_this_request.set([])
    asked = _of_this_reading.set({} if reading else None)
    try:
        yield
    finally:
        _of_this_reading.reset(asked)
        _of_this_request.reset(token)


def once(key: str, read: Callable[[], Found]) -> Found:
    """What `read` finds; in a request that only reads it is found once."""
    kept = _of_this_reading.get()
    if kept is None:
        return read()
    if key not in kept:
        kept[key] = read()
    found: Found = kept[key]
    return found


def forget() -> None:
    """Call after the row was changed."""
    if kept := _of_this_request.get():
        kept.clear()


def current() -> Installation:
    """The one row (unsaved and real where nothing was stored yet)."""
    kept = _of_this_request.get()
    if kept:
        return kept[0]
    row = Installation.objects.filter(pk=1).first() or Installation()
    if kept is not None:
        kept.append(row)
    return row


def today(installation: Installation | None = None) -> date:
    """Today, or the demo's fixed day (演示日), which GUBEN_DEMO_DAY moves."""
    installation = installation or current()
    if installation.is_demo:
        if moved := os.environ.get("GUBEN_DEMO_DAY"):
            return date.fromisoformat(moved)
        if installation.demo_day:
            return installation.demo_day
    return timezone.localdate()  # noqa: TID251 - this is where everybody else asks


def now() -> datetime:
    """The moment at which something is recorded: the clock's, on a demo's own day in a demo. What measures how long ago
    something was (a take-back, a limit) asks the clock itself."""
    row = current()
    moment = timezone.now()
    if not row.is_demo:
        return moment
    clock = timezone.localtime(moment).timetz()
    return datetime.combine(today(row), clock)


def roster_imports_open() -> bool:
    """May rosters of real people be taken in? Not while a demo lets people in without a password."""
    row = current()
    return not (row.is_demo and row.demo_sign_in)

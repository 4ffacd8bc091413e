"""What is done once every night: registered by name, claimed by one worker, its last run kept. And what is done all the
time."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.utils import timezone

from guben.jobs.models import NightlyRun

logger = logging.getLogger("guben.jobs")
Work = Callable[[], str]


@dataclass(frozen=True, slots=True)
class Nightly:
    """Work for every night from an hour on; it gives a line on what came out."""

    name: str
    hour: int
    work: Work


_work: dict[str, Nightly] = {}
_often: dict[str, Work] = {}


def often(name: str) -> Callable[[Work], Work]:
    """Registers work that the worker does several times a minute. It must be quick where there is nothing to do, and
    safe to be done by two at once."""

    def register(work: Work) -> Work:
        _often[name] = work
        return work

    return register


def run_often() -> list[str]:
    """Does all of it once; gives the names. One that fails leaves the others alone."""
    for name, work in list(_often.items()):
        try:
            work()
        except Exception:
            logger.exception("The work %s failed.", name)
    return list(_often)


def nightly(name: str, *, hour: int = 2) -> Callable[[Work], Work]:
    """Registers work for every night. It must be safe to run twice."""

    def register(work: Work) -> Work:
        _work[name] = Nightly(name, hour, work)
        return work

    return register


def run_due(now: datetime | None = None) -> list[str]:
    """Does what has not been done since its hour last came; gives the names. A worker that slept through the night
    makes up for it when it wakes, and of several workers one does it."""
    now = now or timezone.localtime()
    done = []
    for one in list(_work.values()):
        if now.hour >= one.hour and _claim(one, now):
            _do(one)
            done.append(one.name)
    return done


def _claim(one: Nightly, now: datetime) -> bool:
    today = now.date()
    NightlyRun.objects.get_or_create(name=one.name)
    due = NightlyRun.objects.filter(Q(last_on__isnull=True) | Q(last_on__lt=today), name=one.name)
    return bool(due.update(last_on=today, started_at=timezone.now(), finished_at=None, failed=False, message=""))


def _do(one: Nightly) -> None:
    failed = False
    try:
        message = one.work()
    except Exception:
        logger.exception("The nightly work %s failed.", one.name)
        failed, message = True, "failed; the log has the story"
    NightlyRun.objects.filter(name=one.name).update(finished_at=timezone.now(), failed=failed, message=message[:300])

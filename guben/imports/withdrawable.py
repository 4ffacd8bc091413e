"""Whom a file registered, and who of them can still be withdrawn: asked of the history written with the rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import groupby
from uuid import UUID

from django.db.models import Max, Q
from django.http import Http404
from django.utils import timezone

from guben.access import policy
from guben.accounts.models import User
from guben.audit import trail
from guben.audit.models import Entry
from guben.imports.mends import upload_of
from guben.imports.scope import IMPORT
from guben.jobs.models import Job, JobState
from guben.meetings.models import Meeting
from guben.members.queries import registrations

REGISTERED, WITHDRAWN = "imports.registered", "imports.withdrawn"
DAYS = 7
SHOWN = 10
RIGHT = "members.change"
TARGET = Job._meta.label_lower
OPEN = (JobState.WAITING, JobState.RUNNING)


@dataclass(slots=True)
class Registered:
    """Who of those a file registered is taken back, and why the others stay (recorded, met, late, reach)."""

    people: list[int] = field(default_factory=list)
    kept: Counter[str] = field(default_factory=Counter)
    gone: int = 0
    last_at: datetime | None = None

    @property
    def staying(self) -> int:
        return self.kept.total()


def note_registered(job: Job, by: User, keys: Sequence[int]) -> None:
    """Keeps whom a saving registered. Call it in the transaction that registers them."""
    unit = job.organisation
    trail.record(
        REGISTERED,
        Job(pk=upload_of(job)),
        by=by,
        organisation_id=unit.pk if unit else None,
        right=policy.under_which_right(by, IMPORT, unit) if unit else "",
        details={"count": len(keys), "spans": list(_spans(keys)), "job": str(job.pk)},
    )


def _spans(keys: Sequence[int]) -> Iterator[list[int]]:
    """Keys as spans of (first, last)."""
    for _distance, numbered in groupby(enumerate(sorted(keys)), lambda pair: pair[1] - pair[0]):
        run = [key for _place, key in numbered]
        yield [run[0], run[-1]]


def entries_of(job: Job, action: str = REGISTERED) -> list[Entry]:
    """What the history holds on the file of a job, oldest first."""
    return list(Entry.objects.filter(object_type=TARGET, object_id=str(upload_of(job)), action=action).order_by("id"))


def import_to_withdraw(user: User, pk: UUID) -> Job:
    """The import, for its owner, and for who may import and change members at the same unit.

    Raises:
        Http404: there is none, or the user may not know of it.
    """
    job = Job.objects.filter(pk=pk, kind="imports.members", arguments__dry_run=False).select_related("owner").first()
    if job is None:
        raise Http404
    unit = job.organisation
    same_right = unit is not None and policy.may(user, IMPORT, unit) and policy.may(user, RIGHT, unit)
    if job.owner_id != user.pk and not same_right:
        raise Http404
    return job


def is_saving(job: Job) -> bool:
    """Is the file of this job still being saved?"""
    upload = upload_of(job)
    same = Job.objects.filter(kind=job.kind, arguments__upload_of=str(upload), arguments__dry_run=False)
    return same.filter(state__in=OPEN).exists()


def registered_by(job: Job, user: User, now: datetime | None = None) -> Registered:
    """All whom the file of this job registered, sorted into who is taken back and who stays."""
    line = (now or timezone.now()) - timedelta(days=DAYS)
    found = Registered()
    for entry in entries_of(job):
        keys = [key for first, last in entry.details["spans"] for key in range(first, last + 1)]
        there = registrations.existing(keys)
        found.gone += len(keys) - len(there)
        found.last_at = entry.at
        if entry.at < line:
            found.kept["late"] += len(there)
        elif there:
            _sort(found, there, entry.at, user)
    return found


def _sort(found: Registered, keys: Sequence[int], since: datetime, user: User) -> None:
    recorded = registrations.with_later_records(keys)
    places = registrations.belonging(keys)
    met = _met_since({place.organisation_id for place in places.values()}, since)
    for key in keys:
        place = places.get(key)
        if place is None or not policy.may(user, RIGHT, place.organisation):
            found.kept["reach"] += 1
        elif key in recorded:
            found.kept["recorded"] += 1
        elif (held_on := met.get(place.organisation_id)) and held_on >= place.from_on:
            found.kept["met"] += 1
        else:
            found.people.append(key)


def _met_since(units: set[int], since: datetime) -> dict[int, date]:
    """The last day of a meeting recorded since at each of these units: those on the roll were counted."""
    rows = Meeting.objects.filter(recorded_at__gte=since, withdrawn_at=None, organisation__in=units).order_by()
    return dict(rows.values_list("organisation").annotate(last=Max("held_on")))


def recent(user: User) -> list[Entry]:
    """The savings of the last days that registered people, the user's own and those at units of the same right."""
    line = timezone.now() - timedelta(days=DAYS)
    mine = Q(user=user) | (policy.within(user, IMPORT) & policy.within(user, RIGHT))
    entries = Entry.objects.filter(mine, action=REGISTERED, at__gte=line).select_related("user", "organisation")
    by_file = {entry.object_id: entry for entry in entries.order_by("id")}
    return sorted(by_file.values(), key=lambda entry: entry.pk, reverse=True)[:SHOWN]


def withdrawn(job: Job) -> int:
    """How many of the people of a file were taken back."""
    return sum(entry.details["count"] for entry in entries_of(job, WITHDRAWN))


def may_be_withdrawn(job: Job) -> bool:
    """Did the file of this saving register people some days ago at most, and is somebody left of them?"""
    line = timezone.now() - timedelta(days=DAYS)
    count = sum(entry.details["count"] for entry in entries_of(job) if entry.at >= line)
    return not job.arguments["dry_run"] and count > withdrawn(job)

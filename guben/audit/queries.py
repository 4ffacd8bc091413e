"""Reading the history: what a user may see of it, and each entry in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.apps import apps
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Q, QuerySet
from django.utils import timezone

from guben.accounts.models import User
from guben.audit import reach, sentences
from guben.audit.models import Entry

# Nothing is older or newer, and no time zone moves them out of the calendar.
EARLIEST, LATEST = date(1970, 1, 1), date(9999, 1, 1)


@dataclass(frozen=True, slots=True)
class Line:
    """An entry in words: what was done, the details, the fields that changed, on what, and the right with the role that
    gave it and the code of the unit where it is held."""

    entry: Entry
    action: str
    detail: str
    fields: list[str]
    noun: str
    right: str
    role: str
    held_at: str


def visible_to(user: User | AnonymousUser) -> QuerySet[Entry]:
    """The entries within the user's reach, newest first."""
    return Entry.objects.filter(reach.of(user).entries).select_related("user", "organisation").order_by("-id")


def of_organisation(organisation_id: int) -> QuerySet[Entry]:
    """The entries about one unit, newest first."""
    return Entry.objects.filter(organisation=organisation_id).select_related("user", "organisation").order_by("-id")


def filtered(
    entries: QuerySet[Entry],
    *,
    unit: str = "",
    action: str = "",
    who: str = "",
    first: date | None = None,
    last: date | None = None,
) -> QuerySet[Entry]:
    """Those about a unit (code, or part of its name), of one action, by one user, between two days (both included)."""
    if unit:
        entries = entries.filter(Q(organisation__code=unit) | Q(organisation__name__icontains=unit))
    if action:
        entries = entries.filter(action=action)
    if who:
        entries = entries.filter(Q(user__username=who) | Q(user__display_name__icontains=who))
    if first:
        entries = entries.filter(at__gte=_midnight(max(first, EARLIEST)))
    if last:
        entries = entries.filter(at__lt=_midnight(min(max(last, EARLIEST), LATEST) + timedelta(days=1)))
    return entries


def lines(entries: Iterable[Entry]) -> list[Line]:
    """The entries in words; no personal value is in them, because none is kept."""
    return [_line(entry) for entry in entries]


def _line(entry: Entry) -> Line:
    right, _, holder = entry.right.partition(" ")
    role, _, held_at = holder.partition("@")
    return Line(
        entry=entry,
        action=sentences.name_of(entry.action),
        detail=sentences.detail_of(entry.action, entry.details),
        fields=[_field_name(entry.object_type, name) for name in entry.fields],
        noun=_noun(entry.object_type),
        right=right,
        role=role,
        held_at=held_at,
    )


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, timezone.get_current_timezone())


def _noun(object_type: str) -> str:
    try:
        return str(apps.get_model(object_type)._meta.verbose_name)
    except (LookupError, ValueError):
        return object_type


def _field_name(object_type: str, name: str) -> str:
    """The field's name as the forms call it, else as it is kept."""
    try:
        field = apps.get_model(object_type)._meta.get_field(name)
    except (LookupError, ValueError, FieldDoesNotExist):
        return sentences.field_of(object_type, name)
    return str(getattr(field, "verbose_name", name))

"""Who opened whose masked number, when and why: read from the history for the auditor, which keeps no number."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from statistics import median

from django.db.models import Count, Max, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext

from guben.access import policy
from guben.accounts.models import User
from guben.audit.models import Entry

ACTION = "members.unmasked"
RIGHT = "history.view_all"
MANY = 3  # times what is usual among those who open numbers, and at least
AT_LEAST = 10
EARLIEST, LATEST = date(1970, 1, 1), date(9999, 1, 1)


@dataclass(frozen=True, slots=True)
class Reader:
    """How many numbers a user opened, and whether that is far more than the others."""

    user: User
    count: int
    last_at: datetime
    is_unusual: bool


@dataclass(frozen=True, slots=True)
class Opening:
    """One opening. `reference` names the record by its number in the books."""

    entry: Entry

    @property
    def reference(self) -> str:
        return gettext("人员%(number)s") % {"number": self.entry.object_id}

    @property
    def what(self) -> str:
        names = {"phone": gettext("电话"), "home": gettext("现居住地"), "domicile": gettext("户籍所在地")}
        return names.get(str(self.entry.details.get("field")), gettext("公民身份号码"))

    @property
    def reason(self) -> str:
        return str(self.entry.details.get("reason", ""))

    @property
    def is_own(self) -> bool:
        return not self.entry.right


def found(
    user: User, *, who: str = "", unit: str = "", text: str = "", first: date | None = None, last: date | None = None
) -> QuerySet[Entry]:
    """The openings at units where the user reads the whole history, newest first."""
    entries = Entry.objects.filter(policy.within(user, RIGHT), action=ACTION).select_related("user", "organisation")
    if who:
        entries = entries.filter(Q(user__username=who) | Q(user__display_name__icontains=who))
    if unit:
        entries = entries.filter(Q(organisation__code=unit) | Q(organisation__name__icontains=unit))
    if text:
        entries = entries.filter(details__reason__icontains=text)
    if first:
        entries = entries.filter(at__gte=_midnight(first))
    if last:
        entries = entries.filter(at__lt=_midnight(min(last, LATEST)) + timedelta(days=1))
    return entries.order_by("-id")


def readers(entries: QuerySet[Entry]) -> list[Reader]:
    """Who opened numbers, the unusual ones first, then those with most."""
    counted = list(entries.order_by().values("user").annotate(count=Count("pk"), last_at=Max("at")))
    users = User.objects.in_bulk([row["user"] for row in counted])
    usual = median(row["count"] for row in counted) if counted else 0
    line = max(MANY * usual, AT_LEAST)
    rows = [Reader(users[row["user"]], row["count"], row["last_at"], row["count"] > line) for row in counted]
    return sorted(rows, key=lambda row: (not row.is_unusual, -row.count, row.user.username))


def openings(entries: Iterable[Entry]) -> list[Opening]:
    return [Opening(entry) for entry in entries]


def _midnight(day: date) -> datetime:
    return datetime.combine(max(day, EARLIEST), time.min, timezone.get_current_timezone())

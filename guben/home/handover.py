"""What somebody who takes over a post or a role finds on the first day: everything open, due and decided (M7.5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Q
from django.http import HttpRequest

from guben.access import policy
from guben.access.models import Grant
from guben.access.policy import Someone
from guben.access.roles import title_of as role_title
from guben.audit import queries as history
from guben.duties import queries as duties
from guben.duties.queries import DutyItem
from guben.duties.states import State
from guben.home import case_rows, unit_page
from guben.home.branch_day import record_url
from guben.home.superior_day import is_very_large
from guben.home.town_day import OwnDuty, line
from guben.home.words import article_of, title_of
from guben.kit.days import add_months
from guben.meetings import queries as meetings
from guben.meetings.models import Meeting
from guben.members import queries as members
from guben.members.models import Holding, Secondment
from guben.organisations.choices import BRANCH_KINDS, Condition, PostKind, Tenure
from guben.organisations.models import Act, Organisation, Site
from guben.organisations.queries import as_of
from guben.organisations.views.teams import term_of
from guben.rollup.freshness.summaries import summary_below

FRESH_DAYS = 30
SOON_MONTHS = 6
MOST = 12
MOST_ENTRIES = 40


@dataclass(frozen=True, slots=True)
class TakenOver:
    """A role or post of the reader at a unit that is new: since when, and from whom where that is known."""

    unit: Organisation
    role: str
    since_on: date
    from_whom: str


@dataclass(frozen=True, slots=True)
class Open:
    """A duty that is late or due, with the address at which it is recorded."""

    line: OwnDuty
    url: str

    @property
    def is_late(self) -> bool:
        return self.line.state == State.LATE


@dataclass(frozen=True, slots=True)
class RuleLine:
    """A rule that applies to the unit this year."""

    key: str
    title: str
    article: str
    every: str


def taken_over(user: Someone, unit: Organisation | None, on: date) -> TakenOver | None:
    """The reader's newest grant at this unit, if it began within the last month. One query, and only then."""
    fresh = [
        grant
        for grant in policy.grants_of(user)
        if unit is not None and grant.organisation_id == unit.pk and on - timedelta(days=FRESH_DAYS) < grant.from_on
    ]
    if unit is None or not fresh:
        return None
    newest = max(fresh, key=lambda grant: grant.from_on)
    return TakenOver(unit, role_title(newest.role), newest.from_on, _before(newest))


def _before(grant: Grant) -> str:
    """Who held the same role at the unit last before."""
    earlier = (
        Grant.objects.filter(
            organisation=grant.organisation_id, role=grant.role, until_on__isnull=False, until_on__lte=grant.from_on
        )
        .exclude(user=grant.user_id)
        .select_related("user")
        .order_by("-until_on", "-pk")
        .first()
    )
    return str(earlier.user) if earlier else ""


def context(request: HttpRequest, unit: Any, on: date) -> dict[str, Any]:
    """Everything the page shows, each part only for those who hold its right."""
    user = request.user
    sees_people = policy.may(user, "members.view", unit)
    items = duties.items([unit], on, first=add_months(on, -12))
    seats = unit_page.seats_of(unit, on)
    team = unit_page.team_of(unit)
    mine = taken_over(user, unit, on)
    former = _former_holder(unit, on) if sees_people else None
    left_on = former.until_on if former and former.until_on and former.until_on > add_months(on, -12) else None
    since = mine.since_on if mine else left_on
    return {
        "mine": mine,
        "former": former,
        "since": since,
        **_duties(request, items, on),
        **case_rows.open_at(user, unit, on),
        "on": on,
        **_below(unit, on),
        "seats": seats,
        "vacant": [seat for seat in seats if not seat.name],
        "term": term_of(team, on) if team else None,
        "sent": _sent_down(unit, on) if sees_people else [],
        "contacts": members.contacts_overdue(unit, on)[:MOST] if sees_people else [],
        "reserve": members.reserve_of(unit, on) if members.may_see_reserve(user, unit) else [],
        "sites": _sites(unit, on),
        "meetings": _meetings(unit, on) if policy.may(user, "meetings.view", unit) else [],
        "acts": _acts(unit, on),
        **_history(user, unit, since, on),
        "sees_people": sees_people,
        "sees_meetings": policy.may(user, "meetings.view", unit),
    }


def _duties(request: HttpRequest, items: list[DutyItem], on: date) -> dict[str, Any]:
    may_record = policy.may(request.user, "meetings.record", items[0].unit) if items else False
    open_items = sorted(
        (item for item in items if item.state in {State.LATE, State.DUE}),
        key=lambda item: (item.state != State.LATE, item.due_on),
    )
    rules: dict[str, RuleLine] = {}
    for item in items:
        if item.state != State.EXEMPT:
            duty = item.duty
            rules[duty.key] = RuleLine(duty.key, title_of(duty), article_of(duty), duties.line_of(duty))
    return {
        "open": [Open(line(item, on), record_url(item, request.path) if may_record else "") for item in open_items],
        "late_count": sum(item.state == State.LATE for item in open_items),
        "done_count": sum(item.is_settled for item in items),
        "rules": list(rules.values()),
    }


def _below(unit: Organisation, on: date) -> dict[str, Any]:
    """The units directly below with what they owe, the latest first, and whence that is (None = the records); nothing
    where it is not kept and the records are too many."""
    if unit.kind in BRANCH_KINDS:
        return {"below": []}
    is_large = is_very_large(unit)
    kept = summary_below(unit, on) if is_large else None
    if is_large and kept is None:
        return {"below": [], "below_unknown": True}
    found = kept.rows if kept else duties.summary_below(unit, on)
    rows = [row for row in found if row.late or row.due or row.not_kept]
    return {"below": sorted(rows, key=lambda row: (-row.late, -row.due))[:MOST], "kept": kept}


def _former_holder(unit: Organisation, on: date) -> Holding | None:
    """The last secretary before the one in office."""
    return (
        Holding.objects.filter(post__organisation=unit, post__kind=PostKind.SECRETARY, until_on__lte=on)
        .select_related("person", "post")
        .order_by("-until_on", "-pk")
        .first()
    )


def _sent_down(unit: Organisation, on: date) -> list[Secondment]:
    """Cadres sent down whose term has ended or ends soon."""
    rows = Secondment.objects.filter(
        holding__post__organisation=unit, holding__until_on=None, ends_on__lte=add_months(on, SOON_MONTHS)
    )
    return list(rows.select_related("holding__person", "holding__post", "sent_by").order_by("ends_on")[:MOST])


def _sites(unit: Organisation, on: date) -> list[Site]:
    """Sites that are dangerous or worn, or whose lease ends soon or has ended."""
    wrong = ~Q(condition=Condition.SOUND) | (
        ~Q(tenure=Tenure.OWNED) & Q(lease_ends_on__lte=add_months(on, SOON_MONTHS))
    )
    return list(Site.objects.filter(as_of(on), wrong, organisation=unit)[:MOST])


def _meetings(unit: Organisation, on: date) -> list[Meeting]:
    held = meetings.in_force(Meeting.objects.filter(organisation=unit, held_on__lte=on))
    return list(meetings.with_present(held)[:MOST])


def _acts(unit: Organisation, on: date) -> list[Act]:
    """What was decided about the unit within a year, without what was corrected since."""
    return list(
        Act.objects.filter(Q(organisation=unit) | Q(successions__former=unit) | Q(successions__successor=unit))
        .filter(effective_on__gt=add_months(on, -12), corrections__isnull=True)
        .distinct()
        .defer("journal")
        .order_by("-effective_on", "-pk")[:MOST]
    )


def _history(user: Someone, unit: Organisation, since: date | None, on: date) -> dict[str, Any]:
    """Who did what before, and what changed since the predecessor left; for those who may read the history."""
    if not policy.may(user, "history.view", unit):
        return {"before": [], "after": [], "sees_history": False}
    entries = history.of_organisation(unit.pk)
    cut = since or add_months(on, -1)
    after = history.filtered(entries, first=cut)[:MOST_ENTRIES]
    before = history.filtered(entries, first=add_months(cut, -12), last=cut - timedelta(days=1))[:MOST_ENTRIES]
    return {"before": history.lines(before), "after": history.lines(after), "sees_history": True}

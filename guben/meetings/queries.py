"""Reading meetings: whose roll counts, which records a user may see, how many were present."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from guben.access import policy
from guben.meetings.calculations import LATE_ENTRY_DAYS
from guben.meetings.choices import TEAM_FORMS, Form
from guben.meetings.models import Absence, Meeting
from guben.members import queries as members
from guben.members.models import Holding
from guben.members.queries import RollCount, RollEntry
from guben.members.spans import holds_on
from guben.organisations.choices import TEAM_POSTS
from guben.organisations.models import Group, Organisation


def roll_for(unit: Organisation, form: str, on: date, group: Group | None = None) -> list[RollEntry]:
    """Who should come to a meeting of this form: the team, the group, or all on the roll.

    Source: 支部工作条例 Art. 11-13.
    """
    if form in TEAM_FORMS:
        return members.team_roll(unit, on)
    if form == Form.GROUP:
        if group:
            return members.group_roll(group, on)
        return [entry for entry in members.roll_of(unit, on) if entry.group_id]
    return members.roll_of(unit, on)


def roll_counts(units: list[Organisation], form: str, on: date) -> dict[int, RollCount]:
    """The counts of `roll_for` for many units by the unit's id, in one query."""
    if form in TEAM_FORMS:
        return _team_counts(units, on)
    if form != Form.GROUP:
        return members.roll_counts(units, on)
    counts = {}
    for unit_id, roll in members.rolls_of(units, on).items():
        grouped = [entry for entry in roll if entry.group_id]
        counts[unit_id] = RollCount(len(grouped), sum(entry.entitled for entry in grouped))
    return counts


def _team_counts(units: list[Organisation], on: date) -> dict[int, RollCount]:
    holders = Holding.objects.filter(holds_on(on), post__organisation__in=units, post__kind__in=TEAM_POSTS)
    rows = holders.order_by().values("post__organisation").annotate(number=Count("person", distinct=True))
    counts = {row["post__organisation"]: row["number"] for row in rows}
    return {unit.pk: RollCount(counts.get(unit.pk, 0), counts.get(unit.pk, 0)) for unit in units}


def with_present(meetings: QuerySet[Meeting]) -> QuerySet[Meeting]:
    """Adds `present` (实到)."""
    absent: Any = (
        Absence.objects.filter(meeting=OuterRef("pk"), entitled=True)
        .order_by()
        .values("meeting")
        .annotate(number=Count("pk"))
        .values("number")
    )
    return meetings.annotate(
        present=F("entitled_count")
        - F("unnamed_absent_count")
        - Coalesce(Subquery(absent, output_field=IntegerField()), Value(0))
    )


def in_force(meetings: QuerySet[Meeting] | None = None) -> QuerySet[Meeting]:
    """Records that were not withdrawn."""
    return (Meeting.objects.all() if meetings is None else meetings).filter(withdrawn_at=None)


def recorded_already(unit: Organisation, form: str, held_on: date, group: Group | None) -> Meeting | None:
    """The earlier record of the same meeting. Talks may be several a day."""
    if form == Form.TALK:
        return None
    return in_force().filter(organisation=unit, form=form, held_on=held_on, group=group).first()


def visible_to(user: policy.Someone, right: str = "meetings.view") -> QuerySet[Meeting]:
    return Meeting.objects.filter(policy.within(user, right)).select_related("organisation", "group", "recorded_by")


def meeting_for(user: policy.Someone, pk: int) -> Meeting:
    """The meeting with `present`. Raises Http404 for strangers."""
    return get_object_or_404(with_present(visible_to(user)), pk=pk)


def batch_for(user: policy.Someone, batch: UUID) -> list[Meeting]:
    """The meetings of one batch that are still in force and that the user may see."""
    return list(in_force(visible_to(user)).filter(batch=batch).order_by("organisation__path"))


def filtered(
    meetings: QuerySet[Meeting],
    *,
    unit: Organisation | None = None,
    form: str = "",
    first: date | None = None,
    last: date | None = None,
    how: str = "",
) -> QuerySet[Meeting]:
    """Narrows a list: unit and below, form, days, and `how` it was recorded (late, for_unit, withdrawn)."""
    if unit:
        meetings = meetings.filter(policy.in_subtrees([unit.path], "organisation__path"))
    if form:
        meetings = meetings.filter(form=form)
    if first:
        meetings = meetings.filter(held_on__gte=first)
    if last:
        meetings = meetings.filter(held_on__lte=last)
    if how == "withdrawn":
        return meetings.exclude(withdrawn_at=None)
    meetings = in_force(meetings)
    if how == "late":
        meetings = meetings.annotate(took=F("recorded_on") - F("held_on")).filter(
            took__gt=timedelta(days=LATE_ENTRY_DAYS)
        )
    if how == "for_unit":
        meetings = meetings.filter(recorded_for_unit=True)
    return meetings


def held_later(unit: Organisation, on: date) -> str | None:
    """Meetings that a unit held on the day from which it shall be no more, or later."""
    last = in_force().filter(organisation=unit, held_on__gte=on).order_by("-held_on").first()
    if last is None:
        return None
    return _("“%(name)s”在%(day)s还记了会。生效日期改到那天以后，或先撤回那次记录。") % {
        "name": unit.name,
        "day": last.held_on.isoformat(),
    }


def groups_of(unit: Organisation, on: date) -> list[Group]:
    """The groups of a branch on a day."""
    return list(unit.groups.filter(from_on__lte=on).filter(Q(until_on=None) | Q(until_on__gt=on)))


def absent_most(unit: Organisation, since: date, number: int) -> set[int]:
    """The people who missed most meetings of the unit since a day: they stand first on the check list."""
    rows = Absence.objects.filter(
        meeting__organisation=unit, meeting__held_on__gte=since, meeting__withdrawn_at=None, entitled=True
    )
    counted = rows.order_by().values("person").annotate(missed=Count("pk")).order_by("-missed", "person")
    return {row["person"] for row in counted[:number]}

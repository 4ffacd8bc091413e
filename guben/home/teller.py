"""Tells the meetings' pages what a meeting means for duties (registered when Django starts)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from guben.duties import queries as duties
from guben.duties.queries import DutyItem
from guben.home.words import article_of, form_of, needs_quorum, period_name, title_of
from guben.kit.days import add_months, period_of
from guben.meetings.consequences import OpenDuty, Settled
from guben.meetings.models import Meeting
from guben.organisations.models import Organisation

LOOK_BACK_MONTHS = 12


class DutyTeller:
    """Answers from the duties derived from rules and records."""

    def open_duties(self, units: Iterable[Organisation], on: date) -> dict[int, list[OpenDuty]]:
        """What each unit still owes and a meeting can settle, late first."""
        found: dict[int, list[OpenDuty]] = {}
        first = period_of(add_months(on, -LOOK_BACK_MONTHS), "month").starts_on
        for item in sorted(duties.items(list(units), on, first=first), key=lambda item: item.due_on):
            if item.state in {"due", "late"} and (form := form_of(item.duty)):
                found.setdefault(item.unit.pk, []).append(_open(item, form, on))
        return found

    def settled_by(self, meetings: Iterable[Meeting], on: date) -> dict[int, list[Settled]]:
        """The duties whose records the meetings are."""
        wanted = {meeting.pk: meeting for meeting in meetings}
        if not wanted:
            return {}
        units = list({meeting.organisation_id: meeting.organisation for meeting in wanted.values()}.values())
        days = [meeting.makes_up_on or meeting.held_on for meeting in wanted.values()]
        found: dict[int, list[Settled]] = {}
        for item in duties.items(units, on, first=min(days), last=max(days)):
            for pk in (*item.records, *item.falls_short):
                if pk in wanted and item.duty.evidence.record == "meeting":
                    found.setdefault(pk, []).append(_settled(item, on, falls_short=pk in item.falls_short))
        return found


def _open(item: DutyItem, form: str, on: date) -> OpenDuty:
    return OpenDuty(
        form=form,
        rule=item.duty.key,
        title=title_of(item.duty),
        article=article_of(item.duty),
        period=item.period,
        period_name=period_name(item.period, on),
        due_on=item.due_on,
        is_late=item.state == "late",
        needs_quorum=needs_quorum(item.duty),
    )


def _settled(item: DutyItem, on: date, *, falls_short: bool) -> Settled:
    return Settled(
        rule=item.duty.key,
        title=title_of(item.duty),
        period_name=period_name(item.period, on),
        state=str(item.state),
        why_not=duties.in_words(item.duty.evidence.short) if falls_short else "",
    )

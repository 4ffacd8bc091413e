"""Who of a host's guests was invited to a meeting and came; at home it is a contact with the member (M3.5)."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from guben.access import policy
from guben.accounts.models import User
from guben.audit import trail
from guben.meetings.models import Meeting
from guben.meetings.queries import in_force
from guben.members.choices import ContactWay
from guben.members.models import Contact, Person
from guben.transfers import errors
from guben.transfers.actions.noting import RECORD, note
from guben.transfers.models import GuestAttendance, Inflow


@transaction.atomic
def record_guests(meeting: Meeting, came: Mapping[int, bool], *, by: User) -> int:
    """Records who of the host's guests was invited to a meeting (named here at all) and came; gives how many came.
    Home sees it as organisational life and as a contact. Nobody's own roll changes: the meeting's counts stay those of
    the host.

    Raises:
        errors.NotTheirMeeting: withdrawn, of a group, or a guest who was not here on the day.

    Source: M3.5; 党员教育管理工作条例 Art. 32.
    """
    policy.require(by, RECORD, meeting.organisation)
    held = in_force().filter(pk=meeting.pk, group=None).first()
    guests = Inflow.objects.filter(organisation=meeting.organisation, pk__in=list(came), from_on__lte=meeting.held_on)
    here = {row.pk for row in guests if row.ended_on is None or row.ended_on > meeting.held_on}
    if held is None or here != set(came):
        raise errors.NotTheirMeeting
    for pk, present in sorted(came.items()):
        GuestAttendance.objects.update_or_create(
            inflow_id=pk, meeting=held, defaults={"present": present, "recorded_by": by}
        )
    gone = GuestAttendance.objects.filter(meeting=held).exclude(inflow__in=list(came))
    Contact.objects.filter(attendance__in=gone).delete()
    gone.delete()
    tell_home(GuestAttendance.objects.filter(meeting=held), by)
    number = sum(came.values())
    note("transfers.guests_recorded", held, meeting.organisation, by, {"present": number}, right=RECORD)
    return number


def tell_home(attendances: QuerySet[GuestAttendance], by: User) -> None:
    """Whoever came and is known has been in contact; whoever did not come after all has not, by this."""
    for row in attendances.select_related("inflow__person", "meeting__organisation").order_by("pk"):
        person = row.inflow.person if row.present else None
        if person is not None and row.contact_id is None:
            row.contact = _contact(row, person, by)
            row.save(update_fields=["contact"])
        elif person is None and row.contact_id is not None:
            Contact.objects.filter(pk=row.contact_id).delete()


def _contact(row: GuestAttendance, person: Person, by: User) -> Contact:
    meeting = row.meeting
    words = {"unit": meeting.organisation.short_name, "form": meeting.get_form_display()}
    contact = Contact.objects.create(
        person=person, contacted_on=meeting.held_on, way=ContactWay.MEETING, recorded_by=by,
        note=(_("在%(unit)s参加%(form)s") % words)[:200],
    )  # fmt: skip
    trail.record(
        "transfers.attended_as_guest",
        person,
        by=by,
        organisation_id=row.inflow.home_id,
        right=policy.under_which_right(by, RECORD, meeting.organisation),
        details={"host": meeting.organisation.short_name, "on": meeting.held_on.isoformat()},
    )
    return contact


def meeting_withdrawn(meeting: Meeting) -> None:
    """A meeting that never took place was no contact with anybody."""
    Contact.objects.filter(attendance__meeting=meeting).delete()

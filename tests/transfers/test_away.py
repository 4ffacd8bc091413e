"""Members away: registered on both sides, matched, counted at home; each keeps exactly one responsible unit."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404

from guben.kit.errors import DomainError
from guben.meetings import actions as meetings
from guben.members.models import Contact
from guben.transfers import actions, proving
from guben.transfers.models import GuestAttendance, Inflow, Outflow
from tests.cast import BRANCH, TODAY, Cast, hold
from tests.transfers import moves
from tests.transfers.moves import NAME, NUMBER, homes, numbered

LEFT, CAME = date(2026, 2, 1), date(2026, 2, 10)


def outflow(cast: Cast, name: str = NAME, **more: object) -> Outflow:
    return actions.register_outflow(cast.people[name], from_on=LEFT, place="临江街道", by=cast.secretary, **more)  # type: ignore[arg-type]


def inflow(cast: Cast, **more: object) -> Inflow:
    given = {"name": NAME, "home_words": "柳溪村", "from_on": CAME, "by": cast.neighbour, **more}
    return actions.register_inflow(cast.neighbour_branch, **given)  # type: ignore[arg-type]


@pytest.mark.parametrize("first", ["home", "host"])
def test_both_sides_register_and_are_matched_whoever_is_first(town: Cast, first: str) -> None:
    numbered(town)
    works = [lambda: outflow(town), lambda: inflow(town, id_number=NUMBER)]
    for work in works if first == "home" else works[::-1]:
        work()
    row = Inflow.objects.get()
    assert row.outflow == Outflow.objects.get()
    assert (row.home, homes(row.outflow.person)) == (town.branch, [BRANCH])
    assert town.people[NAME].standings.get(until_on=None).kind == "away"
    assert proving.prove(TODAY).holds


def test_a_name_without_number_or_home_finds_nobody_and_may_be_matched_by_hand(town: Cast) -> None:
    there, here = outflow(town), inflow(town)
    assert here.person is None
    with pytest.raises(Http404):
        actions.match(here, there, by=town.stranger)
    actions.match(here, there, by=town.secretary)
    here.refresh_from_db()
    assert (here.outflow, here.person) == (there, town.people[NAME])


def test_other_names_are_not_matched(town: Cast) -> None:
    there, here = outflow(town, "单小禾"), inflow(town)
    with pytest.raises(DomainError, match="姓名"):
        actions.match(here, there, by=town.secretary)


def test_a_guest_is_registered_once_and_nowhere_where_one_belongs(town: Cast) -> None:
    numbered(town)
    inflow(town, id_number=NUMBER)
    with pytest.raises(DomainError):
        inflow(town, id_number=NUMBER)
    with pytest.raises(DomainError, match="不是流入"):
        actions.register_inflow(
            town.branch, name="单小禾", home_words="", home=town.branch, from_on=CAME, by=town.secretary
        )
    assert Inflow.objects.count() == 1


def test_away_once_and_by_the_home_unit_only(town: Cast) -> None:
    outflow(town)
    with pytest.raises(DomainError, match="已经登记"):
        outflow(town)
    with pytest.raises((Http404, PermissionDenied)):
        actions.register_outflow(town.people["单小禾"], from_on=LEFT, place="x", by=town.neighbour)
    with pytest.raises((Http404, PermissionDenied)):
        actions.register_inflow(town.branch, name="某人", home_words="外地", from_on=CAME, by=town.neighbour)


def test_who_is_back_is_at_home_and_no_guest(town: Cast) -> None:
    numbered(town)
    there = outflow(town)
    inflow(town, id_number=NUMBER)
    actions.end_outflow(there, on=date(2026, 6, 1), by=town.secretary)
    assert town.people[NAME].standings.get(until_on=None).kind == "home"
    assert Inflow.objects.get().ended_on == date(2026, 6, 1)
    with pytest.raises(DomainError):
        actions.end_outflow(there, on=date(2026, 6, 2), by=town.secretary)


def test_a_guest_who_leaves_is_unmatched_at_home(town: Cast) -> None:
    numbered(town)
    there = outflow(town)
    actions.end_inflow(inflow(town, id_number=NUMBER), on=date(2026, 5, 1), by=town.neighbour)
    assert not Inflow.objects.filter(outflow=there).exists()
    assert there.ended_on is None


def test_attendance_at_the_host_is_told_and_the_hosts_own_counts_stay(town: Cast) -> None:
    guest = inflow(town)
    meeting = hold(town, town.neighbour_branch, "member_meeting", date(2026, 6, 12), by=town.neighbour)
    before = (meeting.roll_count, meeting.entitled_count)
    assert actions.record_guests(meeting, {guest.pk: True}, by=town.neighbour) == 1
    meeting.refresh_from_db()
    assert (meeting.roll_count, meeting.entitled_count) == before
    assert GuestAttendance.objects.get().present
    actions.record_guests(meeting, {guest.pk: False}, by=town.neighbour)
    assert not GuestAttendance.objects.get().present


def test_attendance_at_the_host_is_a_contact_at_home_and_follows_what_is_mended(town: Cast) -> None:
    guest = inflow(town)  # by name only: nobody knows yet who it is
    meeting = hold(town, town.neighbour_branch, "member_meeting", date(2026, 6, 12), by=town.neighbour)
    known = Contact.objects.filter(person=town.people[NAME], way="meeting")
    actions.record_guests(meeting, {guest.pk: True}, by=town.neighbour)
    assert not known.exists()
    actions.match(guest, outflow(town), by=town.secretary)
    assert known.get().contacted_on == date(2026, 6, 12)
    actions.record_guests(meeting, {guest.pk: False}, by=town.neighbour)
    assert not known.exists()
    for _time in range(2):
        actions.record_guests(meeting, {guest.pk: True}, by=town.neighbour)
    assert known.count() == 1
    actions.record_guests(meeting, {}, by=town.neighbour)
    assert not known.exists()
    actions.record_guests(meeting, {guest.pk: True}, by=town.neighbour)
    meetings.withdraw(meeting, "没有开", by=town.neighbour)
    assert not known.exists()


def test_guests_of_elsewhere_or_of_another_day_are_refused(town: Cast) -> None:
    guest = inflow(town)
    early = hold(town, town.neighbour_branch, "member_meeting", date(2026, 2, 9), by=town.neighbour)
    with pytest.raises(DomainError):
        actions.record_guests(early, {guest.pk: True}, by=town.neighbour)
    other = hold(town, town.branch, "member_meeting", date(2026, 6, 12), by=town.secretary)
    with pytest.raises(DomainError):
        actions.record_guests(other, {guest.pk: True}, by=town.secretary)
    with pytest.raises((Http404, PermissionDenied)):
        actions.record_guests(early, {guest.pk: True}, by=town.stranger)


def test_a_transfer_ends_the_stay_on_both_sides(town: Cast) -> None:
    numbered(town)
    outflow(town)
    inflow(town, id_number=NUMBER)
    moves.take(moves.agreed(town), "accept", 8, town.neighbour)
    assert not Outflow.objects.filter(ended_on=None).exists()
    assert not Inflow.objects.filter(ended_on=None).exists()
    assert len(homes(town.people[NAME])) == 1
    assert proving.prove(TODAY).holds


@pytest.mark.parametrize("day", [date(2026, 7, 1), date(2027, 1, 1)])
def test_days_that_have_not_come_are_refused(town: Cast, day: date) -> None:
    with pytest.raises(DomainError):
        actions.register_outflow(town.people[NAME], from_on=day, place="外地", by=town.secretary)
    with pytest.raises(DomainError):
        inflow(town, from_on=day)

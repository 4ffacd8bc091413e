"""Recording and withdrawing meetings."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404

from guben.audit.models import Entry
from guben.meetings import actions, errors, queries
from guben.meetings.actions import Missing
from guben.meetings.models import Meeting
from tests.cast import TODAY

DAY = date(2026, 6, 25)


def present(meeting):
    return queries.with_present(Meeting.objects.filter(pk=meeting.pk)).get().present


def record(cast, **changes):
    facts = {"unit": cast.branch, "form": "member_meeting", "held_on": DAY, "topic": "讨论互助", "by": cast.secretary}
    return actions.record_meeting(**{**facts, **changes})


def test_those_who_should_have_come_are_the_full_members_at_home(cast):
    meeting = record(cast)
    assert (meeting.roll_count, meeting.entitled_count, present(meeting)) == (9, 6, 6)


def test_who_did_not_come_is_taken_off_and_the_excused_count_for_nothing(cast):
    absent = [
        (cast.people["敖石匠"].pk, "ill"),
        (cast.people["宁远行"].pk, "away"),
        (cast.people["阮新芽"].pk, "leave"),
    ]
    meeting = record(cast, absences=absent)
    assert present(meeting) == 5
    assert meeting.absences.filter(entitled=False).count() == 2


def test_those_without_a_name_are_taken_off_too(cast):
    assert present(record(cast, absences=[(cast.people["敖石匠"].pk, "ill")], unnamed_absent=2)) == 3


def test_a_committee_meeting_draws_the_roll_of_the_team(cast):
    assert record(cast, form="committee").entitled_count == 3


def test_a_group_meeting_draws_the_roll_of_the_group(cast):
    meeting = record(cast, form="group", group=cast.groups[0])
    assert {entry.name for entry in queries.roll_for(cast.branch, "group", DAY, cast.groups[0])} >= {"柏守田", "邬春桥"}
    assert meeting.roll_count == 5


def test_a_group_meeting_names_its_group(cast):
    with pytest.raises(errors.GroupMissing):
        record(cast, form="group")


def test_for_many_each_group_gets_its_own_record_and_absences(cast):
    absent = {cast.branch.pk: [(cast.people["敖石匠"].pk, "ill")]}
    result = actions.record_many([cast.branch], "group", DAY, "谈收成", absent, by=cast.clerk)
    assert [meeting.group for meeting in result.saved] == cast.groups
    assert [meeting.absences.count() for meeting in result.saved] == [0, 1]


def test_a_number_alone_is_refused_where_several_groups_met(cast):
    result = actions.record_many([cast.branch], "group", DAY, "谈收成", {cast.branch.pk: 1}, by=cast.clerk)
    assert not result.saved
    assert "姓名" in result.refused[0].sentence


def test_somebody_not_on_the_roll_is_refused(cast):
    with pytest.raises(errors.NotOnRoll):
        record(cast, absences=[(cast.people["苗江月"].pk, "ill")])


def test_more_absent_than_entitled_is_refused(cast):
    with pytest.raises(errors.TooManyAbsent):
        record(cast, unnamed_absent=7)


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"held_on": TODAY + timedelta(days=1)}, errors.HeldInFuture),
        ({"held_on": date(2012, 6, 30)}, errors.OutsideUnitsLife),
        ({"makes_up_on": DAY + timedelta(days=1)}, errors.MakesUpWrongDay),
        ({"makes_up_on": date(2025, 6, 24)}, errors.MakesUpWrongDay),
        ({"topic": "  "}, errors.TopicMissing),
    ],
)
def test_wrong_days_and_an_empty_topic_are_refused(cast, changes, refusal):
    with pytest.raises(refusal):
        record(cast, **changes)


def test_a_meeting_may_make_up_for_a_day_one_year_back(cast):
    assert record(cast, makes_up_on=date(2025, 6, 25)).makes_up_on == date(2025, 6, 25)


def test_the_same_meeting_twice_is_refused_and_names_the_first(cast):
    first = record(cast)
    with pytest.raises(errors.AlreadyRecorded) as refused:
        record(cast, topic="别的议题")
    assert refused.value.meeting == first


def test_several_talks_on_one_day_are_recorded(cast):
    record(cast, form="talk")
    record(cast, form="talk")
    assert Meeting.objects.filter(form="talk").count() == 2


def test_a_withdrawn_meeting_may_be_recorded_again(cast):
    actions.withdraw(record(cast), "日期写错", by=cast.secretary)
    assert record(cast).pk


def test_a_group_of_another_branch_is_refused(cast):
    with pytest.raises(errors.GroupElsewhere):
        record(cast, unit=cast.neighbour_branch, by=cast.neighbour, form="group", group=cast.groups[0])


def test_the_clerk_above_records_for_the_unit_and_the_secretary_does_not(cast):
    assert record(cast, by=cast.clerk).recorded_for_unit
    assert not record(cast, form="theme_day").recorded_for_unit


def test_a_stranger_does_not_learn_of_the_unit_and_a_member_may_not_record(cast):
    with pytest.raises(Http404):
        record(cast, by=cast.stranger)
    with pytest.raises(Http404):
        record(cast, by=cast.neighbour)
    with pytest.raises(PermissionDenied):
        record(cast, by=cast.member)


def test_recording_and_withdrawing_enter_the_history_without_words(cast):
    meeting = record(cast, topic="秘密的议题")
    actions.withdraw(meeting, "日期写错", by=cast.secretary)
    entries = Entry.objects.filter(object_type="meetings.meeting", object_id=str(meeting.pk)).order_by("pk")
    assert [entry.action for entry in entries] == ["meetings.recorded", "meetings.withdrawn"]
    assert entries[0].right == f"meetings.record secretary@{cast.branch.code}"
    assert "秘密" not in str(entries[0].details)


def test_a_batch_keeps_what_passes_and_names_what_does_not(cast):
    record(cast, unit=cast.small_branch, form="theme_day", by=cast.clerk)
    units = [cast.branch, cast.small_branch, cast.other_village, cast.neighbour_branch]
    result = actions.record_many(
        units,
        "theme_day",
        DAY,
        "清理河道",
        {cast.branch.pk: [(cast.people["敖石匠"].pk, "ill")], cast.other_village.pk: 3},
        by=cast.clerk,
    )
    assert [meeting.organisation for meeting in result.saved] == [cast.branch, cast.other_village]
    assert [present(meeting) for meeting in result.saved] == [5, 2]
    assert [refusal.unit for refusal in result.refused] == [cast.small_branch, cast.neighbour_branch]
    assert "已经记过" in result.refused[0].sentence
    assert {meeting.batch for meeting in result.saved} == {result.batch}


def test_a_batch_takes_names_and_a_number_together(cast):
    missing = Missing([(cast.people["敖石匠"].pk, "ill")], 2)
    result = actions.record_many([cast.branch], "theme_day", DAY, "清理河道", {cast.branch.pk: missing}, by=cast.clerk)
    assert present(result.saved[0]) == 3


def test_withdrawing_wants_a_reason_and_happens_once(cast):
    meeting = record(cast)
    with pytest.raises(errors.ReasonMissing):
        actions.withdraw(meeting, " ", by=cast.secretary)
    actions.withdraw(meeting, "记错", by=cast.secretary)
    with pytest.raises(errors.AlreadyWithdrawn):
        actions.withdraw(meeting, "记错", by=cast.secretary)


def test_a_batch_is_taken_back_within_ten_minutes_by_its_recorder(cast):
    result = actions.record_many([cast.branch, cast.other_village], "theme_day", DAY, "清理河道", by=cast.clerk)
    with pytest.raises(Http404):
        actions.withdraw_batch(result.batch, by=cast.organiser)
    assert actions.withdraw_batch(result.batch, by=cast.clerk) == 2
    assert not queries.in_force().filter(batch=result.batch).exists()


def test_a_batch_is_not_taken_back_after_ten_minutes(cast):
    result = actions.record_many([cast.branch], "theme_day", DAY, "清理河道", by=cast.clerk)
    for meeting in result.saved:
        meeting.recorded_at -= timedelta(minutes=11)
        meeting.save()
    with pytest.raises(errors.TooLateToTakeBack):
        actions.withdraw_batch(result.batch, by=cast.clerk)

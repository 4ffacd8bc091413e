"""The pages of meetings: list, one meeting, recording, withdrawing."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse

from guben.meetings.models import Meeting
from tests.cast import hold, sign_in


def text(response):
    return response.content.decode()


def record_data(**changes):
    return {"form": "theme_day", "held_on": "2026-06-25", "topic": "清理河道", **changes}


def post(client, who, unit, **changes):
    return sign_in(client, who).post(f"{reverse('meetings:record')}?at={unit.code}", record_data(**changes))


def test_a_meeting_is_recorded_with_who_did_not_come_and_why(client, cast, rules):
    missing = cast.people["敖石匠"].pk
    response = post(client, cast.secretary, cast.branch, **{"absent-all": [missing], f"reason-all-{missing}": "ill"})
    meeting = Meeting.objects.get(form="theme_day")
    assert response.url == meeting.get_absolute_url()
    assert [(absence.person_id, absence.reason) for absence in meeting.absences.all()] == [(missing, "ill")]
    assert "6月的主题党日算完成" in text(client.get(response.url))


def test_saving_leads_back_inside_the_house_only(client, cast, rules):
    assert post(client, cast.secretary, cast.branch, next="/meetings/").url == "/meetings/"
    assert post(client, cast.secretary, cast.branch, form="lecture", next="https://elsewhere.example/").url.startswith(
        "/meetings/"
    )


def test_what_is_wrong_is_said_and_what_was_typed_is_kept(client, cast, rules):
    response = post(client, cast.secretary, cast.branch, held_on="2026-07-09", topic="以后的事")
    assert response.status_code == 422
    assert "还没到" in text(response)
    assert "以后的事" in text(response)


def test_an_earlier_record_of_the_same_meeting_is_linked(client, cast, rules):
    first = hold(cast, cast.branch, "theme_day", date(2026, 6, 25), by=cast.secretary)
    assert first.get_absolute_url() in text(post(client, cast.secretary, cast.branch))


def test_all_groups_together_get_a_record_each(client, cast, rules):
    post(client, cast.secretary, cast.branch, form="group")
    assert Meeting.objects.filter(form="group").count() == 2


def test_a_later_meeting_makes_up_for_the_period_that_was_chosen(client, cast, rules):
    post(client, cast.secretary, cast.branch, **{"makes_up-theme_day": "2026-05"})
    assert Meeting.objects.get(form="theme_day").makes_up_on == date(2026, 5, 31)


@pytest.mark.parametrize(
    ("who", "status"), [("secretary", 200), ("member", 403), ("neighbour", 404), ("stranger", 404)]
)
def test_who_may_open_the_form(client, cast, rules, who, status):
    address = f"{reverse('meetings:record')}?at={cast.branch.code}"
    assert sign_in(client, cast.users[who]).get(address).status_code == status


def test_the_list_holds_only_what_is_within_reach_and_filters_it(client, cast, rules):
    address = reverse("meetings:list")
    assert len(sign_in(client, cast.secretary).get(address).context["page"].object_list) == 4
    assert len(sign_in(client, cast.organiser).get(address).context["page"].object_list) == 5
    late = sign_in(client, cast.secretary).get(address, {"how": "late"}).context["page"].object_list
    assert [meeting.days_late for meeting in late] == [23]
    assert len(client.get(address, {"period": "2026-Q1"}).context["page"].object_list) == 1


def test_a_member_sees_the_meeting_and_not_who_was_away(client, cast, rules):
    meeting = next(one for one in cast.meetings if one.absences.exists())
    assert "敖石匠" in text(sign_in(client, cast.secretary).get(meeting.get_absolute_url()))
    shown = sign_in(client, cast.member).get(meeting.get_absolute_url())
    assert shown.status_code == 200
    assert "敖石匠" not in text(shown)


@pytest.mark.parametrize("who", ["statistician", "neighbour", "stranger"])
def test_others_do_not_learn_of_a_meeting(client, cast, rules, who):
    assert sign_in(client, cast.users[who]).get(cast.meetings[0].get_absolute_url()).status_code == 404


def test_a_record_is_withdrawn_with_its_reason_and_still_shown(client, cast, rules):
    meeting = cast.meetings[0]
    address = reverse("meetings:withdraw", args=[meeting.pk])
    assert sign_in(client, cast.secretary).post(address, {"reason": ""}).status_code == 422
    assert "日期写错" in text(client.post(address, {"reason": "日期写错"}, follow=True))
    assert sign_in(client, cast.member).get(address).status_code == 403


def test_the_roll_of_a_batch_is_for_those_who_see_members(client, cast, rules):
    address = f"{reverse('meetings:roll', args=[cast.branch.code])}?form=theme_day&on=2026-06-25"
    assert "敖石匠" in text(sign_in(client, cast.clerk).get(address))
    assert sign_in(client, cast.member).get(address).status_code == 403
    assert sign_in(client, cast.neighbour).get(address).status_code == 404


def test_without_scripts_branches_are_chosen_first(client, cast, rules):
    query = {"at": cast.town.code, "form": "theme_day", "period": "2026-06", "rule": "theme-day"}
    response = sign_in(client, cast.clerk).get(reverse("meetings:record_many"), query)
    assert [unit.short_name for unit, _duty in response.context["open_units"]] == [
        "柳溪村第一党支部",
        "柳溪村第二党支部",
        "山口村党支部",
    ]
    chosen = client.get(reverse("meetings:record_many"), {**query, "units": [cast.branch.code]})
    assert [(line.entitled, line.absent) for line in chosen.context["lines"]] == [(6, 0)]

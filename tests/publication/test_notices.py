"""Notices: posting, terms, who reads them, taking them down."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import Http404

from guben.access.models import Grant
from guben.audit.models import Entry
from guben.publication import actions, errors, policy, queries
from guben.publication.models import Notice
from tests.cast import TODAY

MONDAY = date(2026, 6, 1)
NOBODY = AnonymousUser()


def post(cast, **changes):
    facts = {
        "title": "阮新芽列为发展对象",
        "text": "经支部委员会讨论，拟将阮新芽列为发展对象，现予公示。",
        "lines": [("姓名", "阮新芽"), ("性别", "女")],
        "audience": "unit",
        "person": cast.people["阮新芽"],
        "by": cast.secretary,
    }
    return actions.post(changes.pop("unit", cast.branch), **{**facts, **changes})


def who_reads(cast, notice, on=TODAY):
    seen = policy.shown_notices
    return {name for name, user in cast.users.items() if Notice.objects.filter(seen(user, on), pk=notice.pk).exists()}


def test_a_term_of_five_working_days_begins_on_the_day_it_was_posted(cast):
    notice = post(cast, on=MONDAY)
    assert notice.term_ends_on == date(2026, 6, 5)
    assert queries.standing_of(notice, MONDAY).result_opens_on == date(2026, 6, 8)


def test_a_day_off_does_not_count_as_the_first_day(cast):
    assert post(cast, on=date(2026, 6, 6), working_days=1).term_ends_on == date(2026, 6, 8)


@pytest.mark.parametrize("days", [0, -3, 366])
def test_a_term_is_at_least_one_day_and_at_most_a_year(cast, days):
    with pytest.raises(errors.TermTooShort):
        post(cast, working_days=days)


def test_no_notice_is_posted_on_a_day_to_come_or_before_the_unit_was_founded(cast):
    with pytest.raises(errors.NotYet):
        post(cast, on=TODAY + timedelta(days=1))
    with pytest.raises(errors.OutsideUnitsLife):
        post(cast, on=date(2012, 6, 30))


def test_numbers_count_within_the_day_and_codes_are_not_guessed(cast):
    one, two = post(cast), post(cast)
    assert (one.number, two.number) == ("2026-0630-001", "2026-0630-002")
    assert one.check_code != two.check_code
    assert len(one.check_code) == 16


def test_the_thousandth_notice_of_a_day_has_a_number_too(cast):
    notice = post(cast)
    Notice.objects.filter(pk=notice.pk).update(number="2026-0630-999")
    assert post(cast).number == "2026-0630-1000"
    assert post(cast).number == "2026-0630-1001"


@pytest.mark.parametrize("name", ["member", "stranger", "neighbour", "administrator", "statistician", "auditor"])
def test_only_who_may_post_posts(cast, name):
    with pytest.raises((PermissionDenied, Http404)):
        post(cast, by=cast.users[name])
    assert not Notice.objects.exists()


def test_the_history_names_the_act_and_no_word_of_it(cast):
    notice = post(cast)
    entry = Entry.objects.get(action="publication.posted")
    assert entry.details["number"] == notice.number
    assert "阮" not in str(entry.details)


@pytest.mark.parametrize(
    "text",
    [
        "身份证442000199510101234",
        "身份证44200019951010123X。",
        "电话13800001234",
        "电话 138 0000 1234",
        "１３８００００１２３４",
    ],
)
@pytest.mark.parametrize("place", ["text", "title", "lines", "places"])
def test_identity_numbers_and_mobile_telephones_are_refused(cast, text, place):
    value = {"lines": [("电话", text)], "places": [text]}.get(place, text)
    with pytest.raises(errors.ShowsNumbers):
        post(cast, **{place: value})


def test_days_and_office_telephones_are_no_such_numbers(cast):
    assert post(cast, text="2026-06-29至2026年7月3日，0760-0000-0000。")


def test_for_the_unit_names_stand_in_full(cast):
    assert "阮新芽" in post(cast).text


@pytest.mark.parametrize("audience", ["subtree", "signed_in", "public"])
def test_for_others_names_are_masked_and_kept_masked(cast, audience):
    notice = post(
        cast, audience=audience, names=["欧阳小明"], lines=[("姓名", "阮新芽"), ("联系人", "欧阳小明、邬春桥")]
    )
    kept = str([notice.title, notice.text, notice.lines])
    assert "阮某" in notice.title
    assert notice.lines[1][1] == "欧阳某、邬某"
    assert not any(name in kept for name in ("阮新芽", "欧阳小明", "邬春桥"))


@pytest.mark.parametrize("words", [{"title": " "}, {"text": "\n"}, {"title": "", "text": ""}])
def test_a_notice_says_something(cast, words):
    with pytest.raises(errors.WordsMissing):
        post(cast, **words)


def test_a_text_without_end_is_refused(cast):
    with pytest.raises(errors.WordsTooLong):
        post(cast, text="字" * 10_001)


@pytest.mark.parametrize("role", ["administrator", "member", "nobody", ""])
def test_objections_go_to_a_role_that_takes_them(cast, role):
    with pytest.raises(errors.NobodyAnswers):
        post(cast, objections_to=role)


FILE = {"secretary", "clerk", "organiser", "inspector", "operator"}
MEMBERS_ABOVE_AND_BELOW = {"secretary", "member"}


@pytest.mark.parametrize(
    ("audience", "readers"),
    [
        ("unit", FILE | {"member"}),
        ("subtree", FILE | {"member"}),
        (
            "signed_in",
            FILE | {"member", "neighbour", "stranger", "statistician", "auditor", "administrator", "security"},
        ),
    ],
)
def test_each_audience_reads_what_is_for_it_and_nobody_else(cast, audience, readers):
    assert who_reads(cast, post(cast, audience=audience)) == readers


def test_below_one_reads_what_a_unit_above_says_to_its_subtree_only(cast):
    above = {"unit": cast.town, "by": cast.clerk, "person": None}
    assert "member" in who_reads(cast, post(cast, audience="subtree", **above))
    assert "member" not in who_reads(cast, post(cast, audience="unit", **above))


def test_a_member_without_a_role_reads_what_is_for_the_branch(cast):
    person = cast.people["敖石匠"]
    person.user = cast.stranger
    person.save()
    assert "stranger" in who_reads(cast, post(cast))


def test_nobody_signed_in_reads_what_is_public_alone(cast):
    public, inside = post(cast, audience="public"), post(cast, audience="signed_in")
    shown = Notice.objects.filter(policy.shown_notices(NOBODY, TODAY))
    assert list(shown) == [public]
    assert inside not in shown


def test_after_its_term_a_notice_is_for_the_file_alone(cast):
    notice = post(cast, audience="public", working_days=2)
    assert notice.term_ends_on == TODAY + timedelta(days=1)
    assert "member" in who_reads(cast, notice, notice.term_ends_on)
    after = notice.term_ends_on + timedelta(days=1)
    assert who_reads(cast, notice, after) == FILE
    assert not Notice.objects.filter(policy.shown_notices(NOBODY, after)).exists()


def test_taking_down_needs_a_reason_and_ends_what_is_shown(cast):
    notice = post(cast)
    for nothing in (" ", "。"):
        with pytest.raises(errors.ReasonMissing):
            actions.take_down(notice, nothing, by=cast.secretary)
    taken = actions.take_down(notice, "姓名写错。", by=cast.secretary)
    assert taken.taken_down_reason == "姓名写错"
    assert who_reads(cast, taken) == FILE
    standing = queries.standing_of(taken, TODAY + timedelta(days=30))
    assert not standing.is_open(TODAY + timedelta(days=30))
    with pytest.raises(errors.AlreadyTakenDown):
        actions.take_down(notice, "再撤", by=cast.secretary)


def test_a_notice_whose_term_is_over_is_not_taken_down_any_more(cast):
    with pytest.raises(errors.TermIsOver):
        actions.take_down(post(cast, on=MONDAY), "晚了", by=cast.secretary)


def test_only_who_may_post_takes_down(cast):
    notice = post(cast)
    for name in ("member", "inspector", "neighbour", "administrator"):
        with pytest.raises((PermissionDenied, Http404)):
            actions.take_down(notice, "不许", by=cast.users[name])


def test_a_result_opens_on_the_working_day_after_the_term(cast):
    notice = post(cast, on=MONDAY)
    for day, open_ in ((date(2026, 6, 5), False), (date(2026, 6, 7), False), (date(2026, 6, 8), True)):
        assert queries.standing_of(notice, day).is_open(day) is open_


def test_who_had_a_role_reads_no_more(cast):
    notice = post(cast)
    Grant.objects.filter(user=cast.member).update(until_on=TODAY)
    cast.people["单小禾"].user = None
    cast.people["单小禾"].save()
    cast.users["member"] = type(cast.member).objects.get(pk=cast.member.pk)
    assert "member" not in who_reads(cast, notice)

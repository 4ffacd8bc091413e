"""The board, publications and the catalogue: what strangers read, what members read, what is missing."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.urls import reverse

from guben.duties.queries import items
from guben.publication import actions, catalogue, errors
from guben.publication.models import Notice, Publication
from tests.cast import BRANCH, NEIGHBOUR_BRANCH, TODAY, TOWN, sign_in
from tests.publication.test_notices import post

pytestmark = pytest.mark.usefixtures("rules")
ACCOUNTS = "publish-dues-accounts"


def publish(cast, **changes):
    facts = {"title": "工作计划", "text": "今年办三件事。", "audience": "unit", "by": cast.secretary}
    return actions.publish(changes.pop("unit", cast.branch), **{**facts, **changes})


def board(client, code=BRANCH):
    return client.get(reverse("publication:board", args=[code]))


def test_a_stranger_reads_what_is_public_and_no_more_without_a_cookie(cast, client):
    publish(cast, audience="public", title="开放时间")
    publish(cast, audience="signed_in", title="内部通报")
    post(cast, audience="public")
    post(cast, audience="unit", title="阮新芽内部公示")
    answer = board(client)
    page = answer.content.decode()
    assert "开放时间" in page
    assert "阮某列为发展对象" in page
    assert not any(word in page for word in ("内部", "阮新芽"))
    assert not answer.cookies
    assert answer["Cache-Control"] == "private, no-store"


def test_a_unit_that_shows_nothing_is_as_if_it_were_not_there(cast, client, django_assert_num_queries):
    publish(cast, audience="signed_in")
    with django_assert_num_queries(3):
        hidden = board(client)
    with django_assert_num_queries(3):
        missing = board(client, "99000010120199")
    with django_assert_num_queries(3):
        other = board(client, NEIGHBOUR_BRANCH)
    assert hidden.status_code == missing.status_code == other.status_code == 404
    assert len(hidden.content) == len(missing.content) == len(other.content)


def test_members_read_what_is_for_them(cast, client):
    publish(cast, title="本支部的")
    publish(cast, unit=cast.town, by=cast.clerk, audience="subtree", title="给下级的")
    publish(cast, unit=cast.town, by=cast.clerk, audience="unit", title="党委自己的")
    sign_in(client, cast.member)
    assert "本支部的" in board(client).content.decode()
    assert "给下级的" in board(client, TOWN).content.decode()
    assert "党委自己的" not in board(client, TOWN).content.decode()
    sign_in(client, cast.neighbour)
    assert board(client).status_code == 404


def test_what_is_over_is_shown_no_more(cast, client):
    public = {"audience": "public"}
    publish(cast, **public, title="到期的", until_on=TODAY + timedelta(days=1))
    taken_back = publish(cast, **public, title="撤回的")
    publish(cast, **public, title="还在的")
    Publication.objects.filter(title="到期的").update(until_on=TODAY)
    actions.withdraw_publication(taken_back, "写错", by=cast.secretary)
    notice = post(cast, **public)
    Notice.objects.filter(pk=notice.pk).update(posted_on=date(2026, 6, 1), term_ends_on=TODAY - timedelta(days=1))
    page = board(client).content.decode()
    assert "还在的" in page
    assert not any(word in page for word in ("到期的", "撤回的", "阮某"))
    for name, pk in (("notice", notice.pk), ("publication", taken_back.pk)):
        assert client.get(reverse(f"publication:{name}", args=[pk])).status_code == 302
        assert sign_in(client, cast.member).get(reverse(f"publication:{name}", args=[pk])).status_code == 404
        sign_in(client, None)


def test_strangers_get_in_nowhere_else(cast, client):
    notice = post(cast, audience="public")
    pages = [
        reverse("publication:list"), reverse("publication:post"), reverse("publication:poster", args=[notice.pk]),
        reverse("publication:receive", args=[notice.pk]), reverse("publication:catalogue", args=[BRANCH]),
        reverse("publication:publish"), reverse("publication:take_down", args=[notice.pk]),
    ]  # fmt: skip
    for page in pages:
        answer = client.get(page)
        assert answer.status_code == 302, page
        assert "/account/login/" in answer["Location"]


def test_a_stranger_cannot_tell_a_closed_notice_from_none(cast, client):
    closed = client.get(reverse("publication:notice", args=[post(cast).pk]))
    missing = client.get(reverse("publication:notice", args=[999_999]))
    assert closed.status_code == missing.status_code == 302


def test_a_print_is_checked_without_sign_in_and_names_nobody_once_it_is_over(cast, client):
    notice = post(cast, title="阮新芽列为发展对象")
    address = reverse("publication:check", args=[notice.check_code])
    page = client.get(address).content.decode()
    assert "还在公示" in page
    assert notice.number in page
    assert "阮某列为发展对象" in page
    assert "阮新芽" not in page
    Notice.objects.filter(pk=notice.pk).update(posted_on=date(2026, 6, 1), term_ends_on=TODAY - timedelta(days=1))
    page = client.get(address).content.decode()
    assert "已经满期" in page
    assert "阮" not in page
    wrong = client.get(reverse("publication:check", args=["x" * 16]))
    assert wrong.status_code == 404
    assert "可能是假的" in wrong.content.decode()


def test_the_print_is_a_pdf_for_who_may_read_it(cast, client):
    notice = post(cast)
    answer = sign_in(client, cast.member).get(reverse("publication:poster", args=[notice.pk]))
    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-")
    assert sign_in(client, cast.neighbour).get(reverse("publication:poster", args=[notice.pk])).status_code == 404


@pytest.mark.parametrize("name", ["member", "inspector", "neighbour", "administrator", "stranger"])
def test_only_who_may_publish_publishes_and_withdraws(cast, name):
    with pytest.raises((PermissionDenied, Http404)):
        publish(cast, by=cast.users[name])
    made = publish(cast)
    with pytest.raises((PermissionDenied, Http404)):
        actions.withdraw_publication(made, "不许", by=cast.users[name])


def test_a_matter_is_published_to_at_least_those_it_is_meant_for(cast):
    with pytest.raises(errors.AudienceTooNarrow):
        publish(cast, rule="publish-service", audience="signed_in")
    assert publish(cast, rule="publish-service", audience="public")
    with pytest.raises(errors.NotOwed):
        publish(cast, rule=ACCOUNTS, audience="subtree")
    with pytest.raises(errors.NotOwed):
        publish(cast, rule="no-such-rule")


def test_wrong_days_and_numbers_of_people_are_refused(cast):
    with pytest.raises(errors.NotYet):
        publish(cast, published_on=TODAY + timedelta(days=1))
    with pytest.raises(errors.EndsTooEarly):
        publish(cast, until_on=TODAY)
    with pytest.raises(errors.WrongPeriod):
        publish(cast, counts_on=TODAY - timedelta(days=400))
    with pytest.raises(errors.ShowsNumbers):
        publish(cast, text="王五 442000199510101234")


def states(cast, on=TODAY):
    found = items([cast.town], on, keys=[ACCOUNTS], first=date(2025, 1, 1))
    return {item.period.label: item.state for item in found}


def test_what_is_missing_is_late_by_the_duties_there_are_and_settled_by_publishing(cast):
    assert states(cast) == {"2025": "late", "2026": "due"}
    town = {"unit": cast.town, "by": cast.clerk, "rule": ACCOUNTS, "audience": "subtree"}
    publish(cast, **town, counts_on=date(2025, 12, 31))
    assert states(cast) == {"2025": "done_late", "2026": "due"}
    made = publish(cast, **town)
    assert states(cast)["2026"] == "done"
    actions.withdraw_publication(made, "写错", by=cast.clerk)
    assert states(cast)["2026"] == "due"


def test_the_catalogue_names_what_is_missing_first_and_leads_to_the_form(cast, client):
    assert catalogue.of(cast.town, TODAY)[0].rule.key == ACCOUNTS
    assert catalogue.of(cast.town, TODAY)[0].is_missing
    sign_in(client, cast.clerk)
    page = client.get(reverse("publication:catalogue", args=[TOWN])).content.decode()
    assert f"rule={ACCOUNTS}&amp;period=2025" in page
    form = client.get(reverse("publication:publish"), {"at": TOWN, "rule": ACCOUNTS, "period": "2025"})
    assert form.context["form"].initial["period"] == "2025"
    data = {"rule": ACCOUNTS, "title": "收支", "text": "收支表", "audience": "subtree", "published_on": str(TODAY)}
    address = f"{reverse('publication:publish')}?at={TOWN}"
    assert client.post(address, {**data, "period": "2025"}).status_code == 302
    assert Publication.objects.get().counts_on == date(2025, 12, 31)
    for wrong in ({"period": "xx"}, {"period": "2019"}, {"audience": "unit"}, {"text": ""}, {"rule": "zz"}):
        assert client.post(address, {**data, **wrong}).status_code == 422


def test_today_s_rows_lead_to_the_form(cast, client):
    page = sign_in(client, cast.clerk).get(reverse("home:unit_duties", args=[TOWN])).content.decode()
    assert f"{reverse('publication:publish')}?at={TOWN}&amp;rule={ACCOUNTS}" in page


def test_posting_by_the_form(cast, client):
    sign_in(client, cast.secretary)
    address = f"{reverse('publication:post')}?at={BRANCH}"
    data = {
        "title": "困难补助", "text": "拟发补助。", "lines": "姓名：阮新芽\n事由: 生病", "audience": "subtree",
        "posted_on": str(TODAY), "working_days": "5", "objections_to": "discipline_officer", "answer_days": "10",
        "places": "村务公开栏\n\n党支部活动室",
    }  # fmt: skip
    assert client.post(address, data).status_code == 302
    notice = Notice.objects.get()
    assert notice.lines == [["姓名", "阮某"], ["事由", "生病"]]
    assert notice.places == ["村务公开栏", "党支部活动室"]
    for wrong in ({"lines": "没有冒号"}, {"working_days": "0"}, {"title": ""}, {"objections_to": "auditor"},
                  {"posted_on": "2026-07-01"}, {"text": "13800001234"}):  # fmt: skip
        assert client.post(address, {**data, **wrong}).status_code == 422

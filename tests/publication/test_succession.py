"""Notices and publications when their unit is merged, split, renamed or dissolved."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.urls import reverse

from guben.duties.queries import items
from guben.organisations import actions as organisations
from guben.organisations import obstacles
from guben.organisations.models import Organisation
from guben.publication import actions, policy, queries
from guben.publication.models import Notice, Publication
from tests.cast import TODAY, TOWN, sign_in
from tests.organisations.test_reform import DAY, NEW, merger, split
from tests.publication.test_boards import ACCOUNTS, board, publish
from tests.publication.test_notices import MONDAY, post

pytestmark = pytest.mark.usefixtures("rules")
OLD_NAME = "中共柳溪村第一支部委员会"


def test_what_hangs_goes_to_the_heir_and_is_read_answered_and_checked_there(cast, client):
    over, hanging = post(cast, on=date(2026, 5, 11)), post(cast, person=None, objections_to="secretary")
    actions.receive_objection(hanging, text="有情况", way="letter", by=cast.secretary)
    reform = merger(cast)
    counts, problems = organisations.rehearse(reform, by=cast.organiser)
    assert problems == []
    assert [line.number for line in counts if line.title.startswith("公示")] == [1]
    act = organisations.carry_out(reform, by=cast.organiser)
    heir = Organisation.objects.get(code=NEW.code)
    for row in (over, hanging):
        row.refresh_from_db()
    assert (hanging.organisation, hanging.objections_at) == (heir, heir)
    assert over.organisation == cast.branch, "what is over stays in the file where it was"
    assert "阮新芽列为发展对象" in board(sign_in(client, cast.member), NEW.code).content.decode()
    assert answers(cast.secretary, hanging)
    sign_in(client, None)
    page = client.get(reverse("publication:check", args=[hanging.check_code])).content.decode()
    assert OLD_NAME in page
    assert f"现在由{heir.name}受理" in page
    organisations.correct(act, reason="批文作废", by=cast.organiser)
    hanging.refresh_from_db()
    assert (hanging.organisation, hanging.objections_at) == (cast.branch, cast.branch)


def answers(user, notice):
    return policy.may_decide(type(user).objects.get(pk=user.pk), notice, TODAY)


def test_what_is_over_but_objected_to_goes_too(cast):
    notice = post(cast, on=date(2026, 5, 25))
    actions.receive_objection(notice, text="有情况", way="letter", by=cast.secretary, received_on=date(2026, 5, 26))
    organisations.carry_out(merger(cast, on=MONDAY), by=cast.organiser)
    notice.refresh_from_db()
    assert notice.organisation.code == NEW.code


def test_in_a_split_a_notice_goes_with_the_person_it_is_about(cast):
    about, other = post(cast), post(cast, person=None)
    reform = split(cast)
    number = {**reform.people, about.person_id: 1}
    organisations.carry_out(split(cast, people=number), by=cast.organiser)
    for row in (about, other):
        row.refresh_from_db()
    assert (about.organisation.code, about.objections_at.code) == (NEW.code, NEW.code)
    assert other.organisation == cast.branch


def test_what_a_unit_made_public_is_shown_no_more_once_it_ends_and_still_counts(cast, client):
    town = {"unit": cast.town, "by": cast.clerk, "rule": ACCOUNTS, "audience": "public"}
    made = publish(cast, **town, title="收支表", published_on=date(2026, 6, 20), counts_on=date(2025, 12, 31))
    assert "收支表" in board(client, TOWN).content.decode()
    Organisation.objects.filter(pk=cast.town.pk).update(dissolved_on=TODAY)
    assert board(client, TOWN).status_code == 404
    assert client.get(made.get_absolute_url()).status_code == 302
    page = sign_in(client, cast.organiser).get(made.get_absolute_url()).content.decode()
    assert "公开的内容同时撤下" in page
    assert items([cast.town], TODAY - timedelta(days=1), keys=[ACCOUNTS], first=date(2025, 1, 1))[0].is_settled
    assert Publication.objects.get(pk=made.pk).withdrawn_on is None


def test_a_merger_says_what_will_be_shown_no_more(cast):
    publish(cast, title="计划", published_on=DAY - timedelta(days=3))
    counts, _problems = organisations.rehearse(merger(cast), by=cast.organiser)
    assert [line.number for line in counts if line.title.startswith("公开的内容")] == [1]


def test_a_print_keeps_the_name_under_which_it_was_posted(cast, client):
    notice = post(cast, audience="public")
    Organisation.objects.filter(pk=cast.branch.pk).update(name="中共柳溪村支部委员会")
    page = client.get(notice.get_absolute_url()).content.decode()
    assert OLD_NAME in page
    assert "现在由中共柳溪村支部委员会受理" in page
    Notice.objects.filter(pk=notice.pk).update(signed_as="")
    assert OLD_NAME not in client.get(notice.get_absolute_url()).content.decode(), "older rows know the present name"


def test_a_unit_with_open_notices_is_not_dissolved(cast):
    assert queries.still_running(cast.branch, TODAY) is None
    post(cast)
    assert any("1个公示" in one for one in obstacles.sentences("dissolve", cast.branch, TODAY))
    assert obstacles.sentences("reform", cast.branch, TODAY) == [], "in a merger it goes along"

"""Giving and ending roles, opening accounts: who may, what is refused, and what the history keeps."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.test import Client

from guben.access import actions, errors, policy, queries
from guben.access.models import Grant
from guben.access.roles import rights_of
from guben.accounts.models import User
from guben.audit.models import Entry
from tests.cast import BRANCH, CITY, TODAY, TOWN, Cast, sign_in

urls = pytest.mark.urls("tests.house.urls")
LATER = TODAY + timedelta(days=30)


@pytest.fixture
def organiser(cast: Cast) -> User:
    """An organiser of the town: may grant in the town and below."""
    user = User.objects.create(username="town-organiser", display_name="邱镇", language="zh-hans", password="!")
    Grant.objects.create(user=user, role="organiser", organisation=cast.town, from_on=date(2024, 5, 10))
    return user


def test_an_organiser_gives_a_role_below(cast: Cast, organiser: User) -> None:
    row = actions.grant(cast.stranger, "clerk", cast.branch, from_on=TODAY, by=organiser)
    assert policy.may(User.objects.get(pk=cast.stranger.pk), "meetings.record", cast.branch)
    entry = Entry.objects.get(action="access.granted")
    assert entry.object_id == str(row.pk)
    assert entry.right == f"accounts.grant organiser@{TOWN}"
    assert entry.details == {"role": "clerk", "user": "stranger", "on": "2026-06-30"}


def test_never_upward_and_never_beside(cast: Cast, organiser: User) -> None:
    with pytest.raises(Http404):
        actions.grant(cast.stranger, "clerk", cast.units[CITY], from_on=TODAY, by=organiser)
    with pytest.raises(Http404):
        actions.grant(cast.stranger, "clerk", cast.neighbour_branch, from_on=TODAY, by=organiser)
    assert not Entry.objects.filter(action="access.granted").exists()


@pytest.mark.parametrize("role", ["auditor", "administrator", "operator", "emperor"])
def test_only_roles_that_ones_own_role_grants(cast: Cast, organiser: User, role: str) -> None:
    with pytest.raises(errors.NotYoursToGive):
        actions.grant(cast.stranger, role, cast.branch, from_on=TODAY, by=organiser)


def test_seeing_a_unit_is_not_enough_to_grant(cast: Cast) -> None:
    for who in (cast.secretary, cast.clerk, cast.inspector, cast.statistician):
        with pytest.raises(PermissionDenied):
            actions.grant(cast.stranger, "clerk", cast.branch, from_on=TODAY, by=who)


def test_the_security_administrator_gives_roles_but_sees_no_members(cast: Cast) -> None:
    actions.grant(cast.stranger, "auditor", cast.town, from_on=TODAY, by=cast.security)
    assert not policy.may(cast.security, "members.view", cast.town)
    with pytest.raises(PermissionDenied):
        actions.grant(cast.stranger, "clerk", cast.town, from_on=TODAY, by=cast.administrator)


DUTIES = ["administrator", "security_administrator", "auditor"]


@pytest.mark.parametrize("held", DUTIES)
@pytest.mark.parametrize("asked", DUTIES)
def test_one_person_has_one_of_the_three_duties_at_a_time(cast: Cast, held: str, asked: str) -> None:
    actions.grant(cast.stranger, held, cast.town, from_on=TODAY, until_on=LATER, by=cast.security)
    if held == asked:
        actions.grant(cast.stranger, asked, cast.city, from_on=TODAY, by=cast.security)
        return
    for by in (cast.security, cast.operator):  # the command line knows no exception either
        with pytest.raises(errors.DutiesSeparated, match="系统、安全、审计要分给三个人"):
            actions.grant(cast.stranger, asked, cast.street, from_on=LATER - timedelta(days=1), by=by)
    actions.grant(cast.stranger, asked, cast.street, from_on=LATER, by=cast.security)
    actions.grant(cast.stranger, "secretary", cast.branch, from_on=TODAY, by=cast.security)


def test_what_the_three_duties_open_does_not_meet() -> None:
    rights = {role: rights_of(role) - {"units.view", "rules.view", "accounts.view"} for role in DUTIES}
    assert rights["auditor"] == {"history.view", "history.view_all"}
    assert not rights["administrator"] & rights["security_administrator"]
    for role in DUTIES[:2]:
        assert not {right for right in rights[role] if right.startswith(("members.", "meetings.", "history."))}


def test_the_system_administrator_opens_an_account_without_a_role(cast: Cast, client: Client) -> None:
    with pytest.raises(PermissionDenied):
        actions.open_account("fresh", "钟新", "clerk", cast.branch, by=cast.administrator)
    assert not User.objects.filter(username="fresh").exists()
    html = sign_in(client, cast.administrator).get("/account/people/open/").content.decode()
    assert 'name="role"' not in html
    answer = client.post("/account/people/open/", {"username": "fresh", "display_name": "钟新", "unit": BRANCH})
    assert "账户还没有角色" in answer.content.decode()
    assert not Grant.objects.filter(user__username="fresh").exists()


def test_nobody_grants_to_herself(cast: Cast, organiser: User) -> None:
    with pytest.raises(errors.NotToYourself):
        actions.grant(organiser, "secretary", cast.branch, from_on=TODAY, by=organiser)


def test_a_role_whose_giver_lost_his_post_gives_nothing(cast: Cast, organiser: User) -> None:
    Grant.objects.filter(user=organiser).update(until_on=TODAY)
    with pytest.raises(Http404):
        actions.grant(cast.stranger, "clerk", cast.branch, from_on=TODAY, by=organiser)


def test_the_same_role_is_not_given_twice_for_the_same_days(cast: Cast, organiser: User) -> None:
    actions.grant(cast.stranger, "clerk", cast.branch, from_on=TODAY, until_on=LATER, by=organiser)
    with pytest.raises(errors.AlreadyGranted, match="路过在柳溪村第一党支部已有“党务干事”授权"):
        actions.grant(cast.stranger, "clerk", cast.branch, from_on=LATER - timedelta(days=1), by=organiser)
    actions.grant(cast.stranger, "clerk", cast.branch, from_on=LATER, by=organiser)
    actions.grant(cast.stranger, "deputy", cast.branch, from_on=TODAY, by=organiser)


def test_a_grant_ends_after_it_starts(cast: Cast, organiser: User) -> None:
    with pytest.raises(errors.EndsBeforeItStarts):
        actions.grant(cast.stranger, "clerk", cast.branch, from_on=TODAY, until_on=TODAY, by=organiser)


def test_an_ended_grant_opens_nothing_at_once(cast: Cast, organiser: User) -> None:
    row = Grant.objects.get(user=cast.secretary)
    actions.end_grant(row.pk, by=organiser)
    row.refresh_from_db()
    assert row.until_on == TODAY
    assert not policy.may_anywhere(User.objects.get(pk=cast.secretary.pk), "units.view")
    assert Entry.objects.filter(action="access.ended", object_id=str(row.pk)).count() == 1
    with pytest.raises(errors.AlreadyEnded):
        actions.end_grant(row.pk, by=organiser)


def test_a_grant_given_by_mistake_today_goes_and_the_history_keeps_it(cast: Cast, organiser: User) -> None:
    row = actions.grant(cast.stranger, "clerk", cast.branch, from_on=TODAY, by=organiser)
    actions.end_grant(row.pk, by=organiser)
    assert not Grant.objects.filter(user=cast.stranger).exists()
    assert list(Entry.objects.order_by("id").values_list("action", flat=True))[-2:] == [
        "access.granted",
        "access.ended",
    ]


def test_nobody_ends_what_she_could_not_give(cast: Cast, organiser: User) -> None:
    own = Grant.objects.get(user=organiser)
    with pytest.raises(errors.NotToYourself):
        actions.end_grant(own.pk, by=organiser)
    audit = Grant.objects.create(user=cast.stranger, role="auditor", organisation=cast.branch, from_on=TODAY)
    with pytest.raises(errors.NotYoursToGive):
        actions.end_grant(audit.pk, by=organiser)
    with pytest.raises(Http404):
        actions.end_grant(Grant.objects.get(user=cast.neighbour).pk, by=organiser)


def test_the_list_shows_grants_within_reach_only(cast: Cast, organiser: User) -> None:
    seen = {grant.user.username for grant in queries.grants_seen(organiser)}
    assert seen == {"clerk", "secretary", "member", "town-organiser"}
    assert {grant.user.username for grant in queries.grants_seen(cast.secretary)} == {"secretary", "member"}
    assert not queries.grants_seen(cast.inspector).exists()
    assert {grant.user.username for grant in queries.grants_seen(organiser, words="柏")} == {"secretary"}
    assert {grant.user.username for grant in queries.grants_seen(organiser, role="clerk")} == {"clerk"}
    Grant.objects.filter(user=cast.clerk).update(until_on=TODAY)
    assert {grant.user.username for grant in queries.grants_seen(organiser, ended=True)} == {"clerk"}


@urls
@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("organiser", 200),
        ("administrator", 200),
        ("security", 200),
        ("secretary", 200),
        ("clerk", 403),
        ("member", 403),
        ("stranger", 403),
    ],
)
def test_who_may_open_the_list(client: Client, cast: Cast, who: str, status: int) -> None:
    assert sign_in(client, cast.users[who]).get("/account/people/").status_code == status


@urls
def test_the_list_costs_the_same_for_many_grants(
    client: Client, cast: Cast, django_assert_max_num_queries: object
) -> None:
    for number in range(30):
        user = User.objects.create(username=f"u{number}", password="!")
        Grant.objects.create(
            user=user, role="member", organisation=cast.branch, from_on=TODAY, granted_by=cast.organiser
        )
    sign_in(client, cast.organiser).get("/account/people/")
    with django_assert_max_num_queries(7):  # type: ignore[operator]
        html = client.get("/account/people/").content.decode()
    assert "u29" in html


@urls
def test_a_role_is_given_on_the_page(client: Client, cast: Cast, organiser: User) -> None:
    sign_in(client, organiser)
    form = {"user": "stranger", "role": "clerk", "unit": BRANCH, "from_on": "2026-06-30", "until_on": ""}
    answer = client.post("/account/people/grant/", form, follow=True)
    assert "已给路过在柳溪村第一党支部的“党务干事”授权。" in answer.content.decode()
    again = client.post("/account/people/grant/", form)
    assert again.status_code == 422
    assert "和这段日期重叠" in again.content.decode()


@urls
def test_the_page_offers_only_what_one_may_give_and_where(client: Client, cast: Cast, organiser: User) -> None:
    html = sign_in(client, organiser).get("/account/people/grant/").content.decode()
    offered = set(re.findall(r'<option value="([a-z_]+)"', html))
    assert "secretary" in offered
    assert not offered & {"auditor", "administrator", "operator"}
    form = {"user": "stranger", "role": "clerk", "unit": CITY, "from_on": "2026-06-30"}
    answer = client.post("/account/people/grant/", form)
    assert answer.status_code == 422
    assert "没有代码“990000”" in answer.content.decode()


@urls
def test_the_operator_of_the_command_line_gets_no_grant(client: Client, cast: Cast, organiser: User) -> None:
    form = {"user": "operator", "role": "clerk", "unit": BRANCH, "from_on": "2026-06-30"}
    assert sign_in(client, organiser).post("/account/people/grant/", form).status_code == 422


@urls
def test_ending_is_asked_first(client: Client, cast: Cast, organiser: User) -> None:
    row = Grant.objects.get(user=cast.secretary)
    sign_in(client, organiser)
    assert "终止柏守田在柳溪村第一党支部的“书记”授权？" in client.get(f"/account/grants/{row.pk}/end/").content.decode()
    row.refresh_from_db()
    assert row.until_on is None
    client.post(f"/account/grants/{row.pk}/end/")
    row.refresh_from_db()
    assert row.until_on == TODAY


@urls
def test_a_grant_out_of_sight_is_not_found_and_one_in_sight_may_be_forbidden(client: Client, cast: Cast) -> None:
    mine, other = Grant.objects.get(user=cast.member), Grant.objects.get(user=cast.neighbour)
    sign_in(client, cast.secretary)
    assert client.get(f"/account/grants/{mine.pk}/end/").status_code == 403
    assert client.post(f"/account/grants/{other.pk}/end/").status_code == 404
    other.refresh_from_db()
    assert other.until_on is None


@urls
def test_an_account_is_opened_and_its_owner_sets_the_password(client: Client, cast: Cast, organiser: User) -> None:
    form = {"username": "newclerk", "display_name": "钟新", "role": "clerk", "unit": BRANCH}
    html = sign_in(client, organiser).post("/account/people/open/", form).content.decode()
    link = re.search(r'value="http://testserver(/account/password/reset/key/[^"]+)"', html)
    assert link
    assert not User.objects.get(username="newclerk").has_usable_password()
    own = Client()
    page = own.get(link.group(1), follow=True)
    new = "a-river-with-tall-pines"
    own.post(page.redirect_chain[-1][0], {"password1": new, "password2": new})
    assert User.objects.get(username="newclerk").check_password(new)
    assert own.login(username="newclerk", password=new, request=page.wsgi_request)
    assert "这个链接已失效" in Client().get(link.group(1), follow=True).content.decode()


@urls
def test_a_taken_name_is_refused_and_nothing_is_left_behind(client: Client, cast: Cast, organiser: User) -> None:
    form = {"username": "Secretary", "display_name": "钟新", "role": "clerk", "unit": BRANCH}
    answer = sign_in(client, organiser).post("/account/people/open/", form)
    assert answer.status_code == 422
    assert "已有人用" in answer.content.decode()
    assert not User.objects.filter(username="Secretary").exists()
    with pytest.raises(errors.NotYoursToGive):
        actions.open_account("fresh", "新", "auditor", cast.branch, by=organiser)
    assert not User.objects.filter(username="fresh").exists()


@urls
def test_a_password_link_is_only_for_accounts_one_could_have_opened(
    client: Client, cast: Cast, organiser: User
) -> None:
    sign_in(client, organiser)
    own_people = client.post(f"/account/people/{cast.secretary.pk}/link/")
    assert own_people.status_code == 200
    assert Entry.objects.filter(action="access.password_link").count() == 1
    assert client.post(f"/account/people/{cast.neighbour.pk}/link/").status_code == 404
    assert client.post(f"/account/people/{cast.operator.pk}/link/").status_code == 404
    assert client.post(f"/account/people/{organiser.pk}/link/").status_code == 403
    Grant.objects.create(user=cast.secretary, role="administrator", organisation=cast.units[CITY], from_on=TODAY)
    assert client.post(f"/account/people/{cast.secretary.pk}/link/").status_code == 403
    assert client.get(f"/account/people/{cast.secretary.pk}/link/").status_code == 405

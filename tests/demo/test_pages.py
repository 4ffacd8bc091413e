"""One click signs in, on this machine alone and only until an administrator closes it for good."""

from __future__ import annotations

import pytest
from django.http import Http404
from django.test import Client

from guben.access.models import Grant
from guben.accounts import installation
from guben.accounts.models import Installation, User
from guben.audit.models import Entry
from guben.demo import actions, errors
from guben.demo.city import set_installation
from tests.cast import CITY, Cast, sign_in

SIGN_IN, CLOSE = "/demo/sign-in/", "/demo/close/"


@pytest.fixture
def demo(cast: Cast) -> Cast:
    """The fixed cast with an open demo sign-in, where the organiser and the secretary can be chosen."""
    Installation.objects.update(demo_sign_in=True)
    User.objects.filter(username__in=["organiser", "secretary"]).update(is_demo=True)
    return cast


def test_the_page_offers_the_demo_users_with_what_to_try(demo: Cast, client: Client) -> None:
    answer = client.get(SIGN_IN)
    text = answer.content.decode()
    assert answer.status_code == 200
    assert 'value="organiser"' in text
    assert 'value="secretary"' in text
    assert "柳溪村第一党支部" in text
    assert 'value="clerk"' not in text
    assert "演示数据" in text


def test_a_click_signs_in(demo: Cast, client: Client) -> None:
    answer = client.post(SIGN_IN, {"username": "secretary"})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    assert client.session["_auth_user_id"] == str(demo.secretary.pk)


@pytest.mark.parametrize("username", ["clerk", "operator", "", "nobody"])
def test_other_users_cannot_be_chosen(demo: Cast, client: Client, username: str) -> None:
    assert client.post(SIGN_IN, {"username": username}).status_code == 404
    assert "_auth_user_id" not in client.session


def test_a_user_of_that_name_who_is_no_demo_user_cannot_be_chosen(demo: Cast, client: Client) -> None:
    User.objects.filter(username="organiser").update(is_demo=False)
    assert client.post(SIGN_IN, {"username": "organiser"}).status_code == 404
    assert 'value="organiser"' not in client.get(SIGN_IN).content.decode()


@pytest.mark.parametrize(
    "where",
    [
        {"REMOTE_ADDR": "192.0.2.7"},
        {"REMOTE_ADDR": "::ffff:192.0.2.7"},
        {"REMOTE_ADDR": ""},
        {"HTTP_X_FORWARDED_FOR": "127.0.0.1"},
        {"HTTP_FORWARDED": "for=127.0.0.1"},
        {"HTTP_X_REAL_IP": "127.0.0.1"},
    ],
)
@pytest.mark.parametrize("method", ["get", "post"])
def test_from_elsewhere_there_is_no_such_page(demo: Cast, client: Client, where: dict[str, str], method: str) -> None:
    answer = getattr(client, method)(SIGN_IN, {"username": "secretary"}, **where)
    assert answer.status_code == 404
    assert "_auth_user_id" not in client.session


def test_on_this_machine_over_ipv6_too(demo: Cast, client: Client) -> None:
    assert client.get(SIGN_IN, REMOTE_ADDR="::1").status_code == 200


@pytest.mark.parametrize("row", [{"demo_sign_in": False}, {"is_demo": False}])
def test_without_an_open_demo_there_is_no_such_page(demo: Cast, client: Client, row: dict[str, bool]) -> None:
    Installation.objects.update(**row)
    assert client.get(SIGN_IN).status_code == 404
    assert client.post(SIGN_IN, {"username": "secretary"}).status_code == 404


def test_a_click_needs_the_pages_token(demo: Cast) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(SIGN_IN, {"username": "secretary"}).status_code == 403


def test_the_administrator_closes_it_for_good(demo: Cast, client: Client) -> None:
    sign_in(client, demo.administrator)
    assert "关掉演示登录" in client.get(CLOSE).content.decode()
    assert Installation.objects.get().demo_sign_in
    assert client.post(CLOSE).status_code == 302
    assert not Installation.objects.get().demo_sign_in
    assert client.get(SIGN_IN).status_code == 404
    assert installation.roster_imports_open()
    assert Entry.objects.get(action="demo.sign_in_closed").right == f"system.manage administrator@{CITY}"
    assert client.post(CLOSE).status_code == 422


def test_building_more_does_not_open_it_again(demo: Cast) -> None:
    actions.close_sign_in(demo.city, by=demo.administrator)
    set_installation(CITY)
    assert not Installation.objects.get().demo_sign_in
    with pytest.raises(errors.SignInClosed):
        actions.close_sign_in(demo.city, by=demo.administrator)


@pytest.mark.parametrize("who", ["organiser", "clerk", "secretary", "auditor"])
def test_others_cannot_close_it(demo: Cast, client: Client, who: str) -> None:
    user = demo.users[who]
    assert sign_in(client, user).post(CLOSE).status_code in {403, 404}
    assert Installation.objects.get().demo_sign_in


def test_an_administrator_of_a_part_cannot_close_it(demo: Cast) -> None:
    Grant.objects.filter(user=demo.administrator).update(organisation=demo.town)
    with pytest.raises(Http404):
        actions.close_sign_in(demo.city, by=User.objects.get(pk=demo.administrator.pk))
    assert Installation.objects.get().demo_sign_in


def test_rosters_wait_until_it_is_closed(demo: Cast) -> None:
    assert not installation.roster_imports_open()
    Installation.objects.update(demo_sign_in=False)
    assert installation.roster_imports_open()
    Installation.objects.update(is_demo=False, demo_sign_in=True)
    assert installation.roster_imports_open()

"""Sign-ins: seen and ended by their owner, and ended by a new password, a closed account and an ended grant."""

from __future__ import annotations

import pytest
from axes.models import AccessAttempt, AccessLog
from django.contrib.sessions.models import Session
from django.test import Client

from guben.access import actions, errors
from guben.access.models import Grant
from guben.accounts import sessions
from guben.accounts.models import SignIn, User
from tests.cast import Cast, sign_in

PASSWORD = "tall-pine-by-the-river"
PHONE = "Mozilla/5.0 (Linux; Android 14; XX-1) AppleWebKit/537.36 Chrome/131.0.6778.39 Mobile Safari/537.36"
LAPTOP = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/131.0 Safari/537.36 Edg/131.0.2903.51"


@pytest.fixture
def secretary(cast: Cast) -> User:
    cast.secretary.set_password(PASSWORD)
    cast.secretary.save()
    return cast.secretary


def signed_in(agent: str = LAPTOP) -> Client:
    client = Client(headers={"user-agent": agent}, REMOTE_ADDR="203.0.113.77")
    client.post("/account/login/", {"login": "secretary", "password": PASSWORD})
    assert client.get("/account/").status_code == 200
    return client


def is_in(client: Client) -> bool:
    return client.get("/account/").status_code == 200


@pytest.mark.parametrize(
    ("agent", "device"),
    [
        (PHONE, "Chrome · Android"),
        (LAPTOP, "Edge · Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_1) Version/18.1 Mobile/15E148 Safari/604.1", "Safari · iPhone"),
        ("", ""),
        ("x" * 5000, ""),
    ],
)
def test_a_device_is_a_browser_and_a_system_and_nothing_more(agent: str, device: str) -> None:
    assert sessions.device_of(agent) == device


def test_the_list_shows_ones_own_with_this_one_first(secretary: User, cast: Cast) -> None:
    first, second = signed_in(PHONE), signed_in()
    sign_in(Client(), cast.neighbour)
    html = second.get("/account/sign-ins/").content.decode()
    assert html.index("Edge · Windows") < html.index("Chrome · Android")
    assert html.count("退出这一处") == 1
    assert "203.0.113.77" not in html
    assert is_in(first)


def test_nothing_says_where_somebody_signed_in(secretary: User) -> None:
    signed_in()
    assert not AccessLog.objects.exists()
    kept = " ".join(str(row) for model in (SignIn, AccessAttempt, User) for row in model.objects.values())
    assert "203.0.113.77" not in kept
    assert "131.0" not in kept


def test_an_address_is_kept_for_the_lock_alone_and_goes(secretary: User) -> None:
    Client(REMOTE_ADDR="203.0.113.77").post("/account/login/", {"login": "nobody", "password": "wrong"})
    assert AccessAttempt.objects.count() == 1
    AccessAttempt.objects.update(attempt_time="2020-01-01T00:00:00Z")
    signed_in()
    assert not AccessAttempt.objects.exists()


def test_one_is_ended_from_another(secretary: User) -> None:
    phone, laptop = signed_in(PHONE), signed_in()
    row = SignIn.objects.get(device="Chrome · Android")
    laptop.post(f"/account/sign-ins/{row.pk}/end/")
    assert (is_in(phone), is_in(laptop)) == (False, True)


def test_all_others_are_ended_at_once(secretary: User) -> None:
    others, this = [signed_in(PHONE) for _ in range(3)], signed_in()
    this.post("/account/sign-ins/others/end/")
    assert [is_in(one) for one in (*others, this)] == [False, False, False, True]
    assert SignIn.objects.filter(user=secretary).count() == 1


def test_ending_this_one_signs_out(secretary: User) -> None:
    client = signed_in()
    client.post(f"/account/sign-ins/{SignIn.objects.get().pk}/end/")
    assert not is_in(client)


def test_nobody_ends_another_ones(secretary: User, cast: Cast, client: Client) -> None:
    mine = signed_in()
    sign_in(client, cast.organiser)
    assert client.post(f"/account/sign-ins/{SignIn.objects.get(user=secretary).pk}/end/").status_code == 404
    assert is_in(mine)


def test_a_new_password_ends_the_others_and_this_one_can_still_be_ended(secretary: User) -> None:
    phone, laptop = signed_in(PHONE), signed_in()
    new = "another-tall-pine-tree"
    laptop.post("/account/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert (is_in(phone), is_in(laptop)) == (False, True)
    assert "这一处" in laptop.get("/account/sign-ins/").content.decode()


def test_a_closed_account_is_out_at_once_and_in_again_when_opened(secretary: User, cast: Cast) -> None:
    mine = signed_in()
    client = sign_in(Client(), cast.administrator)
    address = f"/account/people/{secretary.pk}/state/"
    assert client.post(address, {"reason": "离"}).status_code == 422
    assert is_in(mine)
    client.post(address, {"reason": "已调离本支部"})
    assert not is_in(mine)
    assert "已停用" in client.get("/account/people/").content.decode()
    client.post(address, {"reason": "调回本支部"})
    assert is_in(signed_in())


def test_an_administrator_closes_no_administrators_account(cast: Cast) -> None:
    for who in (cast.auditor, cast.security):
        with pytest.raises(errors.NotYourAccountToClose):
            actions.set_account_open(who, False, "已调离本单位", by=cast.administrator)
    with pytest.raises(errors.NotToYourself):
        actions.set_account_open(cast.administrator, False, "已调离本单位", by=cast.administrator)


def test_an_ended_grant_ends_the_sign_ins(secretary: User, cast: Cast) -> None:
    mine = signed_in()
    actions.end_grant(Grant.objects.get(user=secretary).pk, by=cast.organiser)
    assert not is_in(mine)
    assert not Session.objects.filter(session_key__in=SignIn.objects.values("session_key")).exists()


def test_the_list_costs_the_same_for_many(secretary: User, django_assert_max_num_queries: object) -> None:
    this = signed_in()
    for _ in range(6):
        signed_in(PHONE)
    with django_assert_max_num_queries(9):  # type: ignore[operator]
        assert this.get("/account/sign-ins/").content.decode().count("退出这一处") == 6

"""One's own account: language, theme, large type; and the language switch for everybody."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import translation

from guben.accounts.models import User
from tests.cast import Cast, sign_in

pytestmark = pytest.mark.urls("tests.house.urls")
LOGIN = "/account/login/"


def language(client: Client, path: str = LOGIN, **headers: str) -> str:
    return str(client.get(path, headers=headers)["Content-Language"])


def test_a_stranger_gets_the_language_of_the_browser(client: Client, db: None) -> None:
    assert language(client) == "zh-hans"
    assert language(client, **{"Accept-Language": "en-GB,en"}) == "en"
    assert language(client, **{"Accept-Language": "fr"}) == "zh-hans"
    answer = client.get(LOGIN)
    assert {"Accept-Language", "Cookie"} <= {part.strip() for part in answer["Vary"].split(",")}


def test_a_stranger_may_choose_and_comes_back_to_the_same_page(client: Client, db: None) -> None:
    answer = client.post("/account/language/", {"language": "en", "next": LOGIN})
    assert answer["Location"] == LOGIN
    assert language(client) == "en"
    assert language(client, **{"Accept-Language": "zh-CN"}) == "en"


@pytest.mark.parametrize("target", ["https://example.org/", "//example.org/", "javascript:alert(1)", ""])
def test_the_switch_leads_nowhere_else(client: Client, db: None, target: str) -> None:
    assert client.post("/account/language/", {"language": "en", "next": target})["Location"] == "/"


def test_an_unknown_language_changes_nothing(client: Client, db: None) -> None:
    client.post("/account/language/", {"language": "tlh", "next": LOGIN})
    assert language(client) == "zh-hans"


def test_the_users_own_language_wins_over_the_browser(client: Client, cast: Cast) -> None:
    User.objects.filter(pk=cast.secretary.pk).update(language="en")
    sign_in(client, cast.secretary)
    assert language(client, "/account/", **{"Accept-Language": "zh-CN"}) == "en"


def test_the_switch_of_a_signed_in_user_is_kept_in_the_account(client: Client, cast: Cast) -> None:
    sign_in(client, cast.secretary).post("/account/language/", {"language": "en", "next": "/"})
    assert User.objects.get(pk=cast.secretary.pk).language == "en"


def test_the_language_does_not_leak_into_the_next_request(client: Client, cast: Cast) -> None:
    before = translation.get_language()
    client.get(LOGIN, headers={"Accept-Language": "en"})
    assert translation.get_language() == before


def test_settings_are_saved_and_shown(client: Client, cast: Cast) -> None:
    sign_in(client, cast.secretary)
    answer = client.post("/account/", {"language": "en", "theme": "dark", "large_type": "on"}, follow=True)
    user = User.objects.get(pk=cast.secretary.pk)
    assert (user.language, user.theme, user.large_type) == ("en", "dark", True)
    assert 'data-theme="dark"' in answer.content.decode()
    client.post("/account/", {"language": "", "theme": ""})
    user.refresh_from_db()
    assert (user.language, user.theme, user.large_type) == ("", "", False)


def test_a_theme_that_does_not_exist_is_refused(client: Client, cast: Cast) -> None:
    answer = sign_in(client, cast.secretary).post("/account/", {"language": "", "theme": "pink"})
    assert answer.status_code == 422
    assert User.objects.get(pk=cast.secretary.pk).theme == ""


def test_settings_show_the_roles_i_hold(client: Client, cast: Cast) -> None:
    html = sign_in(client, cast.secretary).get("/account/").content.decode()
    assert "<strong>书记</strong>" in html
    assert "柳溪村第一党支部" in html


def test_high_contrast_can_be_chosen_and_a_strange_theme_can_not(client: Client, cast: Cast) -> None:
    sign_in(client, cast.secretary)
    page = client.post("/account/", {"language": "", "theme": "contrast"}, follow=True).content.decode()
    assert 'data-theme="contrast"' in page and 'name="color-scheme" content="light"' in page
    assert client.post("/account/", {"language": "", "theme": "pink"}).status_code == 422
    assert User.objects.get(pk=cast.secretary.pk).theme == "contrast"

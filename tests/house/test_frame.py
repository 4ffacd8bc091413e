"""The frame around every page: places, who I am, language, theme, large type, and what it costs."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.test import Client
from django.test.utils import CaptureQueriesContext

from guben.accounts.models import Installation, User
from tests.cast import BRANCH, CITY, NEIGHBOUR_BRANCH, SMALL_BRANCH, TOWN, Cast, sign_in

pytestmark = pytest.mark.urls("tests.house.urls")


def page(client: Client, who: User | None, path: str = "/", **extra: str) -> str:
    return sign_in(client, who).get(path, **extra).content.decode()


def nav(html: str, label: str) -> list[str]:
    """The words of the links in the navigation with this label."""
    part = re.search(rf'<nav[^>]*aria-label="{label}".*?</nav>', html, re.DOTALL)
    assert part, label
    links = re.findall(r"<a [^>]*>(.*?)</a>", part.group(), re.DOTALL)
    return [re.sub(r"<svg.*?</svg>|<[^>]+>", "", link, flags=re.DOTALL).strip() for link in links]


def test_a_secretary_finds_all_places(client: Client, cast: Cast) -> None:
    places = nav(page(client, cast.secretary), "主要栏目")
    assert places[:7] == ["今日", "组织", "党员", "会议", "办件", "诊断", "制度"]
    assert "导入" in places
    assert "账户" in places


def test_who_may_see_no_members_is_not_led_to_them(client: Client, cast: Cast) -> None:
    assert "党员" not in nav(page(client, cast.statistician), "主要栏目")
    assert "党员" not in nav(page(client, cast.member), "主要栏目")
    assert "导入" not in nav(page(client, cast.inspector), "主要栏目")


def test_the_phone_has_five_places_and_recording_in_the_middle(client: Client, cast: Cast) -> None:
    assert nav(page(client, cast.secretary), "底栏") == ["今日", "办件", "记会议", "党员", "更多"]
    assert nav(page(client, cast.inspector), "底栏") == ["今日", "办件", "党员", "组织", "更多"]
    assert nav(page(client, cast.statistician), "底栏") == ["今日", "组织", "诊断", "制度", "更多"]


def test_the_current_place_is_marked(client: Client, cast: Cast) -> None:
    html = page(client, cast.secretary)
    assert re.search(r'href="/" aria-current="page">今日<', html)
    assert html.count('aria-current="page">今日') == 1


def test_the_bar_says_who_i_am_and_as_what(client: Client, cast: Cast) -> None:
    assert "柳溪村第一党支部 书记" in page(client, cast.secretary)
    assert "青石镇党委 党务干事" in page(client, cast.clerk)


def test_at_chooses_a_unit_within_reach_for_this_page(client: Client, cast: Cast) -> None:
    html = page(client, cast.clerk, f"/?at={SMALL_BRANCH}")
    assert "柳溪村第二党支部 党务干事" in html
    assert "青石镇党委 党务干事" in page(client, cast.clerk)


@pytest.mark.parametrize("code", [NEIGHBOUR_BRANCH, CITY, "990000999", "' OR 1=1"])
def test_at_never_leads_out_of_reach(client: Client, cast: Cast, code: str) -> None:
    html = page(client, cast.clerk, f"/?at={code}")
    assert "青石镇党委 党务干事" in html
    assert "滨河社区第一党支部" not in html


def test_a_second_office_is_remembered_once_chosen(client: Client, cast: Cast) -> None:
    from guben.access.models import Grant

    Grant.objects.create(user=cast.secretary, role="inspector", organisation=cast.town, from_on=cast.today)
    assert "青石镇党委 督查员" in page(client, cast.secretary)  # the upper unit stands first
    assert "柳溪村第一党支部 书记" in page(client, cast.secretary, f"/?at={BRANCH}")
    assert "柳溪村第一党支部 书记" in client.get("/").content.decode()
    assert TOWN in client.get("/").content.decode()


def test_without_a_grant_the_page_says_whom_to_ask(client: Client, cast: Cast) -> None:
    html = page(client, cast.stranger)
    assert "还没有授权" in html
    assert nav(html, "主要栏目") == ["今日", "任务", "账户"] or nav(html, "主要栏目") == ["今日", "账户"]


def test_the_frame_costs_four_queries(client: Client, cast: Cast) -> None:
    """Session, user, grants, installation."""
    from django.db import connection

    sign_in(client, cast.secretary)
    client.get("/")
    with CaptureQueriesContext(
        connection,
    ) as queries:
        client.get("/")
    assert len(queries) == 4, [query["sql"] for query in queries]


def test_demo_data_say_so_on_every_page(client: Client, cast: Cast) -> None:
    assert "演示数据" in page(client, cast.secretary)
    assert "演示数据" in page(client, None, "/account/login/")
    Installation.objects.update(is_demo=False)
    assert "演示数据" not in page(client, cast.secretary)


def test_theme_and_large_type_stand_on_the_root(client: Client, cast: Cast) -> None:
    assert "data-theme" not in page(client, cast.secretary)
    User.objects.filter(pk=cast.secretary.pk).update(theme="dark", large_type=True)
    html = page(client, cast.secretary)
    assert re.search(r'<html lang="zh-CN"\s+data-theme="dark"\s+class="large-type"', html)


class Inline(HTMLParser):
    """Collects what a strict policy would stop."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = {name for name, _ in attrs}
        if tag == "style" or (tag == "script" and "src" not in names):
            self.found.append(tag)
        self.found += [name for name in names if name == "style" or name.startswith("on")]


@pytest.mark.parametrize("path", ["/", "/account/", "/account/login/", "/forbid/", "/hide/", "/refuse/", "/fall/"])
def test_no_page_carries_inline_scripts_or_styles(client: Client, cast: Cast, path: str) -> None:
    client.raise_request_exception = False
    answer = sign_in(client, None if "login" in path else cast.secretary).get(path)
    reader = Inline()
    reader.feed(answer.content.decode())
    assert reader.found == []
    assert "unsafe" not in answer["Content-Security-Policy"]


def test_each_page_has_one_heading_a_skip_link_and_landmarks(client: Client, cast: Cast) -> None:
    html = page(client, cast.secretary)
    assert html.count("<h1") == 1
    assert 'href="#content"' in html
    assert html.count("<main") == html.count("<header") == 1


def test_every_page_says_what_it_is_for() -> None:
    """A line under the heading, or words above the form: nobody opens a page and has to guess."""
    folder = Path(__file__).resolve().parents[2] / "guben"
    pages = [path for path in folder.rglob("templates/**/*.html") if "{% extends" in path.read_text(encoding="utf-8")]
    names = {str(path).split("templates/")[-1]: path.read_text(encoding="utf-8") for path in pages}
    said = re.compile(r"{% block (?:scope|words|tab_help) %}(?!\s*{% endblock)|class=\"note|<p>{% |<p>\s*{% ")
    own = {
        "house/page.html",
        "organisations/act_page.html",
        "organisations/unit_page.html",
        "account/login.html",
        "publication/public.html",
    }
    own |= {"allauth/layouts/base.html", "house/refused.html"}  # frames; a refusal is a sentence
    own |= {"meetings/record_many.html", "mfa/totp/activate_form.html", "mfa/webauthn/edit_form.html"}  # in their parts

    def tells(name: str) -> bool:
        text = names.get(name, "")
        parent = re.search(r'{% extends "([^"]+)"', text)
        inherited = parent is not None and parent[1] not in own and tells(parent[1])
        return bool(said.search(text)) or inherited

    assert sorted(name for name in names if name not in own and not tells(name)) == []

"""A procedure on the pages of rules: its steps, and what two editions say differently step by step."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from guben.rulebook.queries import library
from guben.rulebook.steps import steps_of
from guben.rulebook.workings import differences
from tests.cast import TODAY, Cast, sign_in

pytestmark = pytest.mark.usefixtures("rules")


def test_the_page_shows_every_step_with_who_when_and_article(client: Client, cast: Cast) -> None:
    page = sign_in(client, cast.clerk).get(reverse("rulebook:rule", args=["development"])).content.decode()
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))
    procedure = library().procedure("development", TODAY)

    assert procedure is not None
    for step in procedure.step:
        assert step.title.zh in text
    assert "“上级党委预审”后1个月内" in text
    assert "公示不少于5个工作日" in text
    assert "赞成超过应到的1/2" in text
    assert "第十九条" in text
    assert "有审批权的上级党委的书记" in text


def test_the_editions_are_compared_step_by_step(cast: Cast) -> None:
    old, new = library().editions_of("development")
    found = {one.label: one for one in differences(old, new)}

    assert {"8 报上级党委备案", "8 报上级党委同意", "8 公示", "15 支部大会讨论", "20 入党宣誓"} <= found.keys()
    assert not {"2 党组织派人谈话", "13 上级党委预审", "17 上级党委审批"} & found.keys()


def test_the_list_names_procedures_and_exports_them(client: Client, cast: Cast) -> None:
    signed = sign_in(client, cast.clerk)

    page = signed.get(reverse("rulebook:list"), {"kind": "procedure"}).content.decode()
    assert "发展党员" in page
    assert signed.get(reverse("rulebook:list"), {"export": "xlsx"}).status_code == 200


def test_every_step_says_something_in_english_too(cast: Cast) -> None:
    from django.utils import translation

    with translation.override("en"):
        for procedure in library().procedures(TODAY):
            assert all(one.title and one.who and one.source for one in steps_of(procedure))

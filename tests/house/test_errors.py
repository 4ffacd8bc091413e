"""Pages for what went wrong: a sentence, a number to quote, two ways on."""

from __future__ import annotations

import logging
import re

import pytest
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.cast import Cast, sign_in

pytestmark = pytest.mark.urls("tests.house.urls")
NUMBER = re.compile(r"编号([0-9A-F]{4}-\d{8}-\d{4})")


def test_a_refusal_of_the_domain_becomes_a_page(client: Client, cast: Cast) -> None:
    answer = sign_in(client, cast.secretary).get("/refuse/")
    html = answer.content.decode()
    assert answer.status_code == 409
    assert "公示不少于5个工作日。" in html
    assert NUMBER.search(html)


def test_a_refusal_inside_a_part_lands_in_the_messages(client: Client, cast: Cast) -> None:
    answer = sign_in(client, cast.secretary).get("/refuse/", headers={"HX-Request": "true"})
    assert answer.status_code == 409
    assert answer["HX-Retarget"] == "#messages"
    assert "<html" not in answer.content.decode()
    assert "公示不少于5个工作日。" in answer.content.decode()


def test_a_closed_door_names_the_role_and_whom_to_ask(client: Client, cast: Cast) -> None:
    answer = sign_in(client, cast.secretary).get("/forbid/")
    html = answer.content.decode()
    assert answer.status_code == 403
    assert "“柳溪村第一党支部书记”" in html
    assert "上级组织员" in html
    assert f"能授权的有：{cast.organiser}" in html
    assert NUMBER.search(html)


def test_nothing_here_does_not_tell_whether_there_is_something(client: Client, cast: Cast) -> None:
    hidden = sign_in(client, cast.secretary).get("/hide/")
    missing = client.get("/no/such/page/")
    assert hidden.status_code == missing.status_code == 404
    varying = re.compile(r"编号[0-9A-F-]+|/hide/|/no/such/page/|[0-9A-Za-z]{64}")
    assert varying.sub("", hidden.content.decode()) == varying.sub("", missing.content.decode())


def test_a_fault_is_told_without_the_database(client: Client, cast: Cast, caplog: pytest.LogCaptureFixture) -> None:
    from django.db import connection

    client.raise_request_exception = False
    with caplog.at_level(logging.ERROR), CaptureQueriesContext(connection) as queries:
        answer = client.get("/fall/")
    html = answer.content.decode()
    assert answer.status_code == 500
    assert len(queries) == 0
    number = NUMBER.search(html)
    assert number
    assert number.group(1) in caplog.text
    assert "不是您填错了" in html


def test_a_stale_form_says_that_nothing_was_saved(cast: Cast) -> None:
    client = sign_in(Client(enforce_csrf_checks=True), cast.secretary)
    answer = client.post("/account/", {})
    assert answer.status_code == 403
    assert "没有保存：这一页已过期" in answer.content.decode()


def test_the_sign_of_life_needs_no_sign_in(client: Client, db: None) -> None:
    answer = client.get("/healthz")
    assert answer.status_code == 200
    assert answer.content == b"ok\n"

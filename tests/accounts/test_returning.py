"""A form leads back only to a path of this house."""

from __future__ import annotations

import pytest
from django.test import Client, RequestFactory

from guben.accounts.returning import next_of
from tests.cast import BRANCH, Cast, sign_in


@pytest.mark.parametrize(
    "goal",
    ["//evil.example/", "https://evil.example/", "/\\evil.example", "javascript:alert(1)", "990000", "home", "."],
)
def test_what_is_no_path_of_ours_is_dropped(goal: str) -> None:
    assert next_of(RequestFactory().post("/", {"next": goal})) == ""
    assert next_of(RequestFactory().get("/", {"next": goal})) == ""


def test_a_path_with_its_filters_is_kept() -> None:
    assert next_of(RequestFactory().post("/", {"next": "/members/?at=990000"})) == "/members/?at=990000"


@pytest.mark.parametrize("address", ["/today/keep-from/", "/today/remind/", "/account/language/"])
def test_a_next_that_is_a_bare_word_breaks_no_form(client: Client, cast: Cast, rules: None, address: str) -> None:
    sign_in(client, cast.secretary)
    data = {
        "at": BRANCH,
        "units": BRANCH,
        "rule": "theme-day",
        "period": "2026-06",
        "day": "2026-01-01",
        "next": BRANCH,
    }
    answer = client.post(address, data)
    assert (answer.status_code, answer["Location"]) == (302, "/")

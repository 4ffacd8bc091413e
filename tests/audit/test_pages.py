"""The history page: who sees what of it, in which words, and that it holds nothing personal."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from guben.audit import queries, reach, sentences, trail
from guben.audit.models import Entry
from guben.organisations import actions
from tests.cast import BRANCH, STREET, Cast, sign_in


def text(client: Client, who: Any, /, **query: str) -> str:
    response = sign_in(client, who).get(reverse("audit:list"), query)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


@pytest.fixture
def acted(cast: Cast) -> Cast:
    """Something was done in the branch, in the neighbour's branch, and to no unit at all."""
    actions.keep_from(cast.branch, day=date(2026, 1, 1), by=cast.secretary)
    actions.keep_from(cast.neighbour_branch, day=date(2026, 2, 2), by=cast.neighbour)
    with transaction.atomic():
        trail.record("rulebook.installed", cast.organiser, by=cast.administrator, organisation_id=None)
    return cast


def test_each_sees_what_happened_within_her_reach(client: Client, acted: Cast) -> None:
    clerk = text(client, acted.clerk)
    assert "2026-01-01起建账" in clerk and "2026-02-02" not in clerk
    organiser = text(client, acted.organiser)
    assert "2026-01-01起建账" in organiser and "2026-02-02起建账" in organiser
    assert "rulebook.installed" not in organiser


def test_the_auditor_sees_also_what_belongs_to_no_unit(client: Client, acted: Cast) -> None:
    body = text(client, acted.auditor)
    assert "rulebook.installed" in body
    assert "2026-02-02起建账" in body


@pytest.mark.parametrize("who", ["member", "statistician", "administrator", "stranger"])
def test_not_for_everybody(client: Client, acted: Cast, who: str) -> None:
    assert sign_in(client, getattr(acted, who)).get(reverse("audit:list")).status_code == 403


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"unit": BRANCH}, ["2026-01-01"]),
        ({"unit": "滨河"}, ["2026-02-02"]),
        ({"unit": STREET}, []),
        ({"action": "organisations.kept_from_set"}, ["2026-01-01", "2026-02-02"]),
        ({"action": "organisations.moved"}, []),
        ({"who": "苗"}, ["2026-02-02"]),
        ({"who": "secretary"}, ["2026-01-01"]),
        ({"last": "2001-01-01"}, []),
        ({"first": "2001-01-01"}, ["2026-01-01", "2026-02-02"]),
    ],
)
def test_filters(client: Client, acted: Cast, query: dict[str, str], found: list[str]) -> None:
    body = text(client, acted.auditor, **query)
    assert [day for day in ("2026-01-01", "2026-02-02") if f"{day}起建账" in body] == found


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_the_first_and_the_last_day_of_the_calendar_can_be_asked_for(client: Client, acted: Cast, day: str) -> None:
    assert ("起建账" in text(client, acted.auditor, first=day)) == (day < "2026")
    assert ("起建账" in text(client, acted.auditor, last=day)) == (day > "2026")


def test_the_right_is_told_by_its_role_and_place(client: Client, acted: Cast) -> None:
    assert f"书记 {BRANCH}" in text(client, acted.clerk)


def test_changed_fields_are_named_as_the_forms_name_them(client: Client, acted: Cast) -> None:
    assert "写了这些栏：建账日" in text(client, acted.clerk)


def test_values_are_neither_kept_nor_shown(client: Client, cast: Cast) -> None:
    actions.rename(
        cast.branch, name="中共秘名支部委员会", short_name="秘名支部", effective_on=date(2026, 5, 1), by=cast.clerk
    )
    entry = Entry.objects.get(action="organisations.renamed")
    kept = f"{entry.fields}{entry.details}{entry.object_id}{entry.right}"
    assert "秘名" not in kept
    assert len(entry.commitment) == 64 and entry.salt


def test_where_nobody_can_tell_rights_nothing_is_shown(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    actions.keep_from(cast.branch, day=date(2026, 1, 1), by=cast.secretary)
    monkeypatch.setattr(reach, "_providers", [])
    assert not queries.visible_to(cast.auditor).exists()


def test_a_sentence_lacking_its_values_is_left_out() -> None:
    assert sentences.detail_of("organisations.moved", {"on": "2026-05-01"}) == ""
    assert sentences.name_of("no.such_action") == "no.such_action"


def test_the_list_takes_as_many_queries_for_fifty_lines_as_for_one(
    client: Client, cast: Cast, django_assert_max_num_queries: Any
) -> None:
    for day in range(1, 29):
        actions.keep_from(cast.branch, day=date(2026, 1, day), by=cast.secretary)
    sign_in(client, cast.auditor).get(reverse("audit:list"))
    with django_assert_max_num_queries(8):
        assert client.get(reverse("audit:list")).status_code == 200


@pytest.mark.parametrize(
    ("noun", "field", "words"),
    [
        ("procedures.case", "values", "填写的内容"),
        ("procedures.case", "in_favour", "赞成"),
        ("development.sample", "note", "情况"),
    ],
)
def test_what_was_written_is_called_as_the_forms_call_it(noun: str, field: str, words: str) -> None:
    assert queries.lines([Entry(action="cases.counted", object_type=noun, fields=[field])])[0].fields == [words]

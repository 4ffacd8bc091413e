"""Forms sent by hand with what no page would send: never an error of the house, never half a record.

`tests/access/test_no_page_breaks.py` sends every form strange words. Here the fields are sent many times over, as files,
as a megabyte, with ids of others, and what is in the tables is counted wherever the form was not taken.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import islice
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from tests.access.test_no_page_breaks import FINE, SCRIPT, field_names, takes_a_form
from tests.access.test_rights_table import ROWS, Row
from tests.attacks import others
from tests.attacks.others import NEIGHBOUR_BRANCH
from tests.cast import Cast, sign_in, stay_signed_in

HUGE = "长" * 350_000  # a megabyte in UTF-8
NASTY = ["\x00", "-1", "1e400", "NaN", "0001-01-01", "9999-12-31", "\u202e\u2066反\u2069", "=cmd|' /C calc'!A0",
         "{{ settings.SECRET_KEY }}{% debug %}", SCRIPT, "../../keys/field", "'; DROP TABLE members_person; --",
         "²", "٣", "1" * 400, "[]", '{"a": 1}', "true", NEIGHBOUR_BRANCH]  # fmt: skip
MORE = [
    "next",
    "person",
    "unit",
    "units",
    "parent",
    "at",
    "organisation",
    "id",
    "pk",
    "by",
    "role",
    "is_operator",
    "user",
]
TAKEN = {200, 302}
FEW = 3  # attempts at a page without a form


def attempts(names: list[str], standing: dict[str, Any], cast: Cast) -> Iterator[dict[str, Any]]:
    dice = random.Random(7)  # noqa: S311 - the same attack every time
    foreign = str(cast.people["苗江月"].pk)
    yield {}
    yield dict.fromkeys(names, NASTY[:6])
    yield {name: [foreign, "0", "-1"] for name in names}
    yield {name: SimpleUploadedFile("x.xlsx", b"PK\x03\x04\x00") for name in names}
    yield {f"{name}[]": "1" for name in names} | {f"{name}__gte": "0" for name in names}
    for _ in range(3):
        yield standing | {name: dice.choice(NASTY) for name in names if dice.random() < 0.5}
    yield standing | {name: foreign for name in names if name in MORE or name.endswith(("person", "post", "unit"))}


@pytest.mark.parametrize("part", [0, *(pytest.param(part, marks=pytest.mark.one_database) for part in (1, 2, 3))])
def test_no_form_breaks_or_keeps_half(part: int, rules: None, cast: Cast, client: Client) -> None:
    wrong: list[str] = []
    sent = 0
    for row in ROWS[part::4]:
        address = (row.address or reverse(row.name, args=row.args(cast))) + row.query
        who = cast.users[(row.ok or row.empty or row.refused or "organiser").split()[0]]
        given = row.data(cast)
        page = sign_in(client, who).get(address, given)
        html = page.content.decode(errors="replace") if not page.streaming else ""
        standing = {**field_names(html), **given}
        enough = None if takes_a_form(row, html) else FEW
        before = others.counts()
        for data in islice(attempts([*standing, *MORE], standing, cast), enough):
            sent += 1
            wrong += faults_of(client, row, address, data)
            stay_signed_in(client, who)
        after = others.counts()
        if after != before and not client.__dict__.pop("taken", False):
            wrong.append(
                f"{row.name} refused, and yet changed {[name for name in after if after[name] != before[name]]}"
            )
        client.__dict__.pop("taken", None)
    assert not wrong, "\n".join(wrong)
    assert sent > 200


def faults_of(client: Client, row: Row, address: str, data: dict[str, Any]) -> list[str]:
    try:
        answer = client.post(address, data)
    except Exception as error:  # noqa: BLE001 - a page of the house is asked for, not an exception
        return [f"{row.name} {str(data)[:120]} broke: {error!r}"]
    if answer.status_code in TAKEN:
        client.__dict__["taken"] = True
    content = b"" if answer.streaming else answer.content
    if answer.status_code not in FINE or SCRIPT.encode() in content:
        return [f"{row.name} {str(data)[:120]}: {answer.status_code}"]
    return []


@pytest.mark.one_database
def test_a_megabyte_in_a_field_is_an_answer(rules: None, cast: Cast, client: Client) -> None:
    wrong = []
    for row in ROWS[::3]:
        address = (row.address or reverse(row.name, args=row.args(cast))) + row.query
        who = cast.users[(row.ok or row.empty or row.refused or "organiser").split()[0]]
        sign_in(client, who)
        wrong += faults_of(client, row, address, dict.fromkeys(("name", "q", "reason", "topic", "text", "next"), HUGE))
    assert not wrong, "\n".join(wrong)


def test_thousands_of_fields_are_refused(cast: Cast, client: Client) -> None:
    sign_in(client, cast.secretary)
    answer = client.post("/search/", {f"field{number}": "x" for number in range(20_001)})
    assert answer.status_code in {400, 413}

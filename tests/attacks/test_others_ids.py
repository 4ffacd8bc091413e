"""Every address with the ids of others, with ids that nobody has, and with ids that can't be, by GET and by POST."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from guben.access import limits
from guben.organisations.models import Organisation
from tests.access.test_rights_table import ROWS, Row
from tests.attacks import others
from tests.attacks.others import NEIGHBOUR_BRANCH, NOWHERE, OUTSIDERS
from tests.cast import Cast, sign_in, stay_signed_in

MAY_KNOW_OF_THE_PAGE = {403, 404}
MORE_QUESTIONS = 2
A_PAGE_OF_ONES_OWN = {200, 302, 403, 404, 405, 422}
OF_ONESELF = {"accounts:end_other_sign_ins", "accounts:later", "account_logout", "mfa_generate_recovery_codes"}

# What an outsider may know is decided before the database is asked: one of them is enough on PostgreSQL.
EACH = [OUTSIDERS[0], *(pytest.param(who, marks=pytest.mark.one_database) for who in OUTSIDERS[1:])]


def requests_of(row: Row, cast: Cast, who: str) -> Iterator[tuple[str, str, dict[str, Any], bool]]:
    """Method, address, data, and whether the address itself names the neighbour's thing. Each outsider tries another
    id that can't be."""
    foreign = others.foreign_args(row, cast)
    data = others.data_at(row, cast, NEIGHBOUR_BRANCH)
    if foreign is not None:
        address = reverse(row.name, args=foreign) + others.moved(row.query, NEIGHBOUR_BRANCH)
        addresses = [(address, True), *((one, True) for one in others.impossible(row, foreign, OUTSIDERS.index(who)))]
    elif not row.args(cast):
        query = others.moved(row.query, NEIGHBOUR_BRANCH) or f"?at={NEIGHBOUR_BRANCH}"
        addresses = [((row.address or reverse(row.name)) + query, False)]
    else:
        return
    for address, named in addresses:
        yield "get", address, data, named
        yield "post", address, {**data, "at": NEIGHBOUR_BRANCH, "unit": NEIGHBOUR_BRANCH, "reason": "核对"}, named


@pytest.mark.parametrize("who", EACH)
def test_an_outsider_is_told_nothing_and_changes_nothing(who: str, rules: None, cast: Cast, client: Client) -> None:
    others.furnish(cast)
    wrong, asked = [], 0
    prepared = [(row, list(requests_of(row, cast, who))) for row in ROWS if row.name not in OF_ONESELF]
    before = others.counts()
    for _row, requests in prepared:
        for method, address, data, named in requests:
            answer = getattr(stay_signed_in(client, cast.users[who]), method)(address, data)
            asked += 1
            fine = MAY_KNOW_OF_THE_PAGE | {405} if named else A_PAGE_OF_ONES_OWN
            if answer.status_code not in fine:
                wrong.append(f"{method} {address}: {answer.status_code}")
            if words := others.told(answer):
                wrong.append(f"{method} {address} tells of {words}")
    assert "_auth_user_id" in stay_signed_in(client, cast.users[who]).session, "Nobody was signed in any more."
    changed = {name: (before[name], after) for name, after in others.counts().items() if after != before[name]}
    assert not changed
    assert not wrong, "\n".join(wrong)
    assert asked > 200


@pytest.mark.parametrize("who", EACH)
def test_what_is_others_answers_as_what_is_not_there(
    who: str, rules: None, cast: Cast, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same status, the same bytes, and as many questions to the database: no way to tell them apart. Where a
    person's or a payment's number is counted up, finding out where the person is takes a question or two more."""
    monkeypatch.setattr(limits, "note", lambda *args: None)  # written now and then
    monkeypatch.setattr("guben.accounts.middleware.WRITE_EVERY", 3600)  # as is when somebody was seen last
    others.furnish(cast)
    wrong, compared = [], 0
    sign_in(client, cast.users[who]).get(f"/organisations/{NOWHERE}/")  # what a process reads once
    for row in ROWS:
        foreign = others.foreign_args(row, cast)
        if foreign is None:
            continue
        missing = others.missing_args(foreign)
        data = others.data_at(row, cast, NEIGHBOUR_BRANCH)
        for method in ("get", "post"):
            answers = [ask(client, cast, who, method, row, args, data) for args in (foreign, missing)]
            compared += 1
            same = answers[0][:2] == answers[1][:2] and abs(answers[0][2] - answers[1][2]) <= MORE_QUESTIONS
            if not same:
                wrong.append(f"{method} {row.name}: {answers[0][::2]} for others', {answers[1][::2]} for nobody's")
    assert not wrong, "\n".join(wrong)
    assert compared > 100


def ask(
    client: Client, cast: Cast, who: str, method: str, row: Row, args: list[Any], data: dict[str, Any]
) -> tuple[int, str, int]:
    stay_signed_in(client, cast.users[who])
    with CaptureQueriesContext(connection) as asked:
        answer: HttpResponse = getattr(client, method)(reverse(row.name, args=args), data)
    return answer.status_code, others.plain(answer, *args, NEIGHBOUR_BRANCH, NOWHERE), len(asked)


@pytest.mark.parametrize("who", EACH)
def test_a_code_in_the_query_answers_the_same(who: str, rules: None, cast: Cast, client: Client) -> None:
    """`?at=` of a unit next door and of none at all."""
    wrong = []
    for row in ROWS:
        if row.args(cast) or row.name.startswith(("account", "mfa_", "demo:")):
            continue
        found = []
        for code in (NEIGHBOUR_BRANCH, NOWHERE):
            data = {**others.data_at(row, cast, code), "at": code}
            stay_signed_in(client, cast.users[who])
            send = client.post if row.post else client.get
            answer = send(reverse(row.name) + (f"?at={code}" if row.post else ""), data)
            found.append((answer.status_code, others.plain(answer, code)))
        if found[0] != found[1]:
            wrong.append(f"{row.name}: {found[0][0]} for others', {found[1][0]} for nobody's")
    assert not wrong, "\n".join(wrong)


def test_a_dissolved_unit_of_others_is_as_hidden_as_a_living_one(rules: None, cast: Cast, client: Client) -> None:
    Organisation.objects.filter(code=NEIGHBOUR_BRANCH).update(dissolved_on=cast.today)
    for who in OUTSIDERS:
        sign_in(client, cast.users[who])
        for part in ("", "members/", "history/", "team/", "handover/"):
            assert client.get(f"/organisations/{NEIGHBOUR_BRANCH}/{part}").status_code == 404, (who, part)

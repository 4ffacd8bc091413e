"""Guessing what one may not read: by search, by filters, by import, by export, by signing in, by the time it takes."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from guben.accounts.models import Installation, User
from guben.audit.models import Entry
from guben.imports import actions
from guben.members import sealed
from guben.members.actions import numbers
from tests.attacks import others
from tests.attacks.others import NEIGHBOUR_BRANCH, NOWHERE, NUMBERS, OUTSIDERS, PHONES, THEIRS
from tests.cast import BRANCH, TOWN, Cast, sign_in
from tests.imports.sheets import member, sheet

FIGURES_ONLY = ("statistician", "auditor", "administrator", "security")
PASSWORD = "tall-pine-by-the-river"


@pytest.fixture
def furnished(cast: Cast) -> Cast:
    others.furnish(cast)
    return cast


@pytest.mark.parametrize("who", OUTSIDERS)
def test_search_finds_nothing_of_others_by_any_word(who: str, rules: None, furnished: Cast, client: Client) -> None:
    sign_in(client, furnished.users[who])
    words = (
        *THEIRS[1:4],
        *PHONES[:2],
        *NUMBERS[:2],
        "滨河",
        NEIGHBOUR_BRANCH,
        "lct",
        "lechangting",
        "binhe",
        PHONES[0][:7],
    )
    for word in words:
        for ask in (client.get, client.post):
            answer = ask("/search/", {"q": word})
            none = ask("/search/", {"q": "绝无此人"})
            assert unasked(answer, word) == unasked(none, "绝无此人"), word


def unasked(answer: Any, word: str) -> str:
    """A page of found things without what was asked for."""
    return re.sub(r'name="q" value="[^"]*"', "", others.plain(answer)).replace(word, "")


@pytest.mark.parametrize("who", FIGURES_ONLY)
def test_who_sees_no_persons_finds_none(who: str, rules: None, furnished: Cast, client: Client) -> None:
    sign_in(client, furnished.users[who])
    for word in ("乐长亭", "邬春桥", PHONES[1], NUMBERS[1]):
        answer = client.post("/search/", {"q": word})
        assert answer.content.decode().replace(word, "").count("/members/") == client.post(
            "/search/", {"q": "绝无此人"}
        ).content.decode().count("/members/"), word
        listed = client.get("/members/", {"q": word})
        assert listed.status_code in (200, 302, 403)
        assert f"/members/{furnished.people['乐长亭'].pk}/" not in listed.content.decode()


def test_no_filter_of_the_lists_counts_others(rules: None, furnished: Cast, client: Client) -> None:
    """A filter that only a neighbour meets gives the same page as one that nobody meets."""
    sign_in(client, furnished.clerk)
    for page, filters in (
        ("/members/", {"q": THEIRS[1]}),
        ("/members/", {"q": PHONES[1]}),
        ("/members/", {"q": NUMBERS[1]}),
        ("/meetings/", {"q": "社区议事"}),
        ("/organisations/", {"q": "滨河"}),
        ("/establishments/", {"q": "滨河"}),
        ("/history/", {"q": "滨河", "who": "neighbour"}),
    ):
        answer = client.get(page, filters)
        assert answer.status_code == 200, page
        assert not [word for word in others.told(answer) if word not in filters.values()], page


def test_an_import_tells_no_more_than_that_somebody_is_registered(furnished: Cast) -> None:
    """Nor where, nor under which name, nor whether name and number belong together; and it is noted."""
    number = "44000019790115801X"
    row = member()
    sealed.put(furnished.people["苗江月"], "id_number", row["公民身份号码"])
    furnished.people["苗江月"].save()
    before = Entry.objects.count()
    found = []
    for name in (row["姓名"], "苗江月"):
        result = actions.import_members(sheet([member(姓名=name)]), furnished.town, furnished.clerk, dry_run=True)
        found.append({(fault.column, fault.message) for fault in result.faults if "登记" in fault.message})
        assert "滨河" not in str(result)
        assert number not in str(result)
    assert found[0] == found[1]
    assert {message for _column, message in found[0]} == {"已在其他组织登记，请走转接。"}
    assert Entry.objects.count() > before, "a look beyond one's own units is noted"


def test_looking_up_numbers_of_others_ends(furnished: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(numbers, "ELSEWHERE_A_DAY", 3)
    sealed.put(furnished.people["苗江月"], "id_number", member()["公民身份号码"])
    furnished.people["苗江月"].save()
    told = 0
    with pytest.raises(Exception, match="天"):
        for _ in range(6):
            actions.import_members(sheet([member()]), furnished.town, furnished.clerk, dry_run=True)
            told += 1
    assert told == 3


def test_registering_by_hand_tells_no_more(rules: None, furnished: Cast, client: Client) -> None:
    """The form for a new member: a number known elsewhere is told by the one sentence, whatever the name."""
    number = member()["公民身份号码"]
    sealed.put(furnished.people["苗江月"], "id_number", number)
    furnished.people["苗江月"].save()
    sign_in(client, furnished.secretary)
    before = others.counts()
    form = {"name": "区别人", "sex": "1", "id_number": number, "born_on": "1979-01-15", "stage": "full", "kind": "full"}
    answer = client.post(f"/members/register/?at={BRANCH}", form)
    assert answer.status_code == 422
    assert not others.told(answer)
    assert others.counts() == before


def test_a_unit_of_others_named_in_a_file_answers_as_none(furnished: Cast) -> None:
    def told(branch: str) -> list[str]:
        row = member(所在党支部=branch, 党小组=None)
        result = actions.import_members(sheet([row]), furnished.town, furnished.clerk, dry_run=True)
        return [fault.message.replace(branch, "X") for fault in result.faults]

    assert told("滨河社区第一党支部") == told("绝无此处第一党支部")
    assert told(NEIGHBOUR_BRANCH) == told(NOWHERE)


@pytest.mark.parametrize(
    "address", ["/exports/", f"/members/export/?at={NEIGHBOUR_BRANCH}", "/organisations/{}/export/"]
)
def test_an_export_of_others_answers_as_one_of_nobody(address: str, furnished: Cast, client: Client) -> None:
    sign_in(client, furnished.clerk)
    found = []
    for code in (NEIGHBOUR_BRANCH, NOWHERE):
        data = {"at": code, "what": "members", "columns": "ours", "format": "csv"}
        answer = client.post(address.format(code).replace(NEIGHBOUR_BRANCH, code), data)
        assert not others.told(answer)
        found.append((answer.status_code, others.plain(answer, code)))
    assert found[0] == found[1]
    assert found[0][0] in (404, 422)


def test_signing_in_tells_nobody_which_names_there_are(cast: Cast, client: Client) -> None:
    """Known, closed, without a password, unknown: one answer and as many questions asked of the database."""
    for user in (cast.secretary, cast.clerk):
        user.set_password(PASSWORD)
        user.save()
    User.objects.filter(pk=cast.clerk.pk).update(is_active=False)
    varying = re.compile(r"[0-9A-Za-z]{64}")
    client.post("/account/login/", {"login": "warm-up", "password": "wrong"})
    answers, questions = set(), []
    for name in ("secretary", "clerk", "member", "nobody-here"):
        with CaptureQueriesContext(connection) as asked:
            somewhere = Client(REMOTE_ADDR=f"10.0.0.{len(questions) + 1}")
            answer = somewhere.post("/account/login/", {"login": name, "password": "wrong"})
        answers.add((answer.status_code, varying.sub("", answer.content.decode()).replace(name, "")))
        questions.append(len(asked))
    assert len(answers) == 1
    assert max(questions) - min(questions) <= 2, questions


def test_a_unit_of_others_takes_as_many_questions_as_none(rules: None, cast: Cast, client: Client) -> None:
    sign_in(client, cast.clerk)
    client.get(f"/organisations/{NOWHERE}/")

    def questions(code: str) -> list[str]:
        with CaptureQueriesContext(connection) as asked:
            assert client.get(f"/organisations/{code}/").status_code == 404
        return [
            re.sub(r"'[^']*'|\d+", "?", query["sql"])
            for query in asked
            if "access_use" not in query["sql"]
            and "SAVEPOINT" not in query["sql"]  # uses are counted by slots of minutes
        ]

    assert questions(NEIGHBOUR_BRANCH) == questions(NOWHERE)


@pytest.mark.parametrize("page", ["/", "/members/", "/meetings/", "/jobs/", f"/organisations/{TOWN}/"])
def test_ended_rights_and_sessions_open_nothing(page: str, rules: None, cast: Cast, client: Client) -> None:
    """A grant that ended, an account that was closed, a password that was changed: what was open is shut at once."""
    from django.contrib.auth import SESSION_KEY

    from guben.access.models import Grant

    sign_in(client, cast.clerk)
    assert client.get(page).status_code == 200
    Grant.objects.filter(user=cast.clerk).update(until_on=cast.today)
    answer = client.get(page)
    assert answer.status_code in (302, 403, 404) or not people_of(cast, answer.content.decode())
    assert client.get(f"/organisations/{TOWN}/").status_code in (302, 404)

    other = sign_in(Client(), cast.secretary)
    User.objects.filter(pk=cast.secretary.pk).update(is_active=False)
    assert other.get(page)["Location"].startswith("/account/login/")

    third = sign_in(Client(), cast.organiser)
    cast.organiser.set_password(PASSWORD)
    cast.organiser.save()
    assert third.get(page)["Location"].startswith("/account/login/")
    assert SESSION_KEY not in third.session


def people_of(cast: Cast, words: str) -> list[str]:
    accounts = set(User.objects.values_list("display_name", flat=True))
    return [name for name in cast.people if name in words and name not in accounts]


def test_a_forged_session_or_cookie_opens_nothing(cast: Cast, client: Client) -> None:
    for value in ("", "x" * 32, "'; --", "\x00", "a" * 5000):
        client.cookies["sessionid"] = value
        answer: Any = client.get("/members/")
        assert answer.status_code == 302
        assert answer["Location"].startswith("/account/login/")
    assert Installation.objects.count() == 1

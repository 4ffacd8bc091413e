"""Whatever is typed into an address or a form, the house answers with a page of its own and never breaks.

Every address of the rights table is opened with strange filters and sent strange forms, by each kind of user. A refusal
is a fine answer; an exception is not.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import NoReverseMatch, reverse

from guben.accounts.models import Installation
from tests.access.test_rights_table import ROWS, Row
from tests.cast import BRANCH, NEIGHBOUR_BRANCH, Cast, sign_in, stay_signed_in

FINE = {200, 302, 400, 403, 404, 405, 409, 410, 413, 422, 429}
SCRIPT = "<script>alert(1)</script>"
NUMBERS = ["abc", "-1", "99999999999999999999999999", "²", NEIGHBOUR_BRANCH]
DAYS = ["2026-02-30", "0001-01-01", "9999-12-31", "0000-Q1", "9999-12"]
WORDS = [f"%' OR 1=1 --\">{SCRIPT}", "𠮷㐂镕🐈\u202e\u200f", "\x00"]
if connection.vendor == "postgresql":  # there only what a database may take otherwise
    NUMBERS, DAYS, WORDS = [NUMBERS[2], NEIGHBOUR_BRANCH], DAYS[1:3], WORDS[1:]
STRANGE = [*NUMBERS, *DAYS, *WORDS]
LONG = "长" * 20_000
FILTERS = (
    "at on page q form period rule next kind stage standing age contact sex ethnicity education occupation text how "
    "unit action who first last group key below state severity field area since view"
).split()
ALIKE = 2  # of fields that differ in a number alone, so many are sent strange words one by one


def addresses(row: Row, cast: Cast) -> str:
    return row.address or reverse(row.name, args=row.args(cast))


def who_may(row: Row) -> str:
    return (row.ok or row.empty or row.refused or "organiser").split()[0]


def opened(client: Client, method: str, address: str, data: Any) -> int:
    """The status of an answer in which nothing that was typed became a part of the page."""
    try:
        answer = getattr(client, method)(address, data)
    except Exception as error:
        raise AssertionError(f"{method} {address} {str(data)[:200]} broke: {error!r}") from error
    assert SCRIPT.encode() not in body_of(answer), f"{method} {address} writes out what was typed"
    return int(answer.status_code)


def body_of(answer: Any) -> bytes:
    """What an answer says, a file's too."""
    return b"".join(answer.streaming_content) if answer.streaming else bytes(answer.content)


def field_names(html: str) -> dict[str, str]:
    """The fields of the page's forms, with a value that stands there."""
    found: dict[str, str] = {}
    for tag in re.findall(r"<(?:input|select|textarea)\b[^>]*>", html):
        name = re.search(r'\bname="([^"]+)"', tag)
        value = re.search(r'\bvalue="([^"]*)"', tag)
        if name and name[1] != "csrfmiddlewaretoken":
            found.setdefault(name[1], value[1] if value else "")
    return found


def takes_a_form(row: Row, html: str) -> bool:
    """Whether a page has a form that is sent to it, but for those of the frame around all pages."""
    return row.post or 'method="post"' in html.partition("<main")[2]


def one_of_each(names: Iterable[str]) -> list[str]:
    """The names without most of those that differ in a number alone: a form has one for each person or unit."""
    found: dict[str, list[str]] = {}
    for name in names:
        found.setdefault(re.sub(r"\d+", "0", name), []).append(name)
    return [name for alike in found.values() for name in alike[:ALIKE]]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_no_filter_breaks_a_page(row: Row, cast: Cast, rules: None, client: Client) -> None:
    address, given = addresses(row, cast), row.data(cast)
    sign_in(client, cast.users[who_may(row)])
    for value in STRANGE:
        assert opened(client, "get", address, {**dict.fromkeys(FILTERS, value), **given}) in FINE
    if connection.vendor == "postgresql":
        return  # who else may read, and by which method, is decided before a database is asked
    assert opened(client, "head", address, given) in FINE
    assert opened(client, "put", address, {}) in FINE
    for username in ("statistician", "stranger"):
        sign_in(client, cast.users[username])
        for value in ("abc", NEIGHBOUR_BRANCH):
            assert opened(client, "get", address, dict.fromkeys(FILTERS, value)) in FINE


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_no_form_breaks_a_page(row: Row, cast: Cast, rules: None, client: Client) -> None:
    address, given = addresses(row, cast), row.data(cast)
    who = cast.users[who_may(row)]
    sign_in(client, who)
    query = "&".join(f"{name}={value}" for name, value in given.items())
    address = f"{address}?{query}" if query and not row.post else address + row.query
    html = body_of(client.get(address)).decode(errors="replace")
    has_form = takes_a_form(row, html)
    standing = {**field_names(html), **given}
    names = [*standing, "next", "person", "units", "parent", "absent-all", "day"]
    for value in [*STRANGE, LONG] if has_form else [*WORDS, LONG]:
        assert opened(client, "post", address, {**dict.fromkeys(names, value), **given}) in FINE
        stay_signed_in(client, who)
    for number, name in enumerate(one_of_each(names) if has_form else ()):
        days = ("0001-01-01", "9999-12-31") if name == "day" or name.endswith(("_on", "_at")) else ()
        for value in (STRANGE[number % len(STRANGE)], *days):
            assert opened(client, "post", address, {**standing, name: value}) in FINE
            stay_signed_in(client, who)


def test_no_upload_breaks_the_import(cast: Cast, client: Client) -> None:
    Installation.objects.update(is_demo=False)
    sign_in(client, cast.clerk)
    files = [
        ("../../x.xlsx", b""),
        ("x.xlsx", b"PK\x03\x04" + b"\x00" * 90),
        ("x.csv", b"\xff\xfe\x00"),
        ("x", b"\x00"),
    ]
    files += [
        ("x.csv", ("姓名," + "长" * 40_000 + "\n").encode()),
        ("x.exe", b"MZ"),
        ("名" * 300 + ".csv", b"a,b\n1,2\n"),
    ]
    for name, content in files:
        for kind in ("members", "organisations", "x"):
            data = {"kind": kind, "at": cast.town.code, "file": SimpleUploadedFile(name, content)}
            assert opened(client, "post", reverse("imports:start"), data) in FINE


ALIKE_CODES = ["'", "%00", "..", "99000010120101 ", "<b>", BRANCH + "%20"]  # texts like any other, to any database


@pytest.mark.parametrize(
    "code", ["\x00", "长" * 500, *(pytest.param(one, marks=pytest.mark.one_database) for one in ALIKE_CODES)]
)
def test_no_code_breaks_a_page(code: str, cast: Cast, rules: None, client: Client) -> None:
    sign_in(client, cast.organiser)
    for row in ROWS:
        if not row.args(cast):
            continue
        try:
            address = reverse(row.name, args=[*row.args(cast)[:-1], code])
        except NoReverseMatch:  # a number is asked for, or the code is no part of an address
            continue
        assert opened(client, "get", address, {}) in FINE
        assert opened(client, "post", address, {"x": "y"}) in FINE

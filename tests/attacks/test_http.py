"""What a browser, a proxy or another site may send: methods, hosts, headers, tokens, goals, files, sheets."""

from __future__ import annotations

import io
import re
import zipfile
from contextlib import suppress
from typing import Any

import openpyxl
import pytest
from django.core.exceptions import SuspiciousOperation
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from guben.accounts.models import Installation
from guben.jobs.models import Job
from tests.access.test_no_page_breaks import FINE
from tests.access.test_rights_table import ROWS
from tests.attacks import others
from tests.cast import BRANCH, TOWN, Cast, sign_in

EVIL = "evil.example"
GOALS = ["https://evil.example/", "//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example",
         "javascript:alert(1)", "data:text/html,x", "https:evil.example", "/\t/evil.example",
         "http://testserver@evil.example/", "\x00//evil.example", " //evil.example"]  # fmt: skip
FORMULAS = ["=1+1", "+1", "-1+1", "@SUM(A1)", '=HYPERLINK("http://evil.example")', "\t=1", "\r=1", "＝1+1"]
ENTITIES = """<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">%s<!ENTITY f SYSTEM "file:///etc/passwd">]>"""
LAUGHS = "".join(
    f'<!ENTITY {name} "{f"&{before};" * 10}">' for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)


def first_user(row: Any) -> str:
    return (row.ok or row.empty or row.refused or "organiser").split()[0]


@pytest.mark.one_database
def test_every_form_asks_for_its_token(rules: None, cast: Cast) -> None:
    """A POST from another site, which can't know the token, changes nothing, whoever is signed in."""
    wrong = []
    prepared = [(row, row.address or reverse(row.name, args=row.args(cast)), row.data(cast)) for row in ROWS]
    before = others.counts()
    for row, address, data in prepared:
        client = sign_in(Client(enforce_csrf_checks=True), cast.users[first_user(row)])
        for headers in ({}, {"HTTP_ORIGIN": f"https://{EVIL}", "HTTP_REFERER": f"https://{EVIL}/"}):
            answer = client.post(address + row.query, data, **headers)
            if answer.status_code not in (403, 404, 405):
                wrong.append(f"{row.name}: {answer.status_code}")
    assert others.counts() == before
    assert not wrong, "\n".join(wrong)


@pytest.mark.one_database
def test_every_page_says_what_a_browser_may_do(rules: None, cast: Cast, client: Client) -> None:
    """Content policy without unsafe words, nothing kept by caches, no type guessed, no frame; on refusals too."""
    wrong, pages = [], 0
    for row in ROWS:
        address = (row.address or reverse(row.name, args=row.args(cast))) + row.query
        answer = sign_in(client, cast.users[first_user(row)]).get(address, row.data(cast))
        policy = answer.get("Content-Security-Policy", "")
        if "default-src 'self'" not in policy or "unsafe" in policy:
            wrong.append(f"{row.name}: {policy!r}")
        for name, value in (
            ("X-Content-Type-Options", "nosniff"),
            ("X-Frame-Options", "DENY"),
            ("Referrer-Policy", "same-origin"),
        ):
            if answer.get(name) != value:
                wrong.append(f"{row.name}: {name} is {answer.get(name)}")
        if row.name != "home:healthz" and "no-store" not in answer.get("Cache-Control", ""):
            wrong.append(f"{row.name}: may be kept ({answer.get('Cache-Control')})")
        pages += 1
        if answer.get("Content-Type", "").startswith("text/html") and not answer.streaming:
            html = answer.content.decode()
            if re.search(r"""<[^>]*\s(?:style|on[a-z]+)=["']|<script(?![^>]*(?:src=|json))|javascript:""", html):
                wrong.append(f"{row.name}: script or style in the page")
    assert not wrong, "\n".join(wrong)
    assert pages > 100


@pytest.mark.one_database
def test_methods_that_no_page_knows_do_nothing(rules: None, cast: Cast, client: Client) -> None:
    prepared = [(row, (row.address or reverse(row.name, args=row.args(cast))) + row.query) for row in ROWS]
    before = others.counts()
    for row, address in prepared:
        sign_in(client, cast.users[first_user(row)])
        for method in ("PUT", "DELETE", "TRACE", "PROPFIND"):
            answer = client.generic(method, address, b"{}", content_type="application/json")
            assert answer.status_code in FINE | {400, 501}, (method, address, answer.status_code)
    assert others.counts() == before


@pytest.mark.parametrize("header", ["HTTP_HOST", "HTTP_X_FORWARDED_HOST", "HTTP_X_FORWARDED_PROTO", "HTTP_X_FORWARDED_FOR",
                                    "HTTP_X_ORIGINAL_URL", "HTTP_X_REWRITE_URL", "HTTP_X_HTTP_METHOD_OVERRIDE",
                                    "HTTP_FORWARDED", "HTTP_X_REAL_IP", "HTTP_REMOTE_USER"])  # fmt: skip
def test_no_header_names_another_host_or_user(header: str, rules: None, cast: Cast, client: Client) -> None:
    value = {
        "HTTP_X_ORIGINAL_URL": "/members/",
        "HTTP_X_HTTP_METHOD_OVERRIDE": "DELETE",
        "HTTP_REMOTE_USER": "organiser",
    }
    sent = {header: value.get(header, EVIL)}
    for page in ("/account/login/", "/", f"/organisations/{BRANCH}/"):
        answer = client.get(page, **sent)
        assert answer.status_code in (200, 302, 400), (page, answer.status_code)
        assert EVIL not in answer.content.decode() + answer.get("Location", "") + str(answer.headers)
        assert not others.told(answer)
    if header != "HTTP_HOST":
        assert client.get("/members/", **sent).status_code == 302, "still nobody"


@pytest.mark.parametrize("goal", GOALS)
def test_no_goal_leads_out_of_the_house(goal: str, rules: None, cast: Cast, client: Client) -> None:
    cast.secretary.set_password("tall-pine-by-the-river")
    cast.secretary.save()
    sign_in_form = {"login": "secretary", "password": "tall-pine-by-the-river", "next": goal}
    answers = [Client().post("/account/login/", sign_in_form)]
    sign_in(client, cast.secretary)
    for address, data in (
        ("/account/language/", {"language": "en", "next": goal}),
        ("/account/later/", {"next": goal}),
        ("/account/logout/", {"next": goal}),
    ):
        answers.append(client.post(address, data, HTTP_REFERER=goal if goal.isprintable() else ""))
        sign_in(client, cast.secretary)
    for answer in answers:
        place = answer.get("Location", "/")
        assert re.match(r"/(?![/\\\s])|\?|$", place) and EVIL not in place.split("?")[0], place


@pytest.mark.parametrize("path", ["/static/../settings.py", "/static/%2e%2e/settings.py", "/static/..%2f..%2fkeys/field",
                                  "/static//etc/passwd", "/static/css/..\\..\\x", "/jobs/../../keys/", "/files/../keys/field",
                                  "/media/keys/field", "/.git/config", "/guben.sqlite3", "/static/\x00"])  # fmt: skip
def test_no_path_leads_to_a_file_that_is_not_published(path: str, cast: Cast, client: Client) -> None:
    answer = sign_in(client, cast.organiser).get(path)
    assert answer.status_code in (301, 302, 400, 404), answer.status_code
    assert b"SECRET" not in answer.getvalue()


@pytest.mark.parametrize("name", ["../keys/field", "..%2Fkeys", "/etc/passwd", "result.json\x00.csv", "."])
def test_no_name_leads_out_of_a_jobs_folder(name: str, cast: Cast, client: Client, settings: Any) -> None:
    from guben.jobs import files

    job = Job.objects.create(kind="exports.sheet", title="试", owner=cast.clerk, state="done")
    with suppress(ValueError, OSError, SuspiciousOperation):
        assert files.read(job.pk, name) is None
    assert sign_in(client, cast.clerk).get(f"/jobs/{job.pk}/file/").status_code in (404, 410)


def workbook_with(part: str, content: bytes) -> bytes:
    """A workbook whose part is replaced by another content."""
    plain = io.BytesIO()
    book = openpyxl.Workbook()
    book.active.append(["姓名", "性别"])
    book.active.append(["某人", "女"])
    book.save(plain)
    out = io.BytesIO()
    with zipfile.ZipFile(plain) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            new.writestr(entry.filename, content if entry.filename == part else old.read(entry.filename))
        new.writestr("../../evil.txt", b"evil")
    return out.getvalue()


@pytest.mark.parametrize(
    "part", ["xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "[Content_Types].xml"]
)
def test_bombs_in_workbooks_do_not_go_off(part: str, cast: Cast, client: Client) -> None:
    """Entities that multiply, entities that name files of the server, spaces that unpack to gigabytes."""
    Installation.objects.update(is_demo=False)
    sign_in(client, cast.clerk)
    before = others.counts()
    bombs = [
        (ENTITIES % LAUGHS).encode() + b"<x>&i;</x>",
        (ENTITIES % "").encode() + b"<x>&f;</x>",
        b" " * 80 * 1024**2,
        b"<" * 10_000,
        b"<a>" * 50_000,
    ]
    for bomb in bombs:
        upload = SimpleUploadedFile("x.xlsx", workbook_with(part, bomb))
        answer = client.post("/imports/", {"kind": "members", "at": TOWN, "file": upload})
        assert answer.status_code in FINE
        assert b"root:" not in answer.content
    after = others.counts()
    assert {name for name in after if after[name] != before[name]} <= {"Job", "DBTaskResult"}


def test_no_cell_of_any_sheet_is_run(rules: None, cast: Cast, client: Client, settings: Any, tmp_path: Any) -> None:
    """Names that a spreadsheet would run, in every sheet that can be taken away."""
    settings.MEDIA_ROOT = tmp_path
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}
    people = list(cast.people.values())
    for person, formula in zip(people, FORMULAS, strict=False):
        person.name = formula
        person.save()
    for unit, formula in zip((cast.town, cast.village, cast.branch), FORMULAS, strict=False):
        type(unit).objects.filter(pk=unit.pk).update(name=formula, short_name=formula)
    sign_in(client, cast.organiser)
    sheets = 0
    for what in ("members", "organisations"):
        for form in ("xlsx", "csv", "csv_gb18030"):
            client.post("/exports/", {"at": TOWN, "what": what, "columns": "ours", "format": form})
    for job in Job.objects.all():
        answer = client.get(f"/jobs/{job.pk}/file/")
        if answer.status_code == 200:
            sheets += 1
            look_at(answer.getvalue())
    for address in (
        f"/members/export/?at={TOWN}",
        f"/organisations/{TOWN}/export/",
        f"/establishments/export/?at={TOWN}",
    ):
        answer = client.post(address)
        if answer.status_code == 200:
            sheets += 1
            look_at(answer.getvalue())
    for page in ("figures:diagnosis", "audit:list", "members:list"):
        answer = client.get(reverse(page), {"at": TOWN, "export": "xlsx"})
        if "html" not in answer.get("Content-Type", ""):
            sheets += 1
            look_at(answer.getvalue())
    assert sheets >= 4


def look_at(content: bytes) -> None:
    """No cell is a formula or a link; in text files none begins with a sign that a spreadsheet runs."""
    if content[:2] == b"PK":
        book = openpyxl.load_workbook(io.BytesIO(content))
        cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
        assert not [cell.coordinate for cell in cells if cell.data_type == "f" or cell.hyperlink]
        return
    text = content.decode("utf-8-sig") if content[:3] == b"\xef\xbb\xbf" else content.decode("gb18030")
    for line in text.splitlines()[1:]:
        for cell in line.split(","):
            assert not re.match(r'"?[=+@\t\r]', cell), line

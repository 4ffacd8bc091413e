"""Asking for a sheet: masked unless right and reason open it, noted, one's own, expiring."""

from __future__ import annotations

import csv
import io
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from django.test import Client

from guben.audit import sentences
from guben.audit.models import Entry
from guben.exports import actions, rows
from guben.exports.plans import Plan
from guben.imports.columns import NATIONAL_COLUMNS
from guben.jobs import files
from guben.jobs.models import Job, JobState
from guben.members import sealed
from guben.members.models import Person, Standing
from tests.cast import BRANCH, CITY, NEIGHBOUR_BRANCH, TOWN, sign_in
from tests.command import guben, refused
from tests.imports.sheets import id_number

pytestmark = pytest.mark.django_db
NUMBER = id_number(date(1971, 3, 2), "男", 9)
PHONE = "13812345678"
PLACE = "柳溪村三组17号"


@pytest.fixture(autouse=True)
def at_once(settings, tmp_path: Path):
    settings.MEDIA_ROOT = tmp_path
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}


@pytest.fixture
def numbered(cast) -> Person:
    person = cast.people["柏守田"]
    sealed.put(person, "id_number", NUMBER)
    sealed.put(person, "phone", PHONE)
    person.home_cipher = sealed.seal_address("home", PLACE)
    person.name = "=柏守田"
    person.save()
    return person


def ask(client: Client, at: str, **more: str):
    return client.post("/exports/", {"at": at, "what": "members", "columns": "ours", "format": "csv"} | more)


def newest() -> Job:
    return Job.objects.order_by("-created_at")[0]


def content(client: Client, job: Job | None = None) -> bytes:
    answer = client.get(f"/jobs/{(job or newest()).pk}/file/")
    assert answer.status_code == 200
    return answer.getvalue()


def table(text: bytes, encoding: str = "utf-8-sig") -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.decode(encoding))))


def test_the_page_offers_the_readers_units_and_lists_own_exports(client: Client, cast):
    page = sign_in(client, cast.clerk).get("/exports/").content.decode()
    assert "中共青石镇委员会" in page
    assert "还没有导出" in page
    ask(client, TOWN)
    page = client.get("/exports/").content.decode()
    assert f"/exports/{newest().pk}/" in page
    assert f"/jobs/{newest().pk}/file/" in page


def test_a_sheet_is_masked_by_default(client: Client, cast, numbered: Person):
    sign_in(client, cast.secretary)
    ask(client, BRANCH, columns="national", extra="on")
    (row,) = [row for row in table(content(client)) if row["姓名"] == "'=柏守田"]
    assert list(row) == [*NATIONAL_COLUMNS, "党小组", "在册情况"]
    assert (row["公民身份号码"], row["手机号码"], row["现居住地"]) == ("990101************", "138****5678", "")
    assert NUMBER.encode() not in content(client)


def test_whole_numbers_take_a_right_and_a_reason_and_are_noted(client: Client, cast, numbered: Person):
    sign_in(client, cast.secretary)
    answer = ask(client, BRANCH, whole="on", extra="on", reason="  办 ")
    assert answer.status_code == 422
    assert "写明原因" in answer.content.decode()
    ask(client, BRANCH, whole="on", extra="on", reason="迁到新系统")
    (row,) = [row for row in table(content(client)) if row["公民身份号码"]]
    assert (row["公民身份号码"], row["手机号码"], row["现居住地"]) == (NUMBER, PHONE, PLACE)
    entry = Entry.objects.get(action="exports.members_whole")
    assert (entry.organisation, entry.user) == (cast.branch, cast.secretary)
    assert entry.right == f"members.unmask secretary@{BRANCH}"
    assert (entry.details["rows"], entry.details["reason"]) == (9, "迁到新系统")
    assert "公民身份号码" in entry.details["columns"]
    assert NUMBER not in str(entry.details)
    assert "迁到新系统" in sentences.detail_of(entry.action, entry.details)


def test_whole_numbers_take_a_fresh_proof_of_who_asks(client: Client, cast, numbered: Person):
    cast.secretary.set_password("a-long-enough-word-7")
    cast.secretary.save()
    sign_in(client, cast.secretary)
    answer = ask(client, BRANCH, whole="on", reason="迁到新系统")
    assert answer.status_code == 302
    assert not answer.url.startswith("/exports/")
    assert not Job.objects.exists()
    assert ask(client, BRANCH).url.startswith("/exports/")


def test_who_may_not_open_numbers_gets_none_whatever_is_posted(client: Client, cast, numbered: Person):
    page = sign_in(client, cast.clerk).get("/exports/").content.decode()
    assert 'name="whole"' not in page
    ask(client, TOWN, whole="on", reason="就是想看看")
    assert NUMBER.encode() not in content(client)
    assert Entry.objects.filter(action="exports.members").count() == 1
    assert not Entry.objects.filter(action="exports.members_whole").exists()


def test_a_foreign_unit_is_not_offered_and_not_taken(client: Client, cast):
    sign_in(client, cast.secretary)
    assert ask(client, NEIGHBOUR_BRANCH).status_code == 422
    assert ask(client, TOWN).status_code == 422
    assert client.get(f"/exports/?at={NEIGHBOUR_BRANCH}").status_code == 404
    assert client.get(f"/exports/?at={TOWN}").status_code == 404
    assert not Job.objects.exists()


def test_a_branch_below_is_taken_by_its_address(client: Client, cast):
    sign_in(client, cast.clerk)
    data = {"at": BRANCH, "what": "members", "columns": "ours", "format": "csv"}
    assert client.post(f"/exports/?at={BRANCH}", data).status_code == 302
    assert len(table(content(client))) == 9


def test_an_export_is_nobody_elses(client: Client, cast):
    sign_in(client, cast.clerk)
    ask(client, TOWN)
    job = newest()
    for who in ("organiser", "secretary", "administrator", "stranger", "auditor"):
        stranger = sign_in(client, cast.users[who])
        assert stranger.get(f"/exports/{job.pk}/").status_code == 404
        assert stranger.get(f"/jobs/{job.pk}/file/").status_code == 404
    assert sign_in(client, cast.inspector).get("/exports/").status_code == 403


def test_a_right_lost_while_the_job_waits_is_lost(client: Client, cast, settings):
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.dummy.DummyBackend"}}
    job = actions.start(Plan(), cast.town, by=cast.clerk)
    cast.clerk.grants.all().delete()
    from guben.jobs.actions import run

    assert run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.result_file) == (JobState.FAILED, "")
    assert list(files.folder(job.pk).iterdir()) == []
    assert not Entry.objects.filter(action="exports.members").exists()


def test_an_import_is_no_export(client: Client, cast):
    job = Job.objects.create(kind="imports.members", title="x", owner=cast.clerk)
    assert sign_in(client, cast.clerk).get(f"/exports/{job.pk}/").status_code == 404


def test_an_expired_file_is_said_to_be_gone(client: Client, cast):
    sign_in(client, cast.clerk)
    ask(client, TOWN)
    files.remove(newest().pk)
    assert "到期删除" in client.get(f"/exports/{newest().pk}/").content.decode()
    assert client.get(f"/jobs/{newest().pk}/file/").status_code == 410
    assert "已到期删除" in client.get("/exports/").content.decode()


def test_the_file_is_for_its_owner_alone(client: Client, cast):
    sign_in(client, cast.clerk)
    ask(client, TOWN, format="xlsx")
    (place,) = files.folder(newest().pk).iterdir()
    assert place.stat().st_mode & 0o777 == 0o600
    assert place.parent.stat().st_mode & 0o777 == 0o700


def test_no_cell_becomes_a_formula(client: Client, cast, numbered: Person):
    sign_in(client, cast.secretary)
    ask(client, BRANCH, format="xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(content(client))).active
    (cell,) = [cell for row in sheet.iter_rows() for cell in row if cell.value == "=柏守田"]
    assert cell.data_type == "s"


def test_gb18030_can_be_read_by_old_programs(client: Client, cast):
    sign_in(client, cast.clerk)
    ask(client, TOWN, format="csv-gb18030")
    assert {row["姓名"] for row in table(content(client), "gb18030")} >= {"敖石匠", "尉迟明灯"}


def test_units_are_exported_in_the_columns_that_an_import_reads(client: Client, cast):
    sign_in(client, cast.clerk)
    ask(client, TOWN, what="organisations")
    found = {row["代码"]: row for row in table(content(client))}
    assert set(found) == {unit.code for unit in cast.units.values() if unit.code.startswith(TOWN)}
    assert (found[BRANCH]["组织类别"], found[BRANCH]["上级组织代码"]) == ("党支部", BRANCH[:-2])
    assert Entry.objects.get(action="exports.organisations").details["rows"] == len(found)


def test_two_branches_of_one_name_are_told_apart_by_their_codes(cast):
    cast.small_branch.name = cast.branch.name
    cast.small_branch.save(update_fields=["name"])
    names = dict(rows.branch_names(cast.village))
    assert names[cast.branch.pk] == BRANCH
    assert names[cast.small_branch.pk] == cast.small_branch.code
    assert names[cast.village.pk] == cast.village.name
    cast.small_branch.short_name = cast.village.name
    cast.small_branch.save(update_fields=["short_name"])
    assert dict(rows.branch_names(cast.village))[cast.village.pk] == cast.village.code


def test_standings_show_in_the_national_columns(client: Client, cast):
    Standing.objects.filter(person=cast.people["敖石匠"]).update(kind="lost")
    sign_in(client, cast.secretary)
    ask(client, BRANCH, columns="national")
    found = {row["姓名"]: (row["是否失联党员"], row["是否流动党员"]) for row in table(content(client))}
    assert (found["敖石匠"], found["宁远行"], found["邬春桥"]) == (("是", "否"), ("否", "是"), ("否", "否"))


@pytest.mark.parametrize("chunk", [2, 1000])
def test_how_many_are_read_at_once_does_not_show(client: Client, cast, monkeypatch, chunk: int):
    monkeypatch.setattr(rows, "AT_ONCE", chunk)
    found = list(rows.rows_of(Plan(), cast.city, cast.organiser, cast.today))
    assert len(found) == 25
    assert len({tuple(map(str, row)) for row in found}) == len(found)


def test_a_workbook_that_would_not_hold_all_is_refused(cast, monkeypatch):
    monkeypatch.setattr(actions, "MAX_WORKBOOK_ROWS", 3)
    with pytest.raises(actions.TooManyRows, match="改选 CSV"):
        actions.write(Plan(), cast.branch, io.BytesIO(), by=cast.secretary)
    assert actions.write(Plan(format="csv"), cast.branch, io.BytesIO(), by=cast.secretary) == 9


@pytest.mark.parametrize("word", ["what", "columns", "format"])
def test_an_unforeseen_choice_is_refused(client: Client, cast, word: str):
    sign_in(client, cast.clerk)
    assert ask(client, TOWN, **{word: "../../etc"}).status_code == 422


def test_the_list_of_members_leads_on_where_there_are_too_many(client: Client, cast, monkeypatch):
    monkeypatch.setattr("guben.members.views.lists.EXPORT_LIMIT", 3)
    answer = sign_in(client, cast.clerk).get(f"/members/export/?at={TOWN}")
    assert answer.url == f"/exports/?at={TOWN}"


def test_the_command_writes_an_owner_only_file_and_notes_it(cast, numbered: Person, tmp_path: Path):
    place = tmp_path / "out.csv"
    answer = guben("--as", "secretary", "export", "members", "--at", BRANCH, "--national", "--json", "--out", place)
    assert answer.document == {"rows": 9, "file": str(place), "whole": False}
    assert place.stat().st_mode & 0o777 == 0o600
    assert NUMBER not in place.read_text("utf-8-sig")
    words = ("export", "members", "--at", BRANCH, "--full", "--out", tmp_path / "x.csv")
    assert "4个字" in refused(guben("--as", "secretary", *words))
    assert "members.unmask" in refused(guben("--as", "clerk", *words, "--reason", "迁到新系统"))
    assert not (tmp_path / "x.csv").exists()
    guben("--as", "secretary", *words, "--reason", "迁到新系统")
    assert NUMBER in (tmp_path / "x.csv").read_text("utf-8-sig")
    assert Entry.objects.filter(action="exports.members_whole").count() == 1


def test_the_command_refuses_what_it_can_not_write(cast, tmp_path: Path):
    assert ".csv" in refused(guben("export", "members", "--at", CITY, "--out", tmp_path / "x.exe"))
    assert "can't be written" in refused(guben("export", "members", "--at", CITY, "--out", tmp_path / "no" / "x.csv"))
    assert guben("--as", "stranger", "export", "members", "--at", CITY, "--out", tmp_path / "x.csv").code == 1
    assert list(tmp_path.glob("*.csv")) == []

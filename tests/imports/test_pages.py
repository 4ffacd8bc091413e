"""The pages of an import: upload, check, save without a second upload, and nobody else's business."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from guben.accounts.models import Installation
from guben.imports import queries
from guben.jobs import files
from guben.jobs.models import Job
from guben.kit.tables import read_sheet
from guben.members.models import Person
from tests.cast import TOWN, sign_in
from tests.imports.sheets import MEMBER_HEADERS, UNIT_HEADERS, csv_bytes, id_number, member, unit, workbook

pytestmark = pytest.mark.django_db
NUMBER = id_number(date(1990, 5, 3))


@pytest.fixture(autouse=True)
def at_once(settings, tmp_path: Path):
    settings.MEDIA_ROOT = tmp_path
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}


def upload(client: Client, content: bytes, *, name: str = "党员名册.xlsx", kind: str = "members", at: str = TOWN):
    return client.post("/imports/", {"kind": kind, "at": at, "file": SimpleUploadedFile(name, content)})


@pytest.fixture
def clerk(client: Client, cast) -> Client:
    return sign_in(client, cast.clerk)


@pytest.fixture
def checked(clerk: Client, cast) -> Job:
    """A file with one good and one bad row, checked."""
    answer = upload(clerk, workbook([member(), member(姓名="何某", 公民身份号码=NUMBER[:-1] + "？", 学历="？")]))
    assert answer.status_code == 302
    return Job.objects.get()


def test_the_start_page_offers_the_readers_units_and_the_templates(clerk: Client):
    page = clerk.get("/imports/").content.decode()
    assert "中共青石镇委员会" in page
    assert "/imports/template/members/" in page


def test_who_may_not_import_has_no_start_page(client: Client, cast):
    assert sign_in(client, cast.inspector).get("/imports/").status_code == 403
    assert sign_in(client, None).get("/imports/").status_code == 302


def test_a_unit_from_the_address_is_offered_first_and_a_strangers_is_not_found(clerk: Client, cast):
    page = clerk.get(f"/imports/?at={cast.branch.code}")
    assert page.context["form"].initial["at"] == cast.branch.code
    assert clerk.get(f"/imports/?at={cast.street.code}").status_code == 404


def test_a_check_saves_nothing_and_its_result_tells_the_counts(clerk: Client, checked: Job):
    assert not Person.objects.filter(name="裴小满").exists()
    page = clerk.get(f"/imports/{checked.pk}/").content.decode()
    assert "1行可以保存，1行要改" in page
    assert "保存这1行" in page
    assert "B3" not in page
    assert "D3" in page


def test_identity_numbers_are_masked_on_the_page(clerk: Client, checked: Job):
    page = clerk.get(f"/imports/{checked.pk}/").content.decode()
    assert NUMBER[:14] + "****" in page
    assert NUMBER[:15] not in page
    assert NUMBER not in str(checked.result)
    assert NUMBER.encode() not in (files.read(checked.pk, queries.FAULTS_FILE) or b"")


def test_faults_can_be_seen_by_kind(clerk: Client, checked: Job):
    assert "学历里没有" not in clerk.get(f"/imports/{checked.pk}/?kind=unit").content.decode()
    assert "学历里没有" in clerk.get(f"/imports/{checked.pk}/?kind=choice").content.decode()


def test_saving_needs_no_second_upload_and_asked_twice_saves_once(clerk: Client, checked: Job):
    first = clerk.post(f"/imports/{checked.pk}/save/")
    second = clerk.post(f"/imports/{checked.pk}/save/")
    assert first.url == second.url
    assert Person.objects.filter(name="裴小满").count() == 1
    page = clerk.get(first.url).content.decode()
    assert "1行已接收，1行要改" in page
    assert "看保存的结果" in clerk.get(f"/imports/{checked.pk}/").content.decode()


def test_the_marked_workbook_can_be_put_right_and_imported(clerk: Client, checked: Job):
    clerk.post(f"/imports/{checked.pk}/save/")
    content = clerk.get(f"/jobs/{checked.pk}/file/").getvalue()
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    assert sheet.max_row == 2
    assert sheet.cell(1, sheet.max_column).value == "问题（系统填写）"
    assert "学历里没有" in sheet.cell(2, sheet.max_column).value
    marked = [
        sheet.cell(1, column).value for column in range(1, 15) if sheet.cell(2, column).fill.fgColor.rgb == "FFFAECE9"
    ]
    assert marked == ["公民身份号码", "学历"]
    cells = dict(zip(MEMBER_HEADERS, read_sheet(content).rows[0].cells, strict=False))
    right = cells | {"公民身份号码": id_number(date(1990, 5, 3), number=9), "学历": "初中", "问题（系统填写）": "旧话"}
    upload(clerk, workbook([right], [*MEMBER_HEADERS, "问题（系统填写）"]))
    latest = Job.objects.order_by("-created_at").first()
    assert (latest.result["accepted"], latest.result["faults"], latest.result["notes"]) == (1, 0, [])


def test_an_import_is_nobody_elses(client: Client, cast, checked: Job):
    for who in ("organiser", "secretary", "administrator", "stranger"):
        other = sign_in(client, cast.users[who])
        assert other.get(f"/imports/{checked.pk}/").status_code == 404
        assert other.post(f"/imports/{checked.pk}/save/").status_code == 404
        assert other.get(f"/jobs/{checked.pk}/file/").status_code == 404
    assert not Person.objects.filter(name="裴小满").exists()


def test_another_job_is_no_import(clerk: Client, cast):
    job = Job.objects.create(kind="other", title="x", owner=cast.clerk, state="done")
    assert clerk.get(f"/imports/{job.pk}/").status_code == 404


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (csv_bytes(MEMBER_HEADERS, []).decode("utf-8-sig").encode("gb18030"), "没有一行内容"),
        (b"\xd0\xcf\x11\xe0" + b"0" * 600, ".xlsx"),
        (b"PK\x03\x04", "不是完好的工作簿"),
        ("姓名,性别\n何某,男\n".encode(), "缺少列：人员类别、所在党支部"),
        (csv_bytes(MEMBER_HEADERS, []), "没有一行内容"),
        (b"", ""),
    ],
)
def test_what_is_no_roster_is_refused_beside_the_field(clerk: Client, content: bytes, words: str):
    answer = upload(clerk, content, name="名册.csv")
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not Job.objects.exists()


def test_an_unforeseen_unit_code_is_refused(clerk: Client, cast):
    assert upload(clerk, workbook([member()]), at=cast.street.code).status_code == 422


def test_an_open_demo_takes_no_roster(clerk: Client):
    Installation.objects.update(is_demo=True, demo_sign_in=True)
    assert "演示登录还开着" in clerk.get("/imports/").content.decode()
    assert upload(clerk, workbook([member()])).status_code == 422


def test_units_are_imported_the_same_way(clerk: Client):
    answer = upload(clerk, workbook([unit()], UNIT_HEADERS), kind="organisations")
    saved = clerk.post(f"{answer.url}save/")
    assert "1行已接收，没有错" in clerk.get(saved.url).content.decode()


def test_a_check_without_a_good_row_offers_no_saving(clerk: Client):
    answer = upload(clerk, workbook([member(姓名=None)]))
    page = clerk.get(answer.url).content.decode()
    assert "1行要改，没有要保存的" in page
    assert "/save/" not in page
    assert clerk.post(f"{answer.url}save/").status_code == 422


def test_an_expired_upload_is_said_to_be_gone(clerk: Client, checked: Job):
    files.remove(checked.pk)
    page = clerk.get(clerk.post(f"/imports/{checked.pk}/save/").url).content.decode()
    assert "到期删除" in page
    assert "明细已到期删除" in clerk.get(f"/imports/{checked.pk}/").content.decode()


def test_a_right_lost_after_the_check_is_lost_for_saving(clerk: Client, cast, checked: Job):
    cast.clerk.grants.all().delete()
    page = clerk.get(clerk.post(f"/imports/{checked.pk}/save/").url).content.decode()
    assert "没有办这件事的权限" in page
    assert not Person.objects.filter(name="裴小满").exists()


@pytest.mark.parametrize("kind", ["members", "organisations"])
def test_the_template_can_be_filled_in_and_read(clerk: Client, kind: str):
    answer = clerk.get(f"/imports/template/{kind}/")
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    assert book.sheetnames == ["名册", "选项", "填写说明"]
    headers = MEMBER_HEADERS if kind == "members" else UNIT_HEADERS
    assert list(read_sheet(answer.content).headers) == headers
    assert clerk.get("/imports/template/cats/").status_code == 404

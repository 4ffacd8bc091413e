"""Mending refused rows on the page: written, kept, checked again, left out; told when another window was faster."""

from __future__ import annotations

import io
import re
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from guben.imports import mending, mends, queries
from guben.jobs import files
from guben.jobs.models import Job, JobState
from guben.kit.tables import read_sheet
from guben.members.models import Person
from tests.cast import TOWN, sign_in
from tests.imports.sheets import MEMBER_HEADERS, UNIT_HEADERS, id_number, member, unit, workbook

pytestmark = pytest.mark.django_db
BORN = date(1990, 5, 3)
GOOD = id_number(BORN)
NAME, SCHOOLING, BRANCH, JOINED = (MEMBER_HEADERS.index(h) for h in ("姓名", "学历", "所在党支部", "入党日期"))


@pytest.fixture(autouse=True)
def at_once(settings, tmp_path: Path):
    settings.MEDIA_ROOT = tmp_path
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}


@pytest.fixture
def clerk(client: Client, cast) -> Client:
    return sign_in(client, cast.clerk)


def upload(client: Client, rows, *, kind: str = "members", headers=MEMBER_HEADERS) -> Job:
    file = SimpleUploadedFile("名册.xlsx", workbook(rows, headers))
    answer = client.post("/imports/", {"kind": kind, "at": TOWN, "file": file})
    assert answer.status_code == 302, answer.content.decode()
    return newest()


def newest() -> Job:
    return Job.objects.order_by("-created_at")[0]


def other(name: str, number: int, **cells):
    return member(姓名=name, 公民身份号码=id_number(BORN, number=number), **cells)


@pytest.fixture
def check(clerk: Client) -> Job:
    """Row 2 is good, row 3 has a wrong education, row 4 an unknown branch."""
    rows = [member(), other("何某", 2, 学历="高小"), other("李某", 3, 所在党支部="柳溪村第一党支")]
    return upload(clerk, rows)


def form_of(client: Client, check: Job, query: str = "") -> dict[str, str]:
    """The fields of the mending page as a browser would send them."""
    page = client.get(f"/imports/{check.pk}/mend/{query}")
    assert page.status_code == 200
    data = {"revision": str(page.context["revision"]), "page": str(page.context["page"].number)}
    data["kind"] = page.context["kind"]
    for row in page.context["rows"]:
        data[f"r{row.number}"] = "1"
        data |= {cell.name: cell.text for cell in row.cells if cell.name}
        if row.is_left_out:
            data[f"r{row.number}-out"] = "1"
    return data


def send(client: Client, check: Job, data: dict[str, str], **more: str):
    return client.post(f"/imports/{check.pk}/mend/", data | more)


def texts(client: Client, check: Job) -> dict[tuple[int, str], str]:
    page = client.get(f"/imports/{check.pk}/mend/")
    return {(row.number, cell.header): cell.text for row in page.context["rows"] for cell in row.cells}


def test_the_page_shows_the_refused_rows_with_the_fault_below_its_cell(clerk: Client, check: Job):
    page = clerk.get(f"/imports/{check.pk}/mend/")
    assert [row.number for row in page.context["rows"]] == [3, 4]
    html = page.content.decode()
    assert "学历里没有“高小”" in html
    assert f'name="r4-{BRANCH}"' in html
    assert "裴小满" not in html
    assert page.context["headers"][:3] == ["姓名", "学历", "所在党支部"]


def test_a_coded_column_offers_its_words_and_an_unknown_unit_the_nearest_names(clerk: Client, check: Job):
    page = clerk.get(f"/imports/{check.pk}/mend/")
    cells = {(row.number, cell.header): cell for row in page.context["rows"] for cell in row.cells}
    words = [word for _value, word, _chosen in cells[3, "学历"].options]
    assert words[:2] == ["（空着）", "高小（不在可选的各项里）"]
    assert "小学" in words
    assert "柳溪村第一党支部" in cells[4, "所在党支部"].choices


def test_numbers_that_are_not_wrong_are_masked_and_can_not_be_changed(clerk: Client, check: Job):
    html = clerk.get(f"/imports/{check.pk}/mend/").content.decode()
    assert id_number(BORN, number=2) not in html
    assert "13800138000" not in html
    data = form_of(clerk, check) | {f"r3-{SCHOOLING}": "小学"}
    send(clerk, check, data, then="check")
    send(clerk, newest(), form_of(clerk, newest()) | {f"r4-{BRANCH}": "柳溪村第一党支部"}, then="check")
    clerk.post(f"/imports/{newest().pk}/save/")
    assert Person.objects.get(name="何某").phone_mask == "138****8000"


def test_mended_values_are_checked_again_and_then_saved(clerk: Client, check: Job):
    data = form_of(clerk, check) | {f"r3-{SCHOOLING}": "小学", f"r4-{BRANCH}-pick": "柳溪村第一党支部"}
    answer = send(clerk, check, data, then="check")
    again = newest()
    assert answer.url == f"/imports/{again.pk}/"
    assert (again.result["accepted"], again.result["rejected_rows"]) == (3, 0)
    saved = newest() if clerk.post(f"/imports/{again.pk}/save/") else None
    assert saved.result["accepted"] == 3
    person = Person.objects.get(name="何某")
    assert person.education == "80"
    assert Person.objects.filter(name="李某").exists()


def test_good_rows_can_be_saved_first_and_the_mended_ones_later(clerk: Client, check: Job):
    clerk.post(f"/imports/{check.pk}/save/")
    saved = newest()
    assert saved.result["accepted"] == 1
    page = clerk.get(f"/imports/{saved.pk}/").content.decode()
    assert f"/imports/{saved.pk}/mend/" in page
    assert clerk.get(f"/imports/{saved.pk}/mend/").url == f"/imports/{check.pk}/mend/"
    send(clerk, check, form_of(clerk, check) | {f"r3-{SCHOOLING}": "小学"}, then="check")
    again = newest()
    assert (again.result["accepted"], again.result["unchanged"], again.result["rejected_rows"]) == (1, 1, 1)
    clerk.post(f"/imports/{again.pk}/save/")
    assert Person.objects.filter(name__in=["裴小满", "何某"]).count() == 2


def test_what_was_written_is_still_there_after_leaving(clerk: Client, check: Job):
    send(clerk, check, form_of(clerk, check) | {f"r3-{SCHOOLING}": "小学"})
    assert texts(clerk, check)[3, "学历"] == "小学"
    page = clerk.get(f"/imports/{check.pk}/mend/")
    assert page.context["unchecked"] == 1
    assert "已改，还没检查" in page.content.decode()
    assert "1行已改，还没检查" in clerk.get(f"/imports/{check.pk}/").content.decode()


def test_a_value_that_is_still_wrong_stays_with_what_was_written(clerk: Client, check: Job):
    send(clerk, check, form_of(clerk, check) | {f"r4-{BRANCH}": "无此支部"}, then="check")
    again = newest()
    assert again.result["rejected_rows"] == 2
    assert texts(clerk, again)[4, "所在党支部"] == "无此支部"
    send(clerk, again, form_of(clerk, again) | {f"r3-{SCHOOLING}": "初中"}, then="check")
    assert texts(clerk, newest())[4, "所在党支部"] == "无此支部"


def test_a_row_can_be_left_out_and_taken_back(clerk: Client, check: Job):
    send(clerk, check, form_of(clerk, check) | {"r3-out": "1", f"r4-{BRANCH}": "柳溪村第一党支部"}, then="check")
    again = newest()
    assert (again.result["rows"], again.result["left_out"], again.result["rejected_rows"]) == (2, 1, 0)
    assert "1行标了不导入" in clerk.get(f"/imports/{again.pk}/").content.decode()
    assert "第3行改为导入" in clerk.get(f"/imports/{again.pk}/mend/").content.decode()
    clerk.post(f"/imports/{again.pk}/mend/take-back/", {"row": "3"})
    clerk.post(f"/imports/{again.pk}/mend/", {"then": "check"})
    assert (newest().result["rows"], newest().result["rejected_rows"]) == (3, 1)


def test_one_wrong_text_is_put_right_in_all_its_rows_at_once(clerk: Client):
    names = [other(f"何{'甲乙丙丁戊己'[n % 6]}", n, 所在党支部="柳溪村第一党支") for n in range(1, 31)]
    check = upload(clerk, [*names, other("李某", 40, 所在党支部="柳溪村第一党"), other("王某", 41, 学历="高小")])
    (found,) = clerk.get(f"/imports/{check.pk}/mend/").context["repairs"]
    assert (found.header, found.text, len(found.numbers)) == ("所在党支部", "柳溪村第一党支", 30)
    data = form_of(clerk, check) | {"fix-1-header": found.header, "fix-1-text": found.text}
    for choice in ("", "=1+1", "滨河社区第一党支部"):
        send(clerk, check, data | {"fix-1": choice}, then="fix-1")
        assert mends.draft_of(check).rows == {}
    data |= {"fix-1": "柳溪村第一党支部", f"r2-{JOINED}": "2015-06-02"}
    page = clerk.get(send(clerk, check, data, then="fix-1").url)
    assert "29行的“柳溪村第一党支”改成了“柳溪村第一党支部”" in page.content.decode()
    assert (page.context["repairs"], page.context["unchecked"]) == ([], 30)
    assert (
        texts(clerk, check)[2, "入党日期"] == "2015-06-02"
    )  # what was typed meanwhile is kept, and its row left alone
    send(clerk, check, form_of(clerk, check), then="check")
    assert (newest().result["accepted"], newest().result["rejected_rows"]) == (29, 3)


def test_leaving_out_every_row_is_refused(clerk: Client):
    check = upload(clerk, [other("何某", 2, 学历="高小")])
    answer = send(clerk, check, form_of(clerk, check) | {"r2-out": "1"}, then="check")
    assert answer.status_code == 422
    assert "至少留一行" in answer.content.decode()


def test_two_windows_are_told_of_each_other_and_lose_nothing(clerk: Client, check: Job):
    first, second = form_of(clerk, check), form_of(clerk, check)
    assert send(clerk, check, first | {f"r3-{SCHOOLING}": "小学"}).status_code == 302
    answer = send(clerk, check, second | {f"r3-{SCHOOLING}": "初中", f"r4-{BRANCH}": "柳溪村第一党支部"})
    assert answer.status_code == 409
    assert "第3行刚在另一个窗口里改过" in answer.content.decode()
    assert texts(clerk, check)[3, "学历"] == "小学"
    assert texts(clerk, check)[4, "所在党支部"] == "柳溪村第一党支部"
    retry = form_of(clerk, check) | {f"r3-{SCHOOLING}": "初中"}
    assert send(clerk, check, retry).status_code == 302
    assert texts(clerk, check)[3, "学历"] == "初中"


def test_a_form_from_before_another_check_is_kept_and_told(clerk: Client, check: Job):
    stale = form_of(clerk, check)
    send(clerk, check, form_of(clerk, check) | {f"r3-{SCHOOLING}": "小学"}, then="check")
    again = newest()
    answer = send(clerk, check, stale | {f"r4-{BRANCH}": "柳溪村第二党支部"}, then="check")
    assert newest() == again
    page = clerk.get(answer.url)
    assert answer.url == f"/imports/{again.pk}/mend/"
    assert "又检查过" in page.content.decode()
    assert texts(clerk, again)[4, "所在党支部"] == "柳溪村第二党支部"
    assert clerk.get(f"/imports/{check.pk}/mend/").url == f"/imports/{again.pk}/mend/"
    assert "看最新的结果" in clerk.get(f"/imports/{check.pk}/").content.decode()


def test_twenty_rows_a_page_and_going_on_keeps_what_was_written(clerk: Client):
    check = upload(clerk, [other(f"何{number}", number, 学历="高小") for number in range(1, 46)])
    form = form_of(clerk, check)
    assert len([name for name in form if re.fullmatch(r"r\d+", name)]) == 20
    answer = send(clerk, check, form | {f"r2-{SCHOOLING}": "小学"}, then="2")
    assert answer.url.endswith("/mend/?page=2")
    assert clerk.get(answer.url).context["rows"][0].number == 22
    assert texts(clerk, check)[2, "学历"] == "小学"


def test_rows_can_be_seen_by_kind_of_fault(clerk: Client, check: Job):
    assert [row.number for row in clerk.get(f"/imports/{check.pk}/mend/?kind=unit").context["rows"]] == [4]
    form = form_of(clerk, check, "?kind=unit")
    answer = send(clerk, check, form | {f"r4-{BRANCH}": "柳溪村第二党支部"})
    assert "kind=unit" in answer.url
    assert texts(clerk, check)[4, "所在党支部"] == "柳溪村第二党支部"


@pytest.mark.parametrize(
    "text", ["=1+1", "+CMD|' /C calc'!A0", "@SUM(A1)", "-2", "<script>alert(1)</script>", "\x1b[31m红\x07\u202e"]
)
def test_a_formula_or_a_control_character_stays_a_harmless_text(clerk: Client, check: Job, text: str):
    send(clerk, check, form_of(clerk, check) | {f"r4-{BRANCH}": text}, then="check")
    again = newest()
    kept = texts(clerk, again)[4, "所在党支部"]
    assert kept == mends.cleaned(text)
    assert not re.search(r"[\x00-\x1f\u202e]", kept)
    page = clerk.get(f"/imports/{again.pk}/mend/").content.decode()
    assert "<script>alert(1)" not in page
    sheet = openpyxl.load_workbook(io.BytesIO(clerk.get(f"/jobs/{again.pk}/file/").getvalue())).active
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value == kept]
    assert cells
    assert {cell.data_type for cell in cells} == {"s"}
    assert all(cell.hyperlink is None for cell in cells)


def test_ten_thousand_characters_are_refused_and_the_rest_is_kept(clerk: Client, check: Job):
    data = form_of(clerk, check) | {f"r4-{BRANCH}": "长" * 10_000, f"r3-{SCHOOLING}": "小学"}
    answer = send(clerk, check, data, then="check")
    assert answer.status_code == 422
    assert "第4行所在党支部太长" in answer.content.decode()
    assert texts(clerk, check)[4, "所在党支部"] == "柳溪村第一党支"
    assert texts(clerk, check)[3, "学历"] == "小学"


def test_a_huge_form_and_rows_of_other_pages_are_not_read(clerk: Client, check: Job):
    data = {f"r{row}-{place}": "x" for row in range(2, 1200) for place in range(14)} | {"r2": "1", "r99": "1"}
    assert send(clerk, check, data | {"revision": "9" * 40, "page": "-1"}).status_code == 302
    assert mends.draft_of(check).rows == {}


def test_a_form_of_too_many_fields_is_refused(clerk: Client, check: Job):
    assert send(clerk, check, {f"x{n}": "" for n in range(20_001)}).status_code == 400


def test_mending_is_nobody_elses(client: Client, cast, check: Job):
    for who in ("organiser", "secretary", "administrator", "stranger"):
        stranger = sign_in(client, cast.users[who])
        for address in ("mend/", "mend/take-back/", "workbook/", "again/"):
            assert stranger.post(f"/imports/{check.pk}/{address}", {"row": "3"}).status_code == 404
        assert stranger.get(f"/imports/{check.pk}/mend/").status_code == 404


def test_a_right_that_was_lost_is_lost_for_mending(clerk: Client, cast, check: Job):
    form = form_of(clerk, check)
    cast.clerk.grants.all().delete()
    assert clerk.get(f"/imports/{check.pk}/mend/").status_code == 404
    assert send(clerk, check, form | {f"r3-{SCHOOLING}": "小学"}).status_code == 404
    assert clerk.post(f"/imports/{check.pk}/workbook/").status_code == 404
    assert mends.draft_of(check).rows == {}


def test_what_is_mended_lies_in_owner_only_files_and_not_in_the_database(clerk: Client, check: Job):
    secret = "裴无此人村党支部"
    send(clerk, check, form_of(clerk, check) | {f"r4-{BRANCH}": secret}, then="check")
    for job in Job.objects.all():
        assert secret not in f"{job.arguments}{job.result}{job.log}{job.message}{job.title}"
    places = list(files.folder(check.pk).parent.rglob("*.json"))
    assert any(secret in place.read_text() for place in places)
    assert {place.stat().st_mode & 0o777 for place in places} == {0o600}


def test_an_expired_file_is_said_to_be_gone(clerk: Client, check: Job):
    files.remove(check.pk)
    assert clerk.get(f"/imports/{check.pk}/mend/").status_code == 410
    assert clerk.post(f"/imports/{check.pk}/mend/", {"then": "check"}).status_code == 410
    assert clerk.post(f"/imports/{check.pk}/workbook/").status_code == 410


def test_a_mended_file_is_kept_as_long_as_its_newest_check(clerk: Client, check: Job):
    Job.objects.filter(pk=check.pk).update(expires_on=date(2020, 1, 1))
    send(clerk, check, form_of(clerk, check), then="check")
    check.refresh_from_db()
    assert check.expires_on == newest().expires_on


def test_a_missing_column_can_be_filled_in_on_the_page(clerk: Client):
    headers = [header for header in MEMBER_HEADERS if header not in ("出生日期", "公民身份号码")]
    check = upload(clerk, [member()], headers=headers)
    form = form_of(clerk, check)
    place = [h for h in MEMBER_HEADERS if h in (*headers, "出生日期")].index("出生日期")
    send(clerk, check, form | {f"r2-{place}": "1990.5.3"}, then="check")
    assert (newest().result["accepted"], newest().result["rejected_rows"]) == (1, 0)


def test_units_are_mended_too(clerk: Client):
    check = upload(clerk, [unit(组织类别="支部")], kind="organisations", headers=UNIT_HEADERS)
    send(clerk, check, form_of(clerk, check) | {f"r2-{UNIT_HEADERS.index('组织类别')}": "党支部"}, then="check")
    assert newest().result["accepted"] == 1


def test_a_stopped_check_is_taken_up_without_another_upload(clerk: Client, cast, check: Job):
    Job.objects.filter(pk=check.pk).update(state=JobState.STOPPED)
    assert "继续检查" in clerk.get(f"/imports/{check.pk}/").content.decode()
    answer = clerk.post(f"/imports/{check.pk}/again/")
    again = newest()
    assert answer.url == f"/imports/{again.pk}/"
    assert again.result["rejected_rows"] == 2
    assert texts(clerk, again)[3, "学历"] == "高小"


def test_after_a_stopped_check_one_may_go_on_mending_or_checking(clerk: Client, check: Job):
    send(clerk, check, form_of(clerk, check) | {f"r3-{SCHOOLING}": "小学"}, then="check")
    stopped = newest()
    Job.objects.filter(pk=stopped.pk).update(state=JobState.STOPPED)
    assert "接着改" in clerk.get(f"/imports/{stopped.pk}/").content.decode()
    assert clerk.get(f"/imports/{stopped.pk}/mend/").url == f"/imports/{check.pk}/mend/"
    page = clerk.get(f"/imports/{check.pk}/mend/")
    assert page.context["unchecked"] == 1
    clerk.post(f"/imports/{stopped.pk}/again/")
    again = newest()
    assert again.result["rejected_rows"] == 1
    assert clerk.post(f"/imports/{stopped.pk}/again/").url == f"/imports/{again.pk}/"
    assert newest() == again


def test_an_interrupted_saving_is_taken_up_and_doubles_nothing(clerk: Client, check: Job):
    clerk.post(f"/imports/{check.pk}/save/")
    saving = newest()
    Job.objects.filter(pk=saving.pk).update(state=JobState.FAILED)
    assert "继续保存" in clerk.get(f"/imports/{saving.pk}/").content.decode()
    clerk.post(f"/imports/{saving.pk}/again/")
    assert newest().pk != saving.pk
    assert newest().result["unchanged"] == 1
    assert Person.objects.filter(name="裴小满").count() == 1


def test_what_is_not_over_is_not_taken_up(clerk: Client, check: Job):
    assert clerk.post(f"/imports/{check.pk}/again/").status_code == 409


def test_a_running_check_is_not_mended(clerk: Client, check: Job):
    Job.objects.filter(pk=check.pk).update(state=JobState.RUNNING)
    assert clerk.get(f"/imports/{check.pk}/mend/").url == f"/imports/{check.pk}/"


def test_the_workbook_of_the_faulty_rows_tells_each_fault_in_its_cell_and_in_the_last_column(clerk: Client, check: Job):
    sheet = openpyxl.load_workbook(io.BytesIO(clerk.get(f"/jobs/{check.pk}/file/").getvalue())).active
    assert [row[NAME].value for row in sheet.iter_rows(min_row=2)] == ["何某", "李某"]
    cell = sheet.cell(2, SCHOOLING + 1)
    assert (cell.fill.fgColor.rgb, "学历里没有“高小”" in cell.comment.text) == ("FFFAECE9", True)
    assert sheet.cell(1, sheet.max_column).value == "问题（系统填写）"
    assert "学历里没有“高小”" in sheet.cell(2, sheet.max_column).value


def test_the_workbook_of_all_rows_has_values_as_they_were_read(clerk: Client):
    rows = [member(出生日期="1990年5月3日", 民族="汉"), other("何某", 2, 学历="高小")]
    check = upload(clerk, rows)
    clerk.post(f"/imports/{check.pk}/workbook/")
    job = newest()
    assert clerk.post(f"/imports/{check.pk}/workbook/").url == f"/jobs/{job.pk}/"
    assert newest() == job
    content = clerk.get(f"/jobs/{job.pk}/file/").getvalue()
    cells = dict(zip(MEMBER_HEADERS, read_sheet(content).rows[0].cells, strict=False))
    assert cells["出生日期"] == BORN
    assert len(read_sheet(content).rows) == 2
    file = SimpleUploadedFile("名册.xlsx", content)
    clerk.post("/imports/", {"kind": "members", "at": TOWN, "file": file})
    assert (newest().result["accepted"], newest().result["rejected_rows"], newest().result["notes"]) == (1, 1, [])


def test_only_imports_can_be_mended(clerk: Client, cast):
    job = Job.objects.create(kind="imports.workbook", title="x", owner=cast.clerk, state="done")
    for address in ("", "mend/"):
        assert clerk.get(f"/imports/{job.pk}/{address}").status_code == 404


def test_the_newest_check_of_a_file_is_found_from_any_of_its_jobs(clerk: Client, check: Job):
    send(clerk, check, form_of(clerk, check), then="check")
    again = newest()
    check.refresh_from_db()
    assert mending.newest_check(check) == mending.newest_check(again) == again
    assert queries.has_upload(again)
    assert GOOD not in str(Job.objects.values_list("arguments", "result"))

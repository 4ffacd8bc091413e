"""A roster: every cell is checked, good rows are saved, the same file again changes nothing."""

from __future__ import annotations

import time
from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404

from guben.accounts.models import Installation
from guben.audit.models import Entry
from guben.imports import actions
from guben.imports.errors import DemoRefusesRosters, HeadersMissing, NoRows, RowNotSaved
from guben.kit.tables import read_sheet
from guben.members import sealed
from guben.members.models import Affiliation, Person, Stage, Standing
from tests.imports.sheets import MEMBER_HEADERS, id_number, member, sheet, workbook

pytestmark = pytest.mark.django_db


def take(cast, *rows, by="clerk", at="town", dry_run=False, headers=MEMBER_HEADERS):
    unit = getattr(cast, at) if at else None
    result = actions.import_members(sheet(rows, headers), unit, cast.users[by], dry_run=dry_run)
    assert result.rows == len(rows)
    assert result.rows == result.accepted + result.updated + result.unchanged + result.rejected_rows
    assert result.rejected_rows == len({fault.row for fault in result.faults})
    return result


def faults_of(cast, row, **how):
    return {(fault.column, fault.kind) for fault in take(cast, row, dry_run=True, **how).faults}


def told(cast, row, **how) -> str:
    (fault,) = take(cast, row, dry_run=True, **how).faults
    assert fault.row == 2
    return fault.message


def test_a_clean_row_is_registered_whole(cast):
    result = take(cast, member())
    assert (result.accepted, result.faults, result.notes) == (1, (), ())
    person = Person.objects.get(name="裴小满")
    assert (person.sex, person.born_on, person.ethnicity, person.education) == ("1", date(1990, 5, 3), "01", "30")
    assert sealed.clear_value(person, "id_number") == id_number(date(1990, 5, 3))
    assert sealed.clear_value(person, "phone") == "13800138000"
    affiliation = Affiliation.objects.get(person=person)
    assert (affiliation.organisation, affiliation.group) == (cast.branch, cast.groups[0])
    stages = Stage.objects.filter(person=person).order_by("from_on").values_list("kind", "from_on")
    assert list(stages) == [("probationary", date(2015, 6, 1)), ("full", date(2016, 6, 1))]
    assert Standing.objects.get(person=person).kind == "home"


def test_a_dry_run_saves_nothing(cast):
    before = (Person.objects.count(), Entry.objects.count())
    assert take(cast, member(), dry_run=True).accepted == 1
    assert (Person.objects.count(), Entry.objects.count()) == before


def test_saving_writes_one_entry_a_person_and_one_for_the_import(cast):
    take(cast, member(), member(姓名="何某", 公民身份号码=None))
    assert Entry.objects.filter(action="members.registered").count() == 2
    entry = Entry.objects.get(action="imports.members")
    assert (entry.user, entry.organisation, entry.right) == (cast.clerk, cast.town, "imports.run clerk@990000101")
    assert entry.details["accepted"] == 2


def test_the_same_file_again_changes_nothing(cast):
    rows = [member(), member(姓名="何某", 公民身份号码=None, 出生日期="1980-02-29", 手机号码=None)]
    take(cast, *rows)
    before = Entry.objects.count()
    again = take(cast, *rows)
    assert (again.unchanged, again.accepted, again.updated, again.faults) == (2, 0, 0, ())
    assert Entry.objects.count() == before


def test_a_changed_row_updates_the_person(cast):
    take(cast, member(人员类别="预备党员", 转正日期=None, 入党日期="2025-05-01"))
    result = take(
        cast,
        member(
            学历="大学本科",
            手机号码="13800001111",
            党小组="第二党小组",
            在册情况="流动外出",
            入党日期="2025-05-01",
            转正日期="2026-05-01",
        ),  # fmt: skip
    )
    assert (result.updated, result.faults) == (1, ())
    person = Person.objects.get(name="裴小满")
    assert (person.education, person.phone_mask) == ("20", "138****1111")
    assert Stage.objects.get(person=person, until_on=None).kind == "full"
    assert Standing.objects.get(person=person, until_on=None).kind == "away"
    assert Affiliation.objects.get(person=person, until_on=None).group == cast.groups[1]
    assert take(cast, member(学历="大学本科", 手机号码="13800001111", 党小组="第二党小组", 在册情况="流动外出",
                             入党日期="2025-05-01", 转正日期="2026-05-01")).unchanged == 1  # fmt: skip


def test_empty_cells_and_missing_columns_change_nothing(cast):
    take(cast, member())
    headers = ["姓名", "公民身份号码", "人员类别", "所在党支部", "入党日期"]
    assert take(cast, member(), headers=headers).unchanged == 1
    assert take(cast, member(学历=None, 手机号码=None, 党小组=None, 在册情况=None)).unchanged == 1


def test_a_known_person_without_a_number_is_found_by_name_birth_and_branch_and_gets_it(cast):
    row = member(姓名="单小禾", 性别="女", 出生日期="1994-08-17", 公民身份号码=id_number(date(1994, 8, 17), "女"),
                 学历="大学本科", 工作岗位="专业技术人员", 入党日期="2019-06-01", 转正日期="2020-06-01",
                 党小组=None, 手机号码=None)  # fmt: skip
    result = take(cast, row)
    assert (result.updated, result.accepted) == (1, 0)
    assert Person.objects.filter(name="单小禾").count() == 1
    assert cast.people["单小禾"].id_number_index is None
    assert Person.objects.get(name="单小禾").id_number_index


def test_namesakes_with_different_numbers_are_taken_and_shown_for_a_look(cast):
    take(cast, member())
    result = take(cast, member(公民身份号码=id_number(date(1990, 5, 3), number=7)))
    assert (result.accepted, [check.column for check in result.checks]) == (1, ["姓名"])
    assert told(cast, member(公民身份号码=None)).startswith("本支部有2个同名")


def test_birth_and_sex_come_from_the_number_where_they_are_empty(cast):
    take(cast, member(性别=None, 出生日期=None))
    person = Person.objects.get(name="裴小满")
    assert (person.sex, person.born_on) == ("1", date(1990, 5, 3))


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({"姓名": None}, ("姓名", "missing")),
        ({"人员类别": None}, ("人员类别", "missing")),
        ({"所在党支部": None}, ("所在党支部", "missing")),
        ({"入党日期": None}, ("入党日期", "missing")),
        ({"民族": None}, ("民族", "missing")),
        ({"出生日期": None, "公民身份号码": None}, ("出生日期", "missing")),
        ({"性别": None, "公民身份号码": None}, ("性别", "missing")),
        ({"姓名": "=HYPERLINK(1)"}, ("姓名", "text")),
        ({"姓名": "@SUM"}, ("姓名", "text")),
        ({"姓名": "何" * 61}, ("姓名", "text")),
        ({"手机号码": "1380013800"}, ("手机号码", "text")),
        ({"性别": "nan"}, ("性别", "choice")),
        ({"民族": "洋"}, ("民族", "choice")),
        ({"学历": "博士后"}, ("学历", "choice")),
        ({"人员类别": "党员"}, ("人员类别", "choice")),
        ({"人员类别": "不再是党员"}, ("人员类别", "choice")),
        ({"工作岗位": "=1+1"}, ("工作岗位", "choice")),
        ({"在册情况": "不详"}, ("在册情况", "choice")),
        ({"公民身份号码": "99010119900503001"}, ("公民身份号码", "id_number")),
        ({"公民身份号码": "990101900503001"}, ("公民身份号码", "id_number")),
        ({"公民身份号码": 442000199005030011}, ("公民身份号码", "id_number")),
        ({"出生日期": "1990-05-04"}, ("出生日期", "id_mismatch")),
        ({"性别": "女"}, ("性别", "id_mismatch")),
        ({"出生日期": "90.5"}, ("出生日期", "day")),
        ({"出生日期": "1990"}, ("出生日期", "day")),
        ({"出生日期": "1990.1"}, ("出生日期", "day")),
        ({"出生日期": "1990-02-30"}, ("出生日期", "day")),
        ({"出生日期": 32997}, ("出生日期", "id_mismatch")),
        ({"出生日期": "1890-05-03"}, ("出生日期", "day")),
        ({"入党日期": "2026-07-01"}, ("入党日期", "day")),
        ({"入党日期": "2007-05-03", "转正日期": "2008-06-01"}, ("入党日期", "day_order")),
        ({"转正日期": "2015-06-01"}, ("转正日期", "day_order")),
        ({"人员类别": "预备党员"}, ("转正日期", "day_order")),
        ({"党小组": "第三党小组"}, ("党小组", "group")),
        ({"所在党支部": "柳西村第一党支部", "党小组": None}, ("所在党支部", "unit")),
        ({"所在党支部": "柳溪村党总支", "党小组": None}, ("所在党支部", "unit")),
    ],
)
def test_each_wrong_cell_is_named_once(cast, cells, expected):
    assert faults_of(cast, member(**cells)) == {expected}


@pytest.mark.parametrize(
    "day",
    [
        "1990/5/3", "1990-5-3", "1990.05.03", "1990年5月3日", "19900503", "１９９０年５月３日", " 1990-05-03 ", "1990.5.3",
        "1990-05-03 00:00:00", "1990/5/3 0:00", "32996", 32996, 19900503, date(1990, 5, 3),
        "1990.05", "199005", "1990年5月", "1990-5", "1990/05", 1990.05, 199005,
    ],
)  # fmt: skip
def test_days_may_be_written_in_the_usual_ways(cast, day):
    result = take(cast, member(出生日期=day))
    assert (result.accepted, result.checks) == (1, ())
    assert Person.objects.get(name="裴小满").born_on == date(1990, 5, 3)


def test_a_month_alone_is_its_first_day_and_shown_for_a_look(cast):
    row = member(入党日期="2015.06", 转正日期="2016年6月", 出生日期="199005", 公民身份号码=None)
    result = take(cast, row)
    assert [(check.column, check.kind) for check in result.checks] == [
        ("出生日期", "month"), ("入党日期", "month"), ("转正日期", "month")
    ]  # fmt: skip
    person = Person.objects.get(name="裴小满")
    assert person.born_on == date(1990, 5, 1)
    assert list(person.stages.values_list("from_on", flat=True)) == [date(2015, 6, 1), date(2016, 6, 1)]
    assert take(cast, row).unchanged == 1
    take(cast, member(姓名="何某", 公民身份号码=None, 入党日期="2015-06-20"))
    assert take(cast, member(姓名="何某", 公民身份号码=None, 入党日期="2015.06")).unchanged == 1


def test_sentences_say_what_was_found_what_is_allowed_and_what_to_do(cast):
    assert (
        told(cast, member(在册情况="不详"))
        == "在册情况里没有“不详”。可以写：在本地、流动外出、离退休在外居住、年老体弱、失去联系。"
    )
    assert "是不是“柳溪村第一党支部”（99000010120101）" in told(
        cast, member(所在党支部="柳西村第一党支部", 党小组=None)
    )
    assert "现有：第一党小组、第二党小组" in told(cast, member(党小组="第三党小组"))
    assert "校验码" in told(cast, member(公民身份号码="990101199005030011"))
    assert "不完整" in told(cast, member(出生日期="1990年"))
    assert "1月还是10月" in told(cast, member(出生日期="1990.1"))
    assert "年满十八岁" in told(cast, member(入党日期="2007-05-03"))


def test_a_number_that_became_a_float_says_how_to_write_it(cast):
    content = workbook([member()], [header for header in MEMBER_HEADERS if header != "公民身份号码"])
    import io

    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(content))
    book.active["N1"], book.active["N2"] = "公民身份号码", 990101199005030015
    file = io.BytesIO()
    book.save(file)
    result = actions.import_members(read_sheet(file.getvalue()), cast.town, cast.clerk, dry_run=True)
    (fault,) = result.faults
    assert (fault.kind, fault.cell, fault.column) == ("lost_digits", "N2", "公民身份号码")
    assert "Excel" in fault.message
    assert "WPS" in fault.message


def test_faults_carry_the_sheets_row_and_cell(cast):
    result = take(cast, member(), member(姓名=None, 公民身份号码=id_number(date(1990, 5, 3), number=5)), dry_run=True)
    assert [(fault.row, fault.cell) for fault in result.faults] == [(3, "A3")]


def test_good_rows_are_taken_beside_bad_ones(cast):
    result = take(cast, member(), member(姓名="何某", 公民身份号码=None, 学历="？", 手机号码="1"))
    assert (result.accepted, result.rejected_rows, len(result.faults)) == (1, 1, 2)
    assert Person.objects.filter(name="裴小满").exists()
    assert not Person.objects.filter(name="何某").exists()
    assert result.as_json() == {
        "rows": 2, "accepted": 1, "updated": 0, "unchanged": 0, "rejected_rows": 1,
        "faults": [{"row": 3, "column": fault.column, "message": fault.message} for fault in result.faults],
    }  # fmt: skip


def test_the_second_of_two_equal_rows_is_refused(cast):
    result = take(cast, member(), member(姓名="裴大满"))
    assert [(fault.row, fault.kind, fault.message) for fault in result.faults] == [
        (3, "twice", "与第2行是同一个人。删去其中一行。")
    ]
    twice = take(cast, member(姓名="何某", 公民身份号码=None), member(姓名="何某", 公民身份号码=None), dry_run=True)
    assert [fault.row for fault in twice.faults] == [3]


def test_a_person_registered_out_of_sight_tells_no_more_than_that(cast):
    take(cast, member(所在党支部="滨河社区第一党支部", 党小组=None), by="organiser", at="city")
    assert told(cast, member()) == "已在其他组织登记，请走转接。"
    assert "滨河" not in str(take(cast, member(), dry_run=True))


def test_a_person_of_another_branch_within_reach_is_not_moved_by_an_import(cast):
    take(cast, member(所在党支部="山口村党支部", 党小组=None))
    assert "登记在“中共山口村支部委员会”" in told(cast, member())
    assert "不在“中共柳溪村总支部委员会”之内" in told(cast, member(), at="village")


def test_a_unit_out_of_the_scope_is_named_only_to_those_who_may_see_it(cast):
    row = member(所在党支部="滨河社区第一党支部", 党小组=None)
    assert faults_of(cast, row, by="organiser", at="town") == {("所在党支部", "unit_reach")}
    assert faults_of(cast, row, by="clerk", at="town") == {("所在党支部", "unit")}
    assert faults_of(cast, row, by="organiser", at=None) == set()


def test_an_earlier_stage_or_another_day_is_not_written_over(cast):
    take(cast, member())
    assert faults_of(cast, member(人员类别="预备党员", 转正日期=None)) == {("人员类别", "changed")}
    assert faults_of(cast, member(入党日期="2014-06-01")) == {("入党日期", "changed")}
    take(cast, member(姓名="何某", 公民身份号码=None, 人员类别="预备党员", 转正日期=None, 入党日期="2025-05-01"))
    row = member(姓名="何某", 公民身份号码=None, 转正日期=None, 入党日期="2025-05-01")
    assert faults_of(cast, row) == {("转正日期", "missing")}


def test_what_is_assumed_is_said(cast):
    headers = [header for header in MEMBER_HEADERS if header != "民族"]
    result = take(cast, member(转正日期=None, 备注="x"), headers=[*headers, "备注"])
    assert len(result.notes) == 3
    assert result.notes[0] == "这几列没有读：备注。"
    assert Stage.objects.get(person__name="裴小满").kind == "full"
    applicant = member(姓名="何某", 公民身份号码=None, 人员类别="入党申请人", 入党日期=None, 转正日期=None)
    assert "从今天算起" in take(cast, applicant).notes[0]
    assert take(cast, applicant).unchanged == 1


def test_rights_are_asked_for(cast):
    with pytest.raises(PermissionDenied):
        take(cast, member(), by="inspector")
    with pytest.raises(Http404):
        take(cast, member(), by="neighbour")
    with pytest.raises(PermissionDenied):
        take(cast, member(), by="statistician", at=None)


def test_a_demo_with_open_sign_in_refuses_rosters(cast):
    Installation.objects.update(is_demo=True, demo_sign_in=True)
    with pytest.raises(DemoRefusesRosters):
        take(cast, member(), dry_run=True)


def test_a_sheet_without_its_columns_or_rows_is_refused_whole(cast):
    with pytest.raises(HeadersMissing, match="人员类别、所在党支部"):
        take(cast, member(), headers=["姓名", "性别"])
    with pytest.raises(NoRows):
        take(cast)


def test_a_race_after_the_check_saves_nothing(cast, monkeypatch):
    from guben.imports import member_records

    plan_for = member_records.plan_for

    def plan_then_race(*arguments):
        plan = plan_for(*arguments)
        monkeypatch.setattr(member_records, "plan_for", plan_for)
        take(cast, member(姓名="抢先"))
        return plan

    monkeypatch.setattr(member_records, "plan_for", plan_then_race)
    with pytest.raises(RowNotSaved, match="第3行") as refused:
        take(cast, member(姓名="何某", 公民身份号码=None), member())
    assert refused.value.row == 3
    assert not Person.objects.filter(name="何某").exists()


def test_csv_gives_the_same_result(cast):
    from tests.imports.sheets import csv_bytes

    content = csv_bytes(MEMBER_HEADERS, [list(member().values())])
    result = actions.import_members(read_sheet(content, name="名册.csv"), cast.town, cast.clerk)
    assert (result.accepted, result.faults) == (1, ())


def test_two_thousand_rows_take_seconds(cast):
    rows = [
        member(姓名="何某", 公民身份号码=id_number(date(1960 + number // 500, 1, 1 + number % 28), number=number),
               出生日期=date(1960 + number // 500, 1, 1 + number % 28))
        for number in range(2000)
    ]  # fmt: skip
    started = time.monotonic()
    assert take(cast, *rows).accepted == 2000
    assert take(cast, *rows).unchanged == 2000
    assert time.monotonic() - started < 15

"""Where the table lies: headers in others' words, in one row or two, below titles and above notes."""

from __future__ import annotations

import pytest

from guben.imports.columns import COLUMNS, NATIONAL_COLUMNS
from guben.imports.layout import header_for, layout
from guben.kit.tables import Sheet, UnreadableTable, read_sheet


def read(text: str, kind: str = "members") -> Sheet:
    return read_sheet(text.encode(), layout=layout(kind))


@pytest.mark.parametrize(
    ("written", "header"),
    [
        ("身份证号", "公民身份号码"), ("身份证号码", "公民身份号码"), ("证件号码", "公民身份号码"),
        ("*公民身份证号 （18位）", "公民身份号码"), ("身分證號碼", ""), ("身份證號碼", "公民身份号码"),
        ("出生年月", "出生日期"), ("入党时间", "入党日期"), ("加入党组织日期", "入党日期"), ("轉正時間", "转正日期"),
        ("联系电话", "手机号码"), ("手机", "手机号码"), ("文化程度", "学历"), ("所属支部", "所在党支部"),
        ("党组织名称", "所在党支部"), ("政治面貌", "人员类别"), ("姓　名", "姓名"), ("姓\n名：", "姓名"), ("特长", ""),
    ],
)  # fmt: skip
def test_a_header_is_known_in_the_usual_words(written, header):
    assert header_for(written, "members") == header


def test_every_national_column_is_known_and_no_word_means_two():
    assert {header_for(header, "members") for header in NATIONAL_COLUMNS} == set(NATIONAL_COLUMNS)
    for columns in COLUMNS.values():
        words = [word for column in columns for word in (column.header, *column.synonyms)]
        assert len(words) == len(set(words))


def test_titles_and_notes_are_told_and_not_read():
    sheet = read(
        "某支部党员名册\n填报单位：某村\n\n序号,姓名,性别\n1,何某,男\n\n2,李某,女\n小计,2人,\n填表人：何某\n备注：无\n以上共2人\n"
    )
    assert (sheet.headers, [row.number for row in sheet.rows]) == (("序号", "姓名", "性别"), [5, 7])
    assert [number for number, _text in sheet.asides] == [1, 2, 8, 9, 10, 11]


def test_a_header_that_comes_again_on_each_printed_page_is_passed_over():
    sheet = read("姓名,性别\n何某,男\n姓名,性别\n李某,女\n")
    assert [row.cells[0] for row in sheet.rows] == ["何某", "李某"]


def test_two_rows_of_headers_are_one():
    sheet = read("姓名,基本情况,,日期,\n,性别,学历,入党,转正\n何某,男,大专,2010.06,2011.06\n")
    assert sheet.headers == ("姓名", "性别", "学历", "入党日期", "转正日期")
    assert len(sheet.rows) == 1


def test_people_whose_names_look_like_a_note_are_people():
    sheet = read("姓名,所在党支部,备注\n共小明,某支部,\n总有才,某支部,\n单位明,某支部,\n")
    assert [row.cells[0] for row in sheet.rows] == ["共小明", "总有才", "单位明"]


def test_a_row_without_a_name_is_a_record_with_a_fault_and_no_note():
    sheet = read("姓名,性别,所在党支部\n,男,某支部\n何某,,\n")
    assert len(sheet.rows) == 2


def test_two_columns_of_the_same_meaning_are_refused():
    with pytest.raises(UnreadableTable) as refused:
        read("姓名,手机,联系电话\n何某,1,2\n")
    assert refused.value.values == {"one": "手机", "other": "联系电话", "header": "手机号码"}


def test_units_and_people_are_told_apart_by_their_headers():
    assert read("组织代码,全称,组织类别\n1,某支部,党支部\n", "").headers == ("代码", "名称", "组织类别")
    assert read("党员姓名,身份证号\n何某,1\n", "").headers == ("姓名", "公民身份号码")


def test_a_sheet_without_a_known_header_begins_at_its_first_row():
    assert read("甲,乙\n1,2\n").headers == ("甲", "乙")

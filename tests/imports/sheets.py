"""Sheets for the tests: rows by header, and identity numbers that check."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from stdnum.cn import ric

from guben.imports.columns import MEMBER_COLUMNS, UNIT_COLUMNS
from guben.kit.streaming import write_csv
from guben.kit.tables import Sheet, Written, read_sheet, workbook_bytes

MEMBER_HEADERS = [column.header for column in MEMBER_COLUMNS if column.in_template]
UNIT_HEADERS = [column.header for column in UNIT_COLUMNS]


def id_number(born_on: date, sex: str = "男", number: int = 1) -> str:
    """A number of nowhere (county 990101) that checks; `number` from 0 to 499 tells people apart."""
    sequence = number % 500 * 2 % 1000 + (1 if sex == "男" else 0)
    body = f"990101{born_on:%Y%m%d}{sequence:03d}"
    return body + ric.calc_check_digit(body + "0")


def member(**cells: Any) -> dict[str, Any]:
    """A good row: a new full member of the cast's first branch; give `公民身份号码=None` to leave a cell empty."""
    row = {
        "姓名": "裴小满",
        "性别": "男",
        "出生日期": "1990-05-03",
        "公民身份号码": id_number(date(1990, 5, 3)),
        "民族": "汉",
        "学历": "大专",
        "人员类别": "正式党员",
        "工作岗位": "工人",
        "所在党支部": "柳溪村第一党支部",
        "党小组": "第一党小组",
        "入党日期": "2015-06-01",
        "转正日期": "2016-06-01",
        "手机号码": "13800138000",
        "在册情况": "在本地",
    }
    return row | cells


def unit(**cells: Any) -> dict[str, Any]:
    """A good row: a new branch below the cast's village."""
    row = {
        "代码": "99000010120109",
        "名称": "中共柳溪村第九支部委员会",
        "简称": "柳溪村第九党支部",
        "组织类别": "党支部",
        "所属领域": "农村",
        "所在层级": None,
        "上级组织代码": "990000101201",
        "成立日期": "2020-07-01",
        "建账日": "2025-01-01",
        "批复文号": "青组〔2020〕9号",
    }
    return row | cells


def workbook(rows: Iterable[Mapping[str, Any]], headers: list[str] = MEMBER_HEADERS) -> bytes:
    return workbook_bytes(headers, [[row.get(header) for header in headers] for row in rows], sheet_name="花名册")


def csv_bytes(headers: Sequence[str], rows: Iterable[Sequence[Written]]) -> bytes:
    file = io.BytesIO()
    write_csv(file, headers, rows)
    return file.getvalue()


def sheet(rows: Iterable[Mapping[str, Any]], headers: list[str] = MEMBER_HEADERS) -> Sheet:
    return read_sheet(workbook(rows, headers))

"""A roster of 500 rows as people send it around: titles, merged headers, notes below, and every fault there is.

The same rows as a workbook, as an old workbook and as a text in GB18030.
"""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from typing import Any

import xlsxwriter
import xlwt

from guben.imports.columns import PROBLEMS
from tests.imports.sheets import id_number

# Two rows of headers, in no order of ours and in others' words; 时间 is merged over two columns.
UPPER = ["序号", "*姓 名", "公民身份\n證號碼", "性别", "出生年月", "民族", "文化程度", "政治面貌", "所属支部", "时间", "",
         "联系电话", "工作岗位", "党龄", "年龄", "学位", "现居住地", "是否流动党员", "特长", PROBLEMS]  # fmt: skip
LOWER = ["", "", "", "", "", "", "", "", "", "入党", "转正", "", "", "", "", "", "", "", "", ""]
TITLES = ["中共青石镇委员会党员花名册", "填报单位：青石镇党委    填报日期：2026年6月30日"]
NOTES = ["填表人：何某        审核人：李某", "备注：本表一式两份。"]
HEADER_ROWS = 5  # two titles, an empty row, two rows of headers
ROWS = 500

Cells = list[Any]
BORN = date(1990, 5, 3)


def good(serial: int) -> Cells:
    """A row without a fault, a different person for each serial."""
    born = date(1960, 1, 1) + timedelta(days=serial * 17)
    sex = "男" if serial % 2 else "女"
    day = (born.isoformat(), f"{born:%Y.%m.%d}", f"{born:%Y%m%d}", f"{born:%Y}年{born.month}月{born.day}日",
           f"{born.year}/{born.month}/{born.day}", f"{born:%Y.%m}", f"{born:%Y}年{born.month}月")[serial % 7]  # fmt: skip
    joined = max(born.year + 25, 2009)
    return [
        str(serial), f"何{chr(0x4E00 + serial * 13)}", id_number(born, sex, serial), sex, day, "汉族", "大学本科毕业",
        "中共党员", "柳溪村第一党支部", f"{joined}.06.01", f"{joined + 1}年6月1日", f"138{serial:08d}", "工人", "",
        "", "", "青石镇柳溪村1号", "否", "唱歌", "",
    ]  # fmt: skip


# An identity number in full-width signs, with spaces before, between and behind.
WIDE = " " + id_number(BORN, "男", 4).translate({ord(sign): ord(sign) + 0xFEE0 for sign in "0123456789X"}) + "\u3000"
# What is wrong with a row: the column, what stands there, and the fault that is told (header, kind).
FAULTS: list[tuple[dict[int, Any], tuple[str, str] | None]] = [
    ({1: ""}, ("姓名", "missing")),
    ({1: "=HYPERLINK(1)"}, ("姓名", "text")),
    ({1: "何" * 61}, ("姓名", "text")),
    ({2: "990101199005030011"}, ("公民身份号码", "id_number")),
    ({2: "990101900503001"}, ("公民身份号码", "id_number")),
    ({2: "9901011990050300"}, ("公民身份号码", "id_number")),
    ({2: "4.42E+17"}, ("公民身份号码", "lost_digits")),
    ({2: id_number(date(2030, 1, 1)), 3: "男", 4: ""}, ("公民身份号码", "id_number")),
    ({2: id_number(BORN, "男", 11), 3: "男", 4: "1990-05-04"}, ("出生日期", "id_mismatch")),
    ({2: id_number(BORN, "男", 12), 3: "男", 4: "1990.06"}, ("出生日期", "id_mismatch")),
    ({2: id_number(BORN, "男", 7), 3: "女", 4: "1990.05.03"}, ("性别", "id_mismatch")),
    ({2: "", 4: ""}, ("出生日期", "missing")),
    ({2: "", 3: ""}, ("性别", "missing")),
    ({3: "nan"}, ("性别", "choice")),
    ({4: "1990.02.30"}, ("出生日期", "day")),
    ({4: "1990.1"}, ("出生日期", "day")),
    ({4: "90.5"}, ("出生日期", "day")),
    ({4: "1990"}, ("出生日期", "day")),
    ({5: ""}, ("民族", "missing")),
    ({5: "火星"}, ("民族", "choice")),
    ({6: "博士后"}, ("学历", "choice")),
    ({7: ""}, ("人员类别", "missing")),
    ({7: "党员"}, ("人员类别", "choice")),
    ({8: ""}, ("所在党支部", "missing")),
    ({8: "柳西村第一党支部"}, ("所在党支部", "unit")),
    ({8: "滨河社区第一党支部"}, ("所在党支部", "unit")),
    ({8: "柳溪村党总支"}, ("所在党支部", "unit")),
    ({9: ""}, ("入党日期", "missing")),
    ({9: "2030.06"}, ("入党日期", "day")),
    ({9: "1970.06.01", 10: "", 4: "1960-01-01", 2: ""}, ("入党日期", "day_order")),
    ({10: "1950.01.01"}, ("转正日期", "day_order")),
    ({7: "预备党员"}, ("转正日期", "day_order")),
    ({7: "入党积极分子", 10: ""}, ("入党日期", "day_order")),
    ({11: "1380013"}, ("手机号码", "text")),
    ({12: "=1+1"}, ("工作岗位", "choice")),
    ({17: "也许"}, ("是否流动党员", "choice")),
    # what is no fault: it is mended on the way in
    ({1: "陈　小　龙"}, None),
    ({2: WIDE, 3: "男", 4: "1990年5月"}, None),
    ({5: "漢"}, None),
    ({6: "21"}, None),
    ({8: "柳溪村第一黨支部"}, None),
    ({8: "99000010120101"}, None),
    ({4: "", 3: ""}, None),
    ({11: " 138-0013-8000 "}, None),
    ({15: "工學學士"}, None),
]  # fmt: skip


def rows() -> list[Cells]:
    """All rows: good ones, each fault twice, and at the end one row again."""
    found = [good(serial) for serial in range(1, ROWS)]
    for turn in range(2):
        for place, (cells, _fault) in enumerate(FAULTS):
            row = found[turn * 200 + place * 3]
            for column, text in cells.items():
                row[column] = _own_number(text, turn, place) if column == 2 else text
    return [*found, [str(ROWS), *found[7][1:]]]


def _own_number(text: str, turn: int, place: int) -> str:
    """Rows of the second turn are other people."""
    if turn and text == WIDE:
        return id_number(BORN, "男", 300 + place)
    if turn and len(text) == 18 and text.startswith("990101") and text != "990101199005030011":
        born = date(int(text[6:10]), int(text[10:12]), int(text[12:14]))
        return id_number(born, "男", 200 + place)
    return text


def expected() -> set[tuple[int, str, str]]:
    """The faults as (row in the sheet, header, kind)."""
    found = set()
    for turn in range(2):
        for place, (_cells, fault) in enumerate(FAULTS):
            if fault:
                found.add((turn * 200 + place * 3 + HEADER_ROWS + 1, *fault))
    return found | {(ROWS + HEADER_ROWS, "公民身份号码", "twice")}


def grid() -> list[Cells]:
    """The whole sheet, from the first title to the last note."""
    titles = [[text] for text in TITLES]
    total = ["合计", "500人"]
    return [*titles, [], UPPER, LOWER, *rows(), [], total, *[[text] for text in NOTES]]


def workbook() -> bytes:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"strings_to_formulas": False, "strings_to_numbers": False}) as book:
        sheet = book.add_worksheet("花名册")
        for number, row in enumerate(grid()):
            for column, value in enumerate(row):
                sheet.write_string(number, column, value)
        sheet.merge_range(3, 9, 3, 10, "时间")
    return file.getvalue()


def old_workbook() -> bytes:
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("花名册")
    for number, row in enumerate(grid()):
        for column, value in enumerate(row):
            if (number, column) not in {(3, 9), (3, 10)}:
                sheet.write(number, column, value)
    sheet.write_merge(3, 3, 9, 10, "时间")
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def text_file() -> bytes:
    file = io.StringIO(newline="")
    csv.writer(file).writerows(grid())
    return file.getvalue().encode("gb18030")

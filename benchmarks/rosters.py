"""Made-up rosters for the benchmark of imports: good rows of twenty columns, and two in a hundred with a mistake."""

from __future__ import annotations

import io
import random
from collections.abc import Sequence
from datetime import date, timedelta

import xlsxwriter

from guben.imports.columns import NATIONAL_COLUMNS

HEADERS = NATIONAL_COLUMNS[:12] + NATIONAL_COLUMNS[14:]  # without 党龄 and its correction: twenty columns
SURNAMES = "王李张刘陈杨黄赵周吴徐孙朱马胡郭林何高梁郑罗宋谢唐韩曹许邓萧冯曾程蔡彭潘袁于董余苏叶吕魏蒋田杜丁沈姜"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华建国文志红玉兰春梅海燕晓东鹏飞宇浩然子涵欣怡梓轩"
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def id_number(born_on: date, sequence: int) -> str:
    """A number of nowhere (county 990101) that checks."""
    body = f"990101{born_on:%Y%m%d}{sequence:03d}"
    return body + "10X98765432"[sum(int(digit) * weight for digit, weight in zip(body, WEIGHTS, strict=True)) % 11]


def workbook(made: Sequence[Sequence[str]]) -> bytes:
    """The rows as spreadsheet programs save them: each text once, the cells pointing to it."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        sheet = book.add_worksheet("名册")
        for number, row in enumerate((HEADERS, *made)):
            for place, text in enumerate(row):
                if text:
                    sheet.write_string(number, place, text)
    return file.getvalue()


def rows(count: int, branches: Sequence[str], seed: int = 1) -> list[list[str]]:
    """So many rows; the same seed gives the same people."""
    dice = random.Random(seed)
    found = []
    for serial in range(count):
        born = date(1950, 1, 1) + timedelta(days=serial * 7 % 18_000)
        sequence = (serial * 7 // 18_000 * 2 + serial % 2) % 1000
        joined = date(born.year + 20 + dice.randrange(8), dice.randrange(1, 13), dice.randrange(1, 29))
        name = dice.choice(SURNAMES) + "".join(dice.choices(GIVEN, k=dice.choice((1, 2, 2))))
        found.append(
            [
                name, "男" if sequence % 2 else "女", id_number(born, sequence), dice.choice("汉汉汉汉汉满回壮苗"),
                born.isoformat(), dice.choice(("大学本科", "大专", "高中", "研究生", "初中")), "正式党员",
                dice.choice(("", "学士", "硕士")), dice.choice(branches), f"13{dice.randrange(10**8, 10**9)}",
                joined.isoformat(), date(joined.year + 1, joined.month, joined.day).isoformat(), "",
                dice.choice(("工人", "专业技术人员", "管理人员", "离退休人员")), "", "否",
                *(f"示范市青石镇柳溪村{dice.randrange(1, 400)}号" for _ in range(2)), "否", "否",
            ]
        )  # fmt: skip
    for row in dice.sample(found, count // 50):
        place, wrong = dice.choice(((4, "1990-02-30"), (2, "990101199001010011"), (9, "1380013"), (3, "火星")))
        row[place] = wrong
    return found

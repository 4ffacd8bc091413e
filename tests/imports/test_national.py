"""The national system's member list: every column that is kept, what two of them say of the standing, and jobs' words."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from guben.imports import actions, saving
from guben.imports.columns import NATIONAL_COLUMNS
from guben.imports.results import ImportResult
from guben.members import sealed
from guben.members.models import Person, Standing
from tests.imports.sheets import csv_bytes, id_number, member, sheet

pytestmark = pytest.mark.django_db
ROW = {
    "姓名": "裴小满", "性别": "男", "公民身份号码": id_number(date(1990, 5, 3)), "民族": "汉族", "出生日期": "1990.05.03",
    "学历": "大学本科毕业", "人员类别": "正式党员", "学位": "工学学士", "所在党支部": "柳溪村第一党支部",
    "手机号码": "13800138000", "入党日期": "2015-06-01", "转正日期": "2016-06-01", "党龄": "10", "党龄校正值": "-1",
    "新社会阶层类型": "自由职业人员", "工作岗位": "专业技术人员", "从事专业技术职务": "工程师", "是否农民工": "否",
    "现居住地": "青石镇柳溪村1号", "户籍所在地": "青石镇山口村2号", "是否失联党员": "否", "是否流动党员": "是",
}  # fmt: skip


def take(cast: Any, **cells: str) -> ImportResult:
    row = ROW | cells
    content = csv_bytes(NATIONAL_COLUMNS, [[row[header] for header in NATIONAL_COLUMNS]])
    return actions.import_members(actions.read(content, "名册.csv", "members"), cast.town, cast.clerk)


def standing() -> str:
    return Standing.objects.get(person__name="裴小满", until_on=None).kind


def test_every_national_column_is_kept(cast):
    result = take(cast)
    assert (result.accepted, result.faults, result.checks) == (1, (), ())
    person = Person.objects.get(name="裴小满")
    assert (person.degree, person.stratum, person.professional_post) == ("4", "自由职业人员", "工程师")
    assert (person.is_migrant_worker, person.service_correction, person.education) == (False, -1, "20")
    assert sealed.address_in("home", person.home_cipher) == "青石镇柳溪村1号"
    assert sealed.address_in("domicile", person.domicile_cipher) == "青石镇山口村2号"
    assert "青石镇柳溪村1号".encode() not in bytes(person.home_cipher)
    assert standing() == "away"
    assert take(cast).unchanged == 1


def test_each_national_column_is_updated_and_then_unchanged(cast):
    take(cast)
    changes = {"学位": "硕士", "党龄校正值": "2", "新社会阶层类型": "新媒体从业人员", "从事专业技术职务": "高级工程师",
               "是否农民工": "是", "现居住地": "山口村3号", "户籍所在地": "山口村4号", "是否失联党员": "是",
               "是否流动党员": "否"}  # fmt: skip
    assert take(cast, **changes).updated == 1
    person = Person.objects.get(name="裴小满")
    assert (person.degree, person.service_correction, person.is_migrant_worker) == ("3", 2, True)
    assert sealed.address_in("home", person.home_cipher) == "山口村3号"
    assert standing() == "lost"
    assert take(cast, **changes).unchanged == 1
    assert take(cast, **{**changes, "是否失联党员": "否"}).updated == 1
    assert standing() == "home"


def test_saving_in_batches_tells_how_many_are_saved_and_keeps_them(cast, monkeypatch):
    monkeypatch.setattr(saving, "BATCH", 2)
    rows = [member(姓名=f"何{number}"[:1] + "甲乙丙丁戊"[number], 公民身份号码=id_number(date(1990, 5, 3), number=number))
            for number in range(5)]  # fmt: skip
    told: list[int] = []

    def stop_after_two_batches(count: int) -> None:
        told.append(count)
        if count == 4:
            raise KeyboardInterrupt

    before = Person.objects.count()
    with pytest.raises(KeyboardInterrupt):
        actions.import_members(sheet(rows), cast.town, cast.clerk, saved=stop_after_two_batches)
    assert (told, Person.objects.count() - before) == ([2, 4], 4)
    result = actions.import_members(sheet(rows), cast.town, cast.clerk)
    assert (result.accepted, result.unchanged) == (1, 4)
    assert Person.objects.count() - before == 5

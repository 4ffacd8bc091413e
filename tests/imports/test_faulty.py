"""A roster with every fault, in three kinds of file: the same faults and the same people, and again nothing changes."""

from __future__ import annotations

import pytest

from guben.imports import actions
from guben.imports.results import ImportResult
from guben.members import sealed
from guben.members.models import Person
from tests.imports import faulty
from tests.imports.sheets import member, sheet

pytestmark = pytest.mark.django_db
FILES = {"workbook": faulty.workbook, "old workbook": faulty.old_workbook, "text in GB18030": faulty.text_file}


def told(result: ImportResult) -> set[tuple[int, str, str]]:
    return {(fault.row, fault.column, fault.kind) for fault in result.faults}


def everybody() -> list[tuple[object, ...]]:
    people = Person.objects.filter(name__startswith="何") | Person.objects.filter(name__startswith="陈")
    return [
        (
            person.name, person.sex, person.born_on, person.ethnicity, person.education, person.degree,
            sealed.clear_value(person, "id_number"), sealed.clear_value(person, "phone"),
            sealed.address_in("home", person.home_cipher),
            tuple(person.stages.order_by("from_on").values_list("kind", "from_on")),
            tuple(person.affiliations.values_list("organisation__code", "from_on")),
        )
        for person in people.order_by("id_number_index", "name", "born_on")
    ]  # fmt: skip


@pytest.mark.parametrize("file", FILES)
def test_every_fault_is_told_and_the_other_rows_are_saved(cast, file):
    content = FILES[file]()
    result = actions.import_members(actions.read(content, "名册.csv", "members"), cast.town, cast.clerk)
    assert told(result) == faulty.expected()
    assert result.rows == faulty.ROWS
    assert result.accepted == faulty.ROWS - len(faulty.expected())
    assert "合计" in " ".join(result.notes)
    assert any(note.startswith("这几列没有读：") and "特长" in note for note in result.notes)
    for fault in result.faults:
        assert fault.message
        assert fault.cell.endswith(str(fault.row))
    again = actions.import_members(actions.read(content, "名册.csv"), cast.town, cast.clerk)
    assert (again.accepted, again.updated, again.unchanged) == (0, 0, result.accepted)
    assert told(again) == told(result)


def test_the_three_files_give_the_same_people_and_sentences(cast):
    found = []
    for write in FILES.values():
        result = actions.import_members(actions.read(write(), "x", "members"), cast.town, cast.clerk)
        found.append((result.faults, result.checks, result.notes, everybody()))
        Person.objects.filter(pk__in=[pk for pk in Person.objects.values_list("pk", flat=True) if pk not in kept(cast)]
                              ).delete()  # fmt: skip
    assert found[0] == found[1] == found[2]
    assert len(found[0][3]) > 300


def kept(cast) -> set[int]:
    return {person.pk for person in cast.people.values()}


def test_headers_that_mean_the_same_are_refused(cast):
    from guben.imports.errors import SheetRefused

    with pytest.raises(SheetRefused, match="“身份证号”和“证件号码”两列说的是同一件事"):
        actions.read("姓名,身份证号,证件号码\n何某,,\n".encode())


def test_a_header_nearly_right_is_asked_about(cast):
    headers = ["姓名", "公民身份号码", "人员类别", "所在党支部", "入党日期", "转正日斯"]
    result = actions.import_members(sheet([member(转正日斯="x")], headers), cast.town, cast.clerk, dry_run=True)
    assert any("是不是“转正日期”" in note for note in result.notes)


def test_derived_columns_are_compared_and_not_kept(cast):
    headers = ["姓名", "公民身份号码", "人员类别", "所在党支部", "入党日期", "转正日期", "党龄", "年龄"]
    row = member(党龄="10年", 年龄=36)
    assert actions.import_members(sheet([row], headers), cast.town, cast.clerk, dry_run=True).checks == ()
    row = member(党龄="20", 年龄=50)
    result = actions.import_members(sheet([row], headers), cast.town, cast.clerk, dry_run=True)
    assert [(check.column, check.kind) for check in result.checks] == [("党龄", "derived"), ("年龄", "derived")]


def test_numbers_of_others_are_told_of_so_often_a_day_only(cast, monkeypatch):
    from guben.members.actions import numbers
    from guben.members.errors import TooManyElsewhere

    row = member(所在党支部="滨河社区第一党支部", 党小组=None)
    actions.import_members(sheet([row]), cast.city, cast.users["organiser"])
    monkeypatch.setattr(numbers, "ELSEWHERE_A_DAY", 2)
    for _ in range(2):
        (fault,) = actions.import_members(sheet([member()]), cast.town, cast.clerk, dry_run=True).faults
        assert fault.message == "已在其他组织登记，请走转接。"
    with pytest.raises(TooManyElsewhere):
        actions.import_members(sheet([member()]), cast.town, cast.clerk, dry_run=True)

"""A list of units: founded from the top down, changed where an import may, the rest refused in words."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404

from guben.accounts.models import Installation, User
from guben.audit.models import Entry
from guben.imports import actions
from guben.imports.errors import DemoRefusesRosters
from guben.organisations.models import Act, Organisation, Placement
from tests.imports.sheets import UNIT_HEADERS, sheet, unit

pytestmark = pytest.mark.django_db
KNOWN = {
    "代码": "99000010120101", "名称": "中共柳溪村第一支部委员会", "简称": "柳溪村第一党支部", "成立日期": "2012-07-01",
    "批复文号": None,
}  # fmt: skip


def take(cast, *rows, by="clerk", at="town", dry_run=False):
    where = getattr(cast, at) if at else None
    result = actions.import_organisations(sheet(rows, UNIT_HEADERS), where, cast.users[by], dry_run=dry_run)
    assert result.rows == len(rows)
    return result


def faults_of(cast, *rows, **how):
    return [(fault.row, fault.column, fault.kind) for fault in take(cast, *rows, dry_run=True, **how).faults]


def test_a_clean_row_is_founded_with_its_act(cast):
    assert take(cast, unit()).accepted == 1
    founded = Organisation.objects.get(code="99000010120109")
    assert (founded.parent, founded.kind, founded.field, founded.kept_from) == (
        cast.village, "branch", "rural", date(2025, 1, 1),
    )  # fmt: skip
    assert Act.objects.get(organisation=founded).paper == "青组〔2020〕9号"
    assert Entry.objects.filter(action="organisations.founded", object_id=str(founded.pk)).exists()


def test_units_may_stand_in_any_order(cast):
    below = unit(代码="A2", 名称="下级", 简称=None, 上级组织代码="A1")
    above = unit(代码="A1", 名称="上级", 简称=None, 组织类别="党总支")
    assert take(cast, below, above).accepted == 2
    founded = Organisation.objects.get(code="A2")
    assert (founded.parent.code, founded.short_name) == ("A1", "下级")


def test_the_same_file_again_changes_nothing(cast):
    take(cast, unit())
    before = Entry.objects.count()
    assert take(cast, unit()).unchanged == 1
    assert take(cast, unit(**KNOWN)).unchanged == 1
    assert Entry.objects.count() == before


def test_a_new_name_is_an_act_and_keeps_the_old_placement(cast):
    assert take(cast, unit(**KNOWN | {"名称": "中共柳溪村新一支部委员会", "建账日": "2025-02-01"})).updated == 1
    changed = Organisation.objects.get(code="99000010120101")
    assert (changed.name, changed.kept_from) == ("中共柳溪村新一支部委员会", date(2025, 2, 1))
    assert Placement.objects.filter(organisation=changed).count() == 2


@pytest.mark.parametrize(
    ("cells", "column", "kind"),
    [
        ({"代码": None}, "代码", "missing"),
        ({"代码": "a b"}, "代码", "text"),
        ({"名称": None}, "名称", "missing"),
        ({"名称": "=1+1"}, "名称", "text"),
        ({"简称": None, "名称": "中" * 41}, "简称", "missing"),
        ({"组织类别": "支部"}, "组织类别", "choice"),
        ({"所属领域": None}, "所属领域", "missing"),
        ({"所在层级": "屯"}, "所在层级", "choice"),
        ({"成立日期": None}, "成立日期", "missing"),
        ({"成立日期": "2026-07-01"}, "成立日期", "day"),
        ({"成立日期": "2012-06-30", "建账日": None}, "成立日期", "day_order"),
        ({"建账日": "2019-01-01"}, "建账日", "day_order"),
        ({"上级组织代码": None}, "上级组织代码", "missing"),
        ({"上级组织代码": "777"}, "上级组织代码", "parent"),
        ({"上级组织代码": "990000"}, "上级组织代码", "parent"),
        ({"上级组织代码": "99000010120109"}, "上级组织代码", "parent"),
        (KNOWN | {"上级组织代码": "990000101"}, "上级组织代码", "changed"),
        (KNOWN | {"成立日期": "2012-07-02"}, "成立日期", "changed"),
        ({"代码": "990000102"}, "代码", "elsewhere"),
    ],
)
def test_each_wrong_cell_is_named_once(cast, cells, column, kind):
    assert faults_of(cast, unit(**cells)) == [(2, column, kind)]


def test_a_parent_in_sight_but_out_of_the_scope_is_said_to_be_so(cast):
    row = unit(上级组织代码="990000102001")
    assert faults_of(cast, row, by="organiser") == [(2, "上级组织代码", "unit_reach")]


def test_a_circle_and_a_child_of_a_wrong_row_are_refused(cast):
    one, two = unit(代码="A1", 上级组织代码="A2"), unit(代码="A2", 上级组织代码="A1")
    assert [fault[2] for fault in faults_of(cast, one, two)] == ["parent", "parent"]
    wrong, child = unit(代码="A1", 名称=None), unit(代码="A2", 上级组织代码="A1")
    assert faults_of(cast, wrong, child) == [(2, "名称", "missing"), (3, "上级组织代码", "parent")]
    assert faults_of(cast, unit(), unit()) == [(3, "代码", "twice")]


def test_a_name_is_the_superiors_to_change(cast):
    row = unit(**KNOWN | {"名称": "自己改名支部"})
    assert faults_of(cast, row, by="secretary", at="branch") == [(2, "名称", "changed")]


def test_rights_are_asked_for(cast):
    with pytest.raises(PermissionDenied):
        take(cast, unit(), by="inspector")
    with pytest.raises(Http404):
        take(cast, unit(), by="neighbour")


def test_the_operator_founds_the_first_tree_of_an_empty_database(db):
    operator = User.objects.create(username="operator", is_operator=True)
    rows = sheet(
        [unit(代码="1", 名称="根", 上级组织代码=None), unit(代码="2", 名称="枝", 上级组织代码="1")], UNIT_HEADERS
    )
    assert actions.import_organisations(rows, None, operator).accepted == 2
    again = actions.import_organisations(rows, None, User.objects.get(pk=operator.pk))
    assert (again.unchanged, again.faults) == (2, ())


def test_a_demo_with_open_sign_in_refuses(cast):
    Installation.objects.update(is_demo=True, demo_sign_in=True)
    with pytest.raises(DemoRefusesRosters):
        take(cast, unit())

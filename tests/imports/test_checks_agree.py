"""The checks by column find what a plain reading of row after row finds, whatever stands in the cells."""

from __future__ import annotations

from datetime import date

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guben.imports import columns as c
from guben.imports.member_checks import read_values
from guben.imports.table import Table
from guben.kit.tables import LongNumber, Row, Sheet
from tests.imports.plain_checker import check_rows
from tests.imports.sheets import id_number

TODAY = date(2026, 6, 30)
HEADERS = (*c.NATIONAL_COLUMNS, c.STANDING, c.AGE)
DAYS = ("1990-05-03", "1990.05", "199006", "1990.1", "2008-05-03", "2008-05-02", "2015.06", "2016-06-01", "2030-01-01",
        "无", "坏", 32996.0, 19900503.0, date(1990, 5, 3), date(2015, 6, 1), "1992-02-29", "2010-02-28", "2010-03-01")  # fmt: skip
NUMBERS = (id_number(date(1990, 5, 3)), id_number(date(1992, 2, 29), "女"), id_number(date(2030, 1, 1)).lower(),
           "990101199005030011", "99010119900503001", "９９０１０１１９９００５０３０００３", LongNumber(4.42e17), "无",
           "99010118700503001X", "4.42E+17", "99010119900230001X", "9901011990050３0011", "abcdefghijklmnopqr")  # fmt: skip
SOME = {
    c.NAME: ("何某", "陈 某", "=1", "何" * 61, "John Smith", "买买提·艾力", "\u200b何某"),
    c.SEX: ("男", "女", "1", "2", "无", "x"),
    c.ID_NUMBER: NUMBERS,
    c.BORN: DAYS,
    c.JOINED: DAYS,
    c.FULL: DAYS,
    c.ETHNIC: ("汉", "汉族", "01", "漢", "无", 1.0),
    c.STAGE: ("正式党员", "预备党员", "入党积极分子", "中共党员", "党员"),
    c.BRANCH: ("某支部",),
    c.PHONE: ("13800138000", "010-12345678", "1380", 13800138000.0, "无", "１３８００１３８０００"),
    c.SERVICE: ("10", "10年", "x", 30.0),
    c.CORRECTION: ("0", "-3", "三", "9999"),
    c.AGE: ("36", "36岁", "50"),
    c.HOME: ("某村1号", "无", "=1", "某" * 121, "a b"),
    c.DOMICILE: ("某村1号", "没有", "@x"),
    c.STRATUM: ("自由职业人员", "无", "某" * 41),
    c.EXPERT: ("工程师", "="),
    c.STANDING: ("在本地", "流动", "失联", "?"),
    c.LOST: ("是", "否", "?", "无"),
    c.AWAY: ("是", "否", "1"),
    c.MIGRANT: ("是", "否", "√"),
    c.SCHOOLING: ("大专", "21", "博士后", "无"),
    c.DEGREE: ("工学学士", "博士学位", "无", "x"),
    c.WORK: ("工人", "退休", "无", "x"),
}
cell = {header: st.one_of(st.sampled_from(SOME[header]), st.none()) for header in HEADERS}
rows = st.lists(st.tuples(*(cell[header] for header in HEADERS)), min_size=1, max_size=80)
left_out = st.sets(st.sampled_from(sorted(set(HEADERS) - {c.NAME, c.STAGE, c.BRANCH})), max_size=8)


def plain(value: object) -> object:
    return value or None


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(rows=rows, without=left_out)
def test_by_column_and_by_row_agree(rows, without):
    places = [place for place, header in enumerate(HEADERS) if header not in without]
    sheet = Sheet(
        "名册",
        tuple(HEADERS[place] for place in places),
        tuple(Row(number, tuple(cells[place] for place in places)) for number, cells in enumerate(rows, start=2)),
    )
    table = Table(sheet, c.MEMBER_COLUMNS)
    values = read_values(table, TODAY, lambda *_told: None)
    faults, checks, found = check_rows(sheet, TODAY)
    assert {(f.row, f.column, f.kind) for about in table.faults.values() for f in about} == faults
    assert {(f.row, f.column, f.kind) for about in table.checks.values() for f in about} == checks
    for index, row in enumerate(found):
        if index not in table.faults:
            assert {header: plain(values[header][index]) for header in row} == {
                header: plain(value) for header, value in row.items()
            }

from __future__ import annotations

from dataclasses import replace

import pytest

from guben.rulebook_engine.checking import check
from guben.rulebook_engine.describing import describe
from guben.rulebook_engine.facts import Column, FactTable
from tests.rulebook_engine.tables import MEETING, MEMBER, ORGANISATION

WORDS = [
    (MEMBER, "age <= 35", "年龄不超过35", "age is at most 35"),
    (MEMBER, "35 >= age", "35不低于年龄", "35 is at least age"),
    (MEMBER, "born_on < '1990-01-01'", "出生日期早于1990-01-01", "day of birth is before 1990-01-01"),
    (MEMBER, "age between 18 and 35", "年龄在18到35之间", "age is from 18 to 35"),
    (
        MEMBER,
        "months(last_contact_on) >= 6",
        "距最近联系日期的整月数不低于6",
        "whole months since last contact is at least 6",
    ),
    (MEMBER, "last_contact_on is not null", "有最近联系日期", "there is a last contact"),
    (MEMBER, "not has_contact_person", "不符合“有联系人”", "not “has a contact person”"),
    (MEMBER, "has_contact_person = true", "有联系人", "has a contact person"),
    (
        ORGANISATION,
        "kind in ('branch', 'committee')",
        "组织类别是支部、committee之一",
        "kind is one of Branch, committee",
    ),
    (ORGANISATION, "kind not in ('branch')", "组织类别不是支部", "kind is not Branch"),
    (ORGANISATION, "kind = 'branch'", "组织类别是支部", "kind is Branch"),
    (MEETING, "present * 2 >= entitled", "(实到人数 × 2)不低于应到人数", "(present × 2) is at least entitled"),
    (
        MEMBER,
        "sex = '2' and (age < 30 or age > 60)",
        "性别是2，并且（年龄低于30，或者年龄超过60）",
        "sex is 2, and (age is below 30, or age is above 60)",
    ),
]


def named(table: FactTable, branch: str) -> FactTable:
    """The table with a name for one of the codes of its kinds."""
    columns = (replace(one, labels={"branch": branch}) if one.name == "kind" else one for one in table.columns)
    return replace(table, columns=tuple(columns))


@pytest.mark.parametrize(("table", "text", "zh", "en"), WORDS)
def test_a_condition_is_said_in_words(table: FactTable, text: str, zh: str, en: str) -> None:
    assert describe(check(text, named(table, "支部")), "zh-hans") == zh
    assert describe(check(text, named(table, "Branch")), "en") == en


def test_a_figure_is_said_in_words() -> None:
    checked = check("share(age <= 35) - sum(talks) / count()", MEMBER, "figure")

    assert describe(checked, "zh") == "“年龄不超过35”的占比 − (谈话次数合计 ÷ 总数)"
    assert describe(checked, "en") == "the share with “age is at most 35” − (the sum of talks ÷ the number of all)"


def test_the_value_of_a_standard_is_said_by_its_indicators_name() -> None:
    checked = check("value <= 0.85", MEMBER, more=[Column("value", "number", "数值", "value")])

    assert describe(checked, "zh") == "数值不超过0.85"
    assert describe(checked, "zh", names={"value": "45岁及以上党员占比"}) == "45岁及以上党员占比不超过0.85"

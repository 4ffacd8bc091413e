"""A small catalogue with the names and types of the real fact tables, for tests of the engine alone."""

from __future__ import annotations

from guben.rulebook_engine.facts import Catalogue, Column, FactTable

ORGANISATION = FactTable(
    "organisation",
    "组织",
    "unit",
    (
        Column("kind", "text", "组织类别", "kind", ("committee", "general_branch", "branch", "joint_branch")),
        Column("territory", "text", "所在层级", "territory", ("", "city", "county", "town", "village", "community")),
        Column("founded_on", "date", "成立日期", "founding day"),
        Column("kept_from", "date", "建账日", "kept from"),
        Column("groups", "integer", "党小组数", "groups"),
        Column("has_committee", "boolean", "设委员会", "has a committee"),
        Column("members", "integer", "党员数", "members", default=0),
        Column("full_time_organisers", "integer", "专职组织员数", "full-time organisers", default=0),
    ),
    "",
)
MEMBER = FactTable(
    "member",
    "党员",
    "member",
    (
        Column("stage", "text", "人员类别", "stage", ("activist", "probationary", "full")),
        Column("sex", "text", "性别", "sex", ("1", "2")),
        Column("born_on", "date", "出生日期", "day of birth"),
        Column("age", "age", "年龄", "age", of="born_on"),
        Column("education", "text", "学历", "education", ("", "10", "20", "30", "40", "60")),
        Column("last_contact_on", "date", "最近联系日期", "last contact"),
        Column("has_contact_person", "boolean", "有联系人", "has a contact person"),
        Column("note", "text", "备注", "note"),
        Column("hours", "number", "学时", "hours"),
        Column("talks", "integer", "谈话次数", "talks"),
    ),
    "",
)
MEETING = FactTable(
    "meeting",
    "会议",
    "meeting",
    (
        Column("form", "text", "什么会", "form", ("member_meeting", "committee", "group")),
        Column("held_on", "date", "召开日期", "day held"),
        Column("counts_on", "date", "算在哪天", "day it counts for"),
        Column("recorded_on", "date", "登记日期", "day recorded"),
        Column("entitled", "integer", "应到人数", "entitled"),
        Column("present", "integer", "实到人数", "present"),
        Column("has_minutes", "boolean", "有记录", "has minutes"),
    ),
    "",
)

PUBLICATION = FactTable(
    "publication",
    "公开",
    "publication",
    (
        Column("rule", "text", "公开事项", "matter"),
        Column("audience", "text", "对谁公开", "audience", ("unit", "subtree", "signed_in", "public")),
        Column("published_on", "date", "公开日期", "day published"),
        Column("counts_on", "date", "算在哪天", "day it counts for"),
        Column("recorded_on", "date", "登记日期", "day recorded"),
    ),
    "",
)


def small_catalogue() -> Catalogue:
    catalogue = Catalogue()
    catalogue.papers = ("S0", "S1", "S2", "S3", "S4")
    catalogue.publish_effects("give-key", "take-key")
    catalogue.publish_warnings("full-house")
    catalogue.publish_roles(lambda: ("secretary", "clerk", "organiser"))
    for table in (ORGANISATION, MEMBER, MEETING, PUBLICATION):
        catalogue.register(table)
    return catalogue


HEAD = """
[rulebook]
key        = "sample"
title      = { zh = "样本", en = "Sample" }
source     = "Sample rules"
confidence = "verified"
from       = 2018-01-01
"""

DUTY = """
[[duty]]
key        = "member-meeting"
title      = { zh = "党员大会", en = "Members' meeting" }
who        = "kind = 'branch'"
every      = "quarter"
answerable = "secretary"
evidence   = { record = "meeting", is = "form = 'member_meeting'", where = "present * 2 >= entitled" }
"""

INDICATOR = """
[[indicator]]
key   = "share-35-or-under"
title = { zh = "35岁及以下", en = "Aged 35 or under" }
value = "share(age <= 35)"
over  = "member"
where = "stage = 'full'"
scope = "subtree"
"""

STANDARD = """
[[standard]]
key       = "young-enough"
title     = { zh = "够年轻", en = "Young enough" }
indicator = "share-35-or-under"
holds     = "value >= 0.25"
line      = { zh = "四分之一", en = "A quarter" }
severity  = "low"
remedy    = { zh = "发展青年", en = "Win the young" }
opens     = "age > 35"
"""

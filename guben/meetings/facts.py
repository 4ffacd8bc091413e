"""Fact tables of meetings, up to a day: what was held, and whether leaders took part in their own branch's life."""

from __future__ import annotations

from guben.meetings.choices import Form
from guben.organisations.choices import TEAM_POSTS, Kind
from guben.rulebook_engine.facts import Column, FactTable

_TEAM = ", ".join(f"'{kind.value}'" for kind in TEAM_POSTS)
_COMMITTEES = ", ".join(f"'{kind.value}'" for kind in (Kind.COMMITTEE, Kind.WORK_COMMITTEE))

MEETING = FactTable(
    name="meeting",
    zh="会议",
    en="meeting",
    columns=(
        Column("form", "text", "什么会", "form", tuple(Form.values), labels=dict(Form.choices)),
        Column("held_on", "date", "召开日期", "day held"),
        Column("counts_on", "date", "算在哪一天的期里", "day it counts for"),
        Column("recorded_on", "date", "登记日期", "day recorded"),
        Column("roll", "integer", "名册人数", "people on the roll"),
        Column("entitled", "integer", "应到人数", "entitled to attend"),
        Column("present", "integer", "实到人数", "present"),
        Column("has_minutes", "boolean", "有记录", "has minutes"),
    ),
    sql="""
SELECT m.organisation_id AS organisation, m.id AS record, m.form AS form, m.held_on AS held_on,
  coalesce(m.makes_up_on, m.held_on) AS counts_on, m.recorded_on AS recorded_on, m.roll_count AS roll,
  m.entitled_count AS entitled,
  m.entitled_count - m.unnamed_absent_count - (SELECT count(*) FROM meetings_absence b
    WHERE b.meeting_id = m.id AND b.entitled) AS present,
  CASE WHEN m.minutes <> '' THEN 1 ELSE 0 END AS has_minutes
FROM meetings_meeting m
WHERE m.withdrawn_at IS NULL AND m.held_on <= %(on)s /*within:m.organisation_id*/
""",
)

LEADER_MEETING = FactTable(
    name="leader_meeting",
    zh="领导参加所在支部组织生活",
    en="leader's part in the own branch's life",
    columns=(
        Column("form", "text", "什么会", "form", tuple(Form.values), labels=dict(Form.choices)),
        Column("held_on", "date", "召开日期", "day held"),
        Column("attended", "boolean", "到会", "attended"),
    ),
    sql=f"""
SELECT p.organisation_id AS organisation, m.id AS record, m.form AS form, m.held_on AS held_on,
  CASE WHEN EXISTS (SELECT 1 FROM meetings_absence b WHERE b.meeting_id = m.id AND b.person_id = h.person_id)
    THEN 0 ELSE 1 END AS attended
FROM organisations_post q
JOIN organisations_placement p ON p.organisation_id = q.organisation_id AND p.kind IN ({_COMMITTEES})
  AND p.from_on <= %(on)s AND (p.until_on IS NULL OR p.until_on > %(on)s)
JOIN members_holding h ON h.post_id = q.id AND h.from_on <= %(on)s AND (h.until_on IS NULL OR h.until_on > %(on)s)
JOIN members_affiliation a ON a.person_id = h.person_id
  AND a.from_on <= %(on)s AND (a.until_on IS NULL OR a.until_on > %(on)s)
JOIN meetings_meeting m ON m.organisation_id = a.organisation_id AND m.withdrawn_at IS NULL
  AND m.form IN ('member_meeting', 'theme_day', 'lecture', 'organisational_life', 'appraisal')
  AND m.held_on <= %(on)s AND m.held_on > %(year_before)s AND m.held_on >= a.from_on
WHERE q.kind IN ({_TEAM}) AND q.from_on <= %(on)s AND (q.until_on IS NULL OR q.until_on > %(on)s)
  /*within:q.organisation_id*/
""",
)

TABLES = (MEETING, LEADER_MEETING)

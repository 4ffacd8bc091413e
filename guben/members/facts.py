"""Fact tables of people, posts, and what units get from them, as of a day."""

from __future__ import annotations

from guben.members.choices import EDUCATION, ETHNICITY, Occupation, Sex, StageKind, StandingKind
from guben.organisations.choices import TEAM_POSTS, PostKind
from guben.rulebook_engine.facts import Column, Extension, FactTable, Link

_ON = "{0}.from_on <= %(on)s AND ({0}.until_on IS NULL OR {0}.until_on > %(on)s)"
_TEAM = ", ".join(f"'{kind.value}'" for kind in TEAM_POSTS)

MEMBER = FactTable(
    name="member",
    zh="党员和发展中的人员",
    en="person on a roll",
    columns=(
        Column("stage", "text", "人员类别", "stage", tuple(StageKind.values), labels=dict(StageKind.choices)),
        Column(
            "standing", "text", "在册情况", "standing", tuple(StandingKind.values), labels=dict(StandingKind.choices)
        ),
        Column("sex", "text", "性别", "sex", tuple(Sex.values), labels=dict(Sex.choices)),
        Column("born_on", "date", "出生日期", "day of birth"),
        Column("age", "age", "年龄", "age", of="born_on"),
        Column("ethnicity", "text", "民族", "ethnicity", tuple(ETHNICITY), labels=ETHNICITY),
        Column("education", "text", "学历", "education", ("", *EDUCATION), labels=EDUCATION),
        Column(
            "occupation", "text", "工作岗位", "occupation", ("", *Occupation.values), labels=dict(Occupation.choices)
        ),
        Column("joined_on", "date", "入党日期", "day of admission"),
        Column("full_on", "date", "转正日期", "day of full membership"),
        Column("last_contact_on", "date", "最近联系日期", "day of the last contact"),
        Column("has_contact_person", "boolean", "有联系人", "has a contact person"),
    ),
    sql=f"""
SELECT a.organisation_id AS organisation, p.id AS record, s.kind AS stage, coalesce(t.kind, 'home') AS standing,
  p.sex AS sex, p.born_on AS born_on, p.ethnicity AS ethnicity, p.education AS education, p.occupation AS occupation,
  (SELECT min(j.from_on) FROM members_stage j
    WHERE j.person_id = p.id AND j.kind IN ('probationary', 'full') AND j.from_on <= %(on)s) AS joined_on,
  (SELECT min(f.from_on) FROM members_stage f
    WHERE f.person_id = p.id AND f.kind = 'full' AND f.from_on <= %(on)s) AS full_on,
  coalesce((SELECT max(c.contacted_on) FROM members_contact c
    WHERE c.person_id = p.id AND c.contacted_on <= %(on)s), t.from_on) AS last_contact_on,
  CASE WHEN t.contact_person_id IS NULL THEN 0 ELSE 1 END AS has_contact_person
FROM members_affiliation a
JOIN members_person p ON p.id = a.person_id
JOIN members_stage s ON s.person_id = p.id AND {_ON.format("s")}
LEFT JOIN members_standing t ON t.person_id = p.id AND {_ON.format("t")}
WHERE {_ON.format("a")} /*within:a.organisation_id*/
""",
)

POST = FactTable(
    name="post",
    zh="岗位",
    en="post",
    columns=(
        Column("kind", "text", "职务", "kind of post", tuple(PostKind.values), labels=dict(PostKind.choices)),
        Column("is_full_time", "boolean", "专职", "full-time"),
        Column("on_grassroots_work", "boolean", "直接从事基层党建", "on grassroots work"),
        Column("filled", "boolean", "有人任职", "filled"),
        Column("holder_born_on", "date", "任职者出生日期", "holder's day of birth"),
        Column("holder_age", "age", "任职者年龄", "holder's age", of="holder_born_on"),
        Column("holder_sex", "text", "任职者性别", "holder's sex", tuple(Sex.values), labels=dict(Sex.choices)),
        Column("holder_education", "text", "任职者学历", "holder's education", ("", *EDUCATION), labels=EDUCATION),
        Column("held_since", "date", "任职自", "held since"),
        Column("vacant_since", "date", "空缺自", "vacant since"),
        Column("sent_down", "boolean", "下派任职", "holder sent down by another unit"),
        Column("sent_until", "date", "下派期满", "day the term of the one sent down ends"),
    ),
    sql=f"""
SELECT q.organisation_id AS organisation, q.id AS record, q.kind AS kind, q.is_full_time AS is_full_time,
  q.on_grassroots_work AS on_grassroots_work, CASE WHEN h.id IS NULL THEN 0 ELSE 1 END AS filled,
  p.born_on AS holder_born_on, p.sex AS holder_sex, p.education AS holder_education, h.from_on AS held_since,
  CASE WHEN h.id IS NULL THEN coalesce((SELECT max(e.until_on) FROM members_holding e
    WHERE e.post_id = q.id AND e.until_on <= %(on)s), q.from_on) END AS vacant_since,
  CASE WHEN d.id IS NULL THEN 0 ELSE 1 END AS sent_down, d.ends_on AS sent_until
FROM organisations_post q
LEFT JOIN members_holding h ON h.post_id = q.id AND {_ON.format("h")}
LEFT JOIN members_secondment d ON d.holding_id = h.id
LEFT JOIN members_person p ON p.id = h.person_id
WHERE {_ON.format("q")} /*within:q.organisation_id*/
""",
)

ROLL_COUNTS = Extension(
    columns=(
        Column("members", "integer", "党员数", "members", default=0),
        Column("full_members", "integer", "正式党员数", "full members", default=0),
        Column("probationary_members", "integer", "预备党员数", "probationary members", default=0),
    ),
    sql=f"""
SELECT a.organisation_id AS organisation, count(*) AS members,
  sum(CASE WHEN s.kind = 'full' THEN 1 ELSE 0 END) AS full_members,
  sum(CASE WHEN s.kind = 'probationary' THEN 1 ELSE 0 END) AS probationary_members
FROM members_affiliation a
JOIN members_stage s ON s.person_id = a.person_id AND s.kind IN ('full', 'probationary') AND {_ON.format("s")}
WHERE {_ON.format("a")} /*within:a.organisation_id*/
GROUP BY a.organisation_id
""",
)

POST_COUNTS = Extension(
    columns=(
        Column("team_filled", "integer", "班子实有人数", "filled seats in the team", default=0),
        Column("secretary_filled", "boolean", "书记在职", "secretary in office", default=0),
        Column("secretary_vacant_since", "date", "书记空缺自", "secretary vacant since"),
        Column("full_time_organisers", "integer", "专职组织员数", "full-time organisers", default=0),
        Column("part_time_organisers", "integer", "兼职组织员数", "part-time organisers", default=0),
        Column("full_time_staff", "integer", "在职的专职岗位数", "filled full-time posts", default=0),
        Column("part_time_staff", "integer", "在职的兼职岗位数", "filled part-time posts", default=0),
        Column("sent_down_cadres", "integer", "下派干部数", "cadres sent down to the unit", default=0),
    ),
    sql=f"""
SELECT q.organisation_id AS organisation,
  sum(CASE WHEN q.kind IN ({_TEAM}) AND h.id IS NOT NULL THEN 1 ELSE 0 END) AS team_filled,
  max(CASE WHEN q.kind = 'secretary' AND h.id IS NOT NULL THEN 1 ELSE 0 END) AS secretary_filled,
  min(CASE WHEN q.kind = 'secretary' AND h.id IS NULL THEN coalesce((SELECT max(e.until_on) FROM members_holding e
    WHERE e.post_id = q.id AND e.until_on <= %(on)s), q.from_on) END) AS secretary_vacant_since,
  sum(CASE WHEN q.kind = 'organiser_full_time' AND h.id IS NOT NULL THEN 1 ELSE 0 END) AS full_time_organisers,
  sum(CASE WHEN q.kind = 'organiser_part_time' AND h.id IS NOT NULL THEN 1 ELSE 0 END) AS part_time_organisers,
  sum(CASE WHEN q.is_full_time AND h.id IS NOT NULL THEN 1 ELSE 0 END) AS full_time_staff,
  sum(CASE WHEN NOT q.is_full_time AND h.id IS NOT NULL THEN 1 ELSE 0 END) AS part_time_staff,
  sum(CASE WHEN d.id IS NOT NULL THEN 1 ELSE 0 END) AS sent_down_cadres
FROM organisations_post q
LEFT JOIN members_holding h ON h.post_id = q.id AND {_ON.format("h")}
LEFT JOIN members_secondment d ON d.holding_id = h.id
WHERE {_ON.format("q")} /*within:q.organisation_id*/
GROUP BY q.organisation_id
""",
)

RESERVE_COUNTS = Extension(
    columns=(Column("reserve_cadres", "integer", "后备干部数", "reserve cadres", default=0),),
    sql=f"""
SELECT e.organisation_id AS organisation, count(DISTINCT e.person_id) AS reserve_cadres
FROM members_reserveentry e
WHERE {_ON.format("e")} /*within:e.organisation_id*/
GROUP BY e.organisation_id
""",
)

TABLES = (MEMBER, POST)
LINKS = (  # of those who are or were on a unit's roll: the other units that had them, and those where they hold posts
    Link("""SELECT b.organisation_id FROM members_affiliation a JOIN members_affiliation b ON b.person_id = a.person_id
WHERE 1 = 1 /*within:a.organisation_id*/"""),
    Link("""SELECT q.organisation_id FROM members_affiliation a JOIN members_holding h ON h.person_id = a.person_id
JOIN organisations_post q ON q.id = h.post_id WHERE 1 = 1 /*within:a.organisation_id*/"""),
)
EXTENSIONS = {"organisation": (ROLL_COUNTS, POST_COUNTS, RESERVE_COUNTS)}

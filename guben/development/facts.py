"""What rules may say about the development of members: one row for each case, and what units get from them."""

from __future__ import annotations

from guben.development.choices import PROCEDURE, Channel, Recommended
from guben.members.choices import EDUCATION, Occupation, Sex, StageKind
from guben.rulebook_engine.facts import Column, FactTable

_ON = "{0}.from_on <= %(on)s AND ({0}.until_on IS NULL OR {0}.until_on > %(on)s)"
_STANDS = "{0}.outcome <> 'taken_back' AND NOT EXISTS (SELECT 1 FROM procedures_entry x WHERE x.corrects_id = {0}.id)"
_RANKS = {"10": 7, "20": 6, "30": 5, "40": 4, "60": 3, "70": 2, "80": 1}  # 研究生 … 小学
_RANK = "CASE {0}.education " + " ".join(f"WHEN '{code}' THEN {rank}" for code, rank in _RANKS.items()) + " END"
_WITHDRAWN = "withdrawn"
_DAYS = ("activist_on", "candidate_on", "admitted_on", "full_on")

# Those whom the unit of a case took in after its applicant had applied.
_LATER = f"""FROM development_application b JOIN procedures_case k ON k.id = b.case_id
    JOIN members_person q ON q.id = k.person_id
    WHERE k.organisation_id = c.organisation_id AND k.procedure = '{PROCEDURE}'
      AND b.admitted_on > a.applied_on AND b.admitted_on <= %(on)s"""
_ADMITTED = "(a.admitted_on IS NOT NULL AND a.admitted_on <= %(on)s)"
_THEN = f"(CASE WHEN {_ADMITTED} THEN a.admitted_on ELSE %(on)s END)"
# Applied before somebody else was taken in, and neither taken in nor withdrawn.
_PASSED_OVER = f"""(NOT {_ADMITTED} AND coalesce(c.ended_as, '') <> '{_WITHDRAWN}' 
    AND EXISTS (SELECT 1 {_LATER}))"""

CASE = FactTable(
    name="development_case",
    zh="发展党员的办件",
    en="case of a member's development",
    columns=(
        Column("stage", "text", "人员类别", "stage", ("", *StageKind.values), labels=dict(StageKind.choices)),
        Column("is_open", "boolean", "正在办", "open"),
        Column("channel", "text", "发展渠道", "channel", ("", *Channel.values), labels=dict(Channel.choices)),
        Column(
            "recommended_by",
            "text",
            "谁推荐",
            "recommended by",
            ("", *Recommended.values),
            labels=dict(Recommended.choices),
        ),
        Column("sex", "text", "性别", "sex", tuple(Sex.values), labels=dict(Sex.choices)),
        Column("born_on", "date", "出生日期", "day of birth"),
        Column("age", "age", "年龄", "age", of="born_on"),
        Column("education", "text", "学历", "education", ("", *EDUCATION), labels=EDUCATION),
        Column(
            "occupation", "text", "工作岗位", "occupation", ("", *Occupation.values), labels=dict(Occupation.choices)
        ),
        Column("has_skill", "boolean", "有专业技术职务", "has a professional post"),
        Column("applied_on", "date", "申请日期", "day of the application"),
        Column("activist_on", "date", "确定为积极分子的日期", "day of becoming an activist"),
        Column("candidate_on", "date", "确定为发展对象的日期", "day of becoming a candidate"),
        Column("admitted_on", "date", "接收为预备党员的日期", "day of admission"),
        Column("full_on", "date", "转正日期", "day of full membership"),
        Column("has_relative", "boolean", "申请书写明的亲属在本支部", "a declared relative is a member of the unit"),
        Column("introducers", "integer", "入党介绍人数", "introducers"),
        Column(
            "introducer_admissions",
            "integer",
            "同一介绍人在本支部介绍的人数",
            "admissions in the unit by the same introducer",
        ),
        Column("education_rank", "integer", "学历等级（小学1到研究生7）", "rank of education, 1 to 7"),
        Column("passed_over", "boolean", "申请在先，还没接收", "applied earlier and not taken in"),
        Column("abler_than_admitted", "boolean", "学历高过后来接收的人", "better educated than those taken in after"),
        Column("out_of_order", "boolean", "步骤日期倒置", "days of steps in the wrong order"),
        Column("same_day_steps", "integer", "同一天办的步骤数", "most steps taken on one day"),
    ),
    sql=f"""
SELECT c.organisation_id AS organisation, c.id AS record,
  coalesce((SELECT max(s.kind) FROM members_stage s
    WHERE s.person_id = c.person_id AND {_ON.format("s")}), '') AS stage,
  CASE WHEN c.ended_on IS NULL OR c.ended_on > %(on)s THEN 1 ELSE 0 END AS is_open,
  coalesce(a.channel, '') AS channel, coalesce(a.recommended_by, '') AS recommended_by,
  p.sex AS sex, p.born_on AS born_on, p.education AS education, p.occupation AS occupation,
  CASE WHEN p.professional_post <> '' THEN 1 ELSE 0 END AS has_skill,
  coalesce(a.applied_on, c.begun_on) AS applied_on,
  {", ".join(f"CASE WHEN a.{day} <= %(on)s THEN a.{day} END AS {day}" for day in _DAYS)},
  CASE WHEN EXISTS (SELECT 1 FROM development_tie t
    JOIN members_affiliation f ON f.person_id = t.person_id AND f.organisation_id = c.organisation_id
    JOIN members_stage s ON s.person_id = t.person_id AND s.kind IN ('probationary', 'full')
    WHERE t.application_id = a.id AND t.kind = 'relative'
      AND f.from_on <= {_THEN} AND (f.until_on IS NULL OR f.until_on > {_THEN})
      AND s.from_on <= {_THEN} AND (s.until_on IS NULL OR s.until_on > {_THEN})) THEN 1 ELSE 0 END AS has_relative,
  (SELECT count(*) FROM development_tie t
    WHERE t.application_id = a.id AND t.kind = 'introducer' AND {_ON.format("t")}) AS introducers,
  CASE WHEN {_ADMITTED} THEN (SELECT count(*) FROM development_tie mine
    JOIN development_tie theirs ON theirs.person_id = mine.person_id AND theirs.kind = 'introducer'
      AND theirs.until_on IS NULL
    JOIN development_application b ON b.id = theirs.application_id AND b.admitted_on <= %(on)s
    JOIN procedures_case k ON k.id = b.case_id AND k.organisation_id = c.organisation_id
      AND k.procedure = '{PROCEDURE}'
    WHERE mine.application_id = a.id AND mine.kind = 'introducer' AND mine.until_on IS NULL
    GROUP BY mine.person_id ORDER BY count(*) DESC LIMIT 1) END AS introducer_admissions,
  {_RANK.format("p")} AS education_rank,
  CASE WHEN {_PASSED_OVER} THEN 1 ELSE 0 END AS passed_over,
  CASE WHEN {_PASSED_OVER} AND {_RANK.format("p")} > (SELECT avg({_RANK.format("q")}) {_LATER}) THEN 1 ELSE 0 END
    AS abler_than_admitted,
  CASE WHEN EXISTS (SELECT 1 FROM procedures_entry e JOIN procedures_entry l ON l.case_id = e.case_id
    AND l.number > e.number AND l.done_on < e.done_on
    WHERE e.case_id = c.id AND e.done_on <= %(on)s AND e.corrects_id IS NULL AND l.corrects_id IS NULL
      AND {_STANDS.format("e")} AND {_STANDS.format("l")}) THEN 1 ELSE 0 END AS out_of_order,
  coalesce((SELECT count(DISTINCT e.step) FROM procedures_entry e
    WHERE e.case_id = c.id AND e.done_on <= %(on)s AND {_STANDS.format("e")}
    GROUP BY e.done_on ORDER BY count(DISTINCT e.step) DESC LIMIT 1), 0) AS same_day_steps
FROM procedures_case c
JOIN members_person p ON p.id = c.person_id
LEFT JOIN development_application a ON a.case_id = c.id
WHERE c.procedure = '{PROCEDURE}' AND c.begun_on <= %(on)s /*within:c.organisation_id*/
""",
)

# To which unit an admission is counted: that of the day, or the first known one where the books begin later.
ADMISSIONS = FactTable(
    name="unit_admissions",
    zh="各组织接收预备党员",
    en="a unit's admissions",
    columns=(
        Column("last_on", "date", "最近一次接收（没有过的，从成立算）", "last admission, else the founding"),
        Column("never", "boolean", "没有接收过", "never took anybody in"),
    ),
    sql="""
SELECT o.id AS organisation, o.id AS record, coalesce(l.last_on, o.founded_on) AS last_on,
  CASE WHEN l.last_on IS NULL THEN 1 ELSE 0 END AS never
FROM organisations_organisation o
LEFT JOIN (SELECT f.organisation_id AS organisation, max(s.from_on) AS last_on
  FROM members_affiliation f
  JOIN members_stage s ON s.person_id = f.person_id AND s.kind = 'probationary' AND s.from_on <= %(on)s
  WHERE (f.until_on IS NULL OR f.until_on > s.from_on)
    AND NOT EXISTS (SELECT 1 FROM members_affiliation e WHERE e.person_id = f.person_id
      AND e.from_on < f.from_on AND (e.until_on IS NULL OR e.until_on > s.from_on)) /*within:f.organisation_id*/
  GROUP BY f.organisation_id) AS l ON l.organisation = o.id
WHERE o.founded_on <= %(on)s /*within:o.id*/
""",
)

TABLES = (CASE, ADMISSIONS)

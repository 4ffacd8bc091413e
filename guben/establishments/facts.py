"""Fact tables of establishments and of members without a unit, as of a day."""

from __future__ import annotations

from guben.establishments.calculations import LEAST
from guben.establishments.choices import EstablishmentKind, Step, Way
from guben.rulebook_engine.facts import Column, FactTable, Link

_ON = "{0}.from_on <= %(on)s AND ({0}.until_on IS NULL OR {0}.until_on > %(on)s)"
_MEMBER = "('full', 'probationary')"


def _working(kinds: str) -> str:
    return f"""(SELECT count(*) FROM establishments_workplace w
    JOIN members_stage s ON s.person_id = w.person_id AND s.kind IN {kinds} AND {_ON.format("s")}
    WHERE w.establishment_id = e.id AND {_ON.format("w")})"""


# Each kind of unit by itself, so that the rows of few units are found by their keys.
_GONE = "o.dissolved_on IS NOT NULL AND o.dissolved_on <= %(on)s AND o.parent_id IS NOT NULL"


def _left(unit: str, which: str) -> str:
    """Members whose last stay in a unit is over, at that unit or, where it is gone, at its superior."""
    return f"""SELECT {unit} AS organisation, z.person_id AS record, z.until_on AS since, 0 AS at_committee
FROM members_stage s
JOIN members_affiliation z ON z.person_id = s.person_id AND z.until_on IS NOT NULL AND z.until_on <= %(on)s
JOIN organisations_organisation o ON o.id = z.organisation_id
WHERE s.kind IN {_MEMBER} AND {_ON.format("s")} AND {which}
  AND NOT EXISTS (SELECT 1 FROM members_affiliation y WHERE y.person_id = s.person_id AND {_ON.format("y")})
  AND NOT EXISTS (SELECT 1 FROM members_affiliation x WHERE x.person_id = s.person_id AND x.from_on <= %(on)s
    AND (x.from_on > z.from_on OR (x.from_on = z.from_on AND x.id > z.id)))"""


ESTABLISHMENT = FactTable(
    name="establishment",
    zh="单位（企业、社会组织等）",
    en="establishment",
    columns=(
        Column("kind", "text", "类别", "kind", tuple(EstablishmentKind.values), labels=dict(EstablishmentKind.choices)),
        Column("since", "date", "登记自", "on record since"),
        Column("staff", "integer", "职工数", "staff"),
        Column("members_known", "integer", "已知党员数", "known members"),
        Column("full_known", "integer", "已知正式党员数", "known full members"),
        Column("covered", "boolean", "已覆盖", "covered"),
        Column("way", "text", "覆盖方式", "how it is covered", ("", *Way.values), labels=dict(Way.choices)),
        Column("has_instructor", "boolean", "有党建指导员", "has an instructor"),
        Column("step", "text", "下一步", "next step", tuple(Step.values), labels=dict(Step.choices)),
    ),
    sql=f"""
SELECT f.organisation AS organisation, f.record AS record, f.kind AS kind, f.since AS since, f.staff AS staff,
  f.members_known AS members_known, f.full_known AS full_known, CASE WHEN f.way = '' THEN 0 ELSE 1 END AS covered,
  f.way AS way, f.has_instructor AS has_instructor,
  CASE WHEN f.way = 'joint' AND f.full_known >= {LEAST} THEN 'separate' WHEN f.way <> '' THEN 'covered'
    WHEN f.full_known >= {LEAST} THEN 'found' WHEN f.full_known > 0 THEN 'join'
    WHEN f.has_instructor = 1 THEN 'find_members' ELSE 'send_instructor' END AS step
FROM (
  SELECT e.organisation_id AS organisation, e.id AS record, e.kind AS kind, e.from_on AS since,
    e.staff_count AS staff, {_working(_MEMBER)} AS members_known, {_working("('full')")} AS full_known,
    CASE WHEN c.id IS NULL THEN '' WHEN p.kind = 'joint_branch' THEN 'joint' ELSE 'own' END AS way,
    CASE WHEN EXISTS (SELECT 1 FROM establishments_instructor i
      WHERE i.establishment_id = e.id AND {_ON.format("i")}) THEN 1 ELSE 0 END AS has_instructor
  FROM establishments_establishment e
  LEFT JOIN establishments_cover c ON c.establishment_id = e.id AND {_ON.format("c")}
  LEFT JOIN organisations_placement p ON p.organisation_id = c.organisation_id AND {_ON.format("p")}
  WHERE {_ON.format("e")} /*within:e.organisation_id*/
) AS f
""",
)

UNPLACED = FactTable(
    name="unplaced_member",
    zh="没有编入支部的党员",
    en="member without a branch",
    columns=(
        Column("since", "date", "从哪天起", "since"),
        Column("at_committee", "boolean", "暂挂在上级", "kept at a superior"),
    ),
    sql=f"""
SELECT a.organisation_id AS organisation, a.person_id AS record, a.from_on AS since, 1 AS at_committee
FROM members_affiliation a
JOIN organisations_placement p ON p.organisation_id = a.organisation_id AND {_ON.format("p")}
  AND p.kind IN ('committee', 'work_committee', 'general_branch')
JOIN members_stage s ON s.person_id = a.person_id AND s.kind IN {_MEMBER} AND {_ON.format("s")}
WHERE {_ON.format("a")} /*within:a.organisation_id*/
UNION ALL
{_left("o.id", f"NOT ({_GONE})")} /*within:z.organisation_id*/
UNION ALL
{_left("o.parent_id", _GONE)} /*within:o.parent_id*/
""",
)

TABLES = (ESTABLISHMENT, UNPLACED)
LINKS = (
    Link("""SELECT e.organisation_id FROM members_affiliation a
JOIN establishments_workplace w ON w.person_id = a.person_id
JOIN establishments_establishment e ON e.id = w.establishment_id WHERE 1 = 1 /*within:a.organisation_id*/"""),
    Link("""SELECT e.organisation_id FROM establishments_cover c
JOIN establishments_establishment e ON e.id = c.establishment_id WHERE 1 = 1 /*within:c.organisation_id*/"""),
    # Those without a branch count at the superior of the one that was dissolved.
    Link("""SELECT o.parent_id FROM members_affiliation a JOIN members_affiliation b ON b.person_id = a.person_id
JOIN organisations_organisation o ON o.id = b.organisation_id
WHERE o.dissolved_on IS NOT NULL AND o.parent_id IS NOT NULL /*within:a.organisation_id*/"""),
)

"""Fact tables of the tree: units and sites, as of a day."""

from __future__ import annotations

from guben.organisations.choices import Condition, Field, Kind, Tenure, Territory
from guben.rulebook_engine.facts import Column, FactTable, Link

ORGANISATION = FactTable(
    name="organisation",
    zh="组织",
    en="unit",
    columns=(
        Column("kind", "text", "组织类别", "kind of unit", tuple(Kind.values), labels=dict(Kind.choices)),
        Column("field", "text", "所属领域", "field", tuple(Field.values), labels=dict(Field.choices)),
        Column("territory", "text", "所在层级", "territory", ("", *Territory.values), labels=dict(Territory.choices)),
        Column("founded_on", "date", "成立日期", "founding day"),
        Column("kept_from", "date", "建账日", "day from which records are kept"),
        Column("groups", "integer", "党小组数", "groups"),
        Column("team_seats", "integer", "班子职数", "seats in the team"),
        Column("has_committee", "boolean", "设委员会", "has a committee"),
        Column("team_elected_on", "date", "班子选举日期", "day the team was elected"),
        Column("team_ends_on", "date", "班子届满日期", "day the team's term ends"),
        Column("term_months", "integer", "任期月数", "months of the term"),
    ),
    sql="""
SELECT o.id AS organisation, o.id AS record, p.kind AS kind, p.field AS field, p.territory AS territory,
  o.founded_on AS founded_on, CASE WHEN b.id IS NULL THEN o.kept_from ELSE b.kept_from END AS kept_from,
  (SELECT count(*) FROM organisations_group g
    WHERE g.organisation_id = o.id AND g.from_on <= %(on)s AND (g.until_on IS NULL OR g.until_on > %(on)s)) AS groups,
  coalesce(t.seats, 0) AS team_seats,
  CASE WHEN coalesce(t.seats, 0) >= 3 THEN 1 ELSE 0 END AS has_committee,
  t.elected_on AS team_elected_on, t.ends_on AS team_ends_on, t.term_months AS term_months
FROM organisations_placement p
JOIN organisations_organisation o ON o.id = p.organisation_id
LEFT JOIN organisations_formerbooks b ON b.organisation_id = o.id
  AND b.from_on <= %(on)s AND b.until_on > %(on)s
LEFT JOIN organisations_team t ON t.organisation_id = o.id
  AND t.elected_on <= %(on)s AND (t.until_on IS NULL OR t.until_on > %(on)s)
WHERE p.from_on <= %(on)s AND (p.until_on IS NULL OR p.until_on > %(on)s) /*within:p.organisation_id*/
""",
)

SITE = FactTable(
    name="site",
    zh="阵地",
    en="site",
    columns=(
        Column("area_m2", "number", "面积（平方米）", "area in m²"),
        Column("tenure", "text", "产权", "tenure", tuple(Tenure.values), labels=dict(Tenure.choices)),
        Column("condition", "text", "房屋状况", "condition", tuple(Condition.values), labels=dict(Condition.choices)),
        Column("lease_ends_on", "date", "租借到期", "day the lease ends"),
    ),
    sql="""
SELECT s.organisation_id AS organisation, s.id AS record, s.area_m2 AS area_m2, s.tenure AS tenure,
  s.condition AS condition, s.lease_ends_on AS lease_ends_on
FROM organisations_site s
WHERE s.from_on <= %(on)s AND (s.until_on IS NULL OR s.until_on > %(on)s) /*within:s.organisation_id*/
""",
)

TABLES = (ORGANISATION, SITE)
LINKS = (  # what a former unit kept counts for the one that follows it
    Link("SELECT s.successor_id FROM organisations_succession s WHERE 1 = 1 /*within:s.former_id*/"),
)

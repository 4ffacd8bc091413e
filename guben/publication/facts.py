"""Fact tables up to a day: what was made public, under which rule, for whom (what the accounts of dues note as made
public too), and the notices."""

from __future__ import annotations

from guben.publication.choices import Audience
from guben.rulebook_engine.facts import Column, FactTable

PUBLICATION = FactTable(
    name="publication",
    zh="公开",
    en="publication",
    columns=(
        Column("rule", "text", "公开事项", "matter"),
        Column("audience", "text", "对谁公开", "audience", tuple(Audience.values), labels=dict(Audience.choices)),
        Column("published_on", "date", "公开日期", "day published"),
        Column("counts_on", "date", "算在哪一天的期里", "day it counts for"),
        Column("recorded_on", "date", "登记日期", "day recorded"),
    ),
    sql="""
SELECT p.organisation_id AS organisation, p.id AS record, p.rule AS rule, p.audience AS audience,
  p.published_on AS published_on, p.counts_on AS counts_on, p.recorded_on AS recorded_on
FROM publication_publication p
WHERE p.published_on <= %(on)s AND (p.withdrawn_on IS NULL OR p.withdrawn_on > %(on)s) /*within:p.organisation_id*/
UNION ALL
SELECT r.organisation_id AS organisation, -r.id AS record, 'publish-dues' AS rule, 'unit' AS audience,
  r.published_on AS published_on, r.published_on AS counts_on, r.published_on AS recorded_on
FROM dues_publication r
WHERE r.published_on <= %(on)s /*within:r.organisation_id*/
""",
)

NOTICE = FactTable(
    name="notice",
    zh="公示",
    en="public notice",
    columns=(
        Column("audience", "text", "对谁公开", "audience", tuple(Audience.values), labels=dict(Audience.choices)),
        Column("posted_on", "date", "贴出日期", "day posted"),
        Column("term_ends_on", "date", "满期日期", "last day of the term"),
        Column("working_days", "integer", "工作日", "working days"),
        Column("taken_down", "boolean", "提前撤下", "taken down early"),
        Column("objections", "integer", "收到的反映", "objections received"),
        Column("objections_open", "integer", "没有处理的反映", "objections not decided"),
        Column("objections_late", "integer", "超过期限没有处理的反映", "objections past their term"),
    ),
    sql="""
SELECT n.organisation_id AS organisation, n.id AS record, n.audience AS audience, n.posted_on AS posted_on,
  n.term_ends_on AS term_ends_on, n.working_days AS working_days,
  CASE WHEN n.taken_down_on IS NOT NULL AND n.taken_down_on <= %(on)s THEN 1 ELSE 0 END AS taken_down,
  (SELECT count(*) FROM publication_objection j WHERE j.notice_id = n.id AND j.received_on <= %(on)s) AS objections,
  (SELECT count(*) FROM publication_objection j WHERE j.notice_id = n.id AND j.received_on <= %(on)s
    AND (j.decided_on IS NULL OR j.decided_on > %(on)s)) AS objections_open,
  (SELECT count(*) FROM publication_objection j WHERE j.notice_id = n.id AND j.due_on < %(on)s
    AND (j.decided_on IS NULL OR j.decided_on > %(on)s)) AS objections_late
FROM publication_notice n
WHERE n.posted_on <= %(on)s /*within:n.organisation_id*/
""",
)

TABLES = (PUBLICATION, NOTICE)

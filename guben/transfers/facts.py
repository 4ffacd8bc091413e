"""What rules may say about transfers and members away: letters, and one row for each side of a stay. No names."""

from __future__ import annotations

from guben.rulebook_engine.facts import Column, FactTable, Link

_OPEN = "({0}.ended_on IS NULL OR {0}.ended_on > %(on)s)"

LETTER = FactTable(
    name="transfer_letter",
    zh="组织关系介绍信",
    en="letter of transfer",
    columns=(
        Column("procedure", "text", "程序", "procedure"),
        Column("issued_on", "date", "开信日期", "day issued"),
        Column("valid_until", "date", "有效期到", "valid until"),
        Column("received_on", "date", "接收日期", "day received"),
        Column("is_past", "boolean", "过期没有接收", "past its days, not received"),
    ),
    sql="""
SELECT c.organisation_id AS organisation, l.id AS record, c.procedure AS procedure, l.issued_on AS issued_on,
  l.valid_until AS valid_until, CASE WHEN l.received_on <= %(on)s THEN l.received_on END AS received_on,
  CASE WHEN l.valid_until < %(on)s AND (l.received_on IS NULL OR l.received_on > %(on)s)
    AND (c.ended_on IS NULL OR c.ended_on > %(on)s) THEN 1 ELSE 0 END AS is_past
FROM transfers_letter l JOIN procedures_case c ON c.id = l.case_id
WHERE l.issued_on <= %(on)s AND (l.void_on IS NULL OR l.void_on > %(on)s) /*within:c.organisation_id*/
""",
)

OUTFLOW = FactTable(
    name="outflow",
    zh="流出党员",
    en="member away, at home",
    columns=(
        Column("from_on", "date", "外出日期", "away since"),
        Column("expected_until", "date", "预计返回", "expected back"),
        Column("is_matched", "boolean", "接收地已登记", "registered by a host"),
        Column("has_contact_person", "boolean", "有联系人", "has a contact person"),
        Column("transfer_under_way", "boolean", "正在转接", "a transfer is under way"),
    ),
    sql=f"""
SELECT t.organisation_id AS organisation, t.id AS record, t.from_on AS from_on, t.expected_until AS expected_until,
  CASE WHEN EXISTS (SELECT 1 FROM transfers_inflow i WHERE i.outflow_id = t.id AND i.from_on <= %(on)s
    AND {_OPEN.format("i")}) THEN 1 ELSE 0 END AS is_matched,
  CASE WHEN t.contact_person_id IS NULL THEN 0 ELSE 1 END AS has_contact_person,
  CASE WHEN EXISTS (SELECT 1 FROM procedures_case c WHERE c.person_id = t.person_id
    AND c.procedure IN ('transfer', 'transfer-out') AND c.begun_on <= %(on)s AND {_OPEN.format("c")})
    THEN 1 ELSE 0 END AS transfer_under_way
FROM transfers_outflow t
WHERE t.from_on <= %(on)s AND {_OPEN.format("t")} /*within:t.organisation_id*/
""",
)

# Meetings of all members in the year up to the day, since the guest came: those are what a guest is invited to.
_MEETING = """m.withdrawn_at IS NULL AND m.group_id IS NULL AND m.held_on <= %(on)s AND m.held_on > %(year_before)s
    AND m.held_on >= t.from_on
    AND m.form IN ('member_meeting', 'lecture', 'theme_day', 'organisational_life', 'appraisal')"""
INFLOW = FactTable(
    name="inflow",
    zh="流入党员",
    en="guest member, at the host",
    columns=(
        Column("from_on", "date", "报到日期", "here since"),
        Column("is_matched", "boolean", "流出地已登记", "registered at home"),
        Column("has_contact_person", "boolean", "有联系人", "has a contact person"),
        Column("meetings", "integer", "一年内全体党员的会议和活动", "meetings of all members in a year"),
        Column("invited", "integer", "其中通知了本人的", "of these with an invitation"),
        Column("present", "integer", "其中本人到会的", "of these attended"),
    ),
    sql=f"""
SELECT t.organisation_id AS organisation, t.id AS record, t.from_on AS from_on,
  CASE WHEN t.outflow_id IS NULL THEN 0 ELSE 1 END AS is_matched,
  CASE WHEN t.contact_person_id IS NULL THEN 0 ELSE 1 END AS has_contact_person,
  (SELECT count(*) FROM meetings_meeting m WHERE m.organisation_id = t.organisation_id AND {_MEETING}) AS meetings,
  (SELECT count(*) FROM transfers_guestattendance g JOIN meetings_meeting m ON m.id = g.meeting_id
    WHERE g.inflow_id = t.id AND {_MEETING}) AS invited,
  (SELECT count(*) FROM transfers_guestattendance g JOIN meetings_meeting m ON m.id = g.meeting_id
    WHERE g.inflow_id = t.id AND g.present AND {_MEETING}) AS present
FROM transfers_inflow t
WHERE t.from_on <= %(on)s AND {_OPEN.format("t")} /*within:t.organisation_id*/
""",
)

TABLES = (LETTER, OUTFLOW, INFLOW)
LINKS = (  # the two sides of a stay, and the stays of whom a transfer is about
    Link("""SELECT i.organisation_id FROM transfers_outflow o JOIN transfers_inflow i ON i.outflow_id = o.id
WHERE 1 = 1 /*within:o.organisation_id*/"""),
    Link("""SELECT o.organisation_id FROM transfers_inflow i JOIN transfers_outflow o ON o.id = i.outflow_id
WHERE 1 = 1 /*within:i.organisation_id*/"""),
    Link("""SELECT o.organisation_id FROM procedures_case c JOIN transfers_outflow o ON o.person_id = c.person_id
WHERE 1 = 1 /*within:c.organisation_id*/"""),
    Link("""SELECT o.organisation_id FROM procedures_case c JOIN transfers_outflow o ON o.person_id = c.person_id
WHERE 1 = 1 /*within:c.id*/""", objects="procedures.case"),
)  # fmt: skip

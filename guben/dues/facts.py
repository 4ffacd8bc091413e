"""Fact tables of dues as of a day: each member's year, and whether units keep dues and made them public."""

from __future__ import annotations

from guben.dues.choices import MONTHS
from guben.dues.models import due_field
from guben.members.choices import StandingKind
from guben.rulebook_engine.facts import Column, Extension, FactTable

THIS_YEAR = "cast(substr(%(on)s, 1, 4) AS integer)"
MONTHS_OVER = "cast(substr(%(on)s, 6, 2) AS integer) - 1"
_ON = "{0}.from_on <= %(on)s AND ({0}.until_on IS NULL OR {0}.until_on > %(on)s)"


def _columns(alias: str, name: str) -> str:
    return ", ".join(f"{alias}.{due_field(month)} AS {name}_{month:02d}" for month in MONTHS)


def _group(alias: str) -> str:
    return ", ".join(f"{alias}.{due_field(month)}" for month in MONTHS)


def _through(name: str, month: int) -> str:
    return " + ".join(f"x.{name}_{one:02d}" for one in range(1, month + 1))


def _sum(parts: str) -> str:
    """A sum over the twelve months; `parts` speaks of {m}, {n} (its number with two digits)."""
    return " + ".join(parts.format(m=month, n=f"{month:02d}") for month in MONTHS)


def _late(name: str, paid: str, over: str) -> str:
    return " + ".join(
        f"CASE WHEN {month} <= {over} AND x.{name}_{month:02d} > 0 AND {_through(name, month)} > {paid}"
        " THEN 1 ELSE 0 END"
        for month in MONTHS
    )


def member_sql(year: str = THIS_YEAR, over: str = MONTHS_OVER) -> str:
    """One row for each member on a roll: the balance of a year of which so many months are over.

    Payments count by their day, whoever took them: a balance goes along when its member goes to another unit.
    """
    return f"""
SELECT y.organisation AS organisation, y.record AS record, y.standing AS standing, y.year AS year,
  y.has_standard AS has_standard, y.band AS band, CASE WHEN y.band = 'exempt' THEN 1 ELSE 0 END AS exempt,
  y.owed AS owed_cents, y.due AS due_cents, y.paid AS paid_cents,
  CASE WHEN y.paid < y.due THEN y.paid ELSE y.due END AS settled_cents, y.late AS late_months,
  y.late + CASE WHEN y.late = y.owing THEN y.was_late ELSE 0 END AS unpaid_months
FROM (
  SELECT x.organisation, x.record, x.standing, x.year, coalesce(x.band, '') AS band,
    CASE WHEN x.band IS NULL THEN 0 ELSE 1 END AS has_standard, x.paid AS paid,
    coalesce({_through("due", 12)}, 0) AS owed,
    coalesce({_sum("CASE WHEN {m} <= x.months_over THEN x.due_{n} ELSE 0 END")}, 0) AS due,
    {_sum("CASE WHEN {m} <= x.months_over AND x.due_{n} > 0 THEN 1 ELSE 0 END")} AS owing,
    {_late("due", "x.paid", "x.months_over")} AS late,
    {_late("was", "x.was_paid", "12")} AS was_late
  FROM (
    SELECT a.organisation_id AS organisation, a.person_id AS record, coalesce(t.kind, 'home') AS standing,
      {year} AS year, {over} AS months_over, b.band AS band, {_columns("b", "due")}, {_columns("c", "was")},
      coalesce(sum(p.amount_cents), 0) AS paid,
      (SELECT coalesce(sum(q.amount_cents), 0) FROM dues_payment q
        WHERE q.balance_id = c.id AND q.kind = 'dues' AND q.paid_on <= %(on)s) AS was_paid
    FROM members_affiliation a
    JOIN members_stage s ON s.person_id = a.person_id AND s.kind IN ('full', 'probationary') AND {_ON.format("s")}
    LEFT JOIN members_standing t ON t.person_id = a.person_id AND {_ON.format("t")}
    LEFT JOIN dues_balance b ON b.person_id = a.person_id AND b.year = {year}
    LEFT JOIN dues_balance c ON c.person_id = a.person_id AND c.year = {year} - 1
    LEFT JOIN dues_payment p ON p.balance_id = b.id AND p.kind = 'dues' AND p.paid_on <= %(on)s
    WHERE {_ON.format("a")} /*within:a.organisation_id*/
    GROUP BY a.organisation_id, a.person_id, t.kind, b.id, b.band, c.id, {_group("b")}, {_group("c")}
  ) AS x
) AS y
"""


DUES = FactTable(
    name="dues",
    zh="党员的党费",
    en="member's dues",
    columns=(
        Column(
            "standing", "text", "在册情况", "standing", tuple(StandingKind.values), labels=dict(StandingKind.choices)
        ),
        Column("year", "integer", "年度", "year"),
        Column("has_standard", "boolean", "已定标准", "has a standard"),
        Column("band", "text", "档次", "band"),
        Column("exempt", "boolean", "免交", "exempt"),
        Column("owed_cents", "integer", "全年应交（分）", "owed for the year in cents"),
        Column("due_cents", "integer", "过完的月份应交（分）", "owed for the months that are over in cents"),
        Column("paid_cents", "integer", "已交（分）", "paid in cents"),
        Column("settled_cents", "integer", "过完的月份已交（分）", "paid for the months that are over in cents"),
        Column("late_months", "integer", "本年未交月数", "months of this year unpaid"),
        Column("unpaid_months", "integer", "连续未交月数", "months unpaid in a row"),
    ),
    sql=member_sql(),
)

PUBLISHED = Extension(
    columns=(Column("dues_published_on", "date", "党费最近公布日期", "day the dues were last made public"),),
    sql="""
SELECT r.organisation_id AS organisation, max(r.published_on) AS dues_published_on
FROM dues_publication r WHERE r.published_on <= %(on)s /*within:r.organisation_id*/
GROUP BY r.organisation_id
""",
)

KEPT = Extension(
    columns=(Column("keeps_dues", "boolean", "已建党费台账", "keeps dues", default=0),),
    sql=f"""
SELECT u.id AS organisation, 1 AS keeps_dues
FROM organisations_organisation u
WHERE EXISTS (
  SELECT 1 FROM members_affiliation a JOIN dues_balance b ON b.person_id = a.person_id AND b.year = {THIS_YEAR}
  WHERE a.organisation_id = u.id AND {_ON.format("a")}
) /*within:u.id*/
""",
)

TABLES = (DUES,)
EXTENSIONS = {"organisation": (PUBLISHED, KEPT)}

"""What rules may say about cases: one row for each case, and one for each entry that stands. No names.

Where an open case stands is told as it is written down now; what was done, as it stood on the day.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from guben.figures.listing import Listed, Record
from guben.procedures.models import Case, Entry
from guben.rulebook_engine.facts import Column, FactTable, Link

_OPEN = "(c.ended_on IS NULL OR c.ended_on > %(on)s)"
_STANDS = """e.outcome <> 'taken_back' AND NOT EXISTS (SELECT 1 FROM procedures_entry x WHERE x.corrects_id = e.id)"""

CASE = FactTable(
    name="case",
    zh="办件",
    en="case",
    columns=(
        Column("procedure", "text", "程序", "procedure"),
        Column("step", "text", "当前步骤", "step at which it stands"),
        Column("state", "text", "状态", "state", ("open", "ended"), labels={"open": "在办", "ended": "已办结"}),
        Column("ended_as", "text", "办结结果", "how it ended"),
        Column("begun_on", "date", "开始日期", "day begun"),
        Column("opens_on", "date", "当前步骤最早哪天办", "first day of the step at hand"),
        Column("due_on", "date", "当前步骤的期限", "last day of the step at hand"),
        Column("ended_on", "date", "办结日期", "day ended"),
        Column("is_late", "boolean", "已逾期", "past its last day"),
        Column("is_own", "boolean", "由本组织办", "the unit itself acts"),
        Column("has_person", "boolean", "关于某个人", "about a person"),
        Column("entries", "integer", "经过条数", "entries"),
        Column("late_entries", "integer", "晚办的步骤数", "steps taken late"),
        Column("days_late", "integer", "办得最晚的一步晚几天", "most days a step was taken late"),
        Column("same_day_steps", "integer", "同一天办的步骤数", "most steps taken on one day"),
        Column("returned", "integer", "退回次数", "times returned"),
        Column("last_done_on", "date", "最近一步哪天办的", "day of the last step"),
    ),
    sql=f"""
SELECT c.organisation_id AS organisation, c.id AS record, c.procedure AS procedure,
  CASE WHEN {_OPEN} THEN c.step ELSE '' END AS step,
  CASE WHEN {_OPEN} THEN 'open' ELSE 'ended' END AS state,
  CASE WHEN {_OPEN} THEN '' ELSE c.ended_as END AS ended_as, c.begun_on AS begun_on,
  CASE WHEN c.ended_on IS NULL THEN c.opens_on END AS opens_on,
  CASE WHEN c.ended_on IS NULL THEN c.due_on END AS due_on,
  CASE WHEN {_OPEN} THEN NULL ELSE c.ended_on END AS ended_on,
  CASE WHEN c.ended_on IS NULL AND c.due_on < %(on)s THEN 1 ELSE 0 END AS is_late,
  CASE WHEN c.ended_on IS NULL AND c.actor_id = c.organisation_id THEN 1 ELSE 0 END AS is_own,
  CASE WHEN c.person_id IS NULL THEN 0 ELSE 1 END AS has_person,
  coalesce(d.entries, 0) AS entries, coalesce(d.late_entries, 0) AS late_entries,
  coalesce(d.days_late, 0) AS days_late, coalesce(s.same_day_steps, 0) AS same_day_steps,
  coalesce(d.returned, 0) AS returned, d.last_done_on AS last_done_on
FROM procedures_case c
LEFT JOIN (SELECT e.case_id AS case_id, count(*) AS entries, max(e.days_late) AS days_late,
    sum(CASE WHEN e.days_late > 0 THEN 1 ELSE 0 END) AS late_entries,
    sum(CASE WHEN e.outcome = 'returned' THEN 1 ELSE 0 END) AS returned, max(e.done_on) AS last_done_on
  FROM procedures_entry e WHERE e.done_on <= %(on)s AND {_STANDS} GROUP BY e.case_id) d ON d.case_id = c.id
LEFT JOIN (SELECT q.case_id AS case_id, max(q.steps) AS same_day_steps FROM (
    SELECT e.case_id AS case_id, count(DISTINCT e.step) AS steps FROM procedures_entry e
    WHERE e.done_on <= %(on)s AND {_STANDS} GROUP BY e.case_id, e.done_on) q GROUP BY q.case_id) s
  ON s.case_id = c.id
WHERE c.begun_on <= %(on)s /*within:c.organisation_id*/
""",
)

CASE_STEP = FactTable(
    name="case_step",
    zh="办件经过",
    en="step of a case",
    columns=(
        Column("procedure", "text", "程序", "procedure"),
        Column("step", "text", "步骤", "step"),
        Column("outcome", "text", "结果", "outcome"),
        Column("edition", "text", "适用版本", "edition"),
        Column("done_on", "date", "哪天办的", "day done"),
        Column("recorded_on", "date", "登记日期", "day recorded"),
        Column("days_since_previous", "integer", "距上一步几天", "days since the step before"),
        Column("days_late", "integer", "晚几天", "days late"),
        Column("for_unit", "boolean", "代录", "recorded for the unit"),
        Column("corrected", "boolean", "更正过", "corrected"),
        Column("votes_present", "integer", "实到人数", "present at the vote"),
        Column("votes_in_favour", "integer", "赞成票", "votes in favour"),
    ),
    sql=f"""
SELECT c.organisation_id AS organisation, e.id AS record, c.procedure AS procedure, e.step AS step,
  e.outcome AS outcome, e.edition AS edition, e.done_on AS done_on, e.recorded_on AS recorded_on,
  e.days_since AS days_since_previous, e.days_late AS days_late,
  CASE WHEN e.recorded_for_unit THEN 1 ELSE 0 END AS for_unit,
  CASE WHEN e.corrects_id IS NULL THEN 0 ELSE 1 END AS corrected,
  (SELECT max(m.entitled_count - m.unnamed_absent_count - (SELECT count(*) FROM meetings_absence b
    WHERE b.meeting_id = m.id AND b.entitled)) FROM meetings_meeting m WHERE m.id = e.meeting_id) AS votes_present,
  (SELECT max(t.in_favour) FROM procedures_count t WHERE t.entry_id = e.id) AS votes_in_favour
FROM procedures_entry e
JOIN procedures_case c ON c.id = e.case_id
WHERE e.done_on <= %(on)s AND {_STANDS} /*within:c.organisation_id*/
""",
)

TABLES = (CASE, CASE_STEP)
LINKS = (
    # A superior's act on a case is written at the superior.
    Link("SELECT c.organisation_id FROM procedures_case c WHERE 1 = 1 /*within:c.id*/", objects="procedures.case"),
    Link("""SELECT c.organisation_id FROM members_affiliation a JOIN procedures_case c ON c.person_id = a.person_id
WHERE 1 = 1 /*within:a.organisation_id*/"""),
    Link("""SELECT c.organisation_id FROM meetings_meeting m JOIN procedures_entry e ON e.meeting_id = m.id
JOIN procedures_case c ON c.id = e.case_id WHERE 1 = 1 /*within:m.organisation_id*/"""),
)


def listed_cases(ids: list[int], on: date) -> dict[int, Listed]:
    """Cases behind a figure, each with the way to its page."""
    rows = Case.objects.filter(pk__in=ids).select_related("organisation")
    return {case.pk: _listed(case, case.number) for case in rows}


def listed_steps(ids: list[int], on: date) -> dict[int, Listed]:
    """Entries behind a figure, each with the way to the page of its case."""
    rows: Iterable[Entry] = Entry.objects.filter(pk__in=ids).select_related("case__organisation")
    return {entry.pk: _listed(entry.case, f"{entry.case.number}，{entry.done_on.isoformat()}") for entry in rows}


def _listed(case: Case, words: str) -> Listed:
    return case.organisation, Record(case.title, words, case.organisation.short_name, case.get_absolute_url())

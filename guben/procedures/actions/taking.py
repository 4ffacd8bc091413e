"""Taking a step: the entry with its papers and counts, the notice it posts, what it does to other records."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from guben.accounts.installation import today as the_day
from guben.accounts.models import User
from guben.meetings.models import Meeting
from guben.procedures import checks, errors
from guben.procedures.actions.locking import RIGHTS, add, locked, note, place
from guben.procedures.models import Case, Count, Entry, Paper
from guben.procedures.papers import SPOKEN
from guben.procedures.rules import rules, say
from guben.procedures.showing import lines_of
from guben.procedures.standing import of
from guben.procedures.taking import Taking
from guben.publication import actions as publication
from guben.publication.models import Notice
from guben.rulebook_engine.plans import POSTED
from guben.rulebook_engine.roads import source_of


@transaction.atomic
def take(  # noqa: PLR0913 - a step is taken with this much
    case: Case,
    step: str,
    *,
    outcome: str,
    done_on: date,
    by: User,
    values: Mapping[str, Any] | None = None,
    reason: str = "",
    meeting: Meeting | None = None,
) -> Entry:
    """Takes the step at which a case stands, as it was done on a day.

    Raises:
        Http404: the case is not this user's to see.
        DomainError: see `errors`; each names the article.

    Source: M3.2.
    """
    case = locked(case, by)
    day, known = the_day(), rules()
    standing = of(case, max(min(done_on, day), case.begun_on), known=known, places_on=day)
    at = checks.open_step(standing, step)
    how = checks.actor(at, by, case)
    found = checks.outcome(at, outcome)
    taking = Taking(standing, at, found, done_on, day, dict(values or {}), _reason(reason), meeting, by, how)
    effect = checks.all_of(taking)
    entry = _write(taking)
    if effect is not None:
        with errors.citing(at.article):
            effect.carry_out(case, entry, by)
    place(case, known, day, standing.records.with_entry(entry))
    note(
        "cases.step_taken",
        case,
        by,
        unit=entry.acted_at,
        right=RIGHTS[how],
        changed={"values": entry.values, "reason": entry.reason},
        details={"step": at.step.key, "outcome": found.key, "done_on": str(done_on), "for_unit": how == "below"},
    )
    return entry


def _reason(text: str) -> str:
    text = text.strip().replace("\0", "")
    if len(text) > checks.REASON_ROOM:
        raise errors.Refused(_("理由最多写%(room)s字。") % {"room": checks.REASON_ROOM}, field="reason")
    return text


def _write(taking: Taking) -> Entry:
    case, at = taking.case, taking.at
    if at.actor is None:
        raise errors.NobodyActs(at.actor_title)
    due_on = at.due_on
    entry = add(
        case,
        taking.records,
        step=at.step.key,
        outcome=taking.outcome.key,
        edition=at.procedure.edition_label,
        done_on=taking.done_on,
        today=taking.today,
        by=taking.by,
        acted_at=at.actor,
        acting=taking.acting,
        days_late=(taking.done_on - due_on).days if due_on else 0,
        reason=taking.reason,
        values=taking.filled,
        meeting=taking.meeting if at.step.kind == "vote" else None,
        notice=_notice(taking),
    )
    Paper.objects.filter(case=case, step=at.step.key, entry=None, withdrawn_at=None).update(entry=entry)
    Count.objects.filter(pk__in=[one.pk for one in taking.counts]).update(entry=entry)
    return entry


def _notice(taking: Taking) -> Notice | None:
    """Posts the notice of the step, as the rule and what was filled in say; in Chinese, whoever posts it."""
    step, case, rule = taking.step, taking.case, taking.step.notice
    if taking.at.notice is not None:
        return taking.at.notice
    if step.kind != "notice" or taking.outcome.key != POSTED or rule is None or taking.actor is None:
        return None
    with translation.override(SPOKEN):
        matter, called = say(taking.procedure.title), say(step.title)
        title = matter if called == _("公示") else f"{matter}：{called}"
        text = str(taking.values.get("text") or "").strip()
        text = text or _("现将“%(matter)s”的有关情况公示如下。") % {"matter": matter}
        lines = lines_of(rule.shows, case, taking)
    return publication.post(
        taking.actor,
        title=title[:TITLE_ROOM],
        text=text,
        lines=lines,
        on=taking.done_on,
        working_days=rule.working_days,
        audience=rule.audience,
        objections_to=rule.objections_to,
        places=taking.filled.get("places", ()),
        person=case.person,
        source=source_of(step, taking.procedure)[:SOURCE_ROOM],
        by=taking.by,
    )


TITLE_ROOM, SOURCE_ROOM = 120, 200

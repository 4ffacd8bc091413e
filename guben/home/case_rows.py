"""Cases on today's page: what waits for the reader, what is in others' hands, what is late below."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from guben.access import policy
from guben.access.policy import Someone
from guben.home.branch_day import ToDo
from guben.house.templatetags.house import in_script
from guben.organisations.models import Organisation
from guben.procedures import queries
from guben.procedures.models import Case
from guben.procedures.rules import Rules, article_of, rules, say, step_of
from guben.procedures.words import days_words, number_of
from guben.rulebook.issuers import issuer_words

MOST, MOST_OPEN = 8, 200
VIEW = "cases.view"


@dataclass(frozen=True, slots=True)
class Waiting:
    """A case that somebody else has to act on, or that opens on a later day."""

    url: str
    name: str
    step: str
    who: str
    chip: str
    chip_words: str
    days: int | None


@dataclass(frozen=True, slots=True)
class OpenCase:
    """An open case in a list: what procedure it runs through, and where it stands."""

    case: Case
    procedure: str
    waiting: Waiting


def to_do(user: Someone, unit: Organisation, on: date) -> tuple[list[ToDo], list[Waiting]]:
    """The cases of a unit that wait for the reader: those with a last day, and those without. One query."""
    if not policy.may(user, VIEW, unit):
        return [], []
    known = rules()
    dated, undated = [], []
    for case in queries.waiting_for(user, on, known).filter(actor=unit):
        if case.due_on is None:
            undated.append(_waiting(case, known, on))
        else:
            dated.append(_row(case, case.due_on, known, on))
    return dated, undated


def _row(case: Case, due_on: date, known: Rules, on: date) -> ToDo:
    procedure = known.edition(case.procedure, case.edition)
    step = step_of(procedure, case.step)
    words = {
        "procedure": say(procedure.title) if procedure else case.procedure,
        "number": number_of(step, procedure) if step and procedure else "",
    }
    return ToDo(
        title=_("%(name)s：%(step)s") % {"name": _name(case), "step": say(step.title) if step else case.step},
        sentence=_("%(procedure)s第%(number)s步。") % words,
        due_on=due_on,
        days=(due_on - on).days,
        article=in_script(article_of(step, procedure)) if step and procedure else "",
        rule=case.procedure,
        level=issuer_words(procedure) if procedure else "",
        act=_("办这一步"),
        url=case.get_absolute_url(),
    )


def _name(case: Case) -> str:
    return case.person.name if case.person else case.title


def in_others_hands(user: Someone, unit: Organisation, on: date) -> dict[str, Any]:
    """The cases of a unit that wait for others, superiors included, or for their day. Two queries."""
    if not policy.may(user, VIEW, unit):
        return {"others": [], "others_count": 0, "others_url": ""}
    known = rules()
    theirs = list(queries.in_others_hands(unit, on)[: MOST * 10])
    own = list(queries.at_hand(unit, on).filter(opens_on__gt=on)[:MOST])
    rows = [_waiting(case, known, on) for case in (*theirs, *own)]
    rows.sort(key=lambda row: (row.days is None, row.days or 0))
    address = f"{reverse('procedures:list')}?{urlencode({'at': unit.code, 'state': 'others'})}"
    return {"others": rows[:MOST], "others_count": len(rows), "others_url": address}


def open_at(user: Someone, unit: Organisation, on: date) -> dict[str, Any]:
    """Every open case of a unit, and those of others that wait for it, the most urgent first. One query."""
    if not policy.may(user, VIEW, unit):
        return {"cases": [], "sees_cases": False}
    known = rules()
    found = queries.sorted_by_urgency(
        Case.objects.filter(ended_on=None, begun_on__lte=on).filter(Q(organisation=unit.pk) | Q(actor=unit.pk))
    )
    return {"cases": [_open(case, known, on) for case in found[:MOST_OPEN]], "sees_cases": True}


def _open(case: Case, known: Rules, on: date) -> OpenCase:
    procedure = known.edition(case.procedure, case.edition)
    return OpenCase(case, say(procedure.title) if procedure else case.procedure, _waiting(case, known, on))


def _waiting(case: Case, known: Rules, on: date) -> Waiting:
    procedure = known.edition(case.procedure, case.edition)
    step = step_of(procedure, case.step)
    days = (case.due_on - on).days if case.due_on else None
    if days is not None and days < 0:
        chip, chip_words = "late", days_words(days)
    elif case.opens_on and case.opens_on > on:
        chip, chip_words = "closed", _("%(day)s开放") % {"day": f"{case.opens_on.month}-{case.opens_on.day:02d}"}
    elif days is not None:
        chip, chip_words = ("soon" if days <= 3 else "waiting"), days_words(days)
    else:
        chip, chip_words = "", ""
    return Waiting(
        url=case.get_absolute_url(),
        name=_name(case),
        step=say(step.title) if step else case.step,
        who=case.actor.short_name if case.actor else "",
        chip=chip,
        chip_words=chip_words,
        days=days,
    )


def of_superior(user: Someone, unit: Organisation, on: date) -> dict[str, Any]:
    """For who stands above branches: what waits for her, and what is late at and below the unit. Three queries."""
    known = rules()
    mine = list(queries.waiting_for(user, on, known)[: MOST * 10])
    late = queries.overdue_below(unit, on)
    late_rows = _rows(late[:MOST], known, on)
    here = urlencode({"at": unit.code})
    return {
        "unit": unit,
        "mine": [_waiting(case, known, on) for case in mine[:MOST]],
        "mine_count": len(mine),
        "mine_late": sum(bool(case.due_on and case.due_on < on) for case in mine),
        "mine_url": f"{reverse('procedures:list')}?state=mine",
        "review_url": f"{reverse('procedures:review')}",
        "late": late_rows,
        "late_count": late.count() if len(late_rows) == MOST else len(late_rows),
        "late_url": f"{reverse('procedures:list')}?{here}&state=late",
    }


def _rows(cases: Iterable[Case], known: Rules, on: date) -> list[Waiting]:
    return [_waiting(case, known, on) for case in cases]

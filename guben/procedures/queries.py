"""Reading cases: which a user may see, what waits for whom, what is late."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import reduce
from operator import or_

from django.db.models import F, Q, QuerySet
from django.http import Http404

from guben.access import policy
from guben.access.models import Grant
from guben.access.policy import Someone
from guben.access.roles import rights_of
from guben.organisations.models import Organisation
from guben.procedures import papers
from guben.procedures.choices import PaperState
from guben.procedures.models import Case, Count, Entry, Paper, Reminder
from guben.procedures.rules import Rules, rules, say, step_of
from guben.publication.sealed import typed
from guben.rulebook_engine.procedures import Procedure, Step

VIEW, ACT = "cases.view", "cases.act"
NONE = Q(pk__in=[])


def cases_for(user: Someone) -> QuerySet[Case]:
    """The cases a user may see: of the units in reach, of those that take somebody in, and the own ones."""
    own = Q(person__user=user.pk) if user.is_authenticated else NONE
    seen = policy.within(user, VIEW) | policy.within(user, VIEW, "host__path") | own
    return Case.objects.filter(seen).select_related("organisation", "host", "person", "actor")


def case_for(user: Someone, pk: int) -> Case:
    """Raises Http404 for strangers."""
    found = cases_for(user).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def case_by_number(user: Someone, number: str) -> Case:
    """Raises Http404 for strangers."""
    found = cases_for(user).filter(number=number).first()
    if found is None:
        raise Http404
    return found


def visible(user: Someone, case: Case) -> bool:
    """May the user see this case? Asks nothing of the database beyond the user's grants."""
    if user.is_authenticated and case.person is not None and case.person.user_id == user.pk:
        return True
    units = [case.organisation, *([case.host] if case.host else [])]
    return any(policy.may(user, VIEW, unit) for unit in units)


def is_own(user: Someone, case: Case) -> bool:
    """Does the user see the case only because it is about her? Then she reads it and no more."""
    units = [case.organisation, *([case.host] if case.host else [])]
    return not any(policy.may(user, VIEW, unit) for unit in units)


def paper_for(user: Someone, pk: int) -> Paper:
    """A paper of a case that the user may see. Who sees only the own case reads what she handed in and what was made
    for her to read, such as a letter, not what others handed in or said of her. Raises Http404."""
    paper = (
        Paper.objects.select_related("case__organisation", "case__host", "case__person", "entry").filter(pk=pk).first()
    )
    if paper is None or not visible(user, paper.case):
        raise Http404
    if not reads(user, paper):
        raise Http404
    return paper


def reads(user: Someone, paper: Paper) -> bool:
    """May one who sees the case read the file of this paper of it?"""
    return not is_own(user, paper.case) or paper.made_by_id == user.pk or _is_told(paper)


def _is_told(paper: Paper) -> bool:
    """Was it made from the case, by a template whose papers the one it is about may read?"""
    if paper.state != PaperState.PRODUCED:
        return False
    kind = rules().paper(paper.case.procedure, paper.key)
    template = papers.find(kind.template) if kind else None
    return template is not None and template.is_told


def paper_by_code(user: Someone, code: str) -> Paper | None:
    """The produced paper with a check code, as it was scanned or typed, for who may read it; None for strangers."""
    found = Paper.objects.select_related(
        "case__organisation", "case__host", "case__person", "entry__acted_at", "made_by", "outdated_by"
    )
    paper = found.filter(check_code=typed(code)).first()
    return paper if paper is not None and visible(user, paper.case) and reads(user, paper) else None


def entry_for(user: Someone, pk: int) -> Entry:
    """An entry of a case that the user may see. Raises Http404."""
    entry = Entry.objects.select_related("case__organisation", "case__host", "case__person").filter(pk=pk).first()
    if entry is None or not visible(user, entry.case):
        raise Http404
    return entry


def open_cases(
    units: Iterable[Organisation] | None, on: date, *, procedure: str = "", at: Organisation | None = None
) -> QuerySet[Case]:
    """The cases open on a day: of some units, or at and below one."""
    found = Case.objects.filter(begun_on__lte=on).filter(Q(ended_on=None) | Q(ended_on__gt=on))
    if units is not None:
        found = found.filter(organisation__in=[unit.pk for unit in units])
    if at is not None:
        found = found.filter(policy.in_subtrees([at.path], "organisation__path"))
    if procedure:
        found = found.filter(procedure=procedure)
    return sorted_by_urgency(found)


def sorted_by_urgency(cases: QuerySet[Case]) -> QuerySet[Case]:
    """With their units and person, the shortest due first."""
    return cases.select_related("organisation", "host", "person", "actor").order_by(
        F("due_on").asc(nulls_last=True), "pk"
    )


def waiting_for(user: Someone, on: date, known: Rules | None = None) -> QuerySet[Case]:
    """The open cases whose step is this user's by a role of her own, and that may be taken on the day; most urgent
    first. One query beside the user's grants and the rules."""
    known = known or rules()
    mine = [_steps_at(grant.organisation_id, steps) for grant, steps in _own_steps(user, known)]
    member = _own_case_steps(user, known)
    wanted = reduce(or_, [*mine, *member], NONE)
    return sorted_by_urgency(
        Case.objects.filter(ended_on=None).filter(Q(opens_on=None) | Q(opens_on__lte=on)).filter(wanted)
    )


def _steps_at(unit_id: int, steps: dict[str, list[str]]) -> Q:
    return Q(actor=unit_id) & reduce(or_, (Q(procedure=key, step__in=names) for key, names in steps.items()), NONE)


def _own_steps(user: Someone, known: Rules) -> Iterable[tuple[Grant, dict[str, list[str]]]]:
    """For each grant of the user that lets her act, the steps its role is named in, by procedure."""
    by_role: dict[str, dict[str, list[str]]] = {}
    for grant in policy.grants_of(user):
        if ACT not in rights_of(grant.role) or policy.is_broken(user, grant.organisation.path):
            continue
        if grant.role not in by_role:
            by_role[grant.role] = _steps_of_role(grant.role, known)
        if by_role[grant.role]:
            yield grant, by_role[grant.role]


def _steps_of_role(role: str, known: Rules, *, named: bool = False) -> dict[str, list[str]]:
    """By procedure the steps of all editions that a role takes; only where it is `named`, or also where none is."""
    found: dict[str, set[str]] = {}
    for edition in known.all_editions():
        names = {step.key for step in edition.step if role in step.by or not (named or step.by)}
        if names:
            found.setdefault(edition.key, set()).update(names)
    return {key: sorted(names) for key, names in found.items()}


def _own_case_steps(user: Someone, known: Rules) -> list[Q]:
    """The steps that a rule leaves to the member oneself."""
    if not user.is_authenticated:
        return []
    steps = _steps_of_role("member", known, named=True)
    return [Q(person__user=user.pk) & Q(procedure=key, step__in=names) for key, names in steps.items()]


def in_others_hands(unit: Organisation, on: date) -> QuerySet[Case]:
    """The open cases of a unit that somebody else has to act on, longest due first: superiors' deadlines are shown to
    the units below as openly as their own. One query."""
    mine = Q(organisation=unit.pk) | Q(host=unit.pk)
    return sorted_by_urgency(
        Case.objects.filter(mine, ended_on=None, begun_on__lte=on, actor__isnull=False).exclude(actor=unit.pk)
    )


def at_hand(unit: Organisation, on: date) -> QuerySet[Case]:
    """The open cases that a unit itself has to act on. One query."""
    return sorted_by_urgency(Case.objects.filter(actor=unit.pk, ended_on=None, begun_on__lte=on))


def overdue_below(unit: Organisation, on: date) -> QuerySet[Case]:
    """The open cases at and below a unit whose last day has passed, whoever is late, longest first. One query."""
    below = policy.in_subtrees([unit.path], "organisation__path") | policy.in_subtrees([unit.path], "actor__path")
    return sorted_by_urgency(Case.objects.filter(below, ended_on=None, due_on__lt=on))


@dataclass(frozen=True, slots=True)
class Warning:
    """A deadline that comes near, or has passed: `days_left` is negative then."""

    case: Case
    procedure: Procedure | None
    step: Step | None
    days_left: int

    @property
    def is_late(self) -> bool:
        return self.days_left < 0

    @property
    def title(self) -> str:
        """What is to be done."""
        return say(self.step.title) if self.step else self.case.step


def warnings(on: date, cases: QuerySet[Case] | None = None, known: Rules | None = None) -> list[Warning]:
    """The open cases whose deadline is within the days their procedure warns ahead, or has passed; most urgent first.

    `cases` narrows them, such as `cases_for(user)` or `waiting_for(user, on)`. One query beside the rules.
    """
    known = known or rules()
    ahead = max((one.warns_days for one in known.all_editions()), default=0)
    chosen = (Case.objects.all() if cases is None else cases).filter(
        ended_on=None, due_on__lte=on + timedelta(days=ahead)
    )
    found = []
    for case in sorted_by_urgency(chosen):
        procedure = known.edition(case.procedure, case.edition)
        days_left = (case.due_on - on).days if case.due_on else 0
        if days_left <= (procedure.warns_days if procedure else 0):
            found.append(Warning(case, procedure, step_of(procedure, case.step), days_left))
    return found


def step_now(case: Case, known: Rules) -> Step | None:
    """The step at which a case stands, as its edition states it."""
    return step_of(known.edition(case.procedure, case.edition), case.step)


def counts_for(case: Case, step: str) -> list[Count]:
    """The paper counts of a step that wait for their entry."""
    return list(
        Count.objects.filter(case=case, step=step, entry=None, set_aside_at=None).select_related("teller", "entered_by")
    )


def reminders_at(unit: Organisation, since: date) -> QuerySet[Reminder]:
    """What a unit was reminded of since a day, as the one that acts or the one that supervises."""
    return (
        Reminder.objects.filter(Q(actor=unit.pk) | Q(supervisor=unit.pk), noted_on__gte=since)
        .select_related("case__organisation", "case__person", "actor", "supervisor")
        .order_by("-noted_on", "due_on", "pk")
    )

"""The list of cases: what the address asks for, in words and as a filter; whose turn it is; how a row is shown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Case as Choose
from django.db.models import Count, F, IntegerField, Q, QuerySet, Value, When
from django.utils.translation import gettext as _

from guben.access import policy
from guben.access.policy import Someone
from guben.organisations.models import Organisation
from guben.procedures import queries, words
from guben.procedures.models import Case
from guben.procedures.rules import Rules, outcome_of, rules, say, step_of
from guben.rulebook_engine.procedures import Procedure

STATES = ("mine", "others", "late", "open", "ended")


@dataclass(frozen=True, slots=True)
class Asked:
    """The filters of the address."""

    text: str = ""
    procedure: str = ""
    phase: str = ""
    state: str = ""
    person: int = 0
    unit: Organisation | None = None


@dataclass(frozen=True, slots=True)
class Counts:
    """How many cases of each state."""

    mine: int
    others: int
    late: int
    open: int
    ended: int


@dataclass(frozen=True, slots=True)
class Row:
    """One case of a list."""

    case: Case
    name: str
    procedure: str
    step: str
    number: str
    waits_for: str
    chip: str
    chip_words: str
    is_mine: bool
    ended_as: str

    @property
    def is_late(self) -> bool:
        return self.chip == "late"


def whose_turn(user: Someone, on: date) -> Q:
    """Open cases whose step this user may take: by a role at the acting unit, or recorded for units below."""
    return Q(pk__in=queries.waiting_for(user, on).order_by().values("pk"))


def found(user: Someone, asked: Asked, on: date) -> QuerySet[Case]:
    """The cases a user may see, as asked, the late ones first, then by their last day."""
    cases = narrowed(queries.cases_for(user), asked)
    cases = cases.filter(of_state(asked.state, user, on))
    order: Any = Choose(
        When(ended_on__isnull=False, then=Value(2)),
        When(due_on__lt=on, then=Value(0)),
        default=Value(1),
        output_field=IntegerField(),
    )
    return cases.select_related("organisation", "person", "actor").order_by(
        order, F("due_on").asc(nulls_last=True), "-ended_on", "-begun_on", "-pk"
    )


def narrowed(cases: QuerySet[Case], asked: Asked) -> QuerySet[Case]:
    """The filters but for the state, so that the states can be counted."""
    if asked.unit:
        cases = cases.filter(
            policy.in_subtrees([asked.unit.path], "organisation__path")
            | policy.in_subtrees([asked.unit.path], "host__path")
        )
    if asked.procedure:
        cases = cases.filter(procedure=asked.procedure)
    if asked.phase and asked.procedure:
        cases = cases.filter(step__in=steps_of_phase(asked.procedure, asked.phase))
    if asked.person:
        cases = cases.filter(person=asked.person)
    if asked.text:
        words_in = asked.text
        cases = cases.filter(
            Q(number__icontains=words_in) | Q(title__icontains=words_in) | Q(person__name__icontains=words_in)
        )
    return cases


def of_state(state: str, user: Someone, on: date) -> Q:
    still = Q(ended_on__isnull=True)
    match state:
        case "mine":
            return still & whose_turn(user, on)
        case "others":
            return still & ~whose_turn(user, on)
        case "late":
            return still & Q(due_on__lt=on)
        case "ended":
            return ~still
        case "open":
            return still
    return Q()


def counts(user: Someone, asked: Asked, on: date) -> Counts:
    """How many there are of each state, in one query."""
    cases = narrowed(queries.cases_for(user), asked).order_by()
    told = cases.aggregate(**{state: Count("pk", filter=of_state(state, user, on), distinct=True) for state in STATES})
    return Counts(**told)


def steps_of_phase(procedure: str, phase: str) -> list[str]:
    """The keys of the steps of a phase, in all editions."""
    if not phase.isdecimal() or len(phase) > 2:
        return []
    editions = rules().editions(procedure)
    return sorted({step.key for edition in editions for step in edition.step if step.phase == int(phase)})


def procedures_known(on: date) -> list[tuple[str, str]]:
    """Every procedure with its title, as of its newest edition."""
    newest: dict[str, Procedure] = {}
    for edition in rules().all_editions():
        if edition.key not in newest or edition.from_on > newest[edition.key].from_on:
            newest[edition.key] = edition
    return sorted(((key, say(edition.title)) for key, edition in newest.items()), key=lambda one: one[1])


def phases_known(procedure: str) -> list[tuple[str, str]]:
    editions = rules().editions(procedure)
    if not editions:
        return []
    last = editions[-1]
    numbers = sorted({step.phase for step in last.step})
    return [(str(number), words.phase_title(last, number)) for number in numbers if len(numbers) > 1]


def rows(cases: Iterable[Case], user: Someone, on: date, mine: set[int]) -> list[Row]:
    """Rows of cases that were read with their unit, person and actor. `mine` are those that wait for this user."""
    known = rules()
    return [_row(case, known, on, case.pk in mine) for case in cases]


def waiting_among(cases: Sequence[Case], user: Someone, on: date) -> set[int]:
    """Which of these cases wait for this user, in one query."""
    open_ones = [case.pk for case in cases if case.ended_on is None]
    if not open_ones:
        return set()
    return set(Case.objects.filter(whose_turn(user, on), pk__in=open_ones).values_list("pk", flat=True))


def _row(case: Case, known: Rules, on: date, mine: bool) -> Row:
    edition = known.edition(case.procedure, case.edition)
    step = step_of(edition, case.step)
    chip, chip_words = _chip(case, on)
    return Row(
        case=case,
        name=case.person.name if case.person else case.title,
        procedure=say(edition.title) if edition else case.procedure,
        step=say(step.title) if step else case.step,
        number=words.number_of(step, edition) if step and edition else "",
        waits_for=_waits_for(case),
        chip=chip,
        chip_words=chip_words,
        is_mine=mine,
        ended_as=_ended_as(case, edition),
    )


def _waits_for(case: Case) -> str:
    if case.actor is None:
        return ""
    return case.actor.short_name


def _chip(case: Case, on: date) -> tuple[str, str]:
    if case.ended_on:
        return "done", _("已办结")
    if case.due_on and case.due_on < on:
        return "late", words.days_words((case.due_on - on).days)
    if case.opens_on and case.opens_on > on:
        return "closed", _("%(day)s开放") % {"day": words.near_day(case.opens_on, on)}
    if case.due_on:
        days = (case.due_on - on).days
        return ("soon" if days <= 7 else "waiting"), words.days_words(days)
    return "", ""


def _ended_as(case: Case, edition: Procedure | None) -> str:
    """How a case ended, in the words of its rule."""
    if not case.ended_as or edition is None:
        return ""
    told = (outcome_of(step, case.ended_as) for step in reversed(edition.step))
    return next((say(one.title) for one in told if one), case.ended_as)

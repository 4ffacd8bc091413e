"""Beginning a case."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.http import Http404

from guben.access import policy
from guben.accounts.installation import now, today
from guben.accounts.models import User
from guben.kit import tree
from guben.members.models import Person, Stage
from guben.members.places import unit_of
from guben.members.spans import holds_on
from guben.organisations.models import Organisation
from guben.procedures import errors
from guben.procedures.actions.locking import note, place
from guben.procedures.filling import fitting
from guben.procedures.models import Case
from guben.procedures.numbering import case_number
from guben.procedures.places import BEGIN_RIGHT, Places, may_begin, who
from guben.procedures.placing import once_about
from guben.procedures.records import Records
from guben.procedures.rules import Rules, rules, say
from guben.rulebook.holding import Holding
from guben.rulebook_engine.expressions import Checked
from guben.rulebook_engine.procedures import Procedure

TITLE_ROOM = 120


@transaction.atomic
def begin(  # noqa: PLR0913 - a case begins with this much
    procedure: str,
    unit: Organisation,
    *,
    by: User,
    person: Person | None = None,
    title: str = "",
    host: Organisation | None = None,
    begun_on: date | None = None,
) -> Case:
    """Begins a case of a procedure at a unit, about a person of it, the unit itself, or a matter (`title`).

    Raises:
        Http404, PermissionDenied: the unit is not in reach, or the right to begin is not held there.
        DomainError: see `errors`.

    Source: the procedure's own; M3.2.
    """
    known, day = rules(), today()
    on = begun_on or day
    rule = known.procedure(procedure, min(on, day))
    if on > day:
        raise errors.InFuture(on, day, rule.article)
    case = Case(procedure=procedure, organisation=unit, host=host, person=person, begun_on=on, begun_by=by)
    _refuse_stranger(rule, case, by)
    unit = Organisation.objects.select_for_update(no_key=True).get(pk=unit.pk)
    case.organisation = unit
    _refuse_unit(rule, case, on)
    _refuse_subject(rule, case, by, (on, day))
    case.title = _title(rule, case, title)
    case.once_about = once_about(rule, case.person_id, case.organisation_id)
    _refuse_second(rule, case, by)
    case.begun_at = now()
    case.number = case_number(rule, on)
    try:
        with transaction.atomic():
            case.save(force_insert=True)
    except IntegrityError:
        raise errors.OpenCaseExists(str(person or unit)) from None
    _place(case, known, day)
    note(
        "cases.begun",
        case,
        by,
        right=BEGIN_RIGHT,
        changed={"person": case.person_id, "title": case.title},
        details={"begun_on": str(on)},
    )
    return case


def _place(case: Case, known: Rules, day: date) -> None:
    place(case, known, day, Records((), (), (), ()))


def _refuse_stranger(rule: Procedure, case: Case, by: User) -> None:
    """Who does not see the unit hears nothing; who does hears who may begin."""
    if may_begin(by, rule, case.organisation, case):
        return
    if not policy.may(by, "units.view", case.organisation):
        raise Http404
    if not policy.may(by, BEGIN_RIGHT, case.organisation):
        raise PermissionDenied(BEGIN_RIGHT)
    raise errors.WrongPerson(who(rule.begins or rule.step[0].by, case.organisation), rule.article)


def _refuse_unit(rule: Procedure, case: Case, on: date) -> None:
    unit = case.organisation
    name = say(rule.title)
    if unit.dissolved_on or on < unit.founded_on or not Holding([rule], on).holds(rule, unit.path):
        raise errors.NotHere(name, unit.name)
    if not Places([unit], on).holds(rule.who, unit):
        raise errors.NotHere(name, unit.name)
    if case.host is None and any(step.at == "host" for step in rule.step):
        raise errors.HostMissing
    if case.host is not None and (case.host.pk == unit.pk or case.host.dissolved_on):
        raise errors.HostMissing


def _refuse_subject(rule: Procedure, case: Case, by: User, days: Sequence[date]) -> None:
    person, unit = case.person, case.organisation
    if rule.subject != "person":
        if person is not None:
            raise errors.SubjectNotWanted
        return
    if person is None:
        raise errors.SubjectMissing
    home = unit_of(person)
    if home is None or not tree.is_at_or_below(home.path, unit.path):
        own = person.user_id is not None and person.user_id == by.pk
        if not own and not (home and policy.may(by, "members.view", home)):
            raise Http404
        raise errors.SubjectElsewhere(person.name, unit.name)
    if rule.subject_where is not None and not _is_fit(rule.subject_where, person, days):
        raise errors.SubjectUnfit(person.name, say(rule.title), rule.article)


def _is_fit(where: Checked, person: Person, days: Sequence[date]) -> bool:
    """Judged by the first of the days on which the person stands at a stage: the day the case begins, or today where
    what was then is not recorded. Who stands at none is at the beginning of every way."""
    at_stage = (on for on in days if Stage.objects.filter(holds_on(on), person=person).exists())
    on = next(at_stage, None)
    return on is None or person.pk in fitting(where, [person.pk], on)


def _title(rule: Procedure, case: Case, given: str) -> str:
    """What was given, else the person's or the unit's name with the procedure."""
    text = given.strip().replace("\0", "")
    if not text and rule.subject == "none":
        raise errors.TitleMissing
    if not text:
        about = case.person.name if case.person else case.organisation.short_name
        text = f"{about} {rule.title.zh}"
    return text[:TITLE_ROOM]


def _refuse_second(rule: Procedure, case: Case, by: User) -> None:
    if case.once_about is None:
        return
    there = Case.objects.filter(procedure=case.procedure, once_about=case.once_about).first()
    if there is not None:
        about = case.person.name if case.person else case.organisation.short_name
        raise errors.OpenCaseExists(about, there.number, there.pk)

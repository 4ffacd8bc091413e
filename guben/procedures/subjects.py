"""About whom a case may be begun at a unit, and why somebody is not among them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from guben.access import policy
from guben.access.policy import Someone
from guben.members.choices import StageKind
from guben.members.models import Affiliation, Person, Stage
from guben.members.queries import search
from guben.members.queries.lists import named
from guben.members.spans import holds_on
from guben.organisations.models import Organisation
from guben.procedures.models import Case
from guben.procedures.people import MOST, Choices, fitting_here
from guben.procedures.rules import say
from guben.rulebook_engine.describing import describe
from guben.rulebook_engine.expressions import Checked
from guben.rulebook_engine.procedures import Procedure

MOST_FOUND, LONGEST_NAME = 8, 40


@dataclass(frozen=True, slots=True)
class Reason:
    """Somebody who was searched for, and why the list does not offer her; `case_pk` is an open case, if that is why."""

    name: str
    sentence: str
    case_pk: int = 0


def case_subjects(unit: Organisation, where: Checked | None, on: date) -> Choices:
    """The people of a unit about whom a case may be begun. Who stands at no stage yet is judged by no condition."""
    units = {unit.pk: unit}
    people = (
        Person.objects.filter(holds_on(on, "affiliations"), affiliations__organisation=unit)
        .distinct()
        .order_by("pinyin", "name", "pk")
        .values_list("pk", "name")[:MOST]
    )
    found = [(pk, name) for pk, name in people]
    if where is None:
        return found
    at_stage = set(
        Stage.objects.filter(holds_on(on), person__in=[pk for pk, _name in found]).values_list("person_id", flat=True)
    )
    fit = {pk for pk, _name in fitting_here(where, found, units, on)}
    return [(pk, name) for pk, name in found if pk in fit or pk not in at_stage]


def by_stage(people: Choices, on: date) -> list[tuple[str, Choices]]:
    """The same people under what they are, applicants before members; one query. A list of forty is read quicker."""
    rows = Stage.objects.filter(holds_on(on), person__in=[pk for pk, _name in people])
    kinds = dict(rows.values_list("person_id", "kind"))
    titles = [(str(kind), str(kind.label)) for kind in StageKind] + [("", _("其他人"))]
    found = [(title, [one for one in people if kinds.get(one[0], "") == kind]) for kind, title in titles]
    return [(title, group) for title, group in found if group]


def reasons(user: Someone, unit: Organisation, rule: Procedure, text: str, on: date) -> list[Reason]:
    """Why those called so can't be chosen: asked of everybody who ever was on the unit's roll, and of those within the
    user's reach."""
    words = text.strip()[:LONGEST_NAME]
    if not words or not policy.may(user, "members.view", unit):
        return []
    once_here = Person.objects.filter(named(words), affiliations__organisation=unit).values("pk")
    reached = [person.pk for person in search(user, words, limit=MOST_FOUND).people]
    people = list(Person.objects.filter(Q(pk__in=once_here) | Q(pk__in=reached)).order_by("pinyin", "pk")[:MOST_FOUND])
    fit = {pk for pk, _name in case_subjects(unit, rule.subject_where, on)}
    return [_reason(user, person, unit, rule, on, fits=person.pk in fit) for person in people]


def _reason(user: Someone, person: Person, unit: Organisation, rule: Procedure, on: date, *, fits: bool) -> Reason:
    name, title = person.name, say(rule.title)
    if fits:
        about = f"p{person.pk}"
        case = Case.objects.filter(procedure=rule.key, once_about=about).first() if rule.once else None
        if case is not None:
            return Reason(name, _("已有一件在办：%(number)s。") % {"number": case.number}, case.pk)
        return Reason(name, _("在名单里，直接选。"))
    stage = Stage.objects.filter(holds_on(on), person=person).first()
    if stage is None or stage.kind == StageKind.ENDED:
        return Reason(name, _("已不在册。重新办的，先登记这个人。"))
    row = Affiliation.objects.filter(holds_on(on), person=person).select_related("organisation").first()
    if row is None:
        return Reason(name, _("现在不属于任何组织。先登记组织关系，再到所在组织办。"))
    if row.organisation_id != unit.pk:
        return Reason(name, _elsewhere(user, row))
    words = {"stage": stage.get_kind_display(), "procedure": title}
    if rule.subject_where is None:
        return Reason(name, _("现在是“%(stage)s”，不能选。") % words)
    words["condition"] = describe(rule.subject_where, get_language() or "zh")
    return Reason(name, _("现在是“%(stage)s”。“%(procedure)s”只给这样的人办：%(condition)s。") % words)


def _elsewhere(user: Someone, row: Affiliation) -> str:
    """Where somebody belongs is told to who may see it there."""
    if policy.may(user, "units.view", row.organisation):
        return _("组织关系在“%(unit)s”，到那里办。") % {"unit": row.organisation.short_name}
    return _("组织关系已不在这里，到所在组织办。")

"""What a notice shows of a case: pairs of words by the names that a rule gives, and no more."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from guben.members.choices import ETHNICITY, MEMBER_STAGES, education_label
from guben.members.models import Person, Stage
from guben.organisations.models import Organisation
from guben.procedures.models import Case, Entry
from guben.procedures.rules import field_of, say, step_of
from guben.rulebook_engine.procedures import FormField, Procedure

if TYPE_CHECKING:
    from guben.procedures.taking import Taking

Line = tuple[str, str]


def _joined(person: Person) -> str:
    row = Stage.objects.filter(person=person, kind__in=MEMBER_STAGES).order_by("from_on").first()
    return row.from_on.isoformat() if row else ""


OF_A_PERSON: dict[str, tuple[Callable[[], str], Callable[[Person], str]]] = {
    "name": (lambda: _("姓名"), lambda person: person.name),
    "sex": (lambda: _("性别"), lambda person: str(person.get_sex_display())),
    "born_on": (lambda: _("出生年月"), lambda person: person.born_on.strftime("%Y-%m")),
    "ethnicity": (lambda: _("民族"), lambda person: ETHNICITY.get(person.ethnicity, "")),
    "education": (lambda: _("学历"), lambda person: education_label(person.education)),
    "occupation": (lambda: _("工作岗位"), lambda person: str(person.get_occupation_display())),
    "joined_on": (lambda: _("入党日期"), _joined),
}


def lines_of(names: Iterable[str], case: Case, taking: Taking) -> list[Line]:
    """The lines of a notice: about the person, about the case, fields that were filled in, and days of steps."""
    found = []
    for name in names:
        line = _line(name, case, taking)
        if line is not None and line[1]:
            found.append(line)
    return found


def _line(name: str, case: Case, taking: Taking) -> Line | None:
    if name in OF_A_PERSON:
        label, read = OF_A_PERSON[name]
        return (label(), read(case.person)) if case.person else None
    match name:
        case "unit":
            return _("所在组织"), case.organisation.name
        case "host":
            return (_("接收组织"), case.host.name) if case.host else None
        case "title":
            return _("事由"), case.title
        case "begun_on" | "applied_on":
            return _("申请日期"), case.begun_on.isoformat()
    return _of_field(name, taking) or _of_step(name, taking)


def _of_field(name: str, taking: Taking) -> Line | None:
    """A field as it was filled in last, at this step or before it."""
    field = field_of(taking.step, name)
    if field is not None and name in taking.filled:
        return say(field.title), shown(field, taking.filled[name])
    for entry in reversed(taking.records.standing):
        stated = _stated(entry, taking)
        field = field_of(stated, name) if stated else None
        if field is not None and name in entry.values:
            return say(field.title), shown(field, entry.values[name])
    return None


def _of_step(name: str, taking: Taking) -> Line | None:
    """The day on which a step was taken."""
    for entry in reversed(taking.records.standing):
        stated = _stated(entry, taking)
        if stated is not None and name in (entry.step, *stated.was):
            return say(stated.title), entry.done_on.isoformat()
    return None


def _stated(entry: Entry, taking: Taking) -> Any:
    return step_of(_edition(entry, taking), entry.step)


def _edition(entry: Entry, taking: Taking) -> Procedure | None:
    return taking.standing.rules.edition(taking.case.procedure, entry.edition)


def shown(field: FormField, value: Any) -> str:
    """A value as it is read: names instead of ids, words instead of codes."""
    match field.type:
        case "person" | "persons":
            ids = value if isinstance(value, list) else [value]
            names = Person.objects.in_bulk([one for one in ids if isinstance(one, int)])
            return "、".join(names[one].name for one in ids if one in names)
        case "unit":
            unit = Organisation.objects.filter(pk=value).first()
            return unit.name if unit else ""
        case "yes_no":
            return _("是") if value else _("否")
        case "choice":
            return next((say(one) for one in field.choices if one.zh == value), str(value))
        case "day":
            return value.isoformat() if isinstance(value, date) else str(value)
        case _:
            return str(value)

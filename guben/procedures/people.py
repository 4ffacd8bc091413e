"""Who may be named in a case: the people of its units, with the condition a field states, and what ids are called."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q

from guben.members.models import Person
from guben.members.spans import holds_on
from guben.organisations.choices import TEAM_POSTS
from guben.organisations.models import Organisation
from guben.procedures.filling import group_names
from guben.procedures.models import Case, Entry
from guben.rulebook.live import LiveEngine, Within
from guben.rulebook_engine.expressions import Checked
from guben.rulebook_engine.facts import catalogue
from guben.rulebook_engine.procedures import Procedure, Step

Choices = list[tuple[Any, str]]
PEOPLE = ("person", "persons")
MOST = 600  # people that a list offers


@dataclass(frozen=True, slots=True)
class Known:
    """The people that the fields of a step may name, by field; those who may count votes; all names by id."""

    choices: Mapping[str, Choices]
    around: Choices
    names: Mapping[str, str]


def known(case: Case, step: Step | None, actor: Organisation | None, entries: Iterable[Entry], on: date) -> Known:
    """One query for all names, and one more for each field with a condition, and for the groups where one is asked."""
    named_in = _ids_in(entries)
    units = {unit.pk: unit for unit in (case.organisation, case.host, actor) if unit}
    asks = [field for field in step.field if field.type in PEOPLE] if step else []
    offers = bool(asks) or bool(step and step.kind == "vote")
    groups = _groups(case, step)
    if not (offers or named_in):
        return Known(groups, [], {})
    here = _here(units, on) if offers else Q(pk__in=[])
    rows = list(
        Person.objects.filter(here | Q(pk__in=named_in))
        .distinct()
        .order_by("pinyin", "name", "pk")
        .values_list("pk", "name", "pinyin")[: MOST + len(named_in)]
    )
    names = {f"person-{pk}": name for pk, name, _pinyin in rows}
    around = [(pk, name) for pk, name, _pinyin in rows if pk != case.person_id]
    choices = {one.key: around if one.where is None else fitting_here(one.where, around, units, on) for one in asks}
    return Known({**choices, **groups}, around, names)


def _groups(case: Case, step: Step | None) -> dict[str, Choices]:
    """The groups of the unit, for each field that asks for one."""
    asks = [field.key for field in step.field if field.type == "group"] if step else []
    names = group_names(case.organisation) if asks else []
    return {key: [(name, name) for name in names] for key in asks}


def _here(units: Mapping[int, Organisation], on: date) -> Q:
    """On a roll of one of the units, or in the team of one."""
    on_roll = Person.objects.filter(holds_on(on, "affiliations"), affiliations__organisation__in=units)
    in_team = Person.objects.filter(
        holds_on(on, "holdings"),
        holdings__post__organisation__in=units,
        holdings__post__kind__in=TEAM_POSTS,
    )
    return Q(pk__in=on_roll.values("pk")) | Q(pk__in=in_team.values("pk"))


def fitting_here(where: Checked, people: Choices, units: Mapping[int, Any], on: date) -> Choices:
    """Those of whom a field's condition over the fact table `member` is true."""
    engine, table = LiveEngine(Within(ids=tuple(units))), catalogue.table("member")
    if table is None or not people:
        return []
    condition = f"({where.sql(engine.dialect, on)})"
    rows = engine.select(table, ['"record"'], where=condition, group_by_organisation=False, on=on)
    fit = {row[1] for row in rows}
    return [(pk, name) for pk, name in people if pk in fit]


def _ids_in(entries: Iterable[Entry]) -> set[int]:
    """Everybody whom the values of entries might name: whole numbers, alone or in lists."""
    found: set[int] = set()
    for entry in entries:
        for value in entry.values.values():
            for one in value if isinstance(value, list) else [value]:
                if isinstance(one, int) and not isinstance(one, bool):
                    found.add(one)
    return found


def unit_named(text: str) -> Organisation | None:
    """The unit of a code or of a whole name."""
    words = text.strip()
    found = Organisation.objects.filter(Q(code=words) | Q(name=words) | Q(short_name=words), dissolved_on=None)[:2]
    return found[0] if len(found) == 1 else None


def subject_words(procedure: Procedure) -> bool:
    """Is the procedure about a person?"""
    return procedure.subject == "person"

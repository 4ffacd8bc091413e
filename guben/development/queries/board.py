"""Who stands at which stage, at a unit and in each unit below it, and which cases are late."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, QuerySet, Subquery

from guben.access import policy
from guben.access.policy import Someone
from guben.development.choices import PROCEDURE
from guben.figures.discretion import hidden_from
from guben.kit import tree
from guben.members.choices import StageKind
from guben.members.models import Affiliation, Person
from guben.members.spans import holds_on
from guben.organisations.models import Organisation
from guben.organisations.queries import children_of
from guben.procedures.models import Case
from guben.procedures.rules import say
from guben.rulebook.queries import library
from guben.rulebook_engine.entries import Indicator
from guben.rulebook_engine.procedures import Procedure

STAGES = (StageKind.APPLICANT, StageKind.ACTIVIST, StageKind.CANDIDATE, StageKind.PROBATIONARY)
FULL = "full"
LATE = "late"
COLUMNS = (*(stage.value for stage in STAGES), FULL)
INDICATORS = {
    StageKind.APPLICANT: "applicants",
    StageKind.ACTIVIST: "activists",
    StageKind.CANDIDATE: "candidates",
    StageKind.PROBATIONARY: "members-probationary",
}
SEE_PERSONS, SEE_CASES = "members.view", "cases.view"
SHOWN = 30  # people in a column; the rest on a page of their own
LATE_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Cell:
    """How many at a stage; None where the number would tell about very few people."""

    stage: str
    count: int | None


@dataclass(frozen=True, slots=True)
class Line:
    """A unit with its numbers by stage. `late` is None for who may not see cases."""

    unit: Organisation
    cells: list[Cell]
    late: int | None


@dataclass(frozen=True, slots=True)
class Standing:
    """A person at a stage, and where the case stands. `days` are those until the deadline, below nought when late."""

    person: Person
    unit: Organisation
    since: date
    case: Case | None = None
    step: str = ""
    days: int | None = None

    @property
    def is_late(self) -> bool:
        return self.days is not None and self.days < 0

    @property
    def days_late(self) -> int:
        return -(self.days or 0)


@dataclass(frozen=True, slots=True)
class Board:
    """The numbers of a unit and of those below it. `sees_persons`: columns of people may be shown."""

    unit: Organisation
    on: date
    top: Line
    lines: list[Line]
    sees_persons: bool
    sees_cases: bool
    columns: dict[str, list[Standing]] = field(default_factory=dict)
    late: list[Standing] = field(default_factory=list)


def board_of(user: Someone, unit: Organisation, on: date) -> Board:
    """The board of a unit on a day, within what this user may see. Numbers about few are hidden from who sees figures
    but no persons. Source: M3.2."""
    persons, cases = policy.may(user, SEE_PERSONS, unit), policy.may(user, SEE_CASES, unit)
    counts, late = _counts(unit, on), _late_counts(unit, on) if cases else None
    children = list(children_of(unit))
    hidden = {} if persons else _hidden(user, unit, on)
    depth = len(unit.path) + tree.STEP
    parts = _summed(counts, depth), _summed(late, depth) if late is not None else None
    lines = [_line(one, *parts, hidden, persons=persons) for one in children]
    depth = len(unit.path)
    top = _line(
        unit, _summed(counts, depth), _summed(late, depth) if late is not None else None, hidden, persons=persons
    )
    columns = _columns(unit, on) if persons and not children else {}
    return Board(unit, on, top, lines, persons, cases, columns, _late(unit, on) if cases and persons else [])


def people_at(unit: Organisation, kind: str, on: date) -> QuerySet[Affiliation]:
    """The people at a stage at and below a unit, late ones first, then by deadline, those without a case last, each by
    how long they wait; a page of them is told by `standings`."""
    since = {"person__stages__from_on__gte": date(on.year, 1, 1)} if kind == FULL else {}
    rows = _at_stages(unit, on, [kind], **since).annotate(since=F("person__stages__from_on"))
    if kind == FULL:
        return rows.select_related("person", "organisation").order_by("since", "pk")
    theirs = _open_cases().filter(person=OuterRef("person"))
    due_on = theirs.order_by("pk").values("due_on")[:1]
    rows = rows.annotate(due_on=Subquery(due_on), has_case=Exists(theirs)).select_related("person", "organisation")
    return rows.order_by(F("due_on").asc(nulls_last=True), "-has_case", "since", "pk")


def standings(rows: Iterable[Affiliation], kind: str, on: date) -> list[Standing]:
    """Some of these people with where their cases stand. Two queries at most."""
    found = list(rows)
    return _told(found, _cases_of([row.person_id for row in found]) if kind != FULL else {}, on)


def _columns(unit: Organisation, on: date) -> dict[str, list[Standing]]:
    """The first people of each stage; one query for each, and one for all their cases."""
    found = {kind: list(people_at(unit, kind, on)[:SHOWN]) for kind in COLUMNS}
    cases = _cases_of([row.person_id for kind, rows in found.items() if kind != FULL for row in rows])
    return {kind: _told(rows, cases if kind != FULL else {}, on) for kind, rows in found.items()}


def _told(rows: Iterable[Any], cases: Mapping[int, Case], on: date) -> list[Standing]:
    titles = _titles(on)
    return [_standing(row.person, row.organisation, row.since, cases.get(row.person_id), titles, on) for row in rows]


def _open_cases() -> QuerySet[Case]:
    return Case.objects.filter(procedure=PROCEDURE, ended_on=None)


def _at_stages(unit: Organisation, on: date, kinds: Iterable[str], **more: date) -> QuerySet[Affiliation]:
    """Who belongs to a unit at or below this one and stands at one of these stages, one row for each person."""
    return Affiliation.objects.filter(
        holds_on(on),
        holds_on(on, "person__stages"),
        policy.in_subtrees([unit.path], "organisation__path"),
        person__stages__kind__in=list(kinds),
        **more,
    )


def _standing(
    person: Person, unit: Organisation, since: date, case: Case | None, titles: Mapping[str, str], on: date
) -> Standing:
    if case is None:
        return Standing(person, unit, since)
    days = (case.due_on - on).days if case.due_on else None
    return Standing(person, unit, since, case, titles.get(case.step, case.step), days)


def _cases_of(person_ids: Iterable[int]) -> dict[int, Case]:
    """The open case of each of these people."""
    ids = list(person_ids)
    rows = _open_cases().filter(person__in=ids).order_by("-pk") if ids else []
    return {row.person_id: row for row in rows if row.person_id}


def _titles(on: date) -> dict[str, str]:
    """The steps of the procedure by their keys, in the reader's language."""
    return {
        step.key: say(step.title)
        for entry in library().editions(PROCEDURE)
        if isinstance(entry, Procedure)
        for step in entry.step
    }


def _summed(counts: Mapping[tuple[str, str], int], depth: int) -> Counter[tuple[str, str]]:
    """Numbers by path and kind, added up at the places of a depth."""
    found: Counter[tuple[str, str]] = Counter()
    for (path, kind), number in counts.items():
        found[path[:depth], kind] += number
    return found


def _counts(unit: Organisation, on: date) -> Counter[tuple[str, str]]:
    """How many at each path and stage."""
    found: Counter[tuple[str, str]] = Counter()
    full = _at_stages(unit, on, [FULL], person__stages__from_on__gte=date(on.year, 1, 1))
    for chosen in (_at_stages(unit, on, STAGES), full):
        grouped = chosen.values_list("organisation__path", "person__stages__kind").annotate(number=Count("pk"))
        for path, kind, number in grouped:
            found[path, kind] += number
    return found


def _late_counts(unit: Organisation, on: date) -> Counter[tuple[str, str]]:
    rows = _late_cases(unit, on).values_list("organisation__path").annotate(number=Count("pk"))
    return Counter({(path, LATE): number for path, number in rows})


def _late_cases(unit: Organisation, on: date) -> QuerySet[Case]:
    return _open_cases().filter(policy.in_subtrees([unit.path], "organisation__path"), due_on__lt=on)


def _late(unit: Organisation, on: date) -> list[Standing]:
    """The cases that are latest, the worst first."""
    titles = _titles(on)
    rows = _late_cases(unit, on).select_related("person", "organisation").order_by("due_on", "pk")[:LATE_SHOWN]
    return [_standing(case.person, case.organisation, case.begun_on, case, titles, on) for case in rows if case.person]


def _line(
    unit: Organisation,
    counts: Counter[tuple[str, str]],
    late: Counter[tuple[str, str]] | None,
    hidden: Mapping[str, frozenset[int]],
    *,
    persons: bool,
) -> Line:
    cells = []
    for kind in COLUMNS:
        shown = persons or (kind in hidden and unit.pk not in hidden[kind])
        cells.append(Cell(kind, counts[unit.path, kind] if shown else None))
    return Line(unit, cells, None if late is None else late[unit.path, LATE])


def _hidden(user: Someone, unit: Organisation, on: date) -> dict[str, frozenset[int]]:
    """The units whose number at a stage this user is not shown, by the rules' own figures, so that every page hides
    the same. A stage without an installed figure is not shown at all."""
    known = library()
    figures = {kind: known.get(key, on) for kind, key in INDICATORS.items()}
    asked = {kind: one for kind, one in figures.items() if isinstance(one, Indicator)}
    found = hidden_from(user, unit, on, asked.values())
    return {kind.value: found.get(one.key, frozenset()) for kind, one in asked.items()}

"""Who owes a duty, how many times, and which records speak for it: one query for units, one for each record table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import compress
from typing import Any

from guben.rulebook_engine.dialects import Dialect
from guben.rulebook_engine.duty_state import Evidence
from guben.rulebook_engine.engines import RECORD, UNITS, Engine, ReadsTogether, needed_table, value
from guben.rulebook_engine.entries import Duty, EvidenceRule, Words
from guben.rulebook_engine.expressions import Constant, Junction, Node
from guben.rulebook_engine.facts import Catalogue, FactTable

TRUE: Node = Constant(True, "boolean")
FIRST_FACT = 4  # of the columns asked for: those before are the record and its days, the others true or false
MOST_TOGETHER = 100  # duties in one query: a database reads some 1,600 columns at once, and conditions 1,000 deep


@dataclass(frozen=True, slots=True)
class Owes:
    """A unit that a duty is about. `otherwise` is the reason where the duty does not apply."""

    applies: bool
    otherwise: Words | None
    times: int


def owing(duties: Iterable[Duty], engine: Engine, on: date, catalogue: Catalogue) -> dict[str, dict[int, Owes]]:
    """For each duty's key, the units it is about."""
    duties = list(duties)
    found: dict[str, dict[int, Owes]] = {duty.key: {} for duty in duties}
    units = needed_table(UNITS, catalogue)
    for some in _together(duties):
        columns = owes_columns(some, engine.dialect, on)
        for row in engine.select(units, columns, where=None, group_by_organisation=False, on=on):
            for duty, owes in zip(some, read_owes(some, row[1:]), strict=True):
                if owes:
                    found[duty.key][row[0]] = owes
    return found


def _together(duties: Sequence[Duty]) -> Iterator[Sequence[Duty]]:
    for start in range(0, len(duties), MOST_TOGETHER):
        yield duties[start : start + MOST_TOGETHER]


def owes_columns(duties: Sequence[Duty], dialect: Dialect, on: date) -> list[str]:
    """What is asked of a unit's own row for each duty: who, the conditions, how many times."""
    columns: list[str] = []
    for duty in duties:
        columns.append(duty.who.sql(dialect, on))
        columns += [part.where.sql(dialect, on) for part in duty.applies]
        columns.append(dialect.quoted(duty.times) if isinstance(duty.times, str) else str(duty.times))
    return columns


def read_owes(duties: Sequence[Duty], answers: Sequence[Any]) -> list[Owes | None]:
    """The answers to `owes_columns`, one for each duty; None where the duty is not about the unit."""
    found: list[Owes | None] = []
    at = 0
    for duty in duties:
        who, *applies, times = answers[at : at + len(duty.applies) + 2]
        at += len(duty.applies) + 2
        missing = next((part for part, true in zip(duty.applies, applies, strict=True) if not true), None)
        owes = Owes(missing is None, missing.otherwise if missing else None, int(times or 0))
        found.append(owes if who else None)
    return found


def evidence(
    duties: Iterable[Duty],
    engine: Engine,
    on: date,
    catalogue: Catalogue,
    *,
    first: date | None = None,
    last: date | None = None,
) -> dict[str, dict[int, list[Evidence]]]:
    """For each duty's key and unit, the records that are meant, placed between the two days."""
    found: dict[str, dict[int, list[Evidence]]] = {}
    groups: dict[tuple[str, str, str, str], list[Duty]] = {}
    for duty in duties:
        found[duty.key] = {}
        rule = duty.evidence
        groups.setdefault((rule.record, rule.day, rule.held, rule.recorded), []).append(duty)
    asked = [
        _Asked.of(some, engine.dialect, on, catalogue, (first, last))
        for alike in groups.values()
        for some in _together(alike)
    ]
    for one, rows in zip(asked, _answers(asked, engine, on), strict=True):
        _collect(one.duties, rows, found)
    return found


@dataclass(frozen=True, slots=True)
class _Asked:
    """One record table, asked once for all duties that take their evidence from it."""

    duties: Sequence[Duty]
    table: FactTable
    columns: list[str]
    where: str

    @classmethod
    def of(
        cls,
        duties: Sequence[Duty],
        dialect: Dialect,
        on: date,
        catalogue: Catalogue,
        span: tuple[date | None, date | None],
    ) -> _Asked:
        rule: EvidenceRule = duties[0].evidence
        meant = [duty.evidence.matches.tree if duty.evidence.matches else TRUE for duty in duties]
        columns = [dialect.quoted(name) for name in (RECORD, rule.day, rule.held, rule.recorded)]
        for duty, matches in zip(duties, meant, strict=True):
            columns += [dialect.sql(matches, on), duty.evidence.where.sql(dialect, on) if duty.evidence.where else "1"]
        conditions = [dialect.sql(Junction("or", tuple(dict.fromkeys(meant))), on)]
        for sign, bound in ((">=", span[0]), ("<=", span[1])):
            if bound is not None:
                conditions.append(f"{dialect.quoted(rule.day)} {sign} {dialect.day(bound)}")
        return cls(duties, needed_table(rule.record, catalogue), columns, " AND ".join(conditions))


def _answers(asked: Sequence[_Asked], engine: Engine, on: date) -> list[list[tuple[Any, ...]]]:
    """The rows of each table: in one query where the engine reads several tables at once."""
    if isinstance(engine, ReadsTogether) and len(asked) > 1:
        return engine.select_together([(one.table, one.columns, one.where) for one in asked], FIRST_FACT, on)
    return [engine.select(one.table, one.columns, where=one.where, group_by_organisation=False, on=on) for one in asked]


def _collect(
    duties: Sequence[Duty], rows: Iterable[tuple[Any, ...]], found: dict[str, dict[int, list[Evidence]]]
) -> None:
    by_duty = [found[duty.key] for duty in duties]
    for unit, record, *rest in rows:
        day, held_on, recorded_on = (value(one, "date") for one in rest[:3])
        if not (isinstance(day, date) and isinstance(held_on, date) and isinstance(recorded_on, date)):
            continue
        for of_duty, meets in compress(zip(by_duty, rest[4::2], strict=True), rest[3::2]):
            of_duty.setdefault(unit, []).append(Evidence(int(record), day, held_on, recorded_on, bool(meets)))

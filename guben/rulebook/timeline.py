"""The editions of a rule as a line of time, with the papers behind them; two of them chosen to be compared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from guben.rulebook.models import Edition
from guben.rulebook.naming import name_of
from guben.rulebook_engine.entries import Duty, Entry, Indicator
from guben.rulebook_engine.expressions import Checked, columns_of
from guben.rulebook_engine.facts import catalogue
from guben.rulebook_engine.yearly import YearlyTable


@dataclass(frozen=True, slots=True)
class Step:
    """One edition: `state` is now, to_come or ended; `act` is how it was issued, where an organisation issued it."""

    edition: Entry
    state: str
    act: Edition | None

    @property
    def may_be_withdrawn(self) -> bool:
        return self.state == "to_come" and self.act is not None


def timeline(editions: Sequence[Entry], acts: Sequence[Edition], on: date) -> list[Step]:
    """All editions, newest first."""
    by_day = {act.from_on: act for act in acts if not act.withdrawn_at}
    return [Step(one, _state(one, on), by_day.get(one.from_on)) for one in reversed(editions)]


def _state(edition: Entry, on: date) -> str:
    if edition.in_force(on):
        return "now"
    return "to_come" if edition.from_on > on else "ended"


def chosen_pair(editions: Sequence[Entry], old: str, new: str) -> tuple[Entry, Entry] | None:
    """The two editions that begin on the given days, the earlier first; else the last two; None where there is one."""
    if len(editions) < 2:
        return None
    by_day = {one.from_on.isoformat(): one for one in editions}
    first, second = by_day.get(old, editions[-2]), by_day.get(new, editions[-1])
    if first is second:
        first, second = editions[-2], editions[-1]
    return (first, second) if first.from_on < second.from_on else (second, first)


@dataclass(frozen=True, slots=True)
class Used:
    """A fact table that a rule reads, and the columns of it, by name."""

    table: str
    columns: list[str]


def facts_used(rule: Entry, indicator: Indicator | None) -> list[Used]:
    """The fact tables and columns behind a rule, in the reader's language."""
    found: dict[str, dict[str, None]] = {}
    for checked in _expressions(rule) + (_expressions(indicator) if indicator else []):
        names = found.setdefault(checked.table, {})
        names |= {name_of(column): None for column in columns_of(checked.tree) if column.name not in FIGURE}
    tables = [(catalogue.table(name), list(columns)) for name, columns in found.items()]
    return [Used(name_of(table), columns) for table, columns in tables if table and columns]


FIGURE = ("value", "numerator", "denominator")


def _expressions(rule: Entry) -> list[Checked]:
    parts = [getattr(rule, name, None) for name in ("who", "value", "where", "holds", "opens")]
    if isinstance(rule, Duty):
        parts += [rule.evidence.matches, rule.evidence.where, *(one.where for one in rule.applies)]
    if isinstance(rule, YearlyTable):
        parts += [part for row in rule.row for part in (row.value, row.where)]
    return [part for part in parts if isinstance(part, Checked)]

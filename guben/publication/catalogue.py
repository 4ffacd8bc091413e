"""The catalogue of a unit (公开目录): what it must make public, when it last did, what is missing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from guben.duties import queries as duties
from guben.duties.queries import DutyItem
from guben.duties.states import State
from guben.organisations.models import Organisation
from guben.publication.models import Publication
from guben.rulebook.holding import HoldingInTime
from guben.rulebook.live import LiveEngine, Within
from guben.rulebook.queries import library
from guben.rulebook_engine.engines import needed_table, value
from guben.rulebook_engine.entries import Words
from guben.rulebook_engine.facts import catalogue as tables
from guben.rulebook_engine.publications import Publication as DueRule
from guben.rulebook_engine.publications import PublishedAsItHappens

Rule = DueRule | PublishedAsItHappens
OPEN = (State.LATE, State.DUE)


@dataclass(frozen=True, slots=True)
class Matter:
    """One matter of the catalogue. `otherwise` says why the unit is exempt; `item` is the period it stands in: the
    oldest one still open, else the newest."""

    rule: Rule
    otherwise: Words | None = None
    item: DutyItem | None = None
    last: Publication | None = None

    @property
    def is_missing(self) -> bool:
        return self.item is not None and self.item.state == State.LATE

    @property
    def happens(self) -> bool:
        """Is it made public as it happens, so that nothing is due by a day?"""
        return isinstance(self.rule, PublishedAsItHappens)


def rules_for(unit: Organisation, on: date) -> list[Matter]:
    """The matters that the rules in force on a day ask of a unit, the exempt ones with their reason: one query, and
    one more where units made rules of their own."""
    rules = library().publications(on)
    holding = HoldingInTime(rules, [unit.pk])
    rules = [rule for rule in rules if holding.concerns(rule) and holding.holds(rule, unit.pk, on)]
    return [Matter(rule, otherwise) for rule, otherwise in _asked_of(unit, rules, on)]


def of(unit: Organisation, on: date) -> list[Matter]:
    """The catalogue with where each matter stands, those that are missing first."""
    asked = rules_for(unit, on)
    keys = [matter.rule.key for matter in asked if not matter.happens]
    items: defaultdict[str, list[DutyItem]] = defaultdict(list)
    for item in duties.items([unit], on, first=date(on.year - 1, 1, 1), keys=keys) if keys else []:
        items[item.duty.key].append(item)
    last = last_of(unit, on)
    found = [Matter(one.rule, one.otherwise, _standing(items[one.rule.key]), last.get(one.rule.key)) for one in asked]
    return sorted(found, key=lambda one: (not one.is_missing, one.happens, bool(one.otherwise)))


def last_of(unit: Organisation, on: date) -> dict[str, Publication]:
    """The newest publication of each matter up to a day."""
    rows = Publication.objects.filter(organisation=unit, withdrawn_on=None, published_on__lte=on).exclude(rule="")
    return {row.rule: row for row in rows.order_by("published_on", "pk")}


def _standing(items: Sequence[DutyItem]) -> DutyItem | None:
    open_ = [item for item in items if item.state in OPEN]
    return min(open_, key=lambda item: item.due_on) if open_ else max(items, key=lambda i: i.due_on, default=None)


def _asked_of(unit: Organisation, rules: Sequence[Rule], on: date) -> list[tuple[Rule, Words | None]]:
    """The rules whose `who` is true of the unit, each with the reason where it does not apply."""
    if not rules:
        return []
    engine = LiveEngine(Within(ids=(unit.pk,)))
    columns: list[str] = []
    for rule in rules:
        columns += [rule.who.sql(engine.dialect, on), *(one.where.sql(engine.dialect, on) for one in rule.applies)]
    rows = engine.select(needed_table("organisation", tables), columns, where=None, group_by_organisation=False, on=on)
    found: list[tuple[Rule, Words | None]] = []
    answers = iter([value(one, "boolean") for one in rows[0][1:]] if rows else [])
    for rule in rules if rows else []:
        asked, *applies = (next(answers) for _ in range(1 + len(rule.applies)))
        if asked:
            found.append(
                (rule, next((p.otherwise for p, true in zip(rule.applies, applies, strict=True) if not true), None))
            )
    return found

"""What speaks of the quality of development: findings of the rulebook, and the results of the three cultivations."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q

from guben.access import policy
from guben.access.policy import Someone
from guben.development.choices import CULTIVATIONS
from guben.figures.discretion import shown_findings
from guben.figures.queries import Finding, diagnose_at_once
from guben.organisations.models import Organisation
from guben.procedures.models import Case
from guben.procedures.rules import say
from guben.rulebook.queries import library
from guben.rulebook_engine.procedures import Procedure

RULES = (
    "too-fast", "out-of-order", "nobody-admitted", "family-in-the-unit", "one-introducer", "weaker-taken-in",
    "many-steps-a-day",
)  # fmt: skip
REACHED = "reached"


@dataclass(frozen=True, slots=True)
class Signal:
    """A line of the quality rulebook and how many units stand past it; None where they were not counted here."""

    key: str
    title: str
    line: str
    severity: str
    count: int
    of: int


@dataclass(frozen=True, slots=True)
class Cultivation:
    """One of the three cultivations with its numbers at and below a unit."""

    key: str
    title: str
    open: int
    reached: int


def signals_at(user: Someone, unit: Organisation, on: date) -> list[Signal] | None:
    """The quality findings at and below a unit, as the diagnosis tells them; None where the tree is so large that the
    diagnosis has a page of its own. Source: M3.2 (early warning), M3.3."""
    known = library()
    keys = [key for key in RULES if known.get(key, on)]
    if not keys:
        return []
    diagnosis = diagnose_at_once(unit, on, keys=keys)
    if diagnosis is None:
        return None
    found = shown_findings(list(diagnosis.findings), user, unit, on)
    return [_signal(one) for one in sorted(found, key=lambda one: one.weight)]


def _signal(one: Finding) -> Signal:
    return Signal(one.rule.key, say(one.rule.title), one.line, one.severity, len(one.units), int(one.of or 0))


def cultivations_at(user: Someone, unit: Organisation, on: date) -> list[Cultivation]:
    """The installed cultivations with how many are under way and how many reached their aim, for who sees cases.
    Source: M3.8."""
    if not policy.may(user, "cases.view", unit):
        return []
    known = library()
    titles = {key: entry for key in CULTIVATIONS if isinstance(entry := known.get(key, on), Procedure)}
    rows = Case.objects.filter(
        policy.in_subtrees([unit.path], "organisation__path"), procedure__in=list(titles)
    ).values_list("procedure")
    counted = rows.annotate(open=Count("pk", filter=Q(ended_on=None)), reached=Count("pk", filter=Q(ended_as=REACHED)))
    numbers = {key: (open_, reached) for key, open_, reached in counted}
    return [Cultivation(key, say(entry.title), *numbers.get(key, (0, 0))) for key, entry in titles.items()]

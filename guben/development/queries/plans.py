"""The yearly plan (年度发展计划) of a unit and of those below it, and what became of it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date

from django.db.models import Count
from django.utils.translation import gettext as _

from guben.access import policy
from guben.development.calculations import Use
from guben.development.models import Quota
from guben.kit import tree
from guben.members.choices import StageKind
from guben.members.models import Affiliation, Stage
from guben.members.spans import holds_on
from guben.organisations.models import Organisation
from guben.organisations.queries import children_of


@dataclass(frozen=True, slots=True)
class PlanLine:
    """A unit's places for a year, what it gave on, and how they were used."""

    unit: Organisation
    quota: Quota | None
    use: Use
    given: int = 0

    @property
    def rest(self) -> int | None:
        """What is not shared out yet."""
        return None if self.quota is None else self.quota.places - self.given


@dataclass(frozen=True, slots=True)
class PlanPage:
    """The plan of a unit: its own line, those directly below, and all decisions of the year, newest first."""

    unit: Organisation
    year: int
    top: PlanLine
    lines: list[PlanLine]
    history: list[Quota]

    @property
    def given(self) -> int:
        return sum(line.quota.places for line in self.lines if line.quota)


def plan_of(unit: Organisation, year: int, on: date) -> PlanPage:
    """The plan of a year as it stands on a day, in six queries whatever the size of the tree."""
    children = list(children_of(unit))
    rows = Quota.objects.filter(year=year, organisation__in=[unit, *children])
    history = list(rows.select_related("organisation", "given_by", "recorded_by").order_by("-recorded_at", "-pk")[:100])
    current = {row.organisation_id: row for row in rows.filter(is_current=True)}
    admitted, coming = _admitted(unit, year, on), _coming(unit, on)
    lines = [_line(one, current.get(one.pk), admitted, coming) for one in children]
    given = sum(line.quota.places for line in lines if line.quota)
    return PlanPage(unit, year, _line(unit, current.get(unit.pk), admitted, coming, given), lines, history)


def _line(
    unit: Organisation, quota: Quota | None, admitted: Counter[str], coming: Counter[str], given: int = 0
) -> PlanLine:
    use = Use(quota.places if quota else None, _below(unit, admitted), _below(unit, coming))
    return PlanLine(unit, quota, use, given)


def _below(unit: Organisation, counts: Counter[str]) -> int:
    return sum(number for path, number in counts.items() if tree.is_at_or_below(path, unit.path))


def use_of(unit: Organisation, year: int, on: date) -> Use:
    """How a unit's own plan is used."""
    quota = Quota.objects.filter(organisation=unit, year=year, is_current=True).first()
    return Use(
        quota.places if quota else None, sum(_admitted(unit, year, on).values()), sum(_coming(unit, on).values())
    )


def warning_for(unit: Organisation, on: date) -> str:
    """A sentence where the plan of the unit, or of one above it, is used up: a warning, and a refusal where a
    step heeds it. Empty where there is room, or no plan. Two queries."""
    above = tree.ancestors(unit.path, include_self=True)
    rows = Quota.objects.filter(organisation__path__in=above, year=on.year, is_current=True)
    plans = list(rows.select_related("organisation").order_by("-organisation__path"))
    if not plans:
        return ""
    admitted = _admitted(plans[-1].organisation, on.year, on)
    for plan in plans:
        used = _below(plan.organisation, admitted)
        if used >= plan.places:
            return _("%(unit)s%(year)s年的%(places)d个名额已用%(admitted)d个。再接收要先请上级增加名额。") % {
                "unit": plan.organisation.short_name,
                "year": on.year,
                "places": plan.places,
                "admitted": used,
            }
    return ""


def _admitted(unit: Organisation, year: int, on: date) -> Counter[str]:
    """How many became probationary members in the year up to the day, by the path of the unit they belong to."""
    last = min(on, date(year, 12, 31))
    rows = Stage.objects.filter(
        policy.in_subtrees([unit.path], "person__affiliations__organisation__path"),
        holds_on(on, "person__affiliations"),
        kind=StageKind.PROBATIONARY,
        from_on__gte=date(year, 1, 1),
        from_on__lte=last,
    )
    return Counter(dict(rows.values_list("person__affiliations__organisation__path").annotate(number=Count("pk"))))


def _coming(unit: Organisation, on: date) -> Counter[str]:
    """The candidates, who may be admitted still."""
    rows = Affiliation.objects.filter(
        holds_on(on),
        holds_on(on, "person__stages"),
        policy.in_subtrees([unit.path], "organisation__path"),
        person__stages__kind=StageKind.CANDIDATE,
    )
    return Counter(dict(rows.values_list("organisation__path").annotate(number=Count("pk"))))

"""What the rules cost the units that carry them out: by level, by rule, against last year; and which have no effect."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from guben.access import policy
from guben.accounts.installation import today
from guben.audit.remembering import LARGE_TREE, remembered
from guben.kit.days import add_months, read_day
from guben.organisations.models import Organisation
from guben.organisations.queries import children_of, unit_for, units_on
from guben.rulebook import queries
from guben.rulebook.audience import READ, Audience
from guben.rulebook.burden import Burden, RuleBurden, WithoutEffect, burden_of, without_effect
from guben.rulebook.burden_chart import drawings, limit_words, years_of
from guben.rulebook.drafts import ISSUE
from guben.rulebook.issuers import issuer_words
from guben.rulebook_engine.entries import NATIONAL
from guben.rulebook_engine.library import Library

SHOWN = 10
QUICK = 200  # units: a year of their duties is read within the page


def burden(request: HttpRequest) -> HttpResponse:
    """Hours a year that the rules ask of a unit, by issuer and by rule, and what they asked a year before."""
    unit, on = _asked(request)
    library = queries.library()
    asked = bool(request.GET.get("idle")) and _unit_count(unit, on) <= LARGE_TREE
    if asked and getattr(request, "htmx", False):
        return render(request, "rulebook/_idle.html", {"idle": _idle(unit, on, library), "unit": unit, "on": on})
    now, before = burden_of(unit, on, library), burden_of(unit, add_months(on, -12), library)
    names = _names(request, [now, before])
    years = years_of([before, now], names)
    waits = now.units > QUICK and not asked
    shown = {
        "unit": unit,
        "on": on,
        "now": now,
        "growth": now.hours_of_one - before.hours_of_one,
        "years": years,
        "drawing": drawings(years, now) if now.units else "",
        "by_issuer": [
            (code, name, [one.issuers.get(code, 0) for one in (before, now)]) for code, name in names.items()
        ],
        "limit_words": limit_words(now),
        "rules": now.rules[:SHOWN],
        "rest": _rest(now.rules[SHOWN:], now.units),
        "longest": now.rules[0].minutes if now.rules else 0,
        "heaviest": Organisation.objects.filter(pk=now.heaviest or 0).first() if now.units > 1 else None,
        "names": names,
        "kinds": [(one, [(name, one.hours.get(code, 0)) for code, name in names.items()]) for one in now.kinds],
        "idle": None if waits or now.units < 2 else _idle(unit, on, library),
        "below": [child for child in children_of(unit) if policy.may(request.user, "units.view", child)][:60],
        "too_many": now.units > LARGE_TREE,
        "above": unit.parent if unit.parent and policy.may(request.user, "units.view", unit.parent) else None,
        "may_issue": policy.may(request.user, ISSUE, unit),
    }
    return render(request, "rulebook/burden.html", shown)


def _unit_count(unit: Organisation, on: date) -> int:
    """How many units stood at and below one on the day."""
    return units_on(on, unit).count()


def _idle(unit: Organisation, on: date, library: Library) -> list[WithoutEffect]:
    """A year of duties takes seconds at a city; it is looked up after the page, and then remembered."""
    return remembered(lambda: without_effect(unit, on, library), "without_effect", unit.pk, on, library)


def _asked(request: HttpRequest) -> tuple[Organisation, date]:
    """The unit and the day of the address; where the reader stands, and today, unless they are given."""
    if not policy.may_anywhere(request.user, READ):
        raise PermissionDenied(READ)
    now, asked = today(), read_day(request.GET.get("on", ""))
    on = asked if asked and asked <= now else now
    code = request.GET.get("at", "")
    unit = unit_for(request.user, code, READ) if code else _home(request)
    return unit, on


def _home(request: HttpRequest) -> Organisation:
    unit = policy.home_unit(request.user, READ, request.session.get("acting_unit", ""))
    if not isinstance(unit, Organisation):
        raise PermissionDenied(READ)
    return unit


def _names(request: HttpRequest, burdens: list[Burden]) -> dict[str, str]:
    """What each issuer is called, the nation first, then from above to below."""
    rules = {one.rule.issued_by: one.rule for each in burdens for one in each.rules}
    audience = Audience(request.user, rules.values())
    paths = {code: unit.path for code, unit in audience.issuers.items()}
    codes = sorted(rules, key=lambda code: (code != NATIONAL, paths.get(code, "~"), code))
    return {code: issuer_words(rules[code]) for code in codes}


def _rest(rules: list[RuleBurden], units: int) -> tuple[int, float] | None:
    """How many rules are not listed, and their hours a year of one unit on the average."""
    return (len(rules), sum(one.hours for one in rules) / units) if rules and units else None

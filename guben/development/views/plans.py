"""The yearly plan of a unit: places, use, and giving them to the units below."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from guben.access import policy
from guben.accounts.installation import today
from guben.development import actions, queries
from guben.development.actions.plans import YEARS_AHEAD, YEARS_BACK
from guben.development.forms import PlanForm
from guben.development.views.asking import note_error, posted, unit_asked, user_of, year_asked
from guben.kit.errors import DomainError
from guben.organisations import queries as organisations

VIEW, SET = "figures.view", "plan.set"


def plan(request: HttpRequest) -> HttpResponse:
    """Places given and used, line by line; those with the right write new numbers into the same table."""
    unit, on = unit_asked(request, VIEW), today()
    year = year_asked(request, on.year)
    found = queries.plan_of(unit, year, on)
    in_time = on.year - YEARS_BACK <= year <= on.year + YEARS_AHEAD
    may_set = in_time and policy.may(request.user, SET, unit) and bool(found.lines or unit.parent_id is None)
    if request.method == "POST":
        policy.require(request.user, SET, unit)
    lines = [*([found.top] if unit.parent_id is None else []), *found.lines]
    known = {line.unit.pk: line.quota.places for line in lines if line.quota}
    form = PlanForm(posted(request), [line.unit for line in lines], known)
    if request.method == "POST" and form.is_valid():
        try:
            written = actions.set_plan(unit, year, form.places(), paper=form.cleaned_data["paper"], by=user_of(request))
        except DomainError as error:
            note_error(form, error)
        else:
            messages.success(request, _("已下达%(count)d个组织的名额。") % {"count": len(written)})
            return redirect(f"{reverse('development:plan')}?at={unit.code}&year={year}")
    context = {
        "unit": unit,
        "crumbs": organisations.crumbs(unit, request.user),
        "plan": found,
        "lines": [(line, form[f"places_{line.unit.code}"]) for line in found.lines],
        "own_field": form[f"places_{unit.code}"] if unit.parent_id is None else None,
        "form": form,
        "may_set": may_set,
        "years": range(on.year - 2, on.year + YEARS_AHEAD + 1),
        "is_this_year": year == on.year,
        "sees_use": policy.may(request.user, "members.view", unit),
    }
    return render(request, "development/plan.html", context, status=422 if form.errors else 200)

"""The history of a unit: where it stood under which name and paper, and who did what."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from guben.access import policy
from guben.audit.queries import lines, of_organisation
from guben.organisations import pages, queries
from guben.organisations.choices import ActKind
from guben.organisations.models import Act, Placement

PAGE = 50


def history(request: HttpRequest, code: str) -> HttpResponse:
    """Placements with their acts for everybody who sees the unit; the entries for those who may read the history."""
    unit = queries.unit_for(request.user, code)
    placements = (
        Placement.objects.filter(organisation=unit)
        .select_related("parent", "act__organisation", "act__recorded_by")
        .order_by("-from_on")
    )
    context = pages.unit_page(request.user, unit, "history") | {
        "placements": placements,
        "end": Act.objects.filter(organisation=unit, kind=ActKind.DISSOLVE).select_related("recorded_by").first(),
        "may_see_entries": policy.may(request.user, "history.view", unit),
    }
    if context["may_see_entries"]:
        context["page"] = Paginator(of_organisation(unit.pk), PAGE).get_page(request.GET.get("page"))
        context["lines"] = lines(context["page"].object_list)
    return render(request, "organisations/history.html", context)

"""The tree, opening lazily, as of any day; a flat list when it is filtered; and its export."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from guben.access import policy
from guben.accounts.installation import today
from guben.kit import tables
from guben.kit.paging import Bounded
from guben.organisations import actions, queries
from guben.organisations.choices import BRANCH_KINDS
from guben.organisations.forms import TreeForm
from guben.organisations.models import Organisation, Placement

PAGE = 50
AT_ONCE = 100
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def tree(request: HttpRequest) -> HttpResponse:
    """The outermost units the reader may see with their first level open, or what the filters find."""
    now = today()
    form = TreeForm(request.GET, today=now)
    form.is_valid()
    on = form.cleaned_data.get("on") or now
    context: dict[str, Any] = {"form": form, "on": on, "is_today": on == now, "totals": _totals(request, on)}
    if form.is_filtered:
        found = queries.found_on(
            request.user,
            on,
            text=form.cleaned_data.get("q", ""),
            kind=form.cleaned_data.get("kind", ""),
            field=form.cleaned_data.get("field", ""),
        )
        context["page"] = Paginator(Bounded(found), PAGE).get_page(request.GET.get("page"))
    else:
        context["tops"] = tops = list(queries.tops_on(request.user, on))
        if len(tops) == 1:
            top = tops[0].organisation
            context |= {"open_top": tops[0], "level": _level(request, top, on)}
            context["may_export"] = policy.may(request.user, "exports.run", top)
    return render(
        request, "organisations/tree_results.html" if _is_part(request) else "organisations/tree.html", context
    )


def children(request: HttpRequest, code: str) -> HttpResponse:
    """What stands directly below a unit: the part that the tree opens, and a page of its own without scripts."""
    unit = queries.unit_for(request.user, code)
    on = _day(request)
    level = _level(request, unit, on)
    context = {"unit": unit, "level": level, "on": on, "is_today": on == today()}
    context["may_export"] = policy.may(request.user, "exports.run", unit)
    if _is_part(request):
        return render(request, "organisations/_tree_level.html", context)
    return render(request, "organisations/children.html", context | {"crumbs": queries.crumbs(unit, request.user)})


@require_POST
def export(request: HttpRequest, code: str) -> HttpResponse:
    """The unit and everything below it on a day, as a workbook."""
    unit = queries.unit_for(request.user, code, "exports.run")
    on = _day(request)
    headers, rows = actions.export_units(unit, on=on, by=request.user)  # type: ignore[arg-type]
    return HttpResponse(
        tables.workbook_bytes(headers, rows),
        content_type=XLSX,
        headers={"Content-Disposition": f'attachment; filename="units-{unit.code}-{on.isoformat()}.xlsx"'},
    )


class Level:
    """The units below one unit, `AT_ONCE` at a time, within the reader's reach."""

    def __init__(self, parent: Organisation, rows: QuerySet[Placement], start: int) -> None:
        self.parent = parent
        self.rows = list(rows[start : start + AT_ONCE + 1])
        self.next = start + AT_ONCE if len(self.rows) > AT_ONCE else None
        self.rows = self.rows[:AT_ONCE]


def _level(request: HttpRequest, unit: Organisation, on: date) -> Level:
    start = request.GET.get("from", "")
    rows = queries.children_on(unit, on).filter(policy.within(request.user, queries.SEE))
    return Level(unit, rows, int(start) if start.isdecimal() else 0)


def _totals(request: HttpRequest, on: date) -> dict[str, int]:
    return (
        queries.units_on(on)
        .filter(policy.within(request.user, queries.SEE))
        .aggregate(units=Count("pk"), branches=Count("pk", filter=Q(kind__in=BRANCH_KINDS)))
    )


def _day(request: HttpRequest) -> date:
    """The day of the address, if it is one and not in the future; else today."""
    form = TreeForm(request.POST or request.GET, today=today())
    form.is_valid()
    return form.cleaned_data.get("on") or today()


def _is_part(request: HttpRequest) -> bool:
    return bool(getattr(request, "htmx", False))

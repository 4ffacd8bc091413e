"""The board by stage, the people of one stage, and the board as a sheet."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from guben.access import limits, policy
from guben.accounts.installation import today
from guben.audit import trail
from guben.development import queries
from guben.development.queries.board import COLUMNS, FULL, SHOWN
from guben.development.views.asking import few, unit_asked, user_of
from guben.jobs.downloads import workbook_response
from guben.members.choices import StageKind
from guben.organisations import queries as organisations

VIEW = "figures.view"
PAGE = 50


def titles() -> dict[str, str]:
    """What the columns are called."""
    return {kind: _("今年转正") if kind == FULL else str(StageKind(kind).label) for kind in COLUMNS}


def board(request: HttpRequest) -> HttpResponse:
    """Who stands at which stage at and below a unit, what is late, what the rules warn of."""
    unit, on = unit_asked(request, VIEW), today()
    found = queries.board_of(request.user, unit, on)
    names = titles()
    context: dict[str, Any] = {
        "unit": unit,
        "crumbs": organisations.crumbs(unit, request.user),
        "board": found,
        "titles": names,
        "top": [(names[cell.stage], cell) for cell in found.top.cells],
        "columns": [(kind, names[kind], people, _count(found, kind)) for kind, people in found.columns.items()],
        "shown": SHOWN,
        "signals": queries.signals_at(request.user, unit, on),
        "cultivations": queries.cultivations_at(request.user, unit, on),
        "warning": queries.warning_for(unit, on) if found.sees_persons else "",
        "may_export": policy.may(request.user, "exports.run", unit),
        "may_begin": policy.may(request.user, "cases.begin", unit),
    }
    return render(request, "development/board.html", context)


def _count(found: queries.Board, kind: str) -> int:
    return next((cell.count or 0 for cell in found.top.cells if cell.stage == kind), 0)


def stage(request: HttpRequest, kind: str) -> HttpResponse:
    """All people at one stage at and below a unit, the most urgent first."""
    if kind not in COLUMNS:
        raise Http404
    unit = unit_asked(request, "members.view")
    on = today()
    page = Paginator(queries.people_at(unit, kind, on), PAGE).get_page(request.GET.get("page"))
    context = {
        "unit": unit,
        "crumbs": organisations.crumbs(unit, request.user),
        "title": titles()[kind],
        "kind": kind,
        "page": page,
        "people": queries.standings(page.object_list, kind, on),
        "sees_cases": policy.may(request.user, "cases.view", unit),
    }
    return render(request, "development/stage.html", context)


@require_POST
@limits.limited("export")
def export(request: HttpRequest) -> HttpResponse:
    """The numbers of the board as a workbook; who took them stands in the history."""
    unit, on = unit_asked(request, VIEW), today()
    policy.require(request.user, "exports.run", unit)
    found = queries.board_of(request.user, unit, on)
    lines = [found.top, *found.lines]
    headers = [_("组织代码"), _("组织"), *titles().values(), _("逾期办件")]
    rows = [
        [
            line.unit.code,
            line.unit.name,
            *(few() if cell.count is None else cell.count for cell in line.cells),
            few() if line.late is None else line.late,
        ]
        for line in lines
    ]
    with transaction.atomic():
        right = policy.under_which_right(request.user, "exports.run", unit)
        trail.record(
            "development.exported", unit, by=user_of(request), organisation_id=unit.pk, right=right,
            details={"count": len(rows)},
        )  # fmt: skip
    return workbook_response(f"{_('发展党员')}-{unit.code}-{on}", headers, rows)

"""The list of people, its workbook and its print page, and the structure of a unit's members."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from guben.access import limits, policy
from guben.accounts.installation import today as the_day
from guben.audit import trail
from guben.kit.tables import workbook_bytes
from guben.members import bars, errors, queries, tables
from guben.members.forms import FilterForm
from guben.members.views.asking import day_asked, unit_asked, user_of
from guben.organisations import queries as organisations
from guben.organisations.models import Organisation

PAGE = 50
EXPORT_LIMIT = 20_000
ROSTER_LIMIT = 10_000
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def list_members(request: HttpRequest) -> HttpResponse:
    """The people at and below a unit. Who sees no persons is led on: to the own record, or to the structure."""
    if not policy.may_anywhere(request.user, "members.view"):
        return _instead_of_the_list(request)
    today = the_day()
    unit, on = unit_asked(request, "members.view"), day_asked(request, today)
    form = FilterForm(request.GET)
    filters = form.filters()
    page = Paginator(queries.Listed(request.user, unit, on, filters), PAGE).get_page(request.GET.get("page"))
    notice = "" if page.paginator.count else queries.notice_elsewhere(request.user, filters.text)
    context = _around(request, unit, on, today) | {
        "form": form,
        "set_ones": form.set_ones(),
        "page": page,
        "rows": queries.rows_of(list(page.object_list), on),
        "notice": notice,
        "query": _query(request, unit),
    }
    return render(request, "members/list.html", context)


def roster(request: HttpRequest) -> HttpResponse:
    """The roster (花名册) on A4, one table for each branch."""
    today = the_day()
    unit, on = unit_asked(request, "members.view"), day_asked(request, today)
    if unit is None:
        raise PermissionDenied
    people = queries.members_at(request.user, unit, on, FilterForm(request.GET).filters())
    count = people.count()
    if count > ROSTER_LIMIT:
        raise errors.ListTooLong(count, ROSTER_LIMIT)
    branches: dict[str, list[queries.Row]] = {}
    for row in queries.rows_of(list(people), on):
        branches.setdefault(row.person.unit_name, []).append(row)
    context = _around(request, unit, on, today) | {"branches": branches, "count": count, "query": _query(request, unit)}
    return render(request, "members/roster.html", context)


@limits.limited("export", lambda request: request.method == "POST")
def export(request: HttpRequest) -> HttpResponse:
    """The filtered list as a workbook, numbers masked; who took it and how many rows is in the history."""
    today = the_day()
    unit, on = unit_asked(request, "members.view"), day_asked(request, today)
    if unit is None:
        raise PermissionDenied
    policy.require(request.user, "exports.run", unit)
    filters = FilterForm(request.GET).filters()
    people = queries.members_at(request.user, unit, on, filters)
    if people.count() > EXPORT_LIMIT:
        return redirect(f"{reverse('exports:start')}?at={unit.code}")  # written by a job there
    rows = [tables.line(row) for row in queries.rows_of(list(people), on)]
    content = workbook_bytes(tables.headers(), rows, sheet_name=_("党员名单"))
    with transaction.atomic():
        _note_export(request, unit, on, filters, len(rows))
    answer = HttpResponse(content, content_type=XLSX)
    answer["Content-Disposition"] = f'attachment; filename="members-{unit.code}-{on.isoformat()}.xlsx"'
    answer["Cache-Control"] = "no-store"
    return answer


def structure(request: HttpRequest) -> HttpResponse:
    """The make-up of the members: figures for who may see figures, links to the list for who may see persons."""
    today = the_day()
    unit, on = unit_asked(request, "figures.view"), day_asked(request, today)
    if unit is None:
        raise PermissionDenied
    sees_people = policy.may(request.user, "members.view", unit)
    above = unit.parent
    made_up = queries.structure_of(
        unit,
        on,
        also=above,
        coarse=not sees_people,
        coarse_beside=above is None or not policy.may(request.user, "members.view", above),
    )
    link = _query(request, unit) if sees_people else ""
    context = _around(request, unit, on, today, right="figures.view") | {
        "structure": made_up,
        "charts": [bars.chart(dimension, link) for dimension in made_up.dimensions],
        "sees_people": sees_people,
    }
    return render(request, "members/structure.html", context)


def _instead_of_the_list(request: HttpRequest) -> HttpResponse:
    person = queries.own_person(request.user)
    if person:
        return redirect(person)
    if policy.may_anywhere(request.user, "figures.view"):
        return redirect("members:structure")
    raise PermissionDenied("members.view")


def _around(
    request: HttpRequest, unit: Organisation | None, on: date, today: date, *, right: str = "members.view"
) -> dict[str, Any]:
    """What stands around each of these pages: the way down, the units below to go on to, what may be done."""
    below = list(organisations.children_of(unit)) if unit and not unit.dissolved_on else []
    return {
        "unit": unit,
        "on": on,
        "is_today": on == today,
        "crumbs": organisations.crumbs(unit, request.user) if unit else [],
        "steps": _steps(request, unit, below, right),
        "is_branch": unit is not None and not below,
        "may_change": unit is not None and policy.may(request.user, "members.change", unit),
        "may_export": unit is not None and policy.may(request.user, "exports.run", unit),
        "may_view": unit is not None and policy.may(request.user, "members.view", unit),
    }


def _steps(
    request: HttpRequest, unit: Organisation | None, below: list[Organisation], right: str
) -> list[Organisation]:
    """The units the list may be moved to: the parent where it is within reach, this one, and those directly below."""
    if unit is None:
        return []
    parent = unit.parent
    above = [parent] if parent and policy.may(request.user, right, parent) else []
    return [*above, unit, *below]


def _query(request: HttpRequest, unit: Organisation | None) -> str:
    """The address' filters with the unit, for links to the same people elsewhere."""
    query = {key: value for key, value in request.GET.items() if value and key != "page"}
    if unit:
        query["at"] = unit.code
    return urlencode(query)


def _note_export(request: HttpRequest, unit: Organisation, on: date, filters: queries.Filters, count: int) -> None:
    """Writes down that a list was taken; a text filter may be a name or number, so only that there was one is kept."""
    kept = {key: ("…" if key == "text" else value) for key, value in filters.set_ones().items()}
    trail.record(
        "members.exported",
        unit,
        by=user_of(request),
        organisation_id=unit.pk,
        right=policy.under_which_right(request.user, "exports.run", unit),
        details={"count": count, "on": on.isoformat(), "filters": kept},
    )

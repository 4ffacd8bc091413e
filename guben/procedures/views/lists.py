"""The list of cases with its filters, its sheet, and the part that a person's page fetches."""

from __future__ import annotations

from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from guben.access import limits, policy
from guben.accounts.installation import today
from guben.audit import trail
from guben.kit.paging import Bounded
from guben.kit.tables import workbook_bytes
from guben.members import queries as members
from guben.organisations import queries as organisations
from guben.organisations.models import Organisation
from guben.procedures import errors, listing, queries, tables
from guben.procedures.forms import FilterForm
from guben.procedures.listing import Asked
from guben.procedures.views.asked import user_of

PAGE = 50
MOST_EXPORTED = 20_000
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def list_cases(request: HttpRequest) -> HttpResponse:
    """The cases at and below a unit: late first, filtered by the address."""
    _require_some(request)
    on = today()
    form, asked = _asked(request)
    page = Paginator(Bounded(listing.found(request.user, asked, on)), PAGE).get_page(request.GET.get("page"))
    cases = list(page.object_list)
    context = {
        "form": form,
        "asked": asked,
        "unit": asked.unit,
        "counts": listing.counts(request.user, asked, on),
        "page": page,
        "rows": listing.rows(cases, request.user, on, listing.waiting_among(cases, request.user, on)),
        "set_ones": _set_ones(request, form, asked),
        "may_review": policy.may_anywhere(request.user, "cases.act"),
        "may_begin": policy.may_anywhere(request.user, "cases.begin"),
        "may_export": _may_export(request, asked),
        "query": urlencode({key: value for key, value in request.GET.items() if value and key != "page"}),
    }
    return render(request, "procedures/list.html", context)


@require_POST
@limits.limited("export", lambda request: request.method == "POST")
def export(request: HttpRequest) -> HttpResponse:
    """The filtered list as a workbook; who took it and how many rows is in the history."""
    _require_some(request)
    _form, asked = _asked(request)
    unit = asked.unit or _first_unit(request)
    if unit is None:
        raise PermissionDenied("cases.view")
    policy.require(request.user, "exports.run", unit)
    on = today()
    asked = Asked(asked.text, asked.procedure, asked.phase, asked.state, asked.person, unit)
    found = listing.found(request.user, asked, on)
    if (number := found.count()) > MOST_EXPORTED:
        raise errors.Refused(
            _("一次最多导出%(most)s件，现在有%(count)s件。先按组织或程序筛小。")
            % {"most": MOST_EXPORTED, "count": number}
        )
    rows = [tables.line(row) for row in listing.rows(found, request.user, on, set())]
    content = workbook_bytes(tables.headers(), rows, sheet_name=_("办件"))
    with transaction.atomic():
        trail.record(
            "cases.exported",
            unit,
            by=user_of(request),
            organisation_id=unit.pk,
            right=policy.under_which_right(request.user, "exports.run", unit),
            details={"count": len(rows), "on": on.isoformat(), "procedure": asked.procedure, "state": asked.state},
        )
    name = f"cases-{unit.code}-{on.isoformat()}.xlsx"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return HttpResponse(content, content_type=XLSX, headers=headers)


def of_person(request: HttpRequest, person: int) -> HttpResponse:
    """The cases about one person, as a part of the person's page."""
    found = members.person_for(request.user, person)
    on = today()
    cases = list(listing.found(request.user, Asked(person=found.pk), on)[:PAGE])
    may_begin = policy.may_anywhere(request.user, "cases.begin")
    rows = listing.rows(cases, request.user, on, set())
    context = {"person": found, "rows": rows, "may_begin": may_begin}
    return render(request, "procedures/_of_person.html", context)


def _require_some(request: HttpRequest) -> None:
    """Cases are seen by those who may see some, and by those about whom there are some."""
    if not policy.may_anywhere(request.user, "cases.view") and not queries.cases_for(user_of(request)).exists():
        raise PermissionDenied("cases.view")


def _asked(request: HttpRequest) -> tuple[FilterForm, Asked]:
    """The filters; what cannot be read is left out."""
    data = request.GET
    procedure = data.get("procedure", "")
    form = FilterForm(
        data, procedures=listing.procedures_known(today()), phases=listing.phases_known(procedure) if procedure else []
    )
    form.is_valid()
    chosen = form.cleaned_data
    person = data.get("person", "")
    return form, Asked(
        text=chosen.get("q", ""),
        procedure=chosen.get("procedure", ""),
        phase=chosen.get("phase", ""),
        state=chosen.get("state", ""),
        person=int(person) if person.isascii() and person.isdigit() and len(person) < 18 else 0,
        unit=_unit(request),
    )


def _unit(request: HttpRequest) -> Organisation | None:
    code = request.GET.get("at", "")
    return organisations.unit_for(request.user, code, "cases.view") if code else None


def _first_unit(request: HttpRequest) -> Organisation | None:
    reach = policy.reach(request.user, "cases.view")
    return Organisation.objects.filter(path__in=reach[:1]).first() if reach else None


def _may_export(request: HttpRequest, asked: Asked) -> bool:
    unit = asked.unit
    return policy.may(request.user, "exports.run", unit) if unit else policy.may_anywhere(request.user, "exports.run")


def _set_ones(request: HttpRequest, form: FilterForm, asked: Asked) -> list[tuple[str, str]]:
    """The filters that are set: the address without each, and its words."""
    found: list[tuple[str, str]] = []
    for name in ("procedure", "phase"):
        value = form.cleaned_data.get(name)
        if value:
            found.append((name, str(dict(form.fields[name].choices).get(value, value))))  # type: ignore[attr-defined]
    if asked.text:
        found.append(("q", asked.text))
    if asked.unit:
        found.append(("at", asked.unit.short_name))
    return [(_without(request, name), words) for name, words in found]


def _without(request: HttpRequest, name: str) -> str:
    query = request.GET.copy()
    for key in (name, "page", *(["phase"] if name == "procedure" else [])):
        query.pop(key, None)
    return f"?{query.urlencode()}"

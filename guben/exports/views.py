"""Pages of exports: ask for a sheet, see how far it is, fetch it, find the own ones again."""

from __future__ import annotations

import uuid
from typing import cast

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from guben.access import limits, policy
from guben.accounts import reauthentication
from guben.accounts.models import User
from guben.exports import actions, queries
from guben.exports.forms import StartForm
from guben.exports.kinds import EXPORT
from guben.exports.plans import plan_in
from guben.imports.columns import FURTHER_COLUMNS, NATIONAL_COLUMNS
from guben.jobs.shown import shown
from guben.organisations.models import Organisation
from guben.organisations.queries import unit_for

EXPORTS_A_PAGE = 20


@require_http_methods(["GET", "HEAD", "POST"])
@reauthentication.required(when=lambda request: bool(request.POST.get("whole")))
@limits.limited("export", lambda request: request.method == "POST")
def start(request: HttpRequest) -> HttpResponse:
    """Asks for a sheet; below stand those asked for before."""
    user = _user(request)
    if not policy.may_anywhere(user, EXPORT):
        raise PermissionDenied(EXPORT)
    form = StartForm(request.POST or None, user=user, at=_unit_asked(request))
    if request.method == "POST" and form.is_valid():
        return redirect("exports:result", actions.start(form.plan(), form.unit(), by=user).pk)
    page = Paginator(queries.exports_of(user), EXPORTS_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page": page,
        "exports": [{**shown(job), "plan": plan_in(job.arguments)} for job in page],
        "national": NATIONAL_COLUMNS,
        "further": FURTHER_COLUMNS,
    }
    return render(request, "exports/start.html", context, status=422 if form.is_bound else 200)


@require_safe
def result(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """How far an export is, and its file."""
    job = queries.export_of(_user(request), pk)
    return render(request, "exports/result.html", {**shown(job), "plan": plan_in(job.arguments)})


def _user(request: HttpRequest) -> User:
    return cast(User, request.user)  # the middleware lets nobody else in


def _unit_asked(request: HttpRequest) -> Organisation | None:
    code = request.GET.get("at", "")
    return unit_for(_user(request), code, EXPORT) if code else None

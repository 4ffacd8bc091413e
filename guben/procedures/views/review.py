"""Reviewing many cases in one sitting: the list at the left, one case at a time at the right."""

from __future__ import annotations

from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from guben.access import policy
from guben.accounts.installation import today
from guben.organisations import queries as organisations
from guben.procedures import listing, reviewing
from guben.procedures.forms import StepForm
from guben.procedures.models import Case
from guben.procedures.views.asked import CasePage, user_of


def review(request: HttpRequest) -> HttpResponse:
    """The cases that wait for this user's review. Each decision is saved on its own, then the next one comes."""
    return shown(request)


def shown(request: HttpRequest, refused: StepForm | None = None, of: Case | None = None) -> HttpResponse:
    """The page; `refused` is a decision that was not saved, with what was typed."""
    if not policy.may_anywhere(request.user, "cases.act"):
        raise PermissionDenied("cases.act")
    on, user = today(), user_of(request)
    code = request.GET.get("at", "") or request.POST.get("at", "")
    unit = organisations.unit_for(user, code, "cases.view") if code else None
    procedure = request.GET.get("procedure", "") or request.POST.get("procedure", "")
    queue = reviewing.queue(user, on, unit, procedure, of.pk if of else _number(request.GET.get("case", "")))
    kept = {key: value for key, value in {"at": code, "procedure": procedure}.items() if value}
    rows = listing.rows(queue.cases, user, on, {case.pk for case in queue.cases})
    context = {
        "queue": queue,
        "rows": rows,
        "unit": unit,
        "kept": urlencode(kept),
        "next": _address(kept, queue.following),
        "at": code,
        "procedure_key": procedure,
        "done": request.GET.get("done", ""),
    }
    if queue.chosen is not None:
        page = CasePage(request, queue.chosen)
        page.form = refused if of and of.pk == queue.chosen.pk else None
        context |= page.context()
    return render(request, "procedures/review.html", context, status=422 if refused else 200)


def _address(kept: dict[str, str], case: Case | None) -> str:
    query = kept | ({"case": str(case.pk)} if case else {})
    return f"{reverse('procedures:review')}?{urlencode(query)}" if query else reverse("procedures:review")


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else 0

"""The page of the history."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from guben.audit import queries, reach
from guben.audit.forms import HistoryForm
from guben.kit.paging import Bounded

PAGE = 50


def list_entries(request: HttpRequest) -> HttpResponse:
    """The entries within the reader's reach, newest first, filtered by unit, action, person and days."""
    if not reach.of(request.user).is_open:
        raise PermissionDenied("history.view")
    form = HistoryForm(request.GET)
    form.is_valid()
    chosen = form.cleaned_data
    found = queries.filtered(queries.visible_to(request.user), **chosen)
    page = Paginator(Bounded(found), PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page": page,
        "lines": queries.lines(page.object_list),
        "is_filtered": any(chosen.values()),
    }
    part = bool(getattr(request, "htmx", False))
    return render(request, "audit/list_results.html" if part else "audit/list.html", context)

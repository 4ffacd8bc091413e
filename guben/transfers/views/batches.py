"""Batches: one list, many receivers."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from guben.access import policy
from guben.jobs.downloads import workbook_response
from guben.kit.errors import DomainError
from guben.kit.tables import UnreadableTable
from guben.organisations import queries as organisations
from guben.transfers import actions, queries
from guben.transfers.actions.batches import COLUMNS, read_list
from guben.transfers.choices import RowState
from guben.transfers.forms import BatchForm
from guben.transfers.views.asking import note_error, unit_asked, user_of

VIEW, BEGIN = "cases.view", "cases.begin"
PAGE, ROWS = 30, 100


def batches(request: HttpRequest) -> HttpResponse:
    """The batches of a unit, newest first."""
    unit = unit_asked(request, VIEW)
    context = {
        "unit": unit,
        "crumbs": organisations.crumbs(unit, request.user),
        "page": Paginator(queries.batches_at(request.user, unit), PAGE).get_page(request.GET.get("page")),
        "may_begin": policy.may(request.user, BEGIN, unit),
    }
    return render(request, "transfers/batches.html", context)


def begin_batch(request: HttpRequest) -> HttpResponse:
    """A list is read, kept, and put into the queue."""
    unit = unit_asked(request, BEGIN)
    form = BatchForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        data: dict[str, Any] = form.cleaned_data
        try:
            rows = read_list(data["file"].read())
            made = actions.begin_batch(
                unit, rows, title=data["title"], valid_days=data["valid_days"], cause=data["cause"], by=user_of(request)
            )
            actions.start_batch(made, by=user_of(request))
        except UnreadableTable:
            form.add_error("file", _("读不出这个文件。存成Excel（xlsx）或CSV再上传。"))
        except DomainError as error:
            note_error(form, error)
        else:
            messages.success(request, _("名单已收下，正在逐人办。"))
            return redirect(made)
    context = {"unit": unit, "form": form, "back": f"{reverse('transfers:batches')}?at={unit.code}"}
    return render(request, "transfers/begin_batch.html", context, status=422 if form.errors else 200)


def batch(request: HttpRequest, pk: int) -> HttpResponse:
    """How far each row is; those that failed first, with their reason."""
    found = queries.batch_for(request.user, pk)
    rows = found.rows.select_related("case__host", "person")
    state = request.GET.get("state", "")
    counts = {one.value: rows.filter(state=one).count() for one in RowState}
    if state in RowState.values:
        rows = rows.filter(state=state)
    context = {
        "batch": found,
        "unit": found.organisation,
        "page": Paginator(rows.order_by("number"), ROWS).get_page(request.GET.get("page")),
        "counts": [(one.value, one.label, counts[one.value]) for one in RowState],
        "total": sum(counts.values()),
        "sent": counts[RowState.SENT],
        "state": state,
        "may_start": policy.may(request.user, BEGIN, found.organisation)
        and counts[RowState.SENT] < sum(counts.values()),
    }
    return render(request, "transfers/batch.html", context)


@require_POST
def start_batch(request: HttpRequest, pk: int) -> HttpResponse:
    """Once more for the rows that are not done."""
    found = queries.batch_for(request.user, pk)
    actions.start_batch(found, by=user_of(request))
    messages.success(request, _("接着办，过一会儿刷新这一页。"))
    return redirect(found)


def template(request: HttpRequest) -> HttpResponse:
    """An empty list with its columns."""
    unit_asked(request, BEGIN)
    return workbook_response(_("批量转接名单"), COLUMNS, [])

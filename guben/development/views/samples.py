"""Samples: their list, drawing one, its cases, a finding, its end."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from guben.access import policy
from guben.accounts.installation import today
from guben.development import actions, queries
from guben.development.forms import CloseForm, DrawForm, FindingForm
from guben.development.models import Sample
from guben.development.views.asking import note_error, posted, unit_asked, user_of
from guben.kit.errors import DomainError
from guben.organisations import queries as organisations
from guben.procedures.queries import visible

SEE, DRAW = "cases.view", "samples.draw"
PAGE = 30
USERS = 60


def list_samples(request: HttpRequest) -> HttpResponse:
    """The samples at and below a unit, newest first."""
    unit = unit_asked(request, SEE)
    context = {
        "unit": unit,
        "crumbs": organisations.crumbs(unit, request.user),
        "page": Paginator(queries.samples_at(request.user, unit), PAGE).get_page(request.GET.get("page")),
        "may_draw": policy.may(request.user, DRAW, unit),
    }
    return render(request, "development/samples.html", context)


def draw(request: HttpRequest) -> HttpResponse:
    """A new sample."""
    unit = unit_asked(request, DRAW)
    users = list(policy.users_with(SEE, unit).order_by("display_name", "pk")[:USERS])
    form = DrawForm(posted(request), users=users, today=today())
    if request.method == "POST" and form.is_valid():
        try:
            found = actions.draw_sample(unit, by=user_of(request), **form.values())
        except DomainError as error:
            note_error(form, error)
        else:
            count = found.cases.count()
            words = ngettext("已抽出%(count)d件。", "已抽出%(count)d件。", count)
            messages.success(request, words % {"count": count})
            return redirect(found)
    context = {
        "unit": unit,
        "crumbs": organisations.crumbs(unit, request.user),
        "form": form,
        "back": f"{reverse('development:samples')}?at={unit.code}",
    }
    return render(request, "development/draw.html", context, status=422 if form.errors else 200)


def sample(request: HttpRequest, pk: int) -> HttpResponse:
    """One sample: how it was drawn, who looks, what was found in each case."""
    found = queries.sample_for(request.user, pk)
    return _sample_page(request, found, CloseForm())


def _sample_page(request: HttpRequest, found: Sample, form: CloseForm, status: int = 200) -> HttpResponse:
    lines = queries.lines_of(request.user, found)
    names = [one.user for one in found.named.select_related("user")]
    context = {
        "sample": found,
        "unit": found.organisation,
        "crumbs": organisations.crumbs(found.organisation, request.user),
        "lines": lines,
        "names": names,
        "left": sum(not line.row.found for line in lines),
        "investigates": found.closed_on is None and request.user.pk in {user.pk for user in names},
        "may_close": found.closed_on is None and policy.may(request.user, DRAW, found.organisation),
        "form": form,
    }
    return render(request, "development/sample.html", context, status=status)


def finding(request: HttpRequest, pk: int, place: int) -> HttpResponse:
    """What an investigator found in one case."""
    found = queries.sample_for(request.user, pk)
    row = found.cases.select_related("case__organisation", "case__person", "case__host").filter(place=place).first()
    if row is None or not visible(request.user, row.case):
        raise Http404
    if not found.named.filter(user=request.user.pk).exists():
        raise PermissionDenied
    form = FindingForm(posted(request), initial={"found": row.found, "note": row.note})
    if request.method == "POST" and form.is_valid():
        try:
            actions.record_finding(row, by=user_of(request), **form.cleaned_data)
        except DomainError as error:
            note_error(form, error)
        else:
            messages.success(request, _("已登记%(number)s的核查结果。") % {"number": row.case.number})
            return redirect(found)
    context = {
        "sample": found,
        "unit": found.organisation,
        "crumbs": organisations.crumbs(found.organisation, request.user),
        "row": row,
        "form": form,
    }
    return render(request, "development/finding.html", context, status=422 if form.errors else 200)


def close(request: HttpRequest, pk: int) -> HttpResponse:
    """The end of a sample. Asked for without an answer, the way leads to the sample."""
    found = queries.sample_for(request.user, pk)
    policy.require(request.user, DRAW, found.organisation)
    if request.method != "POST":
        return redirect(found)
    form = CloseForm(request.POST)
    if form.is_valid():
        try:
            actions.close_sample(found, by=user_of(request), **form.cleaned_data)
        except DomainError as error:
            note_error(form, error)
        else:
            messages.success(request, _("已结束抽查。"))
            return redirect(found)
    return _sample_page(request, found, form, status=422)

"""The board of a unit, and single publications, for everybody who is meant: without sign-in where that is society."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from guben.access import policy as access
from guben.accounts.installation import today
from guben.accounts.models import User
from guben.publication import actions, board, errors, policy, queries
from guben.publication.forms import ReasonForm
from guben.publication.views.notices import base_for


@login_not_required
def unit_board(request: HttpRequest, code: str) -> HttpResponse:
    """What a unit shows to this reader now. A unit that shows nothing to a stranger is as if it were not there."""
    shown = board.of(request.user, code, today())
    context = {"board": shown, "unit": shown.unit, "base": base_for(request)}
    return render(request, "publication/board.html", context)


@login_not_required
def publication(request: HttpRequest, pk: int) -> HttpResponse:
    """One publication."""
    try:
        found = queries.publication_for(request.user, pk)
    except Http404:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        raise
    in_file = access.may(request.user, policy.FILE, found.organisation)
    context = {
        "publication": found,
        "matter": board.title_of_matter(found),
        "in_file": in_file,
        "may_withdraw": not found.withdrawn_on and access.may(request.user, actions.PUBLISH, found.organisation),
        "base": base_for(request),
    }
    return render(request, "publication/publication.html", context)


def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks for the reason and withdraws a publication."""
    found = queries.publication_for(request.user, pk)
    access.require(request.user, actions.PUBLISH, found.organisation)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.withdraw_publication(found, form.cleaned_data["reason"], by=cast(User, request.user))
        messages.success(request, _("已撤回。存在档案里，不再算完成。"))
        return redirect(found)
    if found.withdrawn_on:
        raise errors.AlreadyWithdrawn
    context = {"publication": found, "form": form}
    return render(request, "publication/withdraw.html", context, status=422 if form.is_bound else 200)

"""The board of a unit, and single publications, for everybody who is meant: without sign-in where that is society."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from guben.access import policy as access
from guben.accounts.installation import today
from guben.publication import actions, board, errors, policy, queries
from guben.publication.views import asking


@login_not_required
def unit_board(request: HttpRequest, code: str) -> HttpResponse:
    """What a unit shows to this reader now. A unit that shows nothing to a stranger is as if it were not there."""
    shown = board.of(request.user, code, today())
    inside = request.user.is_authenticated
    context = {
        "board": shown,
        "unit": shown.unit,
        "sees_unit": inside and access.may(request.user, "units.view", shown.unit),
        "sees_catalogue": inside and access.may(request.user, "figures.view", shown.unit),
        "may_publish": inside and access.may(request.user, actions.PUBLISH, shown.unit),
        "base": asking.base_for(request),
    }
    return render(request, "publication/board.html", context)


@asking.for_strangers_too
def publication(request: HttpRequest, pk: int) -> HttpResponse:
    """One publication."""
    found = queries.publication_for(request.user, pk)
    in_file = access.may(request.user, policy.FILE, found.organisation)
    context = {
        "publication": found,
        "matter": board.title_of_matter(found),
        "in_file": in_file,
        "may_withdraw": not found.withdrawn_on and access.may(request.user, actions.PUBLISH, found.organisation),
        "base": asking.base_for(request),
    }
    return render(request, "publication/publication.html", context)


def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks for the reason and withdraws a publication."""
    found = queries.publication_for(request.user, pk)
    access.require(request.user, actions.PUBLISH, found.organisation)
    if found.withdrawn_on:
        raise errors.AlreadyWithdrawn
    said = _("已撤回。存在档案里，不再算完成。")
    return asking.ended(request, found, actions.withdraw_publication, page="publication/withdraw.html", said=said)

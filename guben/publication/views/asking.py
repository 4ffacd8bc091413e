"""What several pages of publication share: who is sent to sign in, the frame, the unit, the reason for an ending."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from guben.access import policy as access
from guben.accounts.models import User
from guben.organisations import queries as organisations
from guben.publication.forms import ReasonForm

MOST_UNITS = 300
Page = Callable[..., HttpResponse]


def for_strangers_too(page: Page) -> Page:
    """A page that is open to whoever it is meant for. What is not for a stranger may be for somebody who signs in."""

    @login_not_required
    @wraps(page)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return page(request, *args, **kwargs)
        except Http404:
            if request.user.is_authenticated:
                raise
            return redirect_to_login(request.get_full_path())

    return answer


def base_for(request: HttpRequest) -> str:
    """The frame of a page that strangers read too: theirs asks for no cookie and leads nowhere they may not go."""
    return "house/page.html" if request.user.is_authenticated else "publication/public.html"


def where(request: HttpRequest, right: str, goal: str) -> HttpResponse:
    """Which unit it is about, where the address names none."""
    words = request.GET.get("q", "").replace("\x00", "").strip()[:60]
    units = organisations.visible_units(request.user, right)
    if words:
        units = units.filter(organisations.called(words))
    own = [grant.organisation for grant in access.grants_of(request.user) if grant.organisation.path]
    here = list({unit.pk: unit for unit in own if access.may(request.user, right, unit)}.values())
    if len(here) == 1 and not words and not units.exclude(pk=here[0].pk).exists():
        return redirect(f"{reverse(goal)}?at={here[0].code}")
    context = {"units": units[:MOST_UNITS], "goal": reverse(goal), "words": words}
    return render(request, "publication/where.html", context)


def ended(request: HttpRequest, row: Any, act: Callable[..., Any], *, page: str, said: str) -> HttpResponse:
    """Asks for the reason, and ends what the row is about by the act."""
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        act(row, form.cleaned_data["reason"], by=cast(User, request.user))
        messages.success(request, said)
        return redirect(row)
    return render(request, page, {"row": row, "form": form}, status=422 if form.is_bound else 200)

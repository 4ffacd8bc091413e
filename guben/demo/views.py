"""Choosing a demo user with one click, and closing that door for good."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from guben.access import policy as access
from guben.accounts import installation, reauthentication
from guben.accounts.models import User
from guben.demo import actions, policy, queries
from guben.organisations.models import Organisation

BACKEND = "django.contrib.auth.backends.ModelBackend"


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """The demo users by place; a click signs in. Only on this machine, only while the demo is open."""
    if not policy.may_sign_in(request):
        raise Http404
    if request.method == "POST":
        user = queries.chosen_user(request.POST.get("username", ""))
        if user is None:
            raise Http404
        login(request, user, backend=BACKEND)
        return redirect("home:today")
    return render(request, "demo/sign_in.html", {"choices": queries.choices(), "day": installation.today()})


@require_http_methods(["GET", "HEAD", "POST"])
@reauthentication.required
def close(request: HttpRequest) -> HttpResponse:
    """Asks once, then closes the one-click sign-in."""
    user, row = cast(User, request.user), installation.current()
    top = get_object_or_404(Organisation, code=row.demo_root_code)
    access.require(user, "system.manage", top)
    if request.method == "POST":
        actions.close_sign_in(top, by=user)
        messages.success(request, gettext("演示登录已关掉。现在可以导入名册，登录要用密码。"))
        return redirect("home:today")
    return render(request, "demo/close.html", {"top": top, "is_open": row.demo_sign_in})

"""Choosing a demo user with one click, closing that door for good, and moving the demo's day."""

from __future__ import annotations

from datetime import date, timedelta
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
from guben.accounts.returning import next_of
from guben.demo import actions, policy, queries
from guben.demo.plan import DAY
from guben.kit.days import add_months, read_day
from guben.kit.errors import DomainError
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


@require_http_methods(["GET", "HEAD", "POST"])
def day(request: HttpRequest) -> HttpResponse:
    """Moves the demo's today, so that a case that takes years can be walked through. A real installation has none."""
    row = installation.current()
    if not row.is_demo:
        raise Http404
    policy.require_day(request.user, row)
    refusal = typed = ""
    if request.method == "POST":
        typed = request.POST.get("day", "").strip()
        refusal = _moved(request, typed)
        if not refusal:
            return redirect(next_of(request) or "demo:day")
    now = installation.today()
    context = {"now": now, "typed": typed, "steps": _steps(now), "refusal": refusal, "next": next_of(request)}
    return render(request, "demo/day.html", context, status=422 if refusal else 200)


def _moved(request: HttpRequest, typed: str) -> str:
    """Moves the day; a sentence where it stays."""
    wanted = read_day(typed)
    if wanted is None:
        return gettext("看不懂这个日期。写成2026-07-06这样。")
    try:
        actions.move_day(wanted, by=cast(User, request.user))
    except DomainError as error:
        return str(error)
    messages.success(request, gettext("演示日移到%(day)s。") % {"day": wanted.isoformat()})
    return ""


def _steps(now: date) -> list[tuple[str, date]]:
    """Near and far days that one button reaches."""
    later = [
        (gettext("前一天"), now - timedelta(days=1)),
        (gettext("后一天"), now + timedelta(days=1)),
        (gettext("后一周"), now + timedelta(days=7)),
        (gettext("后一个月"), add_months(now, 1)),
        (gettext("后半年"), add_months(now, 6)),
        (gettext("后一年"), add_months(now, 12)),
        (gettext("回到最初那天"), DAY),
    ]
    return [(words, to) for words, to in later if actions.FIRST <= to <= actions.LAST and to != now]

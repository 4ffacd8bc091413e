"""Pages about one's own account, and the language switch for everybody."""

from __future__ import annotations

from typing import cast

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_POST

from guben.accounts import actions, factors, sessions
from guben.accounts.forms import SettingsForm
from guben.accounts.models import User
from guben.accounts.returning import next_of

A_YEAR = 365 * 24 * 3600


def settings_page(request: HttpRequest) -> HttpResponse:
    """Language, light or dark, large type, and the ways to password, second factors and sign-ins."""
    user = cast(User, request.user)
    form = SettingsForm(request.POST or None, instance=User.objects.get(pk=user.pk))
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data
        actions.change_settings(
            language=chosen["language"], theme=chosen["theme"], large_type=chosen["large_type"], by=user
        )
        with translation.override(user.language or translation.get_language()):
            messages.success(request, gettext("已改，各页都照这样显示。"))
        return redirect("accounts:settings")
    shown = {"form": form, "has_factor": factors.has_one(user), "needs_factor": factors.is_needed(user)}
    return render(request, "accounts/settings.html", shown, status=422 if form.errors else 200)


def sign_ins(request: HttpRequest) -> HttpResponse:
    """One's own open sign-ins."""
    found = sessions.open_ones(cast(User, request.user), request)
    return render(request, "accounts/sign_ins.html", {"sign_ins": found, "others": len(found) - 1})


@require_POST
def end_sign_in(request: HttpRequest, pk: int) -> HttpResponse:
    """Ends one of one's own sign-ins; this one too, as signing out does."""
    if request.session.get(sessions.KEY) == pk:
        logout(request)
        return redirect("account_login")
    if not sessions.end(cast(User, request.user), pk):
        raise Http404
    messages.success(request, gettext("已退出那一处的登录。"))
    return redirect("accounts:sign_ins")


@require_POST
def end_other_sign_ins(request: HttpRequest) -> HttpResponse:
    """Ends all of one's own sign-ins but this one."""
    count = sessions.end_others(cast(User, request.user), request)
    text = ngettext("已退出其他%(count)d处登录。", "已退出其他%(count)d处登录。", count)
    messages.success(request, text % {"count": count})
    return redirect("accounts:sign_ins")


@login_not_required
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Changes the language: for a signed-in user in the account, for others in a cookie of this browser."""
    code = request.POST.get("language", "")
    response = redirect(next_of(request) or "/")
    if code not in dict(settings.LANGUAGES):
        return response
    if isinstance(request.user, User):
        user = request.user
        actions.change_settings(language=code, theme=user.theme, large_type=user.large_type, by=user)
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        code,
        max_age=A_YEAR,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
    )
    return response


@login_not_required
def forgotten(request: HttpRequest) -> HttpResponse:
    """Whom to ask for a new password. The house sends no mail."""
    return render(request, "account/password_reset.html")


@login_not_required
def closed(request: HttpRequest) -> HttpResponse:
    """Stands in for allauth's pages that this house has no use for: signing up, mail addresses, codes."""
    return render(request, "account/signup_closed.html", status=404)

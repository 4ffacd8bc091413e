"""Pages about second factors and closed accounts."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from guben.access import actions, factors, policy, queries
from guben.access.forms import ReasonForm
from guben.access.middleware import LATER
from guben.accounts import reauthentication
from guben.accounts.factors import has_one
from guben.accounts.models import User
from guben.accounts.returning import next_of
from guben.kit.errors import DomainError


def second_factor(request: HttpRequest) -> HttpResponse:
    """Why this role needs a second factor, and the two ways to one."""
    user = cast(User, request.user)
    shown: dict[str, Any] = {"next": next_of(request), "has_one": has_one(user), "is_needed": factors.is_needed(user)}
    if shown["is_needed"] and not shown["has_one"]:
        shown |= {"days_left": factors.days_left(user), "due_on": factors.due_on(user)}
    return render(request, "access/second_factor.html", shown)


@require_POST
def later(request: HttpRequest) -> HttpResponse:
    """Not now: for this session, and no longer than the grace."""
    request.session[LATER] = True
    return redirect(next_of(request) or "/")


@reauthentication.required
def reset_factors(request: HttpRequest, pk: int) -> HttpResponse:
    """Takes the second factors of somebody who lost them."""
    by = cast(User, request.user)
    user = _user(by, pk, factors.RIGHT)
    form = ReasonForm(request.POST or None)
    if form.is_valid():
        try:
            factors.reset(user, form.cleaned_data["reason"], by=by)
        except DomainError as error:
            form.add_error("reason", str(error))
        else:
            text = gettext("已重设%(user)s的第二重验证，并退出了他的全部登录。告诉本人：下次用密码登录后重新设置。")
            messages.success(request, text % {"user": user})
            return redirect("accounts:people")
    shown = {"who": user, "form": form, "has_one": has_one(user)}
    return render(request, "access/reset_factors.html", shown, status=422 if form.errors else 200)


@reauthentication.required
def account_state(request: HttpRequest, pk: int) -> HttpResponse:
    """What may be done with somebody's account: a link for a new password, factors reset, closing and opening again."""
    by = cast(User, request.user)
    user = _user(by, pk, actions.OPEN, factors.RIGHT)
    form = ReasonForm(request.POST or None)
    if form.is_valid():
        opened = not user.is_active
        try:
            actions.set_account_open(user, opened, form.cleaned_data["reason"], by=by)
        except DomainError as error:
            form.add_error("reason", str(error))
        else:
            text = (
                gettext("已启用%(user)s的账户。") if opened else gettext("已停用%(user)s的账户，并退出了他的全部登录。")
            )
            messages.success(request, text % {"user": user})
            return redirect("accounts:people")
    shown = {
        "who": user,
        "form": form,
        "has_one": has_one(user),
        "may_open": user.pk != by.pk and queries.can_give_all_roles_of(by, user, actions.OPEN),
        "may_reset": user.pk != by.pk and queries.can_give_all_roles_of(by, user, factors.RIGHT),
    }
    return render(request, "access/account_state.html", shown, status=422 if form.errors else 200)


def _user(by: User, pk: int, *rights: str) -> User:
    """The account, for who may use one of the rights somewhere and sees a grant of it."""
    if not any(policy.may_anywhere(by, right) for right in rights):
        raise PermissionDenied(rights[0])
    user = get_object_or_404(User, pk=pk, is_operator=False)
    if not queries.grants_seen(by).filter(user=user).exists():
        raise Http404
    return user

"""Pages about who holds which role: the list, giving, ending, opening an account."""

from __future__ import annotations

from typing import cast

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from guben.access import actions, policy, queries
from guben.access.forms import GrantForm, OpenAccountForm
from guben.access.models import Grant
from guben.access.roles import roles, title_of
from guben.accounts import reauthentication
from guben.accounts.installation import today
from guben.accounts.models import User
from guben.kit.errors import DomainError

PAGE = 50


def _require(user: User, right: str) -> None:
    if not policy.may_anywhere(user, right):
        raise PermissionDenied(right)


def people(request: HttpRequest) -> HttpResponse:
    """Who holds which role where, as far as the reader may see accounts."""
    user = cast(User, request.user)
    _require(user, "accounts.view")
    asked = {key: request.GET.get(key, "").strip() for key in ("q", "role", "ended")}
    found = queries.grants_seen(user, words=asked["q"], role=asked["role"], ended=asked["ended"] == "1")
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    shown = {
        "page": page,
        "rows": [
            (
                row,
                *(
                    queries.in_the_gift_of(user, row, right)
                    for right in ("accounts.grant", "accounts.open", "factors.reset")
                ),
            )
            for row in page
        ],
        "asked": asked,
        "roles": [(role.key, title_of(role.key)) for role in roles().values() if role.key != policy.OPERATOR],
        "may_grant": policy.may_anywhere(user, "accounts.grant"),
        "may_act": any(policy.may_anywhere(user, one) for one in ("accounts.grant", "accounts.open", "factors.reset")),
        "may_open": policy.may_anywhere(user, "accounts.open"),
        "today": today(),
    }
    return render(request, "access/people.html", shown)


@reauthentication.required
def grant(request: HttpRequest) -> HttpResponse:
    """Gives a role to an account that exists."""
    by = cast(User, request.user)
    _require(by, "accounts.grant")
    start = {key: request.GET[key] for key in ("user", "unit", "role") if key in request.GET}
    form = GrantForm(request.POST or None, by=by, initial=start)
    if form.is_valid():
        asked = form.cleaned_data
        try:
            row = actions.grant(
                asked["user"], asked["role"], asked["unit"], from_on=asked["from_on"], until_on=asked["until_on"], by=by
            )
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _given(row.user, row))
            return redirect("accounts:people")
    return render(request, "access/grant.html", {"form": form}, status=422 if form.errors else 200)


@reauthentication.required
def open_account(request: HttpRequest) -> HttpResponse:
    """Opens an account and shows the link for its password once."""
    by = cast(User, request.user)
    _require(by, "accounts.open")
    form = OpenAccountForm(request.POST or None, by=by, initial={"unit": request.GET.get("unit", "")})
    if form.is_valid():
        asked = form.cleaned_data
        try:
            user = actions.open_account(
                asked["username"], asked["display_name"], asked.get("role", ""), asked["unit"], by=by
            )
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            return render(
                request, "access/password_link.html", {"who": user, "link": _link(request, user), "new": True}
            )
    return render(request, "access/open.html", {"form": form}, status=422 if form.errors else 200)


@require_POST
@reauthentication.required
def password_link(request: HttpRequest, pk: int) -> HttpResponse:
    """Shows a link for a new password once."""
    by = cast(User, request.user)
    _require(by, "accounts.open")
    user = get_object_or_404(User, pk=pk, is_active=True, is_operator=False)
    if not queries.grants_seen(by).filter(user=user).exists():
        raise Http404
    actions.allow_new_password(user, by=by)
    return render(request, "access/password_link.html", {"who": user, "link": _link(request, user), "new": False})


@reauthentication.required
def end_grant(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks, then ends a grant today."""
    by = cast(User, request.user)
    row = get_object_or_404(
        Grant.objects.filter(policy.within(by, "accounts.view")).select_related("user", "organisation"), pk=pk
    )
    policy.require(by, "accounts.grant", row.organisation)
    if request.method == "POST":
        actions.end_grant(row.pk, by=by)
        text = gettext("已终止%(user)s在%(unit)s的“%(role)s”授权。")
        messages.success(request, text % _named(row.user, row))
        return redirect("accounts:people")
    return render(request, "access/end_grant.html", {"grant": row})


def _named(user: User, row: Grant) -> dict[str, str]:
    return {"user": str(user), "unit": row.organisation.short_name, "role": title_of(row.role)}


def _given(user: User, row: Grant) -> str:
    return gettext("已给%(user)s在%(unit)s的“%(role)s”授权。") % _named(user, row)


def _link(request: HttpRequest, user: User) -> str:
    """The address where this user sets a password: good once, for settings.PASSWORD_RESET_TIMEOUT."""
    key = default_token_generator.make_token(user)
    path = reverse("account_reset_password_from_key", kwargs={"uidb36": user_pk_to_url_str(user), "key": key})
    return request.build_absolute_uri(path)

"""Asking once more who is there before a step that matters. What was sent is kept and goes on by itself afterwards."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import wraps
from typing import Any, overload

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.internal.flows.reauthentication import STATE_SESSION_KEY, get_reauthentication_flows
from allauth.core.internal.httpkit import serialize_request
from django.conf import settings
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import urlencode

View = Callable[..., HttpResponse]
When = Callable[[HttpRequest], bool]
SAFE = ("GET", "HEAD", "OPTIONS")


def recently(request: HttpRequest) -> bool:
    """Did the user prove by password or factor, in this session and the last ten minutes, to be herself?

    Who has neither (a demo's users) can't be asked, and is not.
    """
    if not request.user.is_authenticated:
        return False
    proofs = [float(record["at"]) for record in get_authentication_records(request, request.user)]
    if proofs and time.time() - max(proofs) < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT:
        return True
    return not get_reauthentication_flows(request.user)


@overload
def required(view: View) -> View: ...


@overload
def required(*, when: When | None = None) -> Callable[[View], View]: ...


def required(view: View | None = None, *, when: When | None = None) -> View | Callable[[View], View]:
    """Decorates a view whose POST needs a fresh proof; with `when`, only those requests that it says yes to.

    Source: 等保 GB/T 22239-2019 8.1.4.1.
    """

    def decorate(inner: View) -> View:
        @wraps(inner)
        def asked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            matters = when(request) if when else request.method not in SAFE
            return inner(request, *args, **kwargs) if not matters or recently(request) else detour(request)

        return asked

    return decorate(view) if view else decorate


def detour(request: HttpRequest) -> HttpResponse:
    """To the page that asks, with what was sent kept in the session until the answer."""
    methods = get_adapter().get_reauthentication_methods(request.user)
    back = request.get_full_path()
    if request.method == "POST":
        request.session[STATE_SESSION_KEY] = {"request": serialize_request(request)}
        back = request.path  # the question mark's part is kept with the form
    answer = HttpResponseRedirect(f"{methods[0]['url']}?{urlencode({REDIRECT_FIELD_NAME: back})}")
    if request.headers.get("HX-Request"):  # a part of a page can't ask: the whole page goes there
        answer.status_code, answer["HX-Redirect"] = 200, answer["Location"]
    return answer

"""Leads whoever needs a second factor and has none to the page where it is set up, and slows down who guesses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from guben.access import factors, limits
from guben.accounts.factors import has_one
from guben.accounts.models import User

GetResponse = Callable[[HttpRequest], HttpResponse]
HAS_ONE = "has_factor"
LATER = "factor_later"
OPEN = {
    "accounts:second_factor", "accounts:later", "accounts:language", "account_logout", "account_reauthenticate",
    "account_change_password", "home:healthz", "demo:sign_in",
}  # fmt: skip


class SecondFactorMiddleware:
    """Within the days of grace a person is told once in each session; afterwards no other page opens."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        user = request.user
        name = request.resolver_match.view_name if request.resolver_match else ""
        if not isinstance(user, User) or name in OPEN or name.startswith("mfa_") or not factors.is_needed(user):
            return None
        if request.session.get(HAS_ONE):
            return None
        if has_one(user):
            request.session[HAS_ONE] = True
            return None
        if factors.days_left(user) and (request.session.get(LATER) or not _is_page(request)):
            return None
        goal = f"{reverse('accounts:second_factor')}?{urlencode({'next': request.get_full_path()})}"
        return redirect(goal)


def _is_page(request: HttpRequest) -> bool:
    return request.method == "GET" and not request.headers.get("HX-Request")


class GuessingMiddleware:
    """Counts addresses that lead nowhere: codes and numbers of other people's units are found by trying."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        answer = self.get_response(request)
        if answer.status_code == 404 and request.user.is_authenticated:
            try:
                limits.use("guess", request.user.pk)
            except limits.TooOften as refusal:
                shown = {"sentence": refusal.sentence, "number": "429", "status": 429}
                return render(request, "house/refused.html", shown, status=429)
        return answer

"""What stands around every page: refusals of the domain as pages of the house, and no unknown methods."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import render
from django.utils import timezone

from guben.kit.errors import DomainError

logger = logging.getLogger(__name__)


def number_to_quote() -> str:
    """A short number that stands on the page and in the log: 7F3A-20260703-1042."""
    return f"{secrets.token_hex(2).upper()}-{timezone.localtime():%Y%m%d-%H%M}"


class DomainErrorMiddleware:
    """Renders DomainError with its status; 403 and 404 stay with Django's handlers."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, DomainError):
            return None
        number = number_to_quote()
        logger.info("%s %s %s %s", number, type(exception).__name__, request.method, request.path)
        shown = {"sentence": exception.sentence, "number": number, "status": exception.status}
        if request.headers.get("HX-Request"):
            response = render(request, "house/_refusal.html", shown, status=exception.status)
            response["HX-Retarget"], response["HX-Reswap"] = "#messages", "innerHTML show:#messages:top"
            return response
        return render(request, "house/refused.html", shown, status=exception.status)


class KnownMethodsMiddleware:
    """Pages are read and forms are sent; every other method is answered 405."""

    methods = ("GET", "HEAD", "POST", "OPTIONS")

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in self.methods:
            return HttpResponseNotAllowed(self.methods)
        return self.get_response(request)

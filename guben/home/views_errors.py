"""Pages for what went wrong, and the sign of life for those who watch the server."""

from __future__ import annotations

import logging
import sys

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, InterfaceError, connection
from django.http import HttpRequest, HttpResponse, HttpResponseServerError
from django.shortcuts import render
from django.template import loader
from django.utils.translation import get_language

from guben.access import policy
from guben.accounts.database import is_out_of_reach
from guben.home.context import acting
from guben.home.middleware import number_to_quote

NAMED = 3
RETRY_AFTER = "30"  # seconds
logger = logging.getLogger(__name__)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: the reader knows the unit, but her role does not open this."""
    number = number_to_quote()
    logger.info("%s forbidden %s %s (%s)", number, request.method, request.path, exception or "")
    return render(request, "403.html", {"number": number, "grantors": lambda: _grantors(request)}, status=403)


def _grantors(request: HttpRequest) -> list[str]:
    """Who could open the page to the reader: the names of some who give rights where she stands."""
    unit = acting(request).unit
    return [str(user) for user in policy.users_with("accounts.grant", unit)[:NAMED]] if unit else []


def stale_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 where the form's token no longer holds: nothing was saved."""
    number = number_to_quote()
    logger.info("%s stale form %s (%s)", number, request.path, reason)
    return render(request, "403_csrf.html", {"number": number}, status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: there is nothing here, or nothing this reader may know of."""
    return render(request, "404.html", {"number": number_to_quote()}, status=404)


def broken(request: HttpRequest) -> HttpResponse:
    """500: a fault of the software; 503: the database did not answer. Asks neither the database nor the session."""
    number = number_to_quote()
    fault = sys.exc_info()[1]
    if is_out_of_reach(fault):
        logger.error("%s database out of reach %s %s (%s)", number, request.method, request.path, type(fault).__name__)
        shown = {"number": number, "LANGUAGE_CODE": get_language()}
        page = loader.get_template("503.html").render(shown)
        return HttpResponse(page, status=503, headers={"Retry-After": RETRY_AFTER})
    logger.error("%s broken %s %s", number, request.method, request.path)
    shown = {"number": number, "LANGUAGE_CODE": get_language()}
    return HttpResponseServerError(loader.get_template("500.html").render(shown))


@login_not_required
def healthz(request: HttpRequest) -> HttpResponse:
    """Says ok when the database answers, else 503 and that it does not."""
    words, status = "ok\n", 200
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except (DatabaseError, InterfaceError) as fault:
        logger.error("healthz: the database does not answer (%s)", type(fault).__name__)
        words, status = "the database does not answer\n", 503
    return HttpResponse(words, status=status, content_type="text/plain", headers={"Cache-Control": "no-store"})

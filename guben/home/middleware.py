"""What stands around every page: refusals of the domain as pages of the house, and no unknown methods."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from guben.accounts.database import have_crossed
from guben.kit.errors import DomainError

logger = logging.getLogger(__name__)


class ActsCrossed(DomainError):
    """Two acts at the same moment got in each other's way; the database undid this one."""

    status = 409

    def __init__(self) -> None:
        super().__init__(_("同一时刻有别人也在改这里，这一步没有保存。回到上一页刷新，看看现在是什么样，再办一次。"))


def number_to_quote() -> str:
    """A short number that stands on the page and in the log: 7F3A-20260703-1042."""
    return f"{secrets.token_hex(2).upper()}-{timezone.localtime():%Y%m%d-%H%M}"


class DomainErrorMiddleware:
    """Renders DomainError with its status, and acts that crossed; 403 and 404 stay with Django's handlers."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        number = number_to_quote()
        if have_crossed(exception):
            logger.warning("%s acts crossed %s %s", number, request.method, request.path, exc_info=exception)
            exception = ActsCrossed()
        if not isinstance(exception, DomainError):
            return None
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

"""What happens around every request: one look at the installation, the reader's language, the idle time-out, and that
no copy of a page stays behind."""

from __future__ import annotations

import time
from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import logout
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers

from guben.accounts import installation, sessions

GetResponse = Callable[[HttpRequest], HttpResponse]
LAST_SEEN = sessions.LAST_SEEN
SIGNED_OUT = "signed_out_after_minutes"  # tells the sign-in page why it is shown
WRITE_EVERY = 60  # seconds; a session is not written more often than this


class UserLanguageMiddleware:
    """The user's own language, else the one chosen in this browser (cookie), else what the browser asks for.

    The row that says what day it is gets read once for the whole request.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        reading = request.method in {"GET", "HEAD"}
        with installation.read_once(reading=reading), translation.override(language_of(request)):
            request.LANGUAGE_CODE = translation.get_language() or settings.LANGUAGE_CODE
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", request.LANGUAGE_CODE)
            patch_vary_headers(response, ["Accept-Language", "Cookie"])
        return response


def language_of(request: HttpRequest) -> str:
    """The language code to answer in. Asks the database nothing: the user is loaded for the request anyway."""
    chosen = getattr(request.user, "language", "") if request.session.session_key else ""
    if chosen in dict(settings.LANGUAGES):
        return str(chosen)
    return translation.get_language_from_request(request)


class IdleTimeoutMiddleware:
    """Signs out whoever made no request for settings.IDLE_MINUTES."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.session.session_key and request.user.is_authenticated:
            now = int(time.time())
            last = int(request.session.get(LAST_SEEN, now))
            if now - last > settings.IDLE_MINUTES * 60 + WRITE_EVERY:  # never earlier than promised
                logout(request)
                request.session[SIGNED_OUT] = settings.IDLE_MINUTES
            elif LAST_SEEN not in request.session or now - last >= WRITE_EVERY:
                request.session[LAST_SEEN] = now
                sessions.follow(request)
        return self.get_response(request)


class SecurityHeadersMiddleware:
    """Says what no page here uses, and that no other site takes anything from here into its own pages."""

    unused = (
        "accelerometer", "autoplay", "browsing-topics", "camera", "display-capture", "encrypted-media",
        "geolocation", "gyroscope", "hid", "idle-detection", "local-fonts", "magnetometer", "microphone", "midi",
        "payment", "screen-wake-lock", "serial", "usb", "xr-spatial-tracking",
    )  # fmt: skip
    passkeys = ("publickey-credentials-create", "publickey-credentials-get")
    policy = ", ".join([*(f"{name}=()" for name in unused), *(f"{name}=(self)" for name in passkeys)])

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", self.policy)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        return response


class NoCopyMiddleware:
    """Keeps every page out of the caches of browsers and proxies: the next reader at the same machine finds nothing."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Cache-Control", "private, no-store")
        return response


class NoNullCharacterMiddleware:
    """Refuses a null character in an address or a form: nobody types one, and no database of texts takes one."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        sent = (
            text for asked in (request.GET, request.POST) for texts in asked.lists() for text in (texts[0], *texts[1])
        )
        if "\0" in request.path or any("\0" in text for text in sent):
            raise BadRequest("null character")
        return self.get_response(request)

"""When the demo's open doors are open: one-click sign-in on this machine alone, rosters only after it was closed."""

from __future__ import annotations

from django.http import HttpRequest

from guben.accounts import installation

LOOPBACK = frozenset({"127.0.0.1", "::1"})
FORWARDED = ("HTTP_FORWARDED", "HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_HOST", "HTTP_X_REAL_IP", "HTTP_VIA")


def may_sign_in(request: HttpRequest) -> bool:
    """May whoever asks choose a demo user? In an open demo, from this machine, and through no proxy."""
    row = installation.current()
    return row.is_demo and row.demo_sign_in and is_from_this_machine(request)


def is_from_this_machine(request: HttpRequest) -> bool:
    """True where the other end is this machine itself; a proxy that says so in its headers is not."""
    return request.META.get("REMOTE_ADDR") in LOOPBACK and not any(name in request.META for name in FORWARDED)

"""When the demo's open doors are open: one-click sign-in on this machine alone, rosters only after it was closed."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from guben.access import policy
from guben.access.policy import Someone
from guben.accounts import installation
from guben.accounts.models import Installation
from guben.organisations.models import Organisation

LOOPBACK = frozenset({"127.0.0.1", "::1"})
FORWARDED = ("HTTP_FORWARDED", "HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_HOST", "HTTP_X_REAL_IP", "HTTP_VIA")


def may_sign_in(request: HttpRequest) -> bool:
    """May whoever asks choose a demo user? In an open demo, from this machine, and through no proxy."""
    row = installation.current()
    return row.is_demo and row.demo_sign_in and is_from_this_machine(request)


def is_from_this_machine(request: HttpRequest) -> bool:
    """True where the other end is this machine itself; a proxy that says so in its headers is not."""
    return request.META.get("REMOTE_ADDR") in LOOPBACK and not any(name in request.META for name in FORWARDED)


def may_move_day(user: Someone, row: Installation) -> bool:
    """While the demo is open everybody may move its day; once it is closed, only who manages it."""
    if not row.is_demo:
        return False
    if row.demo_sign_in or getattr(user, "is_operator", False):
        return True
    top = Organisation.objects.filter(code=row.demo_root_code).first()
    return top is not None and policy.may(user, "system.manage", top)


def require_day(user: Someone, row: Installation) -> None:
    if not may_move_day(user, row):
        raise PermissionDenied("demo.day")

"""Under which name wrong passwords are counted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest


def counted_name(request: HttpRequest, credentials: Mapping[str, Any] | None = None) -> str | None:
    """The user name as the account is found by it, so that SECRETARY and secretary share one count."""
    given = (credentials or {}).get("username") or request.POST.get("login")
    return str(given).strip().casefold() if given else None

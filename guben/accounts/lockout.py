"""Under which name wrong passwords are counted, and that the addresses kept for it go again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from axes.models import AccessAttempt
from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone


def counted_name(request: HttpRequest, credentials: Mapping[str, Any] | None = None) -> str | None:
    """The user name as the account is found by it, so that SECRETARY and secretary share one count."""
    given = (credentials or {}).get("username") or request.POST.get("login")
    return str(given).strip().casefold() if given else None


def forget_old_attempts(**_signal: Any) -> None:
    """Deletes what is older than the lock lasts: names, addresses and devices of wrong passwords."""
    old = timezone.now() - timedelta(hours=settings.AXES_COOLOFF_TIME)
    AccessAttempt.objects.filter(attempt_time__lt=old).delete()

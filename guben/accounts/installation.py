"""What day it is for this installation, and whether it is a demo."""

from __future__ import annotations

import os
from datetime import date

from django.utils import timezone

from guben.accounts.models import Installation


def current() -> Installation:
    """The one row (unsaved and real where nothing was stored yet)."""
    return Installation.objects.filter(pk=1).first() or Installation()


def today(installation: Installation | None = None) -> date:
    """Today, or the demo's fixed day (演示日), which GUBEN_DEMO_DAY moves."""
    installation = installation or current()
    if installation.is_demo:
        if moved := os.environ.get("GUBEN_DEMO_DAY"):
            return date.fromisoformat(moved)
        if installation.demo_day:
            return installation.demo_day
    return timezone.localdate()

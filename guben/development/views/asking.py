"""What the pages' addresses ask for: the unit, the year, and who asks."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from guben.organisations.asking import note_error, unit_asked, user_of

__all__ = ["few", "note_error", "posted", "unit_asked", "user_of", "year_asked"]


def year_asked(request: HttpRequest, this_year: int) -> int:
    """The year of the address where it can be one, else this year."""
    text = request.GET.get("year", "")
    year = int(text) if text.isascii() and text.isdigit() and len(text) == 4 else this_year
    return year if 2000 <= year <= this_year + 1 else this_year


def posted(request: HttpRequest) -> Any:
    """What was sent, be it nothing; None where the page is only looked at."""
    return request.POST if request.method == "POST" else None


def few() -> str:
    return _("人数太少，不单独显示")

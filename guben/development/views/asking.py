"""What the pages' addresses ask for: the unit, the year, and who asks."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.utils.translation import gettext as _

from guben.access import policy
from guben.accounts.models import User
from guben.kit.errors import DomainError
from guben.organisations.models import Organisation
from guben.organisations.queries import unit_for


def user_of(request: HttpRequest) -> User:
    return cast(User, request.user)


def unit_asked(request: HttpRequest, right: str) -> Organisation:
    """The unit of the address, else where the reader stands.

    Raises:
        Http404, PermissionDenied: the unit is not the reader's, or she holds the right nowhere.
    """
    if code := request.GET.get("at", ""):
        return unit_for(request.user, code, right)
    home = policy.home_unit(request.user, right, request.session.get("acting_unit", ""))
    if not isinstance(home, Organisation):
        raise PermissionDenied(right)
    return home


def year_asked(request: HttpRequest, this_year: int) -> int:
    """The year of the address where it can be one, else this year."""
    text = request.GET.get("year", "")
    year = int(text) if text.isascii() and text.isdigit() and len(text) == 4 else this_year
    return year if 2000 <= year <= this_year + 1 else this_year


def posted(request: HttpRequest) -> Any:
    """What was sent, be it nothing; None where the page is only looked at."""
    return request.POST if request.method == "POST" else None


def note_error(form: forms.Form, error: DomainError) -> None:
    """Puts the sentence beside the field it is about, else on top."""
    names: tuple[str, ...] = getattr(error, "fields", ())
    field: Any = next((name for name in names if name in form.fields), None)
    form.add_error(field, forms.ValidationError(str(error)))


def few() -> str:
    return _("人数太少，不单独显示")

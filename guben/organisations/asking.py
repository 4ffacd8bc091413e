"""What the address of a page about a unit asks for, who asks, and where a refusal is shown."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from guben.access import policy
from guben.accounts.models import User
from guben.kit.errors import DomainError
from guben.organisations.models import Organisation
from guben.organisations.queries import unit_for


def user_of(request: HttpRequest) -> User:
    """The signed-in user; the middleware lets nobody else in."""
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


def note_error(form: forms.Form, error: DomainError) -> None:
    """Puts the sentence beside the field it is about, else on top."""
    names: tuple[str, ...] = getattr(error, "fields", ()) or (getattr(error, "field", ""),)
    field: Any = next((name for name in names if name in form.fields), None)
    form.add_error(field, forms.ValidationError(str(error)))

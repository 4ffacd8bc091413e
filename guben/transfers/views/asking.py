"""What the pages' addresses ask for, the people of a unit, and forms that end in an act."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, cast

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from guben.access import policy
from guben.accounts.models import User
from guben.kit.errors import DomainError
from guben.members.choices import MEMBER_STAGES
from guben.members.spans import on_a_roll
from guben.organisations.models import Organisation
from guben.organisations.queries import unit_for

MOST = 600


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


def members_of(unit: Organisation, on: date) -> list[tuple[int, str]]:
    """The members of a branch, to choose from."""
    people = on_a_roll(on).filter(organisation_id_on=unit.pk, stage__in=MEMBER_STAGES)
    return list(people.order_by("pinyin", "name", "pk").values_list("pk", "name")[:MOST])


def note_error(form: forms.Form, error: DomainError) -> None:
    """Puts the sentence beside the field it is about, else on top."""
    names: tuple[str, ...] = getattr(error, "fields", ()) or (getattr(error, "field", ""),)
    field: Any = next((name for name in names if name in form.fields), None)
    form.add_error(field, forms.ValidationError(str(error)))


def answer(
    request: HttpRequest, form: forms.Form, act: Callable[[dict[str, Any]], str], page: dict[str, Any], back: str
) -> HttpResponse:
    """The form, or the act and the way on from it; what is refused stands beside its field."""
    if request.method == "POST" and form.is_valid():
        try:
            return redirect(act(form.cleaned_data))
        except DomainError as error:
            note_error(form, error)
    context = {"form": form, "back": back, **page}
    return render(request, "transfers/form.html", context, status=422 if form.errors else 200)

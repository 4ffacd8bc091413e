"""What the pages of people are asked for: the unit and the day in the address, a form that calls one action."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from guben.access import policy
from guben.accounts.models import User
from guben.accounts.returning import next_of
from guben.kit.days import read_day
from guben.kit.errors import DomainError
from guben.members import errors
from guben.organisations import queries as organisations
from guben.organisations.models import Organisation

# Where a refusal belongs to one field, it is shown beside it.
FIELDS: tuple[tuple[type[DomainError], tuple[str, ...]], ...] = (
    (errors.IdNumberError, ("id_number",)),
    (errors.IdNumberOtherBirthDay, ("born_on",)),
    (errors.IdNumberOtherSex, ("sex",)),
    (errors.AlreadyRegistered, ("id_number",)),
    (errors.RegisteredElsewhere, ("id_number",)),
    (errors.PhoneUnclear, ("phone",)),
    (errors.NameMissing, ("name",)),
    (errors.NameTooLong, ("name",)),
    (errors.NameUnclear, ("name",)),
    (errors.CorrectionUnclear, ("service_correction",)),
    (errors.ContactOutsideUnit, ("contact_person",)),
    (errors.OwnContact, ("contact_person",)),
    (errors.NotAFullMember, ("person",)),
    (errors.DayInFuture, ("contacted_on", "from_on", "until_on", "since_on")),
    (errors.DayTooEarly, ("from_on",)),
    (errors.ContactBeforeJoining, ("contacted_on",)),
    (errors.DayNotLater, ("until_on",)),
)


def user_of(request: HttpRequest) -> User:
    """The signed-in user; the middleware lets nobody else in."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def unit_asked(request: HttpRequest, right: str) -> Organisation | None:
    """The unit of `?at=` where the user holds the right, else the first one where she does; None if there is none."""
    if code := request.GET.get("at"):
        return organisations.unit_for(request.user, code, right)
    reach = policy.reach(request.user, right)
    return Organisation.objects.select_related("parent").filter(path__in=reach[:1]).first() if reach else None


def day_asked(request: HttpRequest, today: date) -> date:
    """The day of `?on=`, today when there is none or it cannot be read or lies ahead."""
    return min(read_day(request.GET.get("on", "")) or today, today)


def refuse(form: forms.Form, error: DomainError) -> None:
    """Shows a refusal beside the field it belongs to, else on top of the form."""
    names = next((names for kind, names in FIELDS if isinstance(error, kind)), ())
    form.add_error(next((name for name in names if name in form.fields), None), str(error))


def answer(
    request: HttpRequest, form: forms.Form, act: Callable[[dict[str, Any]], str], page: dict[str, Any], back: str
) -> HttpResponse:
    """The form, or, once it is right and the action agrees, the way back. `act` gives the address to go to."""
    if request.method == "POST" and form.is_valid():
        try:
            goal = act(form.cleaned_data)
        except DomainError as error:
            refuse(form, error)
        else:
            return redirect(next_of(request) or goal)
    context = {
        "form": form,
        "back": next_of(request) or back,
        "next": next_of(request),
        "cancel": _("不改了，回去"),
    } | page
    status = 422 if form.is_bound and form.errors else 200
    return render(request, page.get("template", "members/form.html"), context, status=status)

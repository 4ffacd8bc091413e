"""How the forms of this app are shown, refused and done."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from guben.kit.errors import DomainError
from guben.organisations import errors, queries
from guben.organisations.models import Organisation


def unit_to_change(request: HttpRequest, code: str) -> Organisation:
    """The living unit, for those who keep its records.

    Raises:
        Http404, PermissionDenied, AlreadyDissolved.
    """
    unit = queries.unit_for(request.user, code, "units.change")
    if unit.dissolved_on:
        raise errors.AlreadyDissolved(unit.name, unit.dissolved_on)
    return unit


def answer(
    request: HttpRequest,
    template: str,
    form: forms.Form,
    act: Callable[[], Any],
    context: dict[str, Any],
    *,
    done: str,
    to: str = "",
    stamp: str = "",
) -> HttpResponse:
    """Shows the form, or does the act and leads on to `to`, or else to what the act made.

    A refusal stands beside its field (`error.fields`), or on top of the form; what was typed stays. A form that was
    opened before something changed (`stamp`) is shown once more.
    """
    if request.method == "POST" and form.is_valid():
        try:
            if stamp and request.POST.get("stamp", stamp) != stamp:
                raise errors.PageIsOld
            made = act()
        except DomainError as error:
            if error.status != 422:
                raise
            beside = next((name for name in getattr(error, "fields", ()) if name in form.fields), None)
            form.add_error(beside, str(error))
        else:
            messages.success(request, done)
            return redirect(to or made)
    return render(request, template, context | {"form": form, "stamp": stamp}, status=422 if form.is_bound else 200)

"""What the pages' addresses ask for, the people of a unit, and forms that end in an act."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from guben.kit.errors import DomainError
from guben.members.choices import MEMBER_STAGES
from guben.members.spans import on_a_roll
from guben.organisations.asking import note_error, unit_asked, user_of
from guben.organisations.models import Organisation

__all__ = ["answer", "members_of", "note_error", "unit_asked", "user_of"]

MOST = 600


def members_of(unit: Organisation, on: date) -> list[tuple[int, str]]:
    """The members of a branch, to choose from."""
    people = on_a_roll(on).filter(organisation_id_on=unit.pk, stage__in=MEMBER_STAGES)
    return list(people.order_by("pinyin", "name", "pk").values_list("pk", "name")[:MOST])


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

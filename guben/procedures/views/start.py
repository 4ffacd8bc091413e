"""Beginning a case: which procedure may be begun here, then about whom or what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from guben.access import policy
from guben.accounts.installation import today
from guben.kit.errors import DomainError
from guben.members import queries as members
from guben.members.models import Person
from guben.members.views.acts import REGISTERED
from guben.organisations import queries as organisations
from guben.organisations.models import Organisation
from guben.procedures import actions, words
from guben.procedures.forms import StartForm, refuse
from guben.procedures.models import Case
from guben.procedures.people import Choices
from guben.procedures.places import Places, may_begin
from guben.procedures.rules import rules, say
from guben.procedures.subjects import LONGEST_NAME, by_stage, case_subjects, reasons
from guben.procedures.views.asked import user_of
from guben.rulebook.holding import Holding
from guben.rulebook_engine.procedures import Procedure

UNITS_SHOWN = 300


@dataclass(frozen=True, slots=True)
class Offer:
    """A procedure that may be begun at a unit by this user."""

    key: str
    title: str
    why: str
    source: str
    steps: int
    about_a_person: bool


def start(request: HttpRequest) -> HttpResponse:
    """A new case: first the unit and the procedure, then the form."""
    person = _person(request)
    unit = _unit(request, person)
    if unit is None:
        return render(request, "procedures/start_where.html", {"units": _units(request)})
    found = _procedure(request, unit)
    if found is None:
        context = {"unit": unit, "offers": offers(request, unit), "person": person, "units": _units(request)}
        return render(request, "procedures/start.html", context)
    return _begin(request, unit, found, person)


def _begin(request: HttpRequest, unit: Organisation, procedure: Procedure, person: Person | None) -> HttpResponse:
    about_person = procedure.subject == "person"
    chosen = case_subjects(unit, procedure.subject_where, today()) if about_person else None
    asks_host = any(step.at == "host" for step in procedure.step)
    initial: dict[str, Any] = {
        "begun_on": today(),
        "person": person.pk if person else request.session.pop(REGISTERED, None),
    }
    if procedure.subject == "unit":
        initial["title"] = f"{unit.short_name} {say(procedure.title)}"
    choices = by_stage(chosen, today()) if chosen else chosen
    form = StartForm(request.POST or None, people=choices, asks_host=asks_host, initial=initial)
    form.fields["begun_on"].help_text = _("第一步“%(first)s”是哪天，就写哪天。") % {
        "first": say(procedure.step[0].title)
    }
    if request.method == "POST" and form.is_valid() and (case := _begun(request, unit, procedure, form)):
        messages.success(request, _("已开办%(number)s。接着办第一步。") % {"number": case.number})
        return redirect(case)
    context = {
        "unit": unit,
        "procedure": procedure,
        "title": say(procedure.title),
        "why": say(procedure.why),
        "first": say(procedure.step[0].title),
        "steps": words.count_of(procedure),
        "form": form,
        "about_person": about_person,
        "nobody": about_person and not chosen,
        "asked_name": (asked_name := _asked_name(request, person, chosen)),
        "reasons": reasons(request.user, unit, procedure, asked_name, today()) if about_person else [],
        "may_search": about_person and policy.may(request.user, "members.view", unit),
        "register_url": _register_url(request, unit, procedure),
        "open_case": getattr(form, "open_case", 0),
    }
    return render(request, "procedures/start_form.html", context, status=422 if form.is_bound else 200)


def _asked_name(request: HttpRequest, person: Person | None, chosen: Choices | None) -> str:
    """Whom the user looks for and does not find: the name typed, else that of the address who is not offered."""
    if name := request.GET.get("q", "").replace("\0", "").strip():
        return name[:LONGEST_NAME]
    offered = {pk for pk, _name in chosen or ()}
    return person.name if person and person.pk not in offered else ""


def _begun(request: HttpRequest, unit: Organisation, procedure: Procedure, form: StartForm) -> Case | None:
    data = form.cleaned_data
    person = members.person_for(request.user, data["person"]) if data.get("person") else None
    host = Organisation.objects.get(pk=data["host"]) if data.get("host") else None
    try:
        return actions.begin(
            procedure.key,
            unit,
            person=person,
            title=data.get("title", ""),
            host=host,
            begun_on=data["begun_on"],
            by=user_of(request),
        )
    except DomainError as error:
        refuse(form, error)
        form.open_case = getattr(error, "case_pk", 0)  # type: ignore[attr-defined]  # for the link to it
        return None


def offers(request: HttpRequest, unit: Organisation) -> list[Offer]:
    """What this user may begin at the unit today, in the order of their titles."""
    on, known = today(), rules()
    places, user = Places([unit], on), request.user
    newest = {one.key: one for one in known.all_editions() if one.in_force(on)}
    held = Holding(list(newest.values()), on)
    found = [
        Offer(one.key, say(one.title), say(one.why), one.source_text, words.count_of(one), one.subject == "person")
        for one in newest.values()
        if may_begin(user, one, unit) and held.holds(one, unit.path) and places.holds(one.who, unit)
    ]
    return sorted(found, key=lambda offer: offer.title)


def _procedure(request: HttpRequest, unit: Organisation) -> Procedure | None:
    """The procedure of the address, where it may be begun here."""
    key = request.GET.get("procedure", "")
    if not key or key not in {offer.key for offer in offers(request, unit)}:
        return None
    return rules().procedure(key, today())


def _person(request: HttpRequest) -> Person | None:
    text = request.GET.get("person", "")
    if not (text.isascii() and text.isdigit() and len(text) < 18):
        return None
    return members.person_for(request.user, int(text))


def _unit(request: HttpRequest, person: Person | None) -> Organisation | None:
    """The unit of ?at=, else that of the person, else the only one where she may begin something."""
    if code := request.GET.get("at"):
        unit = organisations.unit_for(request.user, code, "units.view")
        _require(request, unit)
        return unit
    if person is not None and (home := members.record_of(person, today()).unit):
        _require(request, home)
        return home
    units = _units(request)
    return units[0] if len(units) == 1 else None


def _require(request: HttpRequest, unit: Organisation) -> None:
    """Who begins nothing here learns so at once."""
    if not (policy.may(request.user, "cases.begin", unit) or policy.may(request.user, "cases.record_below", unit)):
        raise PermissionDenied("cases.begin")


def _units(request: HttpRequest) -> list[Organisation]:
    """Where she may begin something: the units she works at, and those she records for."""
    found = organisations.visible_units(request.user, "cases.begin").order_by("path")[:UNITS_SHOWN]
    units = list(found)
    if not units:
        raise PermissionDenied("cases.begin")
    return units


def _register_url(request: HttpRequest, unit: Organisation, procedure: Procedure) -> str:
    """Somebody who is not on the roll yet is registered first, and the way leads back here."""
    if procedure.subject != "person" or not policy.may(request.user, "members.change", unit):
        return ""
    back = f"{reverse('procedures:start')}?{urlencode({'at': unit.code, 'procedure': procedure.key})}"
    return f"{reverse('members:register')}?{urlencode({'at': unit.code, 'next': back})}"

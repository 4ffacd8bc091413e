"""The list of transfers in both directions, and asking for one."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from guben.access import policy
from guben.accounts.installation import today
from guben.members import queries as members
from guben.members.models import Person
from guben.members.places import unit_of
from guben.organisations import queries as organisations
from guben.organisations.models import Organisation
from guben.procedures import listing
from guben.transfers import actions, queries
from guben.transfers.forms import RequestForm
from guben.transfers.queries.transfers import DIRECTIONS, STATES
from guben.transfers.views.asking import answer, members_of, unit_asked, user_of

VIEW, BEGIN = "cases.view", "cases.begin"
PAGE = 50


def list_transfers(request: HttpRequest) -> HttpResponse:
    """Transfers from, to and below a unit: whose turn it is, until when, and how long the letter holds."""
    unit, on = unit_asked(request, VIEW), today()
    direction = request.GET.get("direction", "") if request.GET.get("direction") in DIRECTIONS else ""
    state = request.GET.get("state", "") if request.GET.get("state") in STATES else ""
    found = queries.transfers_at(request.user, unit, on, direction=direction, state=state)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    cases = list(page.object_list)
    rows = listing.rows(cases, request.user, on, listing.waiting_among(cases, request.user, on))
    letters = queries.letters_of(cases)
    context = {
        "unit": unit,
        "crumbs": organisations.crumbs(unit, request.user),
        "page": page,
        "rows": [(row, letters.get(row.case.pk)) for row in rows],
        "counts": queries.counts_at(request.user, unit, on),
        "direction": direction,
        "state": state,
        "on": on,
        "may_begin": policy.may(request.user, BEGIN, unit),
        "sees_members": policy.may(request.user, "members.view", unit),
    }
    return render(request, "transfers/list.html", context)


def request_transfer(request: HttpRequest) -> HttpResponse:
    """One request: the member's own, or the unit's for one of its members."""
    own = members.own_person(request.user)
    unit, person = _who(request, own)
    people = None if person else members_of(unit, today())
    form = RequestForm(request.POST or None, people=people, initial={"on": today()})

    def act(data: dict[str, Any]) -> str:
        who = person or members.person_for(request.user, data["person"])
        host = Organisation.objects.get(pk=data["host"]) if data["host"] else None
        case = actions.request_transfer(
            who, by=user_of(request), on=data["on"], cause=data["cause"], host=host,
            receiver=data["receiver"], note=data["note"],
        )  # fmt: skip
        messages.success(request, _("已提出%(number)s。转出支部核实后开介绍信。") % {"number": case.number})
        return case.get_absolute_url()

    name = person.name if person else unit.short_name
    page = {
        "heading": _("%(name)s转接组织关系") % {"name": name},
        "scope": _("只填这一次，两边支部和上级都看得到。接收以前，仍归%(unit)s。") % {"unit": unit.short_name},
        "save": _("提出转接"),
    }
    back = reverse("transfers:mine") if person and own and person.pk == own.pk else _list_of(unit)
    return answer(request, form, act, page, back)


def _who(request: HttpRequest, own: Person | None) -> tuple[Organisation, Person | None]:
    """The person of the address, oneself where one holds no right, else the unit whose people are offered."""
    text = request.GET.get("person", "")
    if text.isascii() and text.isdigit() and len(text) < 18:
        person = members.person_for(request.user, int(text))
        unit = unit_of(person)
        if unit is None:
            raise Http404
        if own is None or own.pk != person.pk:
            policy.require(request.user, BEGIN, unit)
        return unit, person
    if own is not None and (request.GET.get("own") or not policy.home_unit(request.user, BEGIN)):
        unit = unit_of(own)
        if unit is not None:
            return unit, own
    unit = unit_asked(request, BEGIN)
    return unit, None


def _list_of(unit: Organisation) -> str:
    return f"{reverse('transfers:list')}?at={unit.code}"

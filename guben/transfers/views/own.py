"""The member's own page, and the list of those with whom contact is kept."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from guben.access import policy
from guben.accounts.installation import today
from guben.members.choices import NEEDS_CONTACT, StandingKind
from guben.organisations import queries as organisations
from guben.transfers import queries
from guben.transfers.queries.contacts import line_of
from guben.transfers.views.asking import unit_asked, user_of

PAGE = 50


def mine(request: HttpRequest) -> HttpResponse:
    """My unit, my host, their meetings, my dues, whom to call."""
    return render(request, "transfers/mine.html", {"mine": queries.mine_of(user_of(request), today())})


def contacts(request: HttpRequest) -> HttpResponse:
    """Who cannot come, who keeps contact, and since when nobody did; a visit is two taps away."""
    unit, on = unit_asked(request, "members.view"), today()
    standing, overdue = request.GET.get("standing", ""), request.GET.get("state") == "overdue"
    standing = standing if standing in NEEDS_CONTACT else ""
    page = Paginator(queries.contacts_at(request.user, unit, on, standing=standing, overdue=overdue), PAGE).get_page(
        request.GET.get("page")
    )
    context = {
        "unit": unit,
        "crumbs": organisations.crumbs(unit, request.user),
        "page": page,
        "lines": [line_of(person, on) for person in page.object_list],
        "overdue": queries.contacts_at(request.user, unit, on, overdue=True).count(),
        "standing": standing,
        "only_overdue": overdue,
        "kinds": [(kind.value, kind.label) for kind in StandingKind if kind in NEEDS_CONTACT],
        "may_record": policy.may(request.user, "members.change", unit),
    }
    return render(request, "transfers/contacts.html", context)

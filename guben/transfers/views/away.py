"""Members away and guests: the board, registering on either side, matching, who came to a meeting."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from guben.access import policy
from guben.accounts.installation import today
from guben.kit.errors import DomainError
from guben.meetings.models import Meeting
from guben.members import queries as members
from guben.members.models import Person
from guben.organisations import queries as organisations
from guben.organisations.choices import BRANCH_KINDS
from guben.organisations.models import Organisation
from guben.transfers import actions, queries
from guben.transfers.forms import EndForm, GuestsForm, InflowForm, OutflowForm
from guben.transfers.models import GuestAttendance, Inflow, Outflow
from guben.transfers.views.asking import answer, members_of, note_error, unit_asked, user_of

VIEW, CHANGE, RECORD = "members.view", "members.change", "meetings.record"


def away(request: HttpRequest) -> HttpResponse:
    """Who is away from a unit and who came to it, matched or not, and what is due."""
    unit, on = unit_asked(request, VIEW), today()
    board = queries.board_of(unit, on)
    is_branch = unit.kind in BRANCH_KINDS
    context = {
        "unit": unit,
        "crumbs": organisations.crumbs(unit, request.user),
        "board": board,
        "treatment": queries.treatment_of(unit, on),
        "may_register": is_branch and policy.may(request.user, CHANGE, unit),
        "may_change": policy.may(request.user, CHANGE, unit),
        "matches": _matches(board),
        "is_branch": is_branch,
        "meetings": queries.meetings_for_guests(unit, on)
        if is_branch and board.guests and policy.may(request.user, RECORD, unit)
        else [],
    }
    return render(request, "transfers/away.html", context)


def _matches(board: queries.Board) -> dict[int, Outflow]:
    """For guests of somebody not matched, the member away of the same name at the named home."""
    waiting = {(one.row.person.name, one.row.organisation_id): one.row for one in board.out if one.inflow is None}
    rows = [*board.unregistered, *board.guests]
    found = {row.pk: waiting.get((row.name, row.home_id or 0)) for row in rows if row.outflow_id is None}
    return {pk: row for pk, row in found.items() if row is not None}


def register_outflow(request: HttpRequest) -> HttpResponse:
    """A member of the branch went away."""
    unit = _branch(request)
    form = OutflowForm(request.POST or None, people=members_of(unit, today()), initial={"person": _asked(request)})

    def act(data: dict[str, Any]) -> str:
        person = members.person_for(request.user, data.pop("person"), CHANGE)
        contact = _person(data.pop("contact_person"))
        row = actions.register_outflow(person, by=user_of(request), contact_person=contact, **data)
        messages.success(request, _("已登记%(name)s流动外出。") % {"name": row.person.name})
        return _board(unit)

    page = {
        "heading": _("登记流出党员"),
        "scope": _("组织关系仍在%(unit)s；定一名联系人，半年以上的应转尽转。") % {"unit": unit.short_name},
        "save": _("登记流出"),
    }
    return answer(request, form, act, page, _board(unit))


def register_inflow(request: HttpRequest) -> HttpResponse:
    """A member from elsewhere reported at the branch."""
    unit = _branch(request)
    initial = {"from_on": today()}
    form = InflowForm(request.POST or None, people=members_of(unit, today()), initial=initial)

    def act(data: dict[str, Any]) -> str:
        home = Organisation.objects.get(pk=data.pop("home")) if data.get("home") else None
        data.pop("home", None)
        contact = _person(data.pop("contact_person"))
        row = actions.register_inflow(unit, by=user_of(request), home=home, contact_person=contact, **data)
        words = (
            _("已登记%(name)s，和流出地的登记对上了。") if row.outflow_id else _("已登记%(name)s。流出地还没有对上。")
        )
        messages.success(request, words % {"name": row.name})
        return _board(unit)

    page = {
        "heading": _("登记流入党员"),
        "scope": _("组织关系在别处、在%(unit)s参加组织生活的党员。和本支部党员一样通知、一样参加。")
        % {"unit": unit.short_name},
        "save": _("登记流入"),
    }
    return answer(request, form, act, page, _board(unit))


def end_outflow(request: HttpRequest, pk: int) -> HttpResponse:
    """The member is back."""
    row = queries.outflow_for(request.user, pk, CHANGE)
    form = EndForm(request.POST or None, initial={"on": today()})

    def act(data: dict[str, Any]) -> str:
        actions.end_outflow(row, on=data["on"], by=user_of(request))
        messages.success(request, _("已登记%(name)s返回。") % {"name": row.person.name})
        return _board(row.organisation)

    page = {
        "heading": _("%(name)s返回") % {"name": row.person.name},
        "scope": _("登记后在册情况改为在本地，接收地的登记同时结束。"),
        "save": _("登记返回"),
    }
    return answer(request, form, act, page, _board(row.organisation))


def end_inflow(request: HttpRequest, pk: int) -> HttpResponse:
    """The guest left."""
    row = queries.inflow_for(request.user, pk, CHANGE)
    form = EndForm(request.POST or None, initial={"on": today()})

    def act(data: dict[str, Any]) -> str:
        actions.end_inflow(row, on=data["on"], by=user_of(request))
        messages.success(request, _("已登记%(name)s离开。") % {"name": row.name})
        return _board(row.organisation)

    page = {
        "heading": _("%(name)s离开") % {"name": row.name},
        "scope": _("流出地还登记为外出，会看到没有接收地，继续联系。"),
        "save": _("登记离开"),
    }
    return answer(request, form, act, page, _board(row.organisation))


@require_POST
def match(request: HttpRequest, pk: int) -> HttpResponse:
    """Says that both sides mean the same member."""
    text = request.POST.get("outflow", "")
    row = Outflow.objects.filter(pk=int(text)).first() if text.isascii() and text.isdigit() and len(text) < 18 else None
    inflow = Inflow.objects.select_related("organisation", "home").filter(pk=pk).first()
    if row is None or inflow is None:
        raise Http404
    try:
        actions.match(inflow, row, by=user_of(request))
        messages.success(request, _("两边已对上。"))
    except DomainError as error:
        messages.error(request, str(error))
    return redirect(
        _board(row.organisation if policy.may(request.user, VIEW, row.organisation) else inflow.organisation)
    )


def guests(request: HttpRequest, pk: int) -> HttpResponse:
    """Which guests were invited to a meeting of the branch, and came."""
    meeting = Meeting.objects.select_related("organisation").filter(pk=pk, withdrawn_at=None).first()
    if meeting is None or not policy.may(request.user, "meetings.view", meeting.organisation):
        raise Http404
    policy.require(request.user, RECORD, meeting.organisation)
    policy.require(request.user, VIEW, meeting.organisation)
    here = [(one.pk, one.name) for one in queries.guests_on(meeting.organisation, meeting.held_on)]
    known = dict(GuestAttendance.objects.filter(meeting=meeting).values_list("inflow_id", "present"))
    form = GuestsForm(request.POST or None, guests=here, known=known)
    if request.method == "POST" and form.is_valid():
        try:
            number = actions.record_guests(meeting, form.came(), by=user_of(request))
        except DomainError as error:
            note_error(form, error)
        else:
            messages.success(request, _("已记流动党员到会%(number)s人，流出地看得到。") % {"number": number})
            return redirect(meeting)
    context = {"meeting": meeting, "form": form, "unit": meeting.organisation, "guests": here}
    return render(request, "transfers/guests.html", context, status=422 if form.errors else 200)


def _branch(request: HttpRequest) -> Organisation:
    unit = unit_asked(request, CHANGE)
    if unit.kind not in BRANCH_KINDS:
        raise PermissionDenied(CHANGE)
    return unit


def _asked(request: HttpRequest) -> str:
    return request.GET.get("person", "")


def _person(pk: int | None) -> Person | None:
    return Person.objects.get(pk=pk) if pk else None


def _board(unit: Organisation) -> str:
    return f"{reverse('transfers:away')}?at={unit.code}"

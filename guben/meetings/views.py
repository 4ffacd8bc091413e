"""Pages of meetings: the list, one meeting, recording one, withdrawing. Recording for many stands in `batch_views`."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from guben.access import policy
from guben.accounts.installation import today
from guben.accounts.models import User
from guben.accounts.returning import next_of
from guben.kit.errors import DomainError
from guben.kit.paging import Bounded
from guben.meetings import actions, errors, queries, record_page
from guben.meetings.batch_views import batch, record_many, roll, withdraw_batch
from guben.meetings.calculations import days_to_record, is_entered_late, is_quorate
from guben.meetings.choices import Form
from guben.meetings.consequences import teller
from guben.meetings.forms import FilterForm, WithdrawForm
from guben.meetings.models import Meeting
from guben.organisations import queries as organisations
from guben.organisations.models import Organisation

__all__ = ["batch", "detail", "list_meetings", "record", "record_many", "roll", "withdraw", "withdraw_batch"]

PAGE = 50


def list_meetings(request: HttpRequest) -> HttpResponse:
    """The records a user may see, newest first, filtered by unit, form, period and how they were entered."""
    if not policy.may_anywhere(request.user, "meetings.view"):
        raise PermissionDenied("meetings.view")
    form = FilterForm(request.GET)
    form.is_valid()
    chosen = form.cleaned_data
    unit = _unit_asked(request)
    period = chosen.get("period")
    found = queries.filtered(
        queries.visible_to(request.user),
        unit=unit,
        form=chosen.get("form", ""),
        first=period.starts_on if period else None,
        last=period.ends_on if period else None,
        how=chosen.get("how", ""),
    )
    page = Paginator(Bounded(queries.with_present(found)), PAGE).get_page(request.GET.get("page"))
    for meeting in page.object_list:
        meeting.days_late = _late_entry(meeting.held_on, meeting.recorded_on)
        meeting.falls_short = not is_quorate(meeting.present, meeting.entitled_count)
    context = {
        "form": form,
        "page": page,
        "unit": unit,
        "may_record": policy.may_anywhere(request.user, "meetings.record"),
    }
    name = "meetings/list_results.html" if getattr(request, "htmx", False) else "meetings/list.html"
    return render(request, name, context)


def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One meeting: attendance, what it settles, how it was entered. Names only for those who may see members."""
    meeting = queries.meeting_for(request.user, pk)
    sees_people = policy.may(request.user, "members.view", meeting.organisation)
    absences = list(meeting.absences.select_related("person").order_by("-entitled", "person__pinyin", "pk"))
    context = {
        "meeting": meeting,
        "absences": absences if sees_people else [],
        "absent_count": meeting.entitled_count - meeting.present,  # type: ignore[attr-defined]
        "sees_people": sees_people,
        "settled": teller().settled_by([meeting], today()).get(meeting.pk, []),
        "days_late": _late_entry(meeting.held_on, meeting.recorded_on),
        "is_quorate": is_quorate(meeting.present, meeting.entitled_count),  # type: ignore[attr-defined]
        "crumbs": organisations.crumbs(meeting.organisation, request.user),
        "may_withdraw": not meeting.withdrawn_at
        and policy.may(request.user, "meetings.withdraw", meeting.organisation),
        "may_see_history": policy.may(request.user, "history.view", meeting.organisation),
    }
    return render(request, "meetings/detail.html", context)


def record(request: HttpRequest) -> HttpResponse:
    """The form for one meeting, prefilled from the address; saving leads back to where one came from."""
    unit = record_page.unit_to_record(request)
    if unit is None:
        return render(request, "meetings/record_where.html", {"units": record_page.units_to_choose(request)})
    page = record_page.RecordPage(request, unit)
    if request.method == "POST" and page.form.is_valid() and (meeting := _save(request, page)):
        messages.success(request, record_page.saved_sentence(meeting))
        return redirect(next_of(request) or meeting.get_absolute_url())
    status = 422 if page.form.is_bound else 200
    return render(request, "meetings/record.html", page.context(), status=status)


def _save(request: HttpRequest, page: record_page.RecordPage) -> Meeting | None:
    """Records what the form says; a refusal becomes an error of the form. All groups together are one batch."""
    user = cast(User, request.user)
    values = page.form.values(page.duties)
    if values["form"] != Form.GROUP or values["group"]:
        try:
            return actions.record_meeting(page.unit, by=user, **values)
        except DomainError as error:
            page.form.add_error(None, str(error))
            page.earlier = getattr(error, "meeting", None)
            return None
    del values["group"]
    exceptions = {page.unit.pk: values.pop("absences")}
    result = actions.record_many([page.unit], exceptions=exceptions, by=user, **values)
    for refusal in result.refused:
        page.form.add_error(None, refusal.sentence)
    return result.saved[-1] if result.saved else None


def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks for the reason and withdraws a wrong record."""
    meeting = queries.meeting_for(request.user, pk)
    policy.require(request.user, "meetings.withdraw", meeting.organisation)
    form = WithdrawForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.withdraw(meeting, form.cleaned_data["reason"], by=request.user)  # type: ignore[arg-type]
        messages.success(request, _("已撤回。这条记录还在历史里，不再算数。"))
        return redirect(meeting)
    if meeting.withdrawn_at:
        raise errors.AlreadyWithdrawn
    settled = [duty for duty in teller().settled_by([meeting], today()).get(meeting.pk, []) if duty.counts]
    context = {"meeting": meeting, "form": form, "settled": settled}
    return render(request, "meetings/withdraw.html", context, status=422 if form.is_bound else 200)


def _late_entry(held_on: object, recorded_on: object) -> int:
    """The days between, where the record was entered late; else 0."""
    return days_to_record(held_on, recorded_on) if is_entered_late(held_on, recorded_on) else 0  # type: ignore[arg-type]


def _unit_asked(request: HttpRequest) -> Organisation | None:
    """The unit of `?at=`, where the user may see its meetings."""
    code = request.GET.get("at")
    if not code:
        return None
    seen = Organisation.objects.filter(policy.within(request.user, "meetings.view", "path"))
    return get_object_or_404(seen, code=code)

"""Pages for recording one meeting for many units at once, and for taking the whole batch back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from guben.accounts.installation import today
from guben.accounts.returning import next_of
from guben.kit.days import read_day
from guben.meetings import actions, queries
from guben.meetings.calculations import TAKE_BACK, needed
from guben.meetings.choices import Form
from guben.meetings.consequences import OpenDuty, teller
from guben.meetings.forms import RecordManyForm, RollLine, RollList, read_absences
from guben.organisations import queries as organisations
from guben.organisations.models import Organisation

MOST = 200  # units recorded at once


@dataclass(slots=True)
class BatchLine:
    """One unit of the batch form: its roll in numbers, what is typed, and what it still owes."""

    unit: Organisation
    entitled: int
    roll: int
    absent: int = 0
    duty: OpenDuty | None = None
    refusal: str = ""

    @property
    def needed(self) -> int:
        return needed(self.entitled)

    @property
    def present(self) -> int:
        return self.entitled - self.absent


class BatchPage:
    """The form for many units: the chosen ones, or all that still owe the duty to choose from."""

    def __init__(self, request: HttpRequest) -> None:
        self.request, self.day = request, today()
        source = request.POST if request.method == "POST" else request.GET
        self.kind = source.get("form", "")
        if self.kind not in Form.values:
            raise Http404
        self.rule, self.period = source.get("rule", ""), source.get("period", "")
        self.codes = organisations.codes_asked(source.getlist("units"))[:MOST]
        self.units = list(
            organisations.visible_units(request.user, "meetings.record").filter(code__in=self.codes).order_by("path")
        )
        self.duties = self._duties(self.units)
        self.form = RecordManyForm(
            request.POST if request.method == "POST" else None,
            initial={"form": self.kind, "period": self.period, "held_on": self._first_day()},
        )

    def lines(self, refused: dict[int, str] | None = None) -> list[BatchLine]:
        on = self._roll_day()
        rolls = queries.roll_counts(self.units, self.kind, on)
        refused = refused or {}
        return [
            BatchLine(
                unit,
                rolls[unit.pk].entitled,
                rolls[unit.pk].roll,
                self._absent(unit),
                self.duties.get(unit.pk),
                refused.get(unit.pk, ""),
            )
            for unit in self.units
        ]

    def context(self, refused: dict[int, str] | None = None) -> dict[str, Any]:
        lines = self.lines(refused)
        duty = next(iter(self.duties.values()), None)
        return {
            "form": self.form,
            "lines": lines,
            "roll_day": self._roll_day(),
            "kind": self.kind,
            "kind_name": Form(self.kind).label,
            "rule": self.rule,
            "period": self.period,
            "duty": duty,
            "entitled": sum(line.entitled for line in lines),
            "absent": sum(line.absent for line in lines),
            "present": sum(line.present for line in lines),
            "refused": bool(refused),
            "next": self.request.POST.get("next") or self.request.GET.get("next", ""),
            "at": self.request.GET.get("at", ""),
        }

    def _duties(self, units: list[Organisation]) -> dict[int, OpenDuty]:
        found = {}
        for unit_id, duties in teller().open_duties(units, self.day).items():
            for duty in duties:
                if duty.rule == self.rule and duty.period.label == self.period:
                    found[unit_id] = duty
        return found

    def _first_day(self) -> date:
        return read_day(self.request.GET.get("on", "")) or self.day

    def _roll_day(self) -> date:
        held_on = self.form.cleaned_data.get("held_on") if self.form.is_bound and self.form.is_valid() else None
        return min(held_on or self._first_day(), self.day)

    def _absent(self, unit: Organisation) -> int:
        text = self.request.POST.get(f"count-{unit.pk}", "") if self.form.is_bound else ""
        return int(text) if text.isdecimal() else len(read_absences(self.request.POST, str(unit.pk)))


def record_many(request: HttpRequest) -> HttpResponse:
    """The form for many units. Without chosen units it is the list to choose from."""
    page = BatchPage(request)
    if not page.units:
        return _choose(request, page)
    if request.method != "POST" or not page.form.is_valid():
        return _render(request, page, status=422 if page.form.is_bound else 200)
    result = actions.record_many(page.units, by=request.user, **page.form.values(page.units))  # type: ignore[arg-type]
    if result.saved and (result.refused or not request.POST.get("next")):
        messages.success(request, _saved_sentence(result))
    if not result.refused:
        return _back(request, result.batch)
    kept = {refusal.unit.pk: refusal.sentence for refusal in result.refused}
    page.units = [refusal.unit for refusal in result.refused]
    return _render(request, page, refused=kept, status=422)


def roll(request: HttpRequest, code: str) -> HttpResponse:
    """The check list of one unit, for a batch."""
    unit = organisations.unit_for(request.user, code, "members.view")
    form, on = request.GET.get("form", ""), read_day(request.GET.get("on", "")) or today()
    if form not in Form.values:
        raise Http404
    entries = queries.roll_for(unit, form, min(on, today()))
    roll_list = RollList(str(unit.pk), [RollLine(entry) for entry in entries])
    return render(request, "meetings/_roll_names.html", {"roll": roll_list, "unit": unit})


def batch(request: HttpRequest, batch: UUID) -> HttpResponse:
    """What one batch recorded, with the way to take it back while there is time."""
    found = list(queries.with_present(queries.in_force(queries.visible_to(request.user)).filter(batch=batch)))
    if not found:
        raise Http404
    left = TAKE_BACK - (timezone.now() - min(meeting.recorded_at for meeting in found))
    is_own = all(meeting.recorded_by_id == request.user.pk for meeting in found)
    minutes = max(0, int(left.total_seconds() // 60))
    context = {"meetings": found, "batch": batch, "minutes_left": minutes if is_own else 0}
    return render(request, "meetings/batch.html", context)


@require_POST
def withdraw_batch(request: HttpRequest, batch: UUID) -> HttpResponse:
    """Takes a batch back."""
    number = actions.withdraw_batch(batch, by=request.user)  # type: ignore[arg-type]
    messages.success(request, ngettext("%(count)d条已撤回。", "%(count)d条已撤回。", number) % {"count": number})
    return _back(request)


def _choose(request: HttpRequest, page: BatchPage) -> HttpResponse:
    """The branches below ?at= that still owe the duty, as a check list."""
    unit = organisations.unit_for(request.user, request.GET.get("at", ""), "meetings.record")
    page.units = list(organisations.grassroots(unit)[:MOST])
    duties = page.duties = page._duties(page.units)
    open_units = [found for found in page.units if found.pk in duties]
    context = {**page.context(), "unit": unit, "open_units": [(found, duties[found.pk]) for found in open_units]}
    return render(request, "meetings/record_many_choose.html", context)


def _render(
    request: HttpRequest, page: BatchPage, *, refused: dict[int, str] | None = None, status: int = 200
) -> HttpResponse:
    name = "meetings/_batch_panel.html" if getattr(request, "htmx", False) else "meetings/record_many.html"
    return render(request, name, page.context(refused), status=status)


def _saved_sentence(result: actions.BatchResult) -> str:
    told = teller().settled_by(result.saved, today())
    settled = sum(any(duty.counts for duty in told.get(meeting.pk, ())) for meeting in result.saved)
    return _("%(saved)s个支部已记，%(settled)s个算完成。") % {"saved": len(result.saved), "settled": settled}


def _back(request: HttpRequest, batch: UUID | None = None) -> HttpResponse:
    """To where one came from, naming the batch so that it can be taken back there."""
    if url := next_of(request):
        parts = urlsplit(url)
        query = QueryDict(parts.query, mutable=True)
        query.pop("batch", None)
        if batch:
            query["batch"] = str(batch)
        url = urlunsplit(("", "", parts.path, query.urlencode(), parts.fragment))
    else:
        url = reverse("meetings:batch", args=[batch]) if batch else reverse("meetings:list")
    if getattr(request, "htmx", False):
        return HttpResponse(headers={"HX-Redirect": url})
    return redirect(url)

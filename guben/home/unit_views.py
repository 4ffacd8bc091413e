"""The unit page and those of its tabs that read more than the tree: members, meetings, duties."""

from __future__ import annotations

from datetime import date
from typing import Any, cast

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation

from guben.access import policy
from guben.accounts.installation import today
from guben.accounts.models import User
from guben.duties import actions
from guben.duties import queries as duties
from guben.home import handover, handover_paper, side, unit_page
from guben.home.branch_day import record_act, record_url
from guben.home.words import article_of, cited, period_name, title_of
from guben.kit.tables import workbook_bytes
from guben.meetings import queries as meetings
from guben.members import queries as members
from guben.members.choices import StageKind, StandingKind
from guben.organisations import pages
from guben.organisations import queries as organisations
from guben.organisations.views.teams import term_of
from guben.procedures import listing as cases
from guben.rulebook.issuers import issuer_words

PAGE = 50
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def unit(request: HttpRequest, code: str) -> HttpResponse:
    """How a unit stands today, or stood on the day of ?on=."""
    now = today()
    on = unit_page.day_asked(request, now)
    found = unit_page.find(request.user, code, on)
    shown = unit_page.overview(request, found, on) if policy.may(request.user, "figures.view", found) else {}
    context = _frame(request, found, on, now, tab="unit", duties=shown.get("over"))
    return render(request, "home/unit.html", {**context, **shown})


def unit_aside(request: HttpRequest, code: str) -> HttpResponse:
    """Problems found at the unit and the structure of its members, beside the page."""
    on = unit_page.day_asked(request, today())
    found = organisations.unit_for(request.user, code, "figures.view")
    return render(request, "home/_unit_aside.html", side.of_unit(request.user, found, on))


def unit_handover(request: HttpRequest, code: str) -> HttpResponse:
    """Everything open, due and decided on one page, for who takes over."""
    now = today()
    found = unit_page.find(request.user, code, now, "figures.view")
    shown = handover.context(request, found, now)
    context = _frame(request, found, now, now, tab="unit", duties=len(shown["open"]))
    return render(request, "home/handover.html", {**context, **shown})


def unit_handover_pdf(request: HttpRequest, code: str) -> HttpResponse:
    """The same as PDF, to sign and to keep."""
    now = today()
    found = unit_page.find(request.user, code, now, "figures.view")
    with translation.override(handover_paper.SPOKEN):
        content = handover_paper.pdf(found, handover.context(request, found, now), now)
    answer = HttpResponse(content, content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="handover-{found.code}-{now:%Y%m%d}.pdf"'
    answer["Cache-Control"] = "no-store"
    return answer


def unit_members(request: HttpRequest, code: str) -> HttpResponse:
    """The members of the unit and of those below it."""
    now = today()
    on = unit_page.day_asked(request, now)
    found = unit_page.find(request.user, code, on, "members.view")
    page = Paginator(members.Listed(request.user, found, on), PAGE).get_page(request.GET.get("page"))
    context = _frame(request, found, on, now, tab="members")
    rows = [
        (row, StageKind(row.person.stage).label, StandingKind(row.person.standing).label)
        for row in members.rows_of(list(page.object_list), on)
    ]
    return render(request, "home/unit_members.html", {**context, "page": page, "rows": rows})


def unit_meetings(request: HttpRequest, code: str) -> HttpResponse:
    """The meetings of the unit itself, newest first."""
    now = today()
    on = unit_page.day_asked(request, now)
    found = unit_page.find(request.user, code, on, "meetings.view")
    held = meetings.filtered(meetings.visible_to(request.user), last=on).filter(organisation=found)
    page = Paginator(meetings.with_present(held), PAGE).get_page(request.GET.get("page"))
    context = _frame(request, found, on, now, tab="meetings")
    return render(request, "home/unit_meetings.html", {**context, "page": page})


def unit_cases(request: HttpRequest, code: str) -> HttpResponse:
    """The cases of the unit and of those below it, the late ones first."""
    now = today()
    found = unit_page.find(request.user, code, now, "cases.view")
    page = Paginator(cases.found(request.user, cases.Asked(unit=found), now), PAGE).get_page(request.GET.get("page"))
    shown = list(page.object_list)
    rows = cases.rows(shown, request.user, now, cases.waiting_among(shown, request.user, now))
    may_begin = policy.may(request.user, "cases.begin", found) and not found.dissolved_on
    context = _frame(request, found, now, now, tab="cases")
    return render(request, "home/unit_cases.html", {**context, "page": page, "rows": rows, "may_begin": may_begin})


def unit_duties(request: HttpRequest, code: str) -> HttpResponse:
    """All duties of the year with their states, records and reasons; POST sends them as a workbook."""
    now = today()
    on = unit_page.day_asked(request, now)
    found = unit_page.find(request.user, code, on, "figures.view")
    if request.method == "POST":
        return _workbook(request, found, date(on.year, 1, 1))
    items = duties.items([found], on, first=date(on.year, 1, 1))
    may_record = policy.may(request.user, "meetings.record", found)
    rows = [
        {
            "item": item,
            "anchor": f"{item.duty.key}-{item.period.label}",
            "title": title_of(item.duty),
            "period": period_name(item.period, on),
            "article": article_of(item.duty),
            "cited": cited(item.duty),
            "level": issuer_words(item.duty),
            "records": item.records if item.duty.evidence.record == "meeting" else (),
            "short": item.falls_short if item.duty.evidence.record == "meeting" else (),
            "act": record_act(item),
            "url": record_url(item, request.path) if may_record and item.state in {"due", "late"} else "",
            "days_over": -item.days_left(on),
        }
        for item in sorted(items, key=_worst_first)
    ]
    owed = sum(item.is_owed for item in items)
    context = _frame(request, found, on, now, tab="duties", duties=owed)
    may_export = policy.may(request.user, "exports.run", found)
    return render(request, "home/unit_duties.html", {**context, "rows": rows, "may_export": may_export})


def _worst_first(item: duties.DutyItem) -> tuple[int, date]:
    order = {"late": 0, "due": 1}
    return order.get(item.state, 2), item.due_on if item.state in order else date.max - (item.due_on - date.min)


def _workbook(request: HttpRequest, found: Any, first: date) -> HttpResponse:
    below = organisations.at_or_below(found).exclude(pk=found.pk) if request.POST.get("below") else []
    headers, rows = actions.export_items(found, below, first=first, by=cast(User, request.user))
    name = f"duties-{found.code}-{today():%Y%m%d}.xlsx"
    return HttpResponse(
        workbook_bytes(headers, rows),  # type: ignore[arg-type]  # texts, days and numbers only
        content_type=XLSX,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _frame(
    request: HttpRequest, found: Any, on: date, now: date, *, tab: str, duties: int | None = None
) -> dict[str, Any]:
    """What every tab of the unit shows around its content."""
    user = request.user
    counts = unit_page.tab_counts(found)
    if duties is not None:
        counts["duties"] = duties
    frame = pages.unit_page(user, found, tab, counts=counts, on=None if on == now else on)
    team = unit_page.team_of(found)
    return {
        **frame,
        "day": on,
        "term": term_of(team, on) if team else None,
        "may_record": policy.may(user, "meetings.record", found) and not found.dissolved_on,
        "may_change": policy.may(user, "units.change", found),
        "sees_figures": policy.may(user, "figures.view", found),
        "sees_people": policy.may(user, "members.view", found),
        "sees_meetings": policy.may(user, "meetings.view", found),
    }

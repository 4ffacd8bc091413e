"""Today in its three faces, what hangs on it, search, and the page of all places."""

from __future__ import annotations

from datetime import date
from typing import Any, cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from guben.access import limits, policy
from guben.accounts.installation import today as day_of
from guben.accounts.models import User
from guben.accounts.returning import next_of
from guben.duties import actions as duties
from guben.home import branch_day, case_rows, side, superior_day, town_day
from guben.home.actions import keep_all_from
from guben.home.context import acting
from guben.home.handover import taken_over
from guben.home.views_errors import broken, forbidden, healthz, not_found
from guben.kit.days import read_day
from guben.members import queries as members
from guben.organisations import queries as organisations
from guben.organisations.choices import BRANCH_KINDS, Territory
from guben.organisations.models import Organisation, TreeProof
from guben.rollup.freshness.alarms import disagreements

__all__ = ["broken", "forbidden", "healthz", "not_found"]

HIGH = (Territory.NATION, Territory.PROVINCE, Territory.CITY, Territory.COUNTY)
FOUND, MOST_FOUND = 30, 1000  # shown; looked for before they are put in order


def today(request: HttpRequest) -> HttpResponse:
    """What is to be done now: for a branch, for who keeps many branches, for who stands above them."""
    unit, on = acting(request).unit, day_of()
    if unit is None or not policy.may(request.user, "figures.view", unit):
        return render(request, "home/today_nothing.html", {"unit": unit})
    face, context = _face(request, unit, on)
    context["taken_over"] = taken_over(request.user, unit, on)
    context["sees_cases"] = policy.may(request.user, "cases.view", unit)
    return render(request, f"home/today_{face}.html", context)


def _face(request: HttpRequest, unit: Organisation, on: date) -> tuple[str, dict[str, Any]]:
    if unit.kind in BRANCH_KINDS:
        return "branch", _branch(request, unit, on)
    if unit.territory not in HIGH:
        below = list(organisations.at_or_below(unit).exclude(pk=unit.pk)[: town_day.MOST_UNITS + 1])
        if not below:
            return "branch", _branch(request, unit, on)
        if len(below) <= town_day.MOST_UNITS:
            return "town", town_day.context(request, unit, below, on)
    return "superior", superior_day.context(request, unit, on)


def _branch(request: HttpRequest, unit: Organisation, on: date) -> dict[str, Any]:
    """The branch's own day, with the cases that wait for the reader."""
    cases, undated = case_rows.to_do(request.user, unit, on)
    return branch_day.context(request, unit, on, cases) | {"undated": undated}


def today_aside(request: HttpRequest) -> HttpResponse:
    """The side of today: problems found here, and what the superior owes this unit."""
    unit = organisations.unit_for(request.user, request.GET.get("at", ""), "figures.view")
    beside = side.of_today(request.user, unit, day_of()) | case_rows.in_others_hands(request.user, unit, day_of())
    return render(request, "home/_today_aside.html", beside)


def today_cases(request: HttpRequest) -> HttpResponse:
    """The cases that wait for who stands above branches, and those that are late below."""
    unit = organisations.unit_for(request.user, request.GET.get("at", ""), "cases.view")
    return render(request, "home/_today_cases.html", case_rows.of_superior(request.user, unit, day_of()))


def today_problems(request: HttpRequest) -> HttpResponse:
    """The problems below, for a superior's day."""
    unit = organisations.unit_for(request.user, request.GET.get("at", ""), "figures.view")
    return render(request, "home/_today_problems.html", side.of_superior(request.user, unit, day_of()))


@require_POST
def remind(request: HttpRequest) -> HttpResponse:
    """Reminds the chosen units of one duty."""
    codes = organisations.codes_asked(request.POST.getlist("units"))[: town_day.MOST_UNITS]
    units = organisations.visible_units(request.user).filter(code__in=codes)
    if not units:
        raise Http404
    result = duties.remind_many(
        units, request.POST.get("rule", ""), request.POST.get("period", ""), by=cast(User, request.user)
    )
    if result.sent:
        number = len(result.sent)
        text = ngettext("已提醒%(count)d个支部，今日里看得到。", "已提醒%(count)d个支部，今日里看得到。", number)
        messages.success(request, text % {"count": number})
    for _unit, sentence in result.refused[:5]:
        messages.warning(request, sentence)
    return redirect(_back(request))


@require_POST
def keep_from(request: HttpRequest) -> HttpResponse:
    """Sets one day from which the books of all units below are kept."""
    unit = organisations.unit_for(request.user, request.POST.get("at", ""), "units.change")
    chosen = request.POST.get("day", "")
    day = read_day(request.POST.get("other", "") if chosen == "other" else chosen)
    if day is None or day > day_of():
        messages.error(request, _("没有保存：建账日没有写，或晚于今天。选一天，不晚于今天。"))
        return redirect(_back(request))
    number = keep_all_from(unit, day, by=cast(User, request.user))
    text = ngettext("%(count)d个组织从%(day)s起建账。", "%(count)d个组织从%(day)s起建账。", number)
    messages.success(request, text % {"count": number, "day": day.isoformat()})
    return redirect(_back(request))


@limits.limited("search")
def search(request: HttpRequest) -> HttpResponse:
    """Units and members within reach that match some words. The form posts, so that no number stands in an address."""
    words = (request.POST if request.method == "POST" else request.GET).get("q", "").strip()
    context: dict[str, Any] = {"words": words}
    if words:
        context["units"] = list(organisations.search_units(request.user, words)[:FOUND])
        context["people"] = _people(request, words)
    return render(request, "home/search.html", context)


def _people(request: HttpRequest, words: str) -> list[Any]:
    """Members only for those who may see some."""
    if not policy.may_anywhere(request.user, "members.view"):
        return []
    found = members.Listed(request.user, None, day_of(), members.Filters(text=words), most=MOST_FOUND)
    return list(found[:FOUND])


def more(request: HttpRequest) -> HttpResponse:
    """All places on one page, for the phone."""
    user, proof = request.user, None
    if policy.may_anywhere(user, "system.manage") or policy.broken_places(user):
        proof = TreeProof.objects.first()
    shows = policy.may_anywhere(user, "system.manage")
    wrong = disagreements() if shows else []
    return render(request, "home/more.html", {"proof": proof, "shows_faults": shows, "disagreements": wrong})


def _back(request: HttpRequest) -> str:
    return next_of(request) or "/"

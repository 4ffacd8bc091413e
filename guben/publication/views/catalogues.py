"""The catalogue of a unit, and making something public under it."""

from __future__ import annotations

from datetime import date
from typing import Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from guben.access import policy as access
from guben.access.roles import title_of
from guben.accounts.installation import today
from guben.accounts.models import User
from guben.accounts.returning import next_of
from guben.kit.days import parse_period
from guben.kit.errors import DomainError
from guben.organisations import queries as organisations
from guben.organisations.models import Organisation
from guben.publication import actions, catalogue, queries
from guben.publication.choices import Audience
from guben.publication.forms import PublishForm
from guben.publication.models import Publication
from guben.publication.views import asking

HISTORY = 50


def unit_catalogue(request: HttpRequest, code: str) -> HttpResponse:
    """What a unit must make public, when it last did, what is missing, and what it published."""
    unit = organisations.unit_for(request.user, code, "figures.view")
    on = today()
    rows = [_row(matter) for matter in catalogue.of(unit, on)]
    shown = queries.publications_for(request.user, on).filter(organisation=unit)
    context = {
        "unit": unit,
        "rows": rows,
        "missing": sum(row["matter"].is_missing for row in rows),
        "history": shown[:HISTORY],
        "may_publish": access.may(request.user, actions.PUBLISH, unit),
        "crumbs": organisations.crumbs(unit, request.user),
    }
    return render(request, "publication/catalogue.html", context)


def _row(matter: catalogue.Matter) -> dict[str, Any]:
    language = get_language() or "zh"
    return {
        "matter": matter,
        "rule": matter.rule,
        "title": matter.rule.title.say(language),
        "otherwise": matter.otherwise.say(language) if matter.otherwise else "",
        "audience": Audience(matter.rule.audience).label,
        "answerable": title_of(matter.rule.answerable),
        "period": matter.item.period.label if matter.item and matter.item.state in catalogue.OPEN else "",
    }


def publish(request: HttpRequest) -> HttpResponse:
    """The form; a duty's row leads here with its matter and its period."""
    code = request.GET.get("at", "")
    if not code:
        return asking.where(request, actions.PUBLISH, "publication:publish")
    unit = organisations.unit_for(request.user, code, actions.PUBLISH)
    matters = [one.rule for one in catalogue.rules_for(unit, today())]
    language = get_language() or "zh"
    choices = [(rule.key, f"{rule.title.say(language)}（{Audience(rule.audience).label}）") for rule in matters]
    form = PublishForm(choices, request.POST or None, initial=_initial(request, matters))
    if request.method == "POST" and form.is_valid() and (made := _published(request, unit, form)):
        messages.success(request, _("“%(title)s”已公开。") % {"title": made.title})
        return redirect(next_of(request) or made.get_absolute_url())
    context = {"unit": unit, "form": form, "next": next_of(request), "crumbs": organisations.crumbs(unit, request.user)}
    return render(request, "publication/publish.html", context, status=422 if form.is_bound else 200)


def _initial(request: HttpRequest, matters: list[catalogue.Rule]) -> dict[str, Any]:
    asked = next((rule for rule in matters if rule.key == request.GET.get("rule")), None)
    language = get_language() or "zh"
    period = request.GET.get("period", "")[:10]
    return {
        "rule": asked.key if asked else "",
        "title": f"{period} {asked.title.say(language)}".strip() if asked else "",
        "audience": asked.audience if asked else Audience.UNIT,
        "published_on": today(),
        "period": period if asked and not _is_running(period) else "",
    }


def _is_running(label: str) -> bool:
    """Does today lie in the period? Then nothing has to be made up."""
    try:
        return today() in parse_period(label)
    except ValueError:
        return True


def _published(request: HttpRequest, unit: Organisation, form: PublishForm) -> Publication | None:
    values = dict(form.cleaned_data)
    period = values.pop("period")
    values["counts_on"] = _counts_on(values["published_on"], period.starts_on, period.ends_on) if period else None
    try:
        return actions.publish(unit, by=cast(User, request.user), **values)
    except DomainError as error:
        form.add_error(None, str(error))
        return None


def _counts_on(day: date, first: date, last: date) -> date:
    """A day of the period that is written: its last one where the period is over, else the day itself."""
    return day if first <= day <= last else last

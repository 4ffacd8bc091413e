"""The diagnosis: which problems are present, where, by which rule, and why each figure is what it is."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import date

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from guben.access import policy
from guben.accounts.installation import today
from guben.figures.explanations import Explanation, explain
from guben.figures.forms import DiagnosisForm
from guben.figures.queries import Diagnosis, Finding, diagnose
from guben.jobs.downloads import workbook_response
from guben.kit.days import completed_years
from guben.meetings.models import Meeting
from guben.members.models import Person
from guben.organisations.models import Organisation, Post, Site
from guben.organisations.queries import unit_for
from guben.rulebook.errors import UnknownRule
from guben.rulebook_engine.entries import Duty

RIGHT = "figures.view"
UNITS_SHOWN = 5
RECORDS_A_PAGE = 50


def _unit(request: HttpRequest) -> Organisation:
    """The unit of the address, else where the reader stands."""
    code = request.GET.get("at", "")
    if not code:
        home = policy.home_unit(request.user, RIGHT, request.session.get("acting_unit", ""))
        if not isinstance(home, Organisation):
            raise Http404
        return home
    return unit_for(request.user, code, RIGHT)


def diagnosis(request: HttpRequest) -> HttpResponse:
    """Problems at and below a unit, the heaviest first."""
    unit = _unit(request)
    form = DiagnosisForm(request.GET or None, today=today())
    on = form.on_day
    begun = time.perf_counter()
    found = diagnose(unit, on)
    seconds = time.perf_counter() - begun
    findings = _chosen(found, request.GET.get("severity", ""), request.GET.get("mechanism", ""))
    if request.GET.get("export") == "xlsx":
        return _export(unit, on, findings)
    shown = {
        "unit": unit,
        "on": on,
        "form": form,
        "findings": findings,
        "quiet": found.quiet,
        "hidden": len(found.findings) - len(findings),
        "mechanisms": sorted({mechanism for one in found.findings for mechanism in one.rule.mechanism}),
        "seconds": seconds,
        "units_shown": UNITS_SHOWN,
        "counted": len(found.top.units),
    }
    return render(request, "figures/diagnosis.html", shown)


def _chosen(found: Diagnosis, severity: str, mechanism: str) -> list[Finding]:
    return [
        one
        for one in found.findings
        if (not severity or one.severity == severity) and (not mechanism or mechanism in one.rule.mechanism)
    ]


def _export(unit: Organisation, on: date, findings: list[Finding]) -> HttpResponse:
    headers = [_("问题"), _("组织代码"), _("组织"), _("数字"), _("分子"), _("分母"), _("线"), _("依据"), _("处方")]
    rows = [
        [
            one.rule.title.zh, each.unit.code, each.unit.name, each.figure.value, each.figure.numerator,
            each.figure.denominator, one.line, one.rule.source_text, one.remedy,
        ]
        for one in findings
        for each in one.units
    ]  # fmt: skip
    return workbook_response(f"{_('诊断')}-{unit.code}-{on}", headers, rows)


def finding(request: HttpRequest, rule: str) -> HttpResponse:
    """All units past one line."""
    unit = _unit(request)
    on = DiagnosisForm(request.GET or None, today=today()).on_day
    found = diagnose(unit, on, keys=[rule])
    one = next(iter(found.findings), None)
    if one is None:
        if not found.quiet:
            raise Http404
        return render(request, "figures/no_finding.html", {"unit": unit, "on": on, "rule": found.quiet[0]})
    page = Paginator(one.units, RECORDS_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "figures/finding.html", {"unit": unit, "on": on, "finding": one, "page": page})


def why(request: HttpRequest, rule: str, code: str) -> HttpResponse:
    """One figure of one unit in five steps."""
    unit, explanation = _explanation(request, rule, code)
    shown = {
        "unit": unit,
        "why": explanation,
        "is_duty": isinstance(explanation.rule, Duty),
        "sees_records": _sees_records(request, unit, explanation),
    }
    return render(request, "figures/why.html", shown)


def _explanation(request: HttpRequest, rule: str, code: str) -> tuple[Organisation, Explanation]:
    unit = unit_for(request.user, code, RIGHT)
    on = DiagnosisForm(request.GET or None, today=today()).on_day
    try:
        return unit, explain(rule, unit, on)
    except UnknownRule:
        raise Http404 from None


PERSONS = {
    "member": "members.view",
    "post": "members.view",
    "leader_meeting": "members.view",
    "meeting": "meetings.view",
}


def _sees_records(request: HttpRequest, unit: Organisation, explanation: Explanation) -> bool:
    return policy.may(request.user, PERSONS.get(explanation.table, "units.view"), unit)


@dataclass(frozen=True, slots=True)
class Record:
    """A row behind a figure, as it is listed."""

    title: str
    words: str
    where: str
    url: str


def records(request: HttpRequest, rule: str, code: str) -> HttpResponse:
    """The records behind a figure that the reader may see; persons need a right of their own."""
    unit, explanation = _explanation(request, rule, code)
    policy.require(request.user, PERSONS.get(explanation.table, "units.view"), unit)
    page = Paginator(explanation.records, RECORDS_A_PAGE).get_page(request.GET.get("page"))
    listed = _listed(explanation, list(page.object_list))
    return render(request, "figures/records.html", {"unit": unit, "why": explanation, "page": page, "records": listed})


def _listed(explanation: Explanation, ids: list[int]) -> list[Record]:
    """The rows as links, in the order of the page."""
    lister = {
        "member": _people,
        "site": _sites,
        "organisation": _units,
        "post": _posts,
        "meeting": _meetings,
        "leader_meeting": _meetings,
    }[explanation.table]
    found = lister(ids, explanation.on)
    return [found[record] for record in ids if record in found]


def _people(ids: list[int], on: date) -> dict[int, Record]:
    people = Person.objects.filter(pk__in=ids).prefetch_related("affiliations__organisation")
    found = {}
    for person in people:
        units = [
            a.organisation for a in person.affiliations.all() if a.from_on <= on and (not a.until_on or a.until_on > on)
        ]
        words = _("%(year)s年生，%(age)s岁") % {"year": person.born_on.year, "age": completed_years(person.born_on, on)}
        found[person.pk] = Record(person.name, words, units[0].short_name if units else "", person.get_absolute_url())
    return found


def _sites(ids: list[int], on: date) -> dict[int, Record]:
    found = {}
    for site in Site.objects.filter(pk__in=ids).select_related("organisation"):
        words = f"{site.area_m2:g} m²，{site.get_tenure_display()}，{site.get_condition_display()}"
        url = reverse("organisations:sites", args=[site.organisation.code])
        found[site.pk] = Record(site.name, words, site.organisation.short_name, url)
    return found


def _units(ids: list[int], on: date) -> dict[int, Record]:
    units = Organisation.objects.filter(pk__in=ids)
    return {
        unit.pk: Record(unit.name, str(unit.get_kind_display()), unit.code, unit.get_absolute_url()) for unit in units
    }


def _posts(ids: list[int], on: date) -> dict[int, Record]:
    found = {}
    for post in Post.objects.filter(pk__in=ids).select_related("organisation"):
        url = reverse("organisations:team", args=[post.organisation.code])
        words = _("直接从事基层党建") if post.on_grassroots_work else ""
        found[post.pk] = Record(str(post), words, post.organisation.short_name, url)
    return found


def _meetings(ids: list[int], on: date) -> dict[int, Record]:
    found = {}
    for meeting in Meeting.objects.filter(pk__in=ids).select_related("organisation"):
        title = f"{meeting.held_on} {meeting.get_form_display()}"
        found[meeting.pk] = Record(title, meeting.topic, meeting.organisation.short_name, meeting.get_absolute_url())
    return found

"""The diagnosis: which problems are present, where, by which rule, and why each figure is what it is."""

from __future__ import annotations

import time
import uuid
from datetime import date
from typing import cast

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from guben.access import policy
from guben.accounts.installation import today
from guben.accounts.models import User
from guben.figures.actions import DIAGNOSIS, start_diagnosis
from guben.figures.discretion import TOO_FEW, shown_diagnosis, shown_explanation, shown_findings
from guben.figures.explanations import Explanation, explain
from guben.figures.forms import DiagnosisForm
from guben.figures.listing import listed_records, right_to_list
from guben.figures.queries import (
    Diagnosis,
    Finding,
    diagnosis_for_page,
    has_many_units,
    kept_by_others,
    kept_diagnosis,
    worked_out,
)
from guben.figures.trees import day_tree
from guben.jobs.downloads import workbook_response
from guben.jobs.queries import job_of
from guben.jobs.shown import shown as job_shown
from guben.organisations.models import Organisation
from guben.organisations.queries import unit_for
from guben.rulebook.audience import Audience
from guben.rulebook.errors import UnknownRule
from guben.rulebook.queries import library
from guben.rulebook_engine.entries import Duty

RIGHT = "figures.view"
UNITS_SHOWN = 5
RECORDS_A_PAGE = 50
MOST_EXPORTED = 10_000  # units of one problem: a sheet holds a million rows


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
    kept = kept_by_others(unit, on, or_before=True)
    large = kept is None and has_many_units(unit)
    kept = kept_diagnosis(unit, on) if large else kept
    if large and (kept is None or (request.GET.get("again") and not kept.is_fresh)):
        return redirect("figures:diagnosed", start_diagnosis(unit, on, by=cast(User, request.user)).pk)
    found = kept.diagnosis if kept else worked_out(day_tree(unit, on), library())
    seconds = time.perf_counter() - begun
    found = shown_diagnosis(found, request.user)
    findings = _chosen(found, request.GET.get("severity", ""), request.GET.get("mechanism", ""))
    if request.GET.get("export") == "xlsx":
        return _export(unit, found.top.on, findings)
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
        "counted": found.size,
        "kept": kept,
    }
    return render(request, "figures/diagnosis.html", shown)


def diagnosed(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """How far a large tree's diagnosis is; then the way to it."""
    job = job_of(cast(User, request.user), pk)
    if job.kind != DIAGNOSIS or job.organisation is None:
        raise Http404
    if job.state != "done":
        return render(request, "figures/diagnosing.html", job_shown(job))
    return redirect(f"{reverse('figures:diagnosis')}?at={job.organisation.code}&on={job.arguments['on']}")


def _chosen(found: Diagnosis, severity: str, mechanism: str) -> list[Finding]:
    return [
        one
        for one in found.findings
        if (not severity or one.severity == severity) and (not mechanism or mechanism in one.rule.mechanism)
    ]


def _export(unit: Organisation, on: date, findings: list[Finding]) -> HttpResponse:
    headers = [_("问题"), _("组织代码"), _("组织"), _("数字"), _("分子"), _("分母"), _("线"), _("依据"), _("处方")]
    few = _("人数太少，不单独显示")
    rows = [
        [
            one.rule.title.zh, each.unit.code, each.unit.name, few if each.figure is TOO_FEW else each.figure.value,
            each.figure.numerator, each.figure.denominator, one.line, one.rule.source_text, one.remedy,
        ]
        for one in findings
        for each in one.units[:MOST_EXPORTED]
    ]  # fmt: skip
    for one in findings:
        if len(one.units) > MOST_EXPORTED:
            more = _("还有%(count)d个组织没有列出，到下级的诊断里导出。") % {"count": len(one.units) - MOST_EXPORTED}
            rows.append([one.rule.title.zh, "", more])
    return workbook_response(f"{_('诊断')}-{unit.code}-{on}", headers, rows)


def finding(request: HttpRequest, rule: str) -> HttpResponse:
    """All units past one line."""
    unit = _unit(request)
    on = DiagnosisForm(request.GET or None, today=today()).on_day
    kept = diagnosis_for_page(unit, on, keys=[rule])
    if kept is None:
        return redirect(f"{reverse('figures:diagnosis')}?at={unit.code}&on={on}")
    shown = {"unit": unit, "on": on, "kept": kept}
    one = next(iter(kept.diagnosis.findings), None)
    if one is None:
        if not kept.diagnosis.quiet:
            raise Http404
        return render(request, "figures/no_finding.html", {**shown, "rule": kept.diagnosis.quiet[0]})
    (one,) = shown_findings([one], request.user, unit, kept.on)
    page = Paginator(one.units, RECORDS_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "figures/finding.html", {**shown, "one": one, "page": page})


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
        explanation = explain(rule, unit, on)
    except UnknownRule:
        raise Http404 from None
    if not Audience(request.user, [explanation.rule]).sees(explanation.rule):
        raise Http404
    return unit, shown_explanation(explanation, request.user, unit)


def _sees_records(request: HttpRequest, unit: Organisation, explanation: Explanation) -> bool:
    return policy.may(request.user, right_to_list(explanation.table), unit)


def records(request: HttpRequest, rule: str, code: str) -> HttpResponse:
    """The records behind a figure that the reader may see; persons need a right of their own."""
    unit, explanation = _explanation(request, rule, code)
    policy.require(request.user, right_to_list(explanation.table), unit)
    page = Paginator(explanation.records, RECORDS_A_PAGE).get_page(request.GET.get("page"))
    listed = listed_records(explanation.table, list(page.object_list), explanation.on, request.user)
    shown = {
        "unit": unit,
        "why": explanation,
        "page": page,
        "records": listed,
        "unseen": len(page.object_list) - len(listed),
    }
    return render(request, "figures/records.html", shown)

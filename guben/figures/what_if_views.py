"""Pages that try a rule before it is in force: what to try, and what it would change."""

from __future__ import annotations

import json
import uuid
from pathlib import Path
from typing import Any, cast

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from guben.access import policy
from guben.accounts.installation import today
from guben.accounts.models import User
from guben.figures import actions
from guben.figures.models import Snapshot
from guben.figures.what_if_forms import FileForm, RuleForm, WhereForm
from guben.figures.what_if_pages import chosen_rows, export_rows, in_words, shown_result
from guben.figures.what_if_rules import can_be_tried
from guben.jobs import files
from guben.jobs.downloads import workbook_response
from guben.jobs.models import Job
from guben.jobs.queries import job_of
from guben.jobs.shown import shown
from guben.organisations.models import Organisation
from guben.organisations.queries import children_of, unit_for, visible_units
from guben.rulebook.audience import Audience
from guben.rulebook.errors import BrokenRulebook
from guben.rulebook.queries import library
from guben.rulebook_engine.entries import Entry, Role, Standard

RIGHT = "figures.view"
ROWS_A_PAGE = 50


@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    """A file, or an installed rule with other figures, to be tried at a unit."""
    user = cast(User, request.user)
    rule = _rule_asked(request)
    form = _form(request, user, rule)
    if request.method == "POST" and form.is_valid():
        try:
            job = actions.start_what_if(
                form.cleaned_data["rules"],
                form.unit,
                on=form.cleaned_data["on"],
                snapshot=form.chosen_snapshot,
                by=user,
            )
            return redirect("figures:what_if_result", job.pk)
        except BrokenRulebook as broken:
            form.refuse(broken)
    context = {"form": form, "rule": rule, "rules": _rules_to_try(user), "mistakes": form.mistakes}
    return render(request, "figures/what_if.html", context, status=422 if form.is_bound else 200)


def _form(request: HttpRequest, user: User, rule: Entry | None) -> WhereForm:
    top = _top(request, user)
    below = [unit for unit in children_of(top) if policy.may(user, RIGHT, unit)]
    if (asked := request.POST.get("at", "")) and asked not in {unit.code for unit in (top, *below)}:
        below += visible_units(user, RIGHT).filter(code=asked)[:1]
    snapshots = [one for one in Snapshot.objects.order_by("-on", "-pk")[:20] if Path(one.folder).is_dir()]
    where: dict[str, Any] = {"units": [top, *below], "snapshots": snapshots, "today": today()}
    if rule is None:
        return FileForm(request.POST or None, request.FILES or None, **where)
    return RuleForm(request.POST or None, rule=rule, share=_is_share(rule), **where)


def _top(request: HttpRequest, user: User) -> Organisation:
    """The unit of the address, else where the reader stands; both rights are needed there."""
    if not policy.may_anywhere(user, "rules.view"):
        raise PermissionDenied("rules.view")
    if code := request.GET.get("at", ""):
        return unit_for(user, code, RIGHT)
    home = policy.home_unit(user, RIGHT, request.session.get("acting_unit", ""))
    if not isinstance(home, Organisation):
        raise PermissionDenied(RIGHT)
    return home


def _rule_asked(request: HttpRequest) -> Entry | None:
    key = request.GET.get("rule", "")
    if not key:
        return None
    rule = library().get(key, today())
    if rule is None or not can_be_tried(rule) or not Audience(request.user, [rule]).sees(rule):
        raise Http404
    return rule


def _rules_to_try(user: User) -> list[Entry]:
    rules = [rule for rule in library().in_force(today()) if not isinstance(rule, Role) and can_be_tried(rule)]
    audience = Audience(user, rules)
    return [rule for rule in rules if audience.sees(rule)]


def _is_share(rule: Entry) -> bool:
    if isinstance(rule, Standard):
        return library().indicator_of(rule, today()).unit == "share"
    return False


@require_safe
def result(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """What the rules would change: totals, levels, rules, and every unit, filtered."""
    job = job_of(cast(User, request.user), pk)
    if job.kind != actions.WHAT_IF:
        raise Http404
    document = _document(job)
    if document is None:
        return render(request, "figures/what_if_waiting.html", shown(job), status=410 if job.state == "done" else 200)
    rows = chosen_rows(document, request.GET)
    if request.GET.get("export") == "xlsx":
        headers, cells = export_rows(document, rows)
        return workbook_response(f"{_('试算')}-{document['at']}-{document['on']}", headers, cells)
    page = Paginator(rows, ROWS_A_PAGE).get_page(request.GET.get("page"))
    page.object_list = in_words(document, list(page.object_list))
    return render(request, "figures/what_if_result.html", {**shown_result(document), "job": job, "page": page})


def _document(job: Job) -> dict[str, Any] | None:
    content = files.read(job.pk, actions.RESULT) if job.state == "done" else None
    return json.loads(content) if content else None

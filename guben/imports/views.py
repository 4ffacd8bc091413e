"""Pages of imports: choose a file, see what the check found, save the good rows."""

from __future__ import annotations

import uuid
from typing import Any, cast

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from guben.access import policy
from guben.accounts import installation
from guben.accounts.models import User
from guben.imports import actions, mending, mends, queries, withdrawable, workbooks
from guben.imports.columns import COLUMNS, TITLES
from guben.imports.errors import DemoRefusesRosters
from guben.imports.forms import StartForm
from guben.imports.results import FAULT_KINDS
from guben.imports.scope import IMPORT
from guben.jobs.downloads import file_response
from guben.jobs.models import Job, JobState
from guben.jobs.shown import shown
from guben.kit.errors import DomainError
from guben.organisations.models import Organisation
from guben.organisations.queries import unit_for

ROWS_A_PAGE = 20


@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    """Takes a file in and queues its check; what can be told at once is told beside the field."""
    user = _user(request)
    if not policy.may_anywhere(user, IMPORT):
        raise PermissionDenied(IMPORT)
    form = StartForm(request.POST or None, request.FILES or None, user=user, at=_unit_asked(request))
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        unit = form.units[form.cleaned_data["at"]]
        try:
            job = actions.start_preview(form.cleaned_data["kind"], unit, user, name=file.name, content=file.read())
            return redirect("imports:result", job.pk)
        except DomainError as refused:
            form.add_error("file", str(refused))
    refusal = "" if installation.roster_imports_open() else DemoRefusesRosters().sentence
    context = {"form": form, "refusal": refusal, "kinds": TITLES.items(), "recent": withdrawable.recent(user)}
    return render(request, "imports/start.html", context, status=422 if form.is_bound else 200)


@require_safe
def template(request: HttpRequest, kind: str) -> HttpResponse:
    """An empty workbook to fill in."""
    if kind not in COLUMNS:
        raise Http404
    name = _("%(kind)s模板.xlsx") % {"kind": TITLES[kind]}
    return file_response(name, workbooks.template(kind))


@require_safe
def result(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """What the check or the saving found: counts, the next step, the rows to put right."""
    job = queries.import_of(_user(request), pk)
    if job.state != JobState.DONE:
        is_over = job.state in mending.OVER
        may_take_up = is_over and queries.has_upload(job)
        mendable = may_take_up and mends.refused_rows(mending.newest_check(job)) is not None
        may = {"may_take_up": may_take_up, "may_withdraw": is_over and withdrawable.may_be_withdrawn(job)}
        return render(request, "imports/waiting.html", {**shown(job), **may, "mendable": mendable})
    chosen = request.GET.get("kind", "")
    page = Paginator(queries.shown_rows(job, fault_kind=chosen), ROWS_A_PAGE).get_page(request.GET.get("page"))
    context = {
        **shown(job),
        **job.result,
        "taken": job.result["accepted"] + job.result["updated"],
        "seconds": _seconds(job),
        "page": page,
        "headers": queries.preview_headers(job.kind.removeprefix("imports.")),
        "kinds": _kinds(job),
        "chosen": FAULT_KINDS.get(chosen, ""),
        "after": _after(job),
        "saved_by": queries.saved_by(job),
        "newest": _newer_check(job),
        "mendable": job.result["rejected_rows"] and mends.refused_rows(job) is not None,
        "withdrawn": withdrawable.withdrawn(job),
        "may_withdraw": withdrawable.may_be_withdrawn(job),
        "unchecked": len(mends.draft_of(job).written_since(mends.mends_of(job).revision)),
    }
    return render(request, "imports/result.html", context)


@require_POST
def save(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Saves the good rows of a file that was checked."""
    job = actions.start_saving(queries.import_of(_user(request), pk), by=_user(request))
    return redirect("imports:result", job.pk)


@require_POST
def whole_workbook(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """All rows of the file as they were read, faults marked: written by a job, since there may be many."""
    check = queries.import_of(_user(request), pk)
    mending.require(check, _user(request))
    return redirect(mending.start_workbook(check, by=_user(request)))


def _user(request: HttpRequest) -> User:
    return cast(User, request.user)  # the middleware lets nobody else in


def _unit_asked(request: HttpRequest) -> Organisation | None:
    code = request.GET.get("at", "")
    return unit_for(_user(request), code, IMPORT) if code else None


def _newer_check(job: Job) -> Job | None:
    """A check of the same file that came later than this one, or than the one that this job saved."""
    newest = mending.newest_check(job)
    return None if str(newest.pk) in (str(job.pk), job.arguments.get("mends_of")) else newest


def _after(job: Job) -> tuple[str, str]:
    """Where to look at what was saved: address and title."""
    if job.kind == "imports.members":
        code = job.organisation.code if job.organisation else ""
        return f"{reverse('members:list')}?at={code}", _("看党员名单")
    return reverse("organisations:tree"), _("看组织树")


def _seconds(job: Job) -> float:
    return (job.finished_at - job.started_at).total_seconds() if job.finished_at and job.started_at else 0.0


def _kinds(job: Job) -> list[dict[str, Any]]:
    counts: dict[str, int] = job.result["by_kind"]
    most = max(counts.values(), default=1)
    return [
        {"key": kind, "title": FAULT_KINDS[kind], "count": count, "share": count / most}
        for kind, count in counts.items()
    ]

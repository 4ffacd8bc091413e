"""Pages of jobs: find the own ones again, see how far they are, stop them, fetch their file."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRefresh

from guben.accounts.models import User
from guben.jobs import actions, files, queries
from guben.jobs.downloads import file_response
from guben.jobs.errors import FileIsGone
from guben.jobs.models import Job
from guben.jobs.registry import kind_of


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # noqa: S101 - the middleware lets nobody else in
    return request.user


@require_safe
def job_list(request: HttpRequest) -> HttpResponse:
    page = Paginator(queries.jobs_of(_user(request)), 30).get_page(request.GET.get("page"))
    return render(request, "jobs/list.html", {"page_obj": page, "jobs": [_shown(job) for job in page]})


@require_safe
def detail(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """A job's page; asked by the page itself every two seconds for the part that moves."""
    job = queries.job_of(_user(request), pk)
    shown = _shown(job)
    if request.headers.get("HX-Request") and request.GET.get("part") == "progress":
        return render(request, "jobs/_progress.html", shown) if shown["is_open"] else HttpResponseClientRefresh()
    return render(request, "jobs/detail.html", shown)


@require_POST
def stop(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    job = actions.request_stop(queries.job_of(_user(request), pk), by=_user(request))
    if job.state not in actions.OPEN:
        messages.success(request, _("停下了，什么都没有保存。"))
    return redirect(job)


@require_safe
def result_file(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    job = queries.job_of(_user(request), pk)
    content = files.read(job.pk, job.result_file)
    if content is None:
        raise FileIsGone
    return file_response(job.result_file, content)


def _shown(job: Job) -> dict[str, object]:
    """What the pages say of a job: its state as word and chip, how far it is, where its result is."""
    kind = kind_of(job.kind)
    is_done = job.state == "done"
    return {
        "job": job,
        "is_open": job.state in actions.OPEN,
        "chip": {"waiting": "waiting", "running": "waiting", "done": "done", "failed": "late"}.get(job.state, "closed"),
        "seconds_left": _seconds_left(job),
        "result_url": reverse(kind.result_page, args=[job.pk]) if is_done and kind and kind.result_page else "",
        "has_file": is_done and bool(files.path(job.pk, job.result_file)),
    }


def _seconds_left(job: Job) -> int | None:
    if job.state != "running" or not job.started_at or not 0 < job.done < job.total:
        return None
    passed = (timezone.now() - job.started_at).total_seconds()
    return round(passed / job.done * (job.total - job.done))

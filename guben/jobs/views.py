"""Pages of jobs: find the own ones again, see how far they are, stop them, fetch their file."""

from __future__ import annotations

import uuid
from typing import cast

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRefresh

from guben.accounts.models import User
from guben.jobs import actions, files, queries
from guben.jobs.downloads import kept_file_response
from guben.jobs.errors import FileIsGone
from guben.jobs.models import JobState
from guben.jobs.shown import shown


@require_safe
def job_list(request: HttpRequest) -> HttpResponse:
    """The reader's own jobs, newest first."""
    page = Paginator(queries.jobs_of(_user(request)), 30).get_page(request.GET.get("page"))
    return render(request, "jobs/list.html", {"page": page, "jobs": [shown(job) for job in page]})


@require_safe
def detail(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """A job's page; asked by the page itself every two seconds for the part that moves."""
    job = shown(queries.job_of(_user(request), pk))
    if request.headers.get("HX-Request") and request.GET.get("part") == "progress":
        return render(request, "jobs/_progress.html", job) if job["is_open"] else HttpResponseClientRefresh()
    return render(request, "jobs/detail.html", job)


@require_POST
def stop(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Asks a job to stop."""
    job = actions.request_stop(queries.job_of(_user(request), pk), by=_user(request))
    if job.state not in actions.OPEN:
        messages.success(request, _("停下了，什么都没有保存。"))
    return redirect(job)


@require_safe
def result_file(request: HttpRequest, pk: uuid.UUID) -> HttpResponseBase:
    """The file a job made."""
    job = queries.job_of(_user(request), pk)
    if not job.result_file and (job.expires_on or job.state != JobState.DONE):
        raise Http404  # it never had one
    place = files.path(job.pk, job.result_file)
    if place is None:
        raise FileIsGone
    return kept_file_response(job.result_file, place)


def _user(request: HttpRequest) -> User:
    return cast(User, request.user)  # the middleware lets nobody else in

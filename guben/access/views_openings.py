"""The auditor's page of opened numbers, and the same as a workbook."""

from __future__ import annotations

from typing import Any, cast

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from guben.access import limits, policy
from guben.access import openings as opened
from guben.access.forms import OpeningsForm
from guben.accounts.models import User
from guben.audit import trail
from guben.kit.tables import workbook_bytes

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PAGE = 50
FILE_ROWS = 50_000


def openings(request: HttpRequest) -> HttpResponse:
    """Who looked at which numbers, the unusual ones first; then each opening."""
    form, entries = _asked(request)
    page = Paginator(entries, PAGE).get_page(request.GET.get("page"))
    shown = {
        "form": form,
        "page": page,
        "readers": opened.readers(entries),
        "openings": opened.openings(page.object_list),
        "is_filtered": any(form.cleaned_data.values()),
        "query": request.GET.urlencode(),
    }
    return render(request, "access/openings.html", shown)


@limits.limited("export")
def openings_file(request: HttpRequest) -> HttpResponse:
    """What the page lists, as a workbook."""
    by = cast(User, request.user)
    _form, entries = _asked(request)
    found = opened.openings(entries[:FILE_ROWS])
    headers = [_("时刻"), _("谁"), _("用户名"), _("看了谁"), _("哪个号码"), _("原因"), _("组织"), _("凭什么权")]
    content = workbook_bytes(headers, [_row(one) for one in found], sheet_name=_("查看号码记录"))
    with transaction.atomic():
        trail.record("access.openings_taken", by, by=by, organisation_id=None, details={"rows": len(found)})
    answer = HttpResponse(content, content_type=XLSX)
    answer["Content-Disposition"] = 'attachment; filename="openings.xlsx"'
    return answer


def _asked(request: HttpRequest) -> tuple[OpeningsForm, Any]:
    by = cast(User, request.user)
    if not policy.may_anywhere(by, opened.RIGHT):
        raise PermissionDenied(opened.RIGHT)
    form = OpeningsForm(request.GET)
    form.is_valid()
    return form, opened.found(by, **form.cleaned_data)


def _row(one: opened.Opening) -> list[str]:
    entry = one.entry
    unit = entry.organisation.name if entry.organisation else ""
    at = timezone.localtime(entry.at).strftime("%Y-%m-%d %H:%M:%S")
    return [at, str(entry.user), entry.user.username, one.reference, one.what, one.reason, unit, entry.right]

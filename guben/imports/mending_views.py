"""Pages that put a checked file right: the refused rows as inputs, rows left out, and a job taken up again."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any, cast
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from guben.accounts.models import User
from guben.house.words import listed
from guben.imports import mend_page, mending, mends, queries
from guben.imports.errors import CheckedAgain
from guben.imports.mending import Written
from guben.imports.results import FAULT_KINDS
from guben.jobs.errors import FileIsGone
from guben.jobs.models import Job, JobState

LEFT_OUT_SHOWN, REPAIRS_SHOWN = 50, 8


@require_http_methods(["GET", "HEAD", "POST"])
def mend(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The refused rows of a check as a table of inputs."""
    user = cast(User, request.user)
    check = queries.import_of(user, pk)
    mending.require(check, user)
    newest = mending.newest_check(check)
    if newest.pk != check.pk and request.method != "POST":
        return redirect("imports:mend" if newest.state == JobState.DONE else "imports:result", newest.pk)
    if check.state != JobState.DONE:
        return redirect("imports:result", check.pk)
    found = mends.refused_rows(check)
    if found is None and check.result.get("rejected_rows"):
        raise FileIsGone
    headers, rows = found or ([], [])
    if request.method == "POST":
        return _keep(request, check, headers, rows)
    return _shown(request, check, headers, rows)


@require_POST
def take_back(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """A row that was left out is to be imported again."""
    user = cast(User, request.user)
    check = mending.newest_check(queries.import_of(user, pk))
    number = request.POST.get("row", "")
    if not (number.isascii() and number.isdigit()) or len(number) > 7:
        raise Http404
    mending.take_back(check, int(number), by=user)
    messages.success(request, _("第%(row)s行改为导入，再检查一次就看得到。") % {"row": number})
    return redirect("imports:mend", check.pk)


@require_POST
def take_up(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Does a stopped or interrupted import again, without another upload."""
    user = cast(User, request.user)
    job = mending.take_up(queries.import_of(user, pk), by=user)
    return redirect("imports:result", job.pk)


def _keep(request: HttpRequest, check: Job, headers: list[str], rows: list[Any]) -> HttpResponse:
    """Keeps what was typed, then goes where the button says: to another page, or to the next check."""
    user, data = cast(User, request.user), cast(Mapping[str, str], request.POST.dict())
    page = _page(check, rows, data.get("kind", ""), data.get("page", ""))
    found = mend_page.posted(headers, list(page.object_list), data)
    seen = data.get("revision", "")
    elsewhere = mending.keep(check, found.rows, seen=int(seen) if seen.isdecimal() and len(seen) < 9 else 0, by=user)
    newest = mending.newest_check(check)
    if newest.pk != check.pk:
        sentence = _("这份文件刚在另一个窗口里又检查过。刚才填的已留下，还没有检查；这里是最新的结果。")
        messages.warning(request, sentence)
        return redirect("imports:mend", newest.pk)
    if elsewhere:
        sentence = _("第%(rows)s行刚在另一个窗口里改过，这里填的没有留下。核对现在的内容，要改的重新改。")
        messages.warning(request, sentence % {"rows": listed(str(number) for number in elsewhere)})
        return _shown(request, check, headers, rows, elsewhere=elsewhere, status=409)
    if found.too_long:
        _tell_too_long(request, found.too_long)
        return _shown(request, check, headers, rows, status=422)
    if data.get("then") == "check":
        return _check_again(request, check)
    then = data.get("then", "")
    if then.startswith("fix-"):
        _repair(
            request, check, headers, rows, [data.get(name, "") for name in (f"{then}-header", f"{then}-text", then)]
        )
        then = ""
    return redirect(_address(check, data.get("kind", ""), then or page.number))


def _repair(request: HttpRequest, check: Job, headers: list[str], rows: list[Any], asked: list[str]) -> None:
    """Puts one wrong text right in all rows where it stands: header, text, and one of the choices that were offered."""
    draft = mends.draft_of(check)
    for found in mend_page.repairs(headers, rows, draft):
        if asked[:2] == [found.header, found.text] and asked[2] in found.choices:
            written = {number: Written({found.header: (found.text, asked[2])}) for number in found.numbers}
            mending.keep(check, written, seen=draft.revision, by=cast(User, request.user))
            values = {"text": found.text, "choice": asked[2], "count": len(written)}
            messages.success(request, _("%(count)d行的“%(text)s”改成了“%(choice)s”，再检查一次就看得到。") % values)
            return
    messages.warning(request, _("这些行已经改过，或者没有选改成什么。核对现在的内容。"))


def _check_again(request: HttpRequest, check: Job) -> HttpResponse:
    try:
        job = mending.check_again(check, by=cast(User, request.user))
    except CheckedAgain as told:
        messages.warning(request, str(told))
        job = mending.newest_check(check)
    return redirect("imports:result", job.pk)


def _shown(
    request: HttpRequest,
    check: Job,
    headers: list[str],
    rows: list[Any],
    *,
    elsewhere: Sequence[int] = (),
    status: int = 200,
) -> HttpResponse:
    draft = mends.draft_of(check)
    asked = request.POST if request.method == "POST" else request.GET
    kind = asked.get("kind", "")
    page = _page(check, rows, kind, asked.get("page", ""))
    read, out = mends.mends_of(check), set(draft.left_out())
    context = {
        "job": check,
        "page": page,
        "rows": _rows(headers, page, draft, read, elsewhere),
        "headers": mend_page.order_of(headers, list(page.object_list)) if headers else [],
        "kind": kind if kind in FAULT_KINDS else "",
        "kind_title": FAULT_KINDS.get(kind, ""),
        "kinds": [(key, FAULT_KINDS[key], count) for key, count in check.result.get("by_kind", {}).items()],
        "repairs": mend_page.repairs(headers, rows, draft)[:REPAIRS_SHOWN],
        "revision": draft.revision,
        "unchecked": len(draft.written_since(read.revision)),
        "left_out": [number for number in read.left_out() if number in out][:LEFT_OUT_SHOWN],
        "more_rows": check.result.get("rejected_rows", 0) - len(rows),
        "good": check.result.get("accepted", 0) + check.result.get("updated", 0),
        "saved_by": queries.saved_by(check),
        "expires_on": check.expires_on,
    }
    return render(request, "imports/mend.html", context, status=status)


def _rows(
    headers: list[str], page: Page[Any], draft: mends.Mends, read: mends.Mends, elsewhere: Sequence[int]
) -> list[mend_page.MendRow]:
    rows = list(page.object_list)
    return mend_page.rows_shown(headers, rows, draft, checked=read.revision, elsewhere=elsewhere) if headers else []


def _page(check: Job, rows: list[Any], kind: str, number: str) -> Page[Any]:
    """The rows of one page: those with a fault of the kind asked for."""
    if kind in FAULT_KINDS:
        rows = [row for row in rows if any(fault[1] == kind for fault in row[2])]
    return Paginator(rows, mend_page.ROWS_A_PAGE).get_page(number)


def _address(check: Job, kind: str, page: object) -> str:
    query = {name: value for name, value in (("kind", kind), ("page", str(page)[:6])) if value}
    return f"{reverse('imports:mend', args=[check.pk])}?{urlencode(query)}"


def _tell_too_long(request: HttpRequest, cells: list[tuple[int, str]]) -> None:
    where = listed(_("第%(row)d行%(column)s") % {"row": number, "column": header} for number, header in cells[:5])
    sentence = ngettext(
        "%(where)s太长，没有留下，其余已留下。一格最多%(most)d个字。",
        "%(where)s太长，没有留下，其余已留下。一格最多%(most)d个字。",
        len(cells),
    )
    messages.error(request, sentence % {"where": where, "most": mends.MAX_LETTERS})

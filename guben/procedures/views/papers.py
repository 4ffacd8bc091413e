"""Papers of a case: handed in, produced, read and withdrawn."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from guben.accounts.models import User
from guben.kit.errors import DomainError
from guben.procedures import actions, queries, storage
from guben.procedures.choices import PaperState
from guben.procedures.forms import HandInForm, ReasonForm, refuse
from guben.procedures.models import Case, Paper
from guben.procedures.rules import paper_title, say
from guben.procedures.views.asked import CasePage, case_asked, user_of

TYPES = {
    "pdf": "application/pdf",
    "jpg": "image/jpeg",
    "png": "image/png",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "ofd": "application/ofd",
}


def hand_in(request: HttpRequest, pk: int) -> HttpResponse:
    """Takes in a paper: where the original is kept, or a file."""
    page = CasePage(request, case_asked(request, pk))
    kinds = [(kind.key, say(kind.title)) for kind in page.standing.procedure.paper]
    if not page.may_change:
        raise PermissionDenied
    if not kinds or page.standing.is_ended:
        raise Http404
    initial = {"key": request.GET.get("key", ""), "dated_on": page.standing.on}
    form = HandInForm(request.POST or None, request.FILES or None, kinds=kinds, initial=initial)
    if request.method == "POST" and form.is_valid() and _handed_in(request, page, form):
        messages.success(request, _("已收下“%(paper)s”。") % {"paper": dict(kinds)[form.cleaned_data["key"]]})
        return redirect(page.case)
    context = {
        "case": page.case,
        "form": form,
        "heading": _("收一份材料"),
        "scope": _("%(case)s。收的是原件，写收在哪里就够；也可以交一个文件。") % {"case": page.heading},
        "save": _("登记材料"),
        "cancel": _("不收了，回去"),
        "multipart": True,
    }
    return render(request, "procedures/ask.html", context, status=422 if form.is_bound else 200)


def _handed_in(request: HttpRequest, page: CasePage, form: HandInForm) -> bool:
    data = form.cleaned_data
    try:
        take_in(page.case, data["key"], data["dated_on"], data["kept_where"], data["file"], by=user_of(request))
    except DomainError as error:
        refuse(form, error)
        return False
    return True


def take_in(
    case: Case, key: str, dated_on: date, kept_where: str, file: UploadedFile[bytes] | None, *, by: User
) -> Paper:
    """Hands in a paper with what was uploaded. A file that is too large is refused before it is read."""
    if file is not None and (file.size or 0) > storage.MOST_BYTES:
        raise storage.too_large()
    content = (file.name or "", file.read()) if file else None
    return actions.hand_in(case, key, dated_on=dated_on, kept_where=kept_where, file=content, by=by)


@require_POST
def issue_paper(request: HttpRequest, pk: int) -> HttpResponse:
    """Produces a paper from the case."""
    page = CasePage(request, case_asked(request, pk))
    paper = actions.issue_paper(page.case, request.POST.get("key", ""), by=user_of(request))
    messages.success(request, _("已出“%(paper)s”。") % {"paper": paper_title(page.standing.procedure, paper.key)})
    return redirect(page.case)


def paper(request: HttpRequest, pk: int, number: int) -> FileResponse:
    """The file of a paper, as it was kept. What was produced here is shown by the browser; what somebody handed in is
    only downloaded."""
    found = _paper(request, pk, number)
    place = storage.path(found.file)
    if place is None:
        raise Http404
    ending = place.suffix.lstrip(".")
    answer = FileResponse(
        place.open("rb"),
        as_attachment=found.state != PaperState.PRODUCED,
        filename=f"{found.case.number}-{found.key}.{ending}",
        content_type=TYPES.get(ending, "application/octet-stream"),
    )
    answer["Cache-Control"] = "no-store"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


def withdraw_paper(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Asks why, and withdraws a paper. It stays in the file."""
    found = _paper(request, pk, number)
    page = CasePage(request, case_asked(request, pk))
    if not page.may_change:
        raise PermissionDenied
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.withdraw_paper(found, form.cleaned_data["reason"], by=user_of(request))
        except DomainError as error:
            refuse(form, error)
        else:
            messages.success(request, _("已撤回这份材料，卷宗里还看得到。"))
            return redirect(page.case)
    title = paper_title(page.standing.procedure, found.key)
    context = {
        "case": page.case,
        "form": form,
        "heading": _("撤回材料“%(paper)s”？") % {"paper": title},
        "scope": _("撤回的材料留在卷宗里，不再算数。"),
        "save": _("撤回材料"),
        "cancel": _("不撤回，回去"),
        "danger": True,
    }
    return render(request, "procedures/ask.html", context, status=422 if form.is_bound else 200)


def _paper(request: HttpRequest, pk: int, number: int) -> Paper:
    found = queries.paper_for(request.user, number)
    if found.case_id != pk:
        raise Http404
    return found

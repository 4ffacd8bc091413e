"""Stopping a case for a while, and letting it go on: both with the reason."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from guben.house.templatetags.house import day as said
from guben.kit.days import add_months
from guben.kit.errors import DomainError
from guben.procedures import actions
from guben.procedures.forms import refuse
from guben.procedures.further_forms import HoldForm, ReleaseForm
from guben.procedures.models import Held
from guben.procedures.places import may_hold
from guben.procedures.views.asked import CasePage, case_asked, user_of


def hold(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks why and until when, and stops a case."""
    page = _page(request, pk)
    if page.standing.hold or page.standing.is_ended:
        return redirect(page.case)
    form = HoldForm(request.POST or None, initial={"until_on": add_months(page.standing.on, 1)})
    context = {
        "heading": _("暂停办理“%(title)s”？") % {"title": page.heading},
        "scope": _("有举报要查清、本人病重等，可以先停。停着不能办下一步，期限照算；到那天自动恢复，最长12个月。"),
        "save": _("暂停办理"),
        "cancel": _("不暂停，回去"),
    }
    return _answer(request, page, form, actions.hold, context)


def release(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks why, and lets a case that was stopped go on."""
    page = _page(request, pk)
    held = page.standing.hold
    if held is None:
        return redirect(page.case)
    form = ReleaseForm(request.POST or None)
    context = {
        "heading": _("恢复办理“%(title)s”？") % {"title": page.heading},
        "scope": _("%(day)s暂停：%(reason)s。写明查清了什么，为什么可以接着办。")
        % {"day": said(held.from_on), "reason": held.reason.rstrip("。")},
        "save": _("恢复办理"),
        "cancel": _("不恢复，回去"),
    }
    return _answer(request, page, form, actions.release, context)


def _page(request: HttpRequest, pk: int) -> CasePage:
    page = CasePage(request, case_asked(request, pk))
    if not may_hold(user_of(request), page.case):
        raise PermissionDenied
    return page


def _answer(
    request: HttpRequest, page: CasePage, form: forms.Form, act: Callable[..., Held], context: dict[str, Any]
) -> HttpResponse:
    """The form, or the act with what was filled in."""
    if request.method == "POST" and form.is_valid():
        try:
            act(page.case, **form.cleaned_data, by=user_of(request))
        except DomainError as error:
            refuse(form, error)
        else:
            return redirect(page.case)
    told = {"case": page.case, "form": form, **context}
    return render(request, "procedures/ask.html", told, status=422 if form.is_bound else 200)

"""What is taken back of a case: an entry that was wrong, or the whole case. Everything stays readable."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from guben.kit.errors import DomainError
from guben.procedures import actions, case_page, people, words
from guben.procedures.fields import PREFIX
from guben.procedures.forms import Asked, CorrectForm, ReasonForm, refuse
from guben.procedures.models import Entry
from guben.procedures.places import acting, may_withdraw
from guben.procedures.rules import say, step_of
from guben.procedures.standing import Standing
from guben.procedures.views.asked import CasePage, case_asked, user_of
from guben.rulebook_engine.plans import outcomes
from guben.rulebook_engine.procedures import Step


def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks why, and ends a case before its road does."""
    page = CasePage(request, case_asked(request, pk))
    if not may_withdraw(request.user, page.standing.procedure, page.case):
        raise PermissionDenied
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.withdraw(page.case, form.cleaned_data["reason"], by=user_of(request))
        except DomainError as error:
            refuse(form, error)
        else:
            messages.success(request, _("已撤回这件。经过和材料都留着。"))
            return redirect(page.case)
    context = {
        "case": page.case,
        "form": form,
        "heading": _("撤回“%(title)s”？") % {"title": page.heading},
        "scope": _("撤回后不能再办，经过和材料都留着，有新情况另开一件。已经改动的人员类别、组织关系不会跟着改回。"),
        "save": _("撤回办件"),
        "cancel": _("不撤回，回去"),
        "danger": True,
    }
    return render(request, "procedures/ask.html", context, status=422 if form.is_bound else 200)


def correct(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Puts an entry right by a new one, or takes the last one back."""
    page = CasePage(request, case_asked(request, pk))
    entry = page.standing.entry(number)
    step = _stated(page.standing, entry) if entry else None
    if entry is None or step is None:
        raise Http404
    if not acting(request.user, step, entry.acted_at, page.case):
        raise PermissionDenied
    is_last = bool(page.standing.records.standing) and page.standing.records.standing[-1].pk == entry.pk
    form = _form(request, page, entry, step)
    if request.method == "POST":
        taking_back = "take_back" in request.POST and is_last
        if (ReasonForm(request.POST) if taking_back else form).is_valid() and _done(request, entry, form, taking_back):
            return redirect(page.case)
        if taking_back and not form.errors:
            form.add_error("reason", _("没有写理由。写一句，办的人和以后查的人都看得到。"))
    title = say(step.title)
    context = {
        "case": page.case,
        "entry": entry,
        "form": form,
        "is_last": is_last,
        "heading": _("更正“%(step)s”") % {"step": title},
        "scope": _("原来的经过划去、留着，新的一条排在后面。后面的步骤因此不成立的，不能这样更正。"),
        "told": case_page.values_told(step, entry.values, page.known.names),
    }
    return render(request, "procedures/correct.html", context, status=422 if form.is_bound else 200)


def _stated(standing: Standing, entry: Entry) -> Step | None:
    """The step of an entry, as the edition says under which it was done."""
    return step_of(standing.rules.edition(standing.case.procedure, entry.edition), entry.step)


def _form(request: HttpRequest, page: CasePage, entry: Entry, step: Step) -> CorrectForm:
    fixed = step.kind in ("vote", "notice")
    known = people.known(page.case, step, entry.acted_at, page.standing.records.entries, entry.done_on)
    initial: dict[str, Any] = {"done_on": entry.done_on, "outcome": entry.outcome}
    initial |= {PREFIX + key: words.typed(step, key, value) for key, value in entry.values.items()}
    choices = [] if fixed else [(one.key, say(one.title)) for one in outcomes(step)]
    asked = Asked(step.field, known.choices)
    return CorrectForm(request.POST or None, asked=asked, outcomes=choices, initial=initial)


def _done(request: HttpRequest, entry: Entry, form: CorrectForm, taking_back: bool) -> bool:
    """Calls the action; a refusal becomes an error of the form."""
    user = user_of(request)
    try:
        if taking_back:
            actions.take_back(entry, reason=request.POST.get("reason", ""), by=user)
            messages.success(request, _("已收回这一条，回到它之前。"))
            return True
        data = form.cleaned_data
        actions.correct(
            entry,
            reason=data["reason"],
            outcome=data.get("outcome"),
            done_on=data["done_on"],
            values=form.values(),
            by=user,
        )
    except DomainError as error:
        refuse(form, error)
        return False
    messages.success(request, _("已更正。原来的一条还在经过里。"))
    return True

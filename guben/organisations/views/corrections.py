"""The page on which a wrong act is put right."""

from __future__ import annotations

from typing import cast

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from guben.access import policy
from guben.accounts.models import User
from guben.kit.errors import DomainError
from guben.organisations import actions, errors, queries
from guben.organisations.choices import ActKind
from guben.organisations.forms import day_field
from guben.organisations.models import Act

UNDO, REDATE = "undo", "redate"


class CorrectForm(forms.Form):
    """How a wrong act is put right, and why."""

    how = forms.ChoiceField(
        label=_("怎样更正"),
        choices=[(UNDO, _("当作没有发生过")), (REDATE, _("只是日期错了"))],
        widget=forms.RadioSelect,
        initial=UNDO,
    )
    day = day_field(_("对的日期"), required=False, help_text=_("日期错了才写。"))
    reason = forms.CharField(label=_("错在哪里"), max_length=200)
    paper = forms.CharField(label=_("更正的文号"), required=False, max_length=80)

    def clean(self) -> None:
        if self.cleaned_data.get("how") == REDATE and not self.cleaned_data.get("day"):
            self.add_error("day", gettext("没有写对的日期。按 2026-06-30 的样子写。"))


def correct(request: HttpRequest, pk: int) -> HttpResponse:
    """What was recorded, what stands in the way, and the form."""
    act = Act.objects.select_related("organisation__parent", "recorded_by").filter(pk=pk).first()
    if act is None:
        raise Http404
    unit = act.organisation
    policy.require(request.user, queries.SEE, unit)
    if not queries.may_decide_place(request.user, unit):
        raise errors.SuperiorDecides(unit.name)
    user = cast(User, request.user)
    form = CorrectForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        day = data["day"] if data["how"] == REDATE else None
        try:
            actions.correct(act, reason=data["reason"], day=day, paper=data["paper"], by=user)
        except DomainError as fault:
            if fault.status != 422:  # noqa: PLR2004
                raise
            form.add_error("day" if day and getattr(fault, "fields", ()) else None, str(fault))
        else:
            messages.success(request, gettext("已更正。以前的日子按更正后的显示，两次登记都在历史里。"))
            return redirect(reverse("organisations:history", args=[unit.code]))
    if act.kind in (ActKind.MERGE, ActKind.SPLIT):
        cast(forms.ChoiceField, form.fields["how"]).choices = [(UNDO, _("当作没有发生过"))]
    context = {
        "unit": unit,
        "crumbs": queries.crumbs(unit, user),
        "act": act,
        "form": form,
        "in_the_way": actions.hindrances(act, by=user) if request.method == "GET" else [],
    }
    return render(request, "organisations/correct.html", context, status=422 if form.errors else 200)

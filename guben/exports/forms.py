"""The form that asks for a sheet."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guben.access import policy
from guben.accounts.models import User
from guben.exports.actions import REASON_LETTERS
from guben.exports.choices import Columns, Format, What
from guben.exports.kinds import UNMASK
from guben.exports.plans import Plan
from guben.exports.queries import units_to_export
from guben.organisations.models import Organisation


class StartForm(forms.Form):
    """Of which unit, what, with which columns, in which format, and whether numbers are whole."""

    at = forms.ChoiceField(label=gettext_lazy("哪个组织"), help_text=gettext_lazy("这个组织和它以下的都在内。"))
    what = forms.ChoiceField(label=gettext_lazy("导出什么"), choices=What.choices, widget=forms.RadioSelect)
    columns = forms.ChoiceField(
        label=gettext_lazy("党员名册的列"), choices=Columns.choices, widget=forms.RadioSelect, required=False
    )
    extra = forms.BooleanField(
        label=gettext_lazy("末尾加附加列"),
        required=False,
        help_text=gettext_lazy("前两种列里没有、库里有的：党小组和在册情况，或学位、住址等。"),
    )
    format = forms.ChoiceField(label=gettext_lazy("文件格式"), choices=Format.choices, widget=forms.RadioSelect)
    whole = forms.BooleanField(
        label=gettext_lazy("完整的公民身份号码、手机号码和住址"),
        required=False,
        help_text=gettext_lazy("不选就只显示一部分。选了要写原因，记入历史，审计员看得到。"),
    )
    reason = forms.CharField(label=gettext_lazy("要完整号码的原因"), required=False, max_length=200)

    def __init__(self, *args: Any, user: User, at: Organisation | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units = {unit.code: unit for unit in units_to_export(user)}
        if at is not None:
            units.setdefault(at.code, at)
        self.units = units
        self.fields["at"].choices = [(unit.code, unit.name) for unit in units.values()]  # type: ignore[attr-defined]
        if not policy.may_anywhere(user, UNMASK):
            del self.fields["whole"], self.fields["reason"]
        first = {"what": What.MEMBERS, "columns": Columns.OURS, "format": Format.XLSX}
        self.initial = {**first, "at": at.code if at else next(iter(units), ""), **self.initial}

    def clean(self) -> dict[str, Any]:
        told: dict[str, Any] = super().clean() or self.cleaned_data
        if told.get("whole") and len((told.get("reason") or "").strip()) < REASON_LETTERS:
            self.add_error("reason", _("写明原因，至少4个字。"))
        return told

    def unit(self) -> Organisation:
        return self.units[self.cleaned_data["at"]]

    def plan(self) -> Plan:
        told = self.cleaned_data
        whole = bool(told.get("whole")) and told["what"] == What.MEMBERS
        return Plan(
            what=told["what"],
            columns=told["columns"] or Columns.OURS,
            extra=told["extra"],
            format=told["format"],
            whole=whole,
            reason=told.get("reason", "") if whole else "",
        )

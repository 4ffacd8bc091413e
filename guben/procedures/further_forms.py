"""Forms beside the steps: stopping a case, checking a paper."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from guben.procedures.fields import PlainText, day_field, reason_field


class HoldForm(forms.Form):
    """Why a case is stopped, and until when at the latest."""

    reason = reason_field(required=True, label=_("为什么暂停"))
    until_on = day_field(_("最晚停到哪天"), help_text=_("到这一天自动恢复，查清了可以提前恢复。"))


class ReleaseForm(forms.Form):
    """Why a case that was stopped goes on."""

    reason = reason_field(required=True, label=_("为什么可以接着办"))


class CheckForm(forms.Form):
    """The code that stands at the foot of a paper."""

    code = PlainText(
        label=_("核对码"),
        max_length=40,
        help_text=_("文书左下角的16位，短横可以不输，大小写一样。"),
        error_messages={"required": _("没有输核对码。")},
    )

"""What a reader may ask of the diagnosis: which unit, which day, which part of it."""

from __future__ import annotations

from datetime import date

from django import forms
from django.utils.translation import gettext_lazy as _

SEVERITIES = [("", _("分量：全部")), ("high", _("重")), ("medium", _("中")), ("low", _("轻"))]


class DiagnosisForm(forms.Form):
    """Filters in the address. A day that can't be read is told beside the field and today is used."""

    at = forms.CharField(required=False, label=_("组织代码"))
    on = forms.DateField(
        required=False, label=_("哪天"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    severity = forms.ChoiceField(required=False, label=_("分量"), choices=SEVERITIES)
    mechanism = forms.CharField(required=False, label=_("机制"))

    def __init__(self, *args: object, today: date, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.today = today

    def clean_on(self) -> date:
        on: date = self.cleaned_data.get("on") or self.today
        if on > self.today:
            raise forms.ValidationError(_("%(on)s 还没到，选今天或以前的一天。"), params={"on": on})
        return on

    @property
    def on_day(self) -> date:
        """The day asked for, else today."""
        asked = self.cleaned_data.get("on") if self.is_bound and (self.is_valid() or self.cleaned_data) else None
        return asked or self.today

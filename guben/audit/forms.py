"""What the history page is asked for."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from guben.audit import sentences


class HistoryForm(forms.Form):
    """A unit, an action, a person, two days."""

    unit = forms.CharField(label=_("组织名称或代码"), required=False, max_length=60)
    action = forms.ChoiceField(label=_("做了什么"), required=False)
    who = forms.CharField(label=_("谁"), required=False, max_length=60)
    first = forms.DateField(label=_("从哪天"), required=False, widget=forms.DateInput(format="%Y-%m-%d"))
    last = forms.DateField(label=_("到哪天"), required=False, widget=forms.DateInput(format="%Y-%m-%d"))

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        named = sorted(sentences.known().items(), key=lambda pair: pair[0])
        self.fields["action"].choices = [("", _("全部事项")), *named]  # type: ignore[attr-defined]

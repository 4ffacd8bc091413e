"""What a reader may ask of the statistics: which unit, which two days, on which tree."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from guben.statistics.models import Standing

FIRST = date(1950, 1, 1)


class DaysForm(forms.Form):
    """Filters in the address. A day that can't be read is told beside the field, and the usual one is used."""

    at = forms.CharField(required=False, label=_("组织代码"))
    on = forms.DateField(
        required=False, label=_("哪天"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    beside = forms.DateField(
        required=False, label=_("和哪天比"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    tree = forms.ChoiceField(required=False, label=_("按哪棵树"), choices=Standing.choices)

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.is_valid()

    def clean_on(self) -> date:
        return self._past(self.cleaned_data.get("on") or self.today)

    def clean_beside(self) -> date | None:
        day = self.cleaned_data.get("beside")
        return self._past(day) if day else None

    def _past(self, day: date) -> date:
        if day > self.today:
            raise forms.ValidationError(_("%(on)s 还没到，选今天或以前的一天。"), params={"on": day})
        if day < FIRST:
            raise forms.ValidationError(
                _("%(on)s 太早了，选%(first)s或以后的一天。"), params={"on": day, "first": FIRST}
            )
        return day

    @property
    def on_day(self) -> date:
        """The day asked for, else today."""
        asked: date | None = self.cleaned_data.get("on")
        return asked or self.today

    @property
    def other_day(self) -> date | None:
        """The day asked for to stand beside it."""
        asked: date | None = self.cleaned_data.get("beside")
        return asked

    @property
    def standing(self) -> str:
        return self.cleaned_data.get("tree") or Standing.THEN

    @property
    def problems(self) -> list[str]:
        """What is wrong with the days, in sentences."""
        return [str(error) for errors in self.errors.values() for error in errors]

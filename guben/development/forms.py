"""Text to values for the pages of plans and samples. What is allowed is decided by the actions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from guben.accounts.models import User
from guben.development.choices import Found
from guben.organisations.models import Organisation

MOST_PLACES = 1_000_000


def day_field(label: Any) -> forms.DateField:
    return forms.DateField(
        label=label,
        widget=forms.DateInput(format="%Y-%m-%d"),
        error_messages={"invalid": _("这不是日期。按 2026-06-30 的样子写。")},
    )


class PlanForm(forms.Form):
    """A number of places for each unit; an empty field leaves it as it is."""

    paper = forms.CharField(label=_("依据文号"), max_length=120, required=False)

    def __init__(self, data: Any, units: Iterable[Organisation], known: Mapping[int, int]) -> None:
        super().__init__(data)
        self.units = {f"places_{unit.code}": unit for unit in units}
        for name, unit in self.units.items():
            self.fields[name] = forms.IntegerField(
                label=unit.short_name,
                required=False,
                min_value=0,
                max_value=MOST_PLACES,
                initial=known.get(unit.pk),
                widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
            )

    def places(self) -> dict[Organisation, int]:
        """What was written, by unit."""
        found = {unit: self.cleaned_data.get(name) for name, unit in self.units.items()}
        return {unit: number for unit, number in found.items() if number is not None}


class DrawForm(forms.Form):
    """What is drawn, from which days, by which seed, for whom."""

    from_on = day_field(_("从哪天"))
    until_on = day_field(_("到哪天"))
    size = forms.IntegerField(label=_("抽几件"), min_value=1, max_value=500, initial=10)
    seed = forms.CharField(
        label=_("抽签号"),
        max_length=40,
        help_text=_("当众定一串字或数字。用同一个抽签号，谁来抽都是同样的办件。"),
    )
    investigators = forms.TypedMultipleChoiceField(
        label=_("核查人"),
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("选至少一名核查人。")},
    )

    def __init__(self, data: Any, *, users: Iterable[User], today: date) -> None:
        super().__init__(data, initial={"from_on": date(today.year, 1, 1), "until_on": today})
        self.users = {user.pk: user for user in users}
        choices = [(user.pk, user.display_name or user.username) for user in self.users.values()]
        self.fields["investigators"].choices = choices  # type: ignore[attr-defined]

    def values(self) -> dict[str, Any]:
        data = dict(self.cleaned_data)
        data["investigators"] = [self.users[pk] for pk in data["investigators"]]
        return data


class FindingForm(forms.Form):
    """What was found in one case."""

    found = forms.ChoiceField(label=_("核查结果"), choices=Found.choices, widget=forms.RadioSelect)
    note = forms.CharField(
        label=_("情况"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("有问题的写明哪一步、缺什么、怎样补正。"),
    )


class CloseForm(forms.Form):
    """The end of a sample."""

    conclusion = forms.CharField(label=_("结论"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))

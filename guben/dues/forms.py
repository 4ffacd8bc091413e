"""Text to values for the pages of dues. What is allowed is decided by the actions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from guben.dues.actions import Wanted
from guben.dues.choices import PaymentKind
from guben.dues.money import cents_of
from guben.dues.queries import Line
from guben.dues.scales import scales_of, usual_band


class YuanField(forms.CharField):
    """An amount in yuan; the value is in cents."""

    def __init__(self, **more: Any) -> None:
        super().__init__(max_length=16, **more)
        self.widget.attrs |= {"inputmode": "decimal", "autocomplete": "off"}

    def clean(self, value: Any) -> int | None:
        text = super().clean(value)
        if not text:
            return None
        try:
            return cents_of(text)
        except ValueError:
            raise forms.ValidationError(gettext("看不懂这个金额。写成 12 或 12.50。")) from None


def day_field(label: Any) -> forms.DateField:
    return forms.DateField(
        label=label,
        widget=forms.DateInput(format="%Y-%m-%d"),
        error_messages={"invalid": _("这不是日期。按 2026-06-30 的样子写。")},
    )


class CollectForm(forms.Form):
    """Who paid, through which month, on which day."""

    people = forms.TypedMultipleChoiceField(label=_("谁交了"), coerce=int, required=False)
    through = forms.TypedChoiceField(label=_("交到几月"), coerce=int)
    paid_on = day_field(_("交款日期"))

    def __init__(self, data: Any, lines: Sequence[Line], *, last: int, initial: dict[str, Any]) -> None:
        super().__init__(data, initial=initial)
        with_account = [line for line in lines if line.account and line.account.left > 0]
        self.fields["people"].choices = [  # type: ignore[attr-defined]
            (line.member.person_id, line.member.name) for line in with_account
        ]
        self.fields["through"].choices = [  # type: ignore[attr-defined]
            (month, gettext("%(month)s月") % {"month": month}) for month in range(1, last + 1)
        ]


class StandardsForm(forms.Form):
    """One line for each member: band, income or amount, paper. A line that is left as it is changes nothing."""

    from_month = forms.TypedChoiceField(label=_("已有标准的，从几月起改"), coerce=int)

    def __init__(self, data: Any, lines: Sequence[Line], year: int, *, month: int) -> None:
        super().__init__(data, initial={"from_month": month})
        self.lines, self.year = lines, year
        self.scales = scales_of(year)
        lang = get_language() or ""
        choices = [(key, scale.title.say(lang)) for key, scale in self.scales.items()]
        self.fields["from_month"].choices = [  # type: ignore[attr-defined]
            (one, gettext("%(month)s月") % {"month": one}) for one in range(1, 13)
        ]
        for line in lines:
            key, name = line.member.person_id, line.member.name
            band = line.balance.band if line.balance else usual_band(line.member.occupation)
            known = choices if band in self.scales else [(band, band), *choices]
            self.fields[f"band_{key}"] = forms.ChoiceField(
                label=gettext("%(name)s的档次") % {"name": name}, choices=known, initial=band
            )
            self.fields[f"cents_{key}"] = YuanField(
                label=gettext("%(name)s的月收入或金额") % {"name": name}, required=False
            )
            self.fields[f"paper_{key}"] = forms.CharField(
                label=gettext("%(name)s的批复文号") % {"name": name}, required=False, max_length=80
            )

    def rows(self) -> list[tuple[Line, Any, Any, Any]]:
        """The members with their three fields, for the table."""
        return [
            (line, self[f"band_{key}"], self[f"cents_{key}"], self[f"paper_{key}"])
            for line in self.lines
            for key in (line.member.person_id,)
        ]

    def wanted(self) -> list[Wanted]:
        """The lines that say something new."""
        found = []
        for line in self.lines:
            key = line.member.person_id
            band, cents = self.cleaned_data[f"band_{key}"], self.cleaned_data[f"cents_{key}"]
            paper, scale = self.cleaned_data[f"paper_{key}"], self.scales.get(band)
            same = line.balance is not None and line.balance.band == band
            untouched = cents is None and not paper
            if untouched and (same or (line.balance is None and (scale is None or not scale.is_fixed))):
                continue
            if untouched and line.balance is None and scale is not None and scale.needs_paper:
                continue
            found.append(Wanted(key, band, cents, paper))
        return found


class PayForm(forms.Form):
    """One payment of one member."""

    kind = forms.ChoiceField(label=_("款项"), choices=PaymentKind.choices, initial=PaymentKind.DUES)
    amount_cents = YuanField(label=_("金额（元）"))
    paid_on = day_field(_("交款日期"))
    note = forms.CharField(label=_("说明"), required=False, max_length=200)


class CorrectForm(forms.Form):
    """Why a payment is taken back."""

    reason = forms.CharField(label=_("为什么冲销"), max_length=200, help_text=_("例如：记错了人"))


class PublishForm(forms.Form):
    """When and how the year was made public."""

    published_on = day_field(_("公布日期"))
    way = forms.CharField(label=_("方式"), required=False, max_length=60, help_text=_("例如：党员大会通报、公开栏"))


def latest(today: date, year: int) -> date:
    """The day a payment of a year is offered on."""
    return today if today.year >= year else date(year, 1, 1)

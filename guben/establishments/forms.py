"""Text to values for the pages of establishments. What is allowed is decided by the actions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from guben.establishments.choices import EstablishmentKind, Step
from guben.establishments.queries import Filters
from guben.organisations.models import Organisation


def day_field(label: Any) -> forms.DateField:
    return forms.DateField(
        label=label,
        widget=forms.DateInput(format="%Y-%m-%d"),
        error_messages={"invalid": _("这不是日期。按 2026-06-30 的样子写。")},
    )


class FilterForm(forms.Form):
    """What the list is narrowed to; what cannot be read is left out."""

    text = forms.CharField(label=_("名称或代码"), required=False, max_length=60)
    kind = forms.ChoiceField(label=_("类别"), required=False, choices=[("", _("全部类别")), *EstablishmentKind.choices])
    covered = forms.ChoiceField(
        label=_("覆盖"), required=False, choices=[("", _("全部")), ("yes", _("已覆盖")), ("no", _("没覆盖"))]
    )
    step = forms.ChoiceField(label=_("下一步"), required=False, choices=[("", _("全部")), *Step.choices])

    def filters(self) -> Filters:
        self.is_valid()
        return Filters(**{name: self.cleaned_data.get(name, "") for name in self.fields})


class EstablishmentForm(forms.Form):
    """What is known of an establishment."""

    name = forms.CharField(label=_("名称"), max_length=120)
    uscc = forms.CharField(
        label=_("统一社会信用代码"), required=False, max_length=30, help_text=_("18位，在营业执照上。不知道就空着。")
    )
    kind = forms.ChoiceField(label=_("类别"), choices=EstablishmentKind.choices)
    staff_count = forms.IntegerField(label=_("职工数"), required=False, min_value=0, max_value=1_000_000)
    address = forms.CharField(label=_("地址"), required=False, max_length=120)


class NewEstablishmentForm(EstablishmentForm):
    """An establishment and the day from which it is on record."""

    from_on = day_field(_("从哪天起在册"))


class EndForm(forms.Form):
    """The first day without it."""

    on = day_field(_("从哪天起"))


class CoverForm(forms.Form):
    """Which organisation covers it, from which day."""

    organisation = forms.ChoiceField(label=_("由哪个党组织覆盖"), widget=forms.RadioSelect)
    from_on = day_field(_("从哪天起"))

    def __init__(self, data: Any, *, units: Sequence[Organisation], initial: dict[str, Any]) -> None:
        super().__init__(data, initial=initial)
        choices = [(unit.code, f"{unit.name}（{unit.get_kind_display()}）") for unit in units]
        self.fields["organisation"].choices = choices  # type: ignore[attr-defined]


class PersonForm(forms.Form):
    """Which member, from which day."""

    person = forms.TypedChoiceField(label=_("哪名党员"), coerce=int, widget=forms.RadioSelect)
    from_on = day_field(_("从哪天起"))

    def __init__(self, data: Any, *, people: Sequence[Any], initial: dict[str, Any]) -> None:
        super().__init__(data, initial=initial)
        choices = [(person.pk, f"{person.name}（{person.unit_name}）") for person in people]
        self.fields["person"].choices = choices  # type: ignore[attr-defined]

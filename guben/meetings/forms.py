"""Forms for recording and withdrawing: text into values. The roll comes with the form, the rights do not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from guben.kit.days import Period, parse_period
from guben.meetings.actions import Missing
from guben.meetings.calculations import makes_up_day
from guben.meetings.choices import TEAM_FORMS, Form, Reason
from guben.meetings.consequences import OpenDuty
from guben.members.queries import RollEntry
from guben.organisations.models import Group, Organisation

WRITTEN_REASONS = [(value, label) for value, label in Reason.choices if value != Reason.NONE]


def day_input() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def time_input() -> forms.TimeInput:
    return forms.TimeInput(attrs={"type": "time"}, format="%H:%M")


@dataclass(slots=True)
class RollLine:
    """One person on a check list, with what was ticked."""

    entry: RollEntry
    absent: bool = False
    reason: str = Reason.LEAVE
    is_likely: bool = False


@dataclass(slots=True)
class RollList:
    """One check list: everybody, the team, or those in groups. `key` names its fields."""

    key: str
    lines: list[RollLine] = field(default_factory=list)

    @property
    def asked(self) -> list[RollLine]:
        """Those who may be ticked: members excused for good are left out."""
        return [line for line in self.lines if line.entry.entitled or line.entry.standing == "home"]

    @property
    def likely(self) -> list[RollLine]:
        return [line for line in self.asked if line.is_likely or line.absent]

    @property
    def others(self) -> list[RollLine]:
        return [line for line in self.asked if not (line.is_likely or line.absent)]

    @property
    def entitled(self) -> int:
        return sum(line.entry.entitled for line in self.lines)

    @property
    def probationary(self) -> int:
        return sum(line.entry.stage == "probationary" for line in self.lines)

    @property
    def excused(self) -> int:
        return len(self.lines) - len(self.asked)

    @property
    def absent(self) -> int:
        return sum(line.absent and line.entry.entitled for line in self.lines)

    @property
    def present(self) -> int:
        return self.entitled - self.absent


def list_key(form: str) -> str:
    """Which check list a form of meeting uses."""
    if form in TEAM_FORMS:
        return "team"
    return "group" if form == Form.GROUP else "all"


def read_absences(data: Mapping[str, Any], key: str) -> list[tuple[int, str]]:
    """The ticked people of one check list with their reasons; unknown values are dropped."""
    chosen: Iterable[str] = data.getlist(f"absent-{key}") if hasattr(data, "getlist") else data.get(f"absent-{key}", ())
    found = []
    for value in chosen:
        if value.isdecimal():
            reason = data.get(f"reason-{key}-{value}", Reason.NONE)
            found.append((int(value), reason if reason in Reason.values else Reason.NONE))
    return found


def read_missing(data: Mapping[str, Any], unit: Organisation) -> Missing:
    """Who did not come in one unit of a batch: names, and how many more of whom only the number is known."""
    named = read_absences(data, str(unit.pk))
    number = str(data.get(f"count-{unit.pk}", "")).strip()
    total = int(number) if number.isdecimal() else len(named)
    return Missing(named, max(0, total - len(named)))


class _When(forms.Form):
    """Day, hours and topic: what every record asks."""

    held_on = forms.DateField(label=_("哪天"), widget=day_input())
    starts_at = forms.TimeField(label=_("几点开始"), widget=time_input(), required=False)
    ends_at = forms.TimeField(label=_("几点结束"), widget=time_input(), required=False)
    topic = forms.CharField(label=_("议题"), max_length=200, error_messages={"required": _("没有写议题。写一句就够。")})

    def clean_ends_at(self) -> time | None:
        """Refuses an end before the start."""
        starts_at, ends_at = self.cleaned_data.get("starts_at"), self.cleaned_data.get("ends_at")
        if starts_at and ends_at and ends_at <= starts_at:
            raise forms.ValidationError(gettext("结束要晚于开始。改其中一个时间。"))
        return ends_at

    @property
    def minutes_long(self) -> int | None:
        starts_at, ends_at = self.cleaned_data.get("starts_at"), self.cleaned_data.get("ends_at")
        if not (starts_at and ends_at):
            return None
        span = datetime.combine(date.min, ends_at) - datetime.combine(date.min, starts_at)
        return int(span.total_seconds() // 60)


class RecordForm(_When):
    """One meeting of one unit."""

    form = forms.ChoiceField(
        label=_("什么会"),
        widget=forms.RadioSelect,
        choices=Form.choices,
        error_messages={"required": _("没有选什么会。")},
    )
    group = forms.ModelChoiceField(
        label=_("哪个党小组"), queryset=Group.objects.none(), required=False, empty_label=_("各小组一起")
    )
    minutes = forms.CharField(
        label=_("结果"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, forms_here: list[tuple[str, str]], groups: list[Group], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["form"].choices = forms_here  # type: ignore[attr-defined]  # the stubs know the base field only
        self.fields["group"].queryset = Group.objects.filter(pk__in=[group.pk for group in groups])  # type: ignore[attr-defined]

    def makes_up_on(self, duties: list[OpenDuty]) -> date | None:
        """The period chosen for this form of meeting, as a day, where the meeting came later."""
        chosen = self.data.get(f"makes_up-{self.cleaned_data['form']}", "")
        period = next((duty.period for duty in duties if duty.period.label == chosen), None)
        return makes_up_day(self.cleaned_data["held_on"], period)

    def values(self, duties: list[OpenDuty]) -> dict[str, Any]:
        """The arguments of `record_meeting` beside unit and user."""
        data, form = self.cleaned_data, self.cleaned_data["form"]
        return {
            "form": form,
            "held_on": data["held_on"],
            "topic": data["topic"],
            "absences": read_absences(self.data, list_key(form)),
            "starts_at": data["starts_at"],
            "minutes_long": self.minutes_long,
            "minutes": data["minutes"],
            "group": data["group"] if form == Form.GROUP else None,
            "makes_up_on": self.makes_up_on(duties),
        }


class RecordManyForm(_When):
    """One day, time and topic for many units."""

    form = forms.ChoiceField(choices=Form.choices, widget=forms.HiddenInput)
    period = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean_period(self) -> Period | None:
        try:
            return parse_period(self.cleaned_data["period"]) if self.cleaned_data["period"] else None
        except ValueError:
            return None

    def values(self, units: list[Organisation]) -> dict[str, Any]:
        """The arguments of `record_many` beside units and user."""
        data = self.cleaned_data
        return {
            "form": data["form"],
            "held_on": data["held_on"],
            "topic": data["topic"],
            "exceptions": {unit.pk: read_missing(self.data, unit) for unit in units},
            "starts_at": data["starts_at"],
            "minutes_long": self.minutes_long,
            "makes_up_on": makes_up_day(data["held_on"], data["period"]),
        }


class WithdrawForm(forms.Form):
    reason = forms.CharField(
        label=_("为什么撤回"),
        max_length=200,
        error_messages={"required": _("没有写撤回的原因。写一句，历史里看得到。")},
    )


class FilterForm(forms.Form):
    """The filters of the list; what cannot be read is left out."""

    form = forms.ChoiceField(label=_("什么会"), choices=[("", _("全部")), *Form.choices], required=False)
    period = forms.CharField(
        label=_("哪一期"),
        required=False,
        max_length=10,
        widget=forms.TextInput(attrs={"placeholder": "2026-06, 2026-Q2", "size": 14}),
    )
    how = forms.ChoiceField(
        label=_("怎么记的"),
        choices=[("", _("全部")), ("late", _("补录")), ("for_unit", _("代录")), ("withdrawn", _("已撤回"))],
        required=False,
    )

    def clean_period(self) -> Period | None:
        try:
            return parse_period(self.cleaned_data["period"]) if self.cleaned_data["period"] else None
        except ValueError as error:
            raise forms.ValidationError(gettext("看不懂这一期。写2026、2026-H1、2026-Q2或2026-06。")) from error

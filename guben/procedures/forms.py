"""Forms of steps, counts, papers and cases: text into values. What a field asks comes from the rulebook."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from guben.kit.errors import DomainError
from guben.procedures.people import unit_named
from guben.procedures.rules import say
from guben.rulebook_engine.procedures import FormField

Choices = Sequence[tuple[int, str]]
Groups = Sequence[tuple[str, Sequence[tuple[int, str]]]]
PREFIX = "f-"  # before the keys of the rulebook's fields, so that none of them is one of ours
LONGEST, LONGEST_TEXT = 200, 4000
MOST = 10**12
MOST_SELECTS = 4
FEW = 7  # people that are offered as buttons rather than in a list


class PlainText(forms.CharField):
    """One line or several without characters that no keyboard writes."""

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        if isinstance(text, str) and any(ord(sign) < 32 and sign not in "\n\r\t" for sign in text):
            raise forms.ValidationError(gettext("里面有看不见的控制字符。重新输入。"))
        return text


class SeveralSelects(forms.SelectMultiple):
    """A few people out of many: one list to choose from for each of them."""

    use_fieldset = True

    def __init__(self, number: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.number = number

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        chosen = [str(one) for one in value] if isinstance(value, (list, tuple)) else []
        base = {key: text for key, text in (attrs or {}).items() if key != "id"}
        identity = (attrs or {}).get("id", name)
        parts = []
        for place in range(self.number):
            one = forms.Select(choices=[("", gettext("选一个人")), *self.choices])
            label = gettext("第%(number)s人") % {"number": place + 1}
            looks = {
                **base,
                "class": "form-select",
                "aria-label": label,
                "id": identity if not place else f"{identity}-{place}",
            }
            parts.append((one.render(name, chosen[place] if place < len(chosen) else "", looks),))
        return format_html('<div class="several-selects">{}</div>', format_html_join("", "{}", parts))

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        given = data.getlist(name) if hasattr(data, "getlist") else data.get(name, [])
        return [one for one in given if one]


class UnitField(PlainText):
    """A unit by its code or its whole name."""

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        unit = unit_named(text)
        if unit is None:
            raise forms.ValidationError(gettext("没有找到这个组织。写组织页面标题下的代码，或写全称。"))
        return unit.pk


def day_field(label: Any, **more: Any) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    wrong = {"invalid": _("看不懂这个日期。写成2026-07-06这样。"), "required": _("没有写日期。")}
    return forms.DateField(label=label, widget=widget, error_messages=wrong, **more)


def reason_field(required: bool) -> forms.CharField:
    return PlainText(
        label=_("说明"),
        required=required,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("没有写理由。写一句，办的人和以后查的人都看得到。")},
    )


def field_for(one: FormField, people: Choices) -> forms.Field:
    """The form field of a rulebook's field."""
    common: dict[str, Any] = {
        "label": say(one.title),
        "required": one.required and one.type != "yes_no",
        "help_text": say(one.help),
        "error_messages": {"required": gettext("没有填“%(field)s”。") % {"field": say(one.title)}},
    }
    match one.type:
        case "long_text":
            return PlainText(max_length=LONGEST_TEXT, widget=forms.Textarea(attrs={"rows": 3}), **common)
        case "day":
            label = common.pop("label")
            common.pop("error_messages")
            return day_field(label, **common)
        case "number":
            return _number(one, common)
        case "money":
            return forms.DecimalField(min_value=0, max_value=MOST, decimal_places=2, **common)
        case "choice":
            options = [(choice.zh, say(choice)) for choice in one.choices]
            return forms.ChoiceField(choices=options, widget=forms.RadioSelect, **common)
        case "yes_no":
            return forms.BooleanField(**common)
        case "person":
            return _person(people, common)
        case "persons":
            few = len(people) > FEW and one.most is not None and one.most <= MOST_SELECTS
            widget = (
                SeveralSelects(one.most or 1) if few else forms.CheckboxSelectMultiple(attrs={"class": "people-list"})
            )
            return forms.TypedMultipleChoiceField(choices=people, coerce=int, widget=widget, **common)
        case "unit":
            common["help_text"] = common["help_text"] or gettext("写组织代码或全称。代码在组织页面的标题下。")
            return UnitField(max_length=LONGEST, **common)
        case _:
            return PlainText(max_length=LONGEST, **common)


def _number(one: FormField, common: dict[str, Any]) -> forms.Field:
    least = one.least if one.least is not None else -MOST
    most = one.most if one.most is not None else MOST
    return forms.IntegerField(min_value=least, max_value=most, **common)


def _person(people: Choices, common: dict[str, Any]) -> forms.Field:
    if len(people) <= FEW:
        return forms.TypedChoiceField(choices=people, coerce=int, empty_value=None, widget=forms.RadioSelect, **common)
    return forms.TypedChoiceField(choices=[("", gettext("选一个人")), *people], coerce=int, empty_value=None, **common)


VOTES = [
    ("cast", _("收回票")),
    ("in_favour", _("赞成")),
    ("against", _("反对")),
    ("abstained", _("弃权")),
    ("invalid", _("无效")),
]


def votes_field(label: Any) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=0, max_value=100_000)


def meeting_field(meetings: Choices) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=_("在哪次会上表决"),
        coerce=int,
        empty_value=None,
        choices=[("", gettext("选一次会")), *meetings],
        error_messages={"required": _("没有选是哪次会。会还没有记的，先记会议。")},
    )


def place_field(number: int, of: int) -> forms.CharField:
    label = gettext("贴在哪里") if of == 1 else gettext("贴在哪里（第%(number)s处）") % {"number": number}
    return PlainText(
        label=label, max_length=60, error_messages={"required": _("没有写贴在哪里。写清楚地点，不用照片。")}
    )


@dataclass(frozen=True, slots=True)
class Asked:
    """What a step asks today. `meeting` is the vote's that was counted; `meetings` those to choose from in an open vote
    without tellers; `lengths` are the training's."""

    fields: tuple[FormField, ...]
    people: Mapping[str, Choices]
    places: int = 0
    lengths: tuple[tuple[str, Any, int], ...] = ()
    meeting: int | None = None
    meetings: Choices | None = None
    asks_reason: bool = False
    reason_help: str = ""


class StepForm(forms.Form):
    """What a step asks, as its edition states it. The outcome is the button that was pressed.

    `step` and `after` say what the page showed: the step, and how many entries there were. A form that was sent twice
    is known by them. `asks_all` is false where an outcome needs nothing but its reason.
    """

    step = forms.CharField(widget=forms.HiddenInput, max_length=80)
    after = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=MOST)

    def __init__(self, *args: Any, asked: Asked, asks_all: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asked = asked
        if asked.meeting is None and asked.meetings is None:
            self.fields["done_on"] = day_field(_("哪天贴的") if asked.places else _("哪天办的"))
        if asked.meetings is not None:
            self.fields["meeting"] = meeting_field(asked.meetings)
            self.fields.update({name: votes_field(label) for name, label in VOTES})
        for one in asked.fields:
            field = field_for(one, asked.people.get(one.key, ()))
            field.required = field.required and asks_all
            self.fields[PREFIX + one.key] = field
        for key, label, least in asked.lengths:
            text = gettext("不少于%(least)s。") % {"least": least}
            self.fields[key] = forms.IntegerField(
                label=label, min_value=0, max_value=10_000, help_text=text, required=len(asked.lengths) == 1
            )
        for number in range(1, asked.places + 1):
            self.fields[f"place-{number}"] = place_field(number, asked.places)
        if asked.asks_reason:
            self.fields["reason"] = reason_field(required=False)
            self.fields["reason"].help_text = asked.reason_help

    def values(self) -> dict[str, Any]:
        """What `take` is given: the rule's fields, and those of the step's own kind."""
        data = self.cleaned_data
        found = read_values(self.asked.fields, data)
        given = [key for key, *_rest in self.asked.lengths]
        given += [name for name, _label in VOTES if name in self.fields]
        found |= {key: data[key] for key in given if data.get(key) is not None}
        places = [data[name] for name in self.fields if name.startswith("place-")]
        return {**found, "places": places} if places else found

    def refuse(self, error: DomainError) -> None:
        """Shows a refusal beside the field it belongs to, else on top."""
        refuse(self, error)


def read_values(fields: Sequence[FormField], data: Mapping[str, Any]) -> dict[str, Any]:
    """The rule's fields as JSON can hold them: persons and units by id, days and money as texts."""
    found: dict[str, Any] = {}
    for one in fields:
        value = data.get(PREFIX + one.key)
        if value not in (None, "", []):
            found[one.key] = _plain(value)
        elif one.type == "yes_no":
            found[one.key] = bool(value)
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def refuse(form: forms.Form, error: DomainError) -> None:
    """Shows a refusal beside the field it names, where the form asks it; else on top of the form."""
    name = str(getattr(error, "field", "") or "")
    wanted = (name, PREFIX + name, "place-1" if name == "places" else "")
    form.add_error(next((one for one in wanted if one and one in form.fields), None), str(error))


class CountForm(forms.Form):
    """One teller's count of a paper vote."""

    step = forms.CharField(widget=forms.HiddenInput, max_length=80)

    def __init__(self, *args: Any, meetings: Choices, tellers: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["meeting"] = meeting_field(meetings)
        self.fields["teller"] = forms.TypedChoiceField(
            label=_("计票人"),
            coerce=int,
            empty_value=None,
            choices=[("", gettext("选一个人")), *tellers],
            error_messages={"required": _("没有选计票人。")},
        )
        self.fields.update({name: votes_field(label) for name, label in VOTES})
        for name, _label in VOTES:
            self.fields[name].widget.attrs.update({"inputmode": "numeric", "data-count": name})

    def clean(self) -> dict[str, Any]:
        """Votes of all kinds together are the votes cast."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        parts = [data.get(name) for name in ("in_favour", "against", "abstained", "invalid")]
        cast = data.get("cast")
        if cast is not None and all(part is not None for part in parts):
            total = sum(part for part in parts if part is not None)
            if total != cast:
                text = gettext("收回%(cast)s张，赞成、反对、弃权、无效合计%(total)s张。两个数要相同，重新数一遍。")
                self.add_error("cast", text % {"cast": cast, "total": total})
        return data


class HandInForm(forms.Form):
    """A paper that was received on paper, or handed in as a file."""

    key = forms.ChoiceField(label=_("哪份材料"), error_messages={"required": _("没有选是哪份材料。")})
    dated_on = day_field(_("落款日期"))
    kept_where = PlainText(
        label=_("原件在哪"), required=False, max_length=120, help_text=_("收的是原件，写收在哪里就够，不用拍照。")
    )
    file = forms.FileField(label=_("或交一个文件"), required=False)

    def __init__(self, *args: Any, kinds: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["key"].choices = kinds  # type: ignore[attr-defined]


class ReasonForm(forms.Form):
    """Why something is taken back."""

    reason = reason_field(required=True)


class CorrectForm(forms.Form):
    """What an entry should have said: another day, outcome or values, and why."""

    def __init__(self, *args: Any, asked: Asked, outcomes: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asked = asked
        self.fields["done_on"] = day_field(_("哪天办的"))
        if len(outcomes) > 1:
            self.fields["outcome"] = forms.ChoiceField(label=_("结果"), choices=outcomes, widget=forms.RadioSelect)
        for one in asked.fields:
            self.fields[PREFIX + one.key] = field_for(one, asked.people.get(one.key, ()))
        self.fields["reason"] = reason_field(required=True)
        self.fields["reason"].label = _("为什么更正")

    def values(self) -> dict[str, Any]:
        return read_values(self.asked.fields, self.cleaned_data)


class StartForm(forms.Form):
    """Who or what a new case is about."""

    title = PlainText(label=_("事由"), max_length=120)
    begun_on = day_field(_("哪天开始"))

    def __init__(self, *args: Any, people: Choices | Groups | None, asks_host: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if people is not None:
            wrong = {"required": _("没有选是谁的事。选一个人。"), "invalid_choice": _("名册上没有这个人。另选一个。")}
            self.fields["person"] = forms.TypedChoiceField(
                label=_("谁"),
                coerce=int,
                empty_value=None,
                choices=[("", gettext("选一个人")), *people],
                error_messages=wrong,
            )
            self.order_fields(["person", "begun_on"])
            del self.fields["title"]
        if asks_host:
            self.fields["host"] = UnitField(
                label=_("接收组织"), max_length=LONGEST, help_text=_("写组织代码或全称。代码在组织页面的标题下。")
            )


class FilterForm(forms.Form):
    """The filters of the list; what cannot be read is left out."""

    q = PlainText(label=_("姓名、编号或事由"), required=False, max_length=60, strip=True)
    procedure = forms.ChoiceField(label=_("程序"), required=False)
    phase = forms.ChoiceField(label=_("阶段"), required=False)
    state = forms.ChoiceField(label=_("状态"), required=False)

    def __init__(
        self, *args: Any, procedures: Sequence[tuple[str, str]], phases: Sequence[tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        everything = ("", gettext("全部"))
        self.fields["procedure"].choices = [everything, *procedures]  # type: ignore[attr-defined]
        self.fields["phase"].choices = [everything, *phases]  # type: ignore[attr-defined]
        self.fields["state"].choices = [everything, *STATES]  # type: ignore[attr-defined]
        if not phases:
            del self.fields["phase"]


STATES = [
    ("mine", _("等我办")),
    ("others", _("在别人手里")),
    ("late", _("逾期")),
    ("open", _("没办结")),
    ("ended", _("已办结")),
]

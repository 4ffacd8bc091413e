"""Fields of forms: text into values, one sort of field each. What a rulebook's field becomes, too."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from guben.procedures.people import unit_named
from guben.procedures.rules import say
from guben.rulebook_engine.procedures import FormField

Choices = Sequence[tuple[Any, str]]
Groups = Sequence[tuple[str, Choices]]
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


def reason_field(required: bool, label: Any = None) -> forms.CharField:
    return PlainText(
        label=label or _("说明"),
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
        case "group":
            return _group(people, common)
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


def _group(groups: Choices, common: dict[str, Any]) -> forms.Field:
    """One of the unit's groups, by its name."""
    if not groups:
        common["help_text"] = common["help_text"] or gettext("这个组织没有登记党小组，不用选。")
    common["error_messages"] |= {"invalid_choice": gettext("这个组织没有这个党小组。选列出的一个，没有分组就空着。")}
    if len(groups) > FEW:
        return forms.ChoiceField(choices=[("", gettext("不编组")), *groups], **common)
    options = [*groups] if common["required"] else [*groups, ("", gettext("不编组"))]
    return forms.ChoiceField(choices=options, widget=forms.RadioSelect, **common)


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

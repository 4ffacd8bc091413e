"""The fields that every rule on the page has, and how words, days and expressions are asked for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guben.kit.days import add_months
from guben.organisations.choices import BRANCH_KINDS, Field, Kind
from guben.organisations.models import Organisation
from guben.rulebook import drafting
from guben.rulebook.checking import held_by
from guben.rulebook.mistakes import in_words
from guben.rulebook.queries import library
from guben.rulebook.writing import BIDI, toml
from guben.rulebook_engine.checking import Wanted, check
from guben.rulebook_engine.errors import ExpressionMistake
from guben.rulebook_engine.facts import FactTable, catalogue

KINDS_AT_LEAST = gettext_lazy("至少选一类组织。")


def plain_line(words: str) -> None:
    """Refuses signs that nobody sees: line ends, control signs, and those that turn the direction of writing."""
    if any(ord(sign) < 32 or 127 <= ord(sign) < 160 or sign in BIDI or 0xD800 <= ord(sign) < 0xE000 for sign in words):
        raise ValidationError(gettext_lazy("里面有看不见的控制字符，删掉再写。"))


def plain_text(words: str) -> None:
    plain_line(words.replace("\n", "").replace("\r", "").replace("\t", ""))


class Words(forms.CharField):
    """One line that people read."""

    def __init__(self, *, max_length: int = 120, **more: Any) -> None:
        super().__init__(max_length=max_length, validators=[plain_line], **more)


class Paragraph(forms.CharField):
    """A few lines that people read."""

    def __init__(self, *, max_length: int, **more: Any) -> None:
        super().__init__(
            max_length=max_length, validators=[plain_text], widget=forms.Textarea(attrs={"rows": 2}), **more
        )

    def to_python(self, value: Any) -> str:
        return str(super().to_python(value) or "").replace("\r\n", "\n")


class Day(forms.DateField):
    def __init__(self, **more: Any) -> None:
        invalid = {"invalid": gettext_lazy("这不是日期。按 2026-06-30 的样子写。")}
        super().__init__(widget=forms.DateInput(format="%Y-%m-%d"), error_messages=invalid, **more)


def expression(label: Any, help_text: Any = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        required=False,
        max_length=1000,
        help_text=help_text,
        widget=forms.Textarea(attrs={"rows": 2, "spellcheck": "false"}),
    )


class RuleFields(forms.Form):
    """What every rule is asked for. `unit` issues it; `keys` are those of the rule that is amended, if one is."""

    form_kind = ""

    title_zh = Words(
        label=gettext_lazy("名称"), max_length=80, help_text=gettext_lazy("短，说清做什么，例如：支部每月议一次安全。")
    )
    title_en = Words(label=gettext_lazy("英文名称"), required=False, max_length=160)
    why_zh = Paragraph(label=gettext_lazy("为什么要定"), max_length=500, help_text=gettext_lazy("一两句，下级看得到。"))
    why_en = Paragraph(label=gettext_lazy("为什么（英文）"), required=False, max_length=1000)
    source = Words(
        label=gettext_lazy("依据的文件"), max_length=200, help_text=gettext_lazy("例如：《青石镇党支部工作办法》")
    )
    article = Words(label=gettext_lazy("第几条"), required=False, max_length=60)
    paper = Words(label=gettext_lazy("文号"), max_length=80, help_text=gettext_lazy("例如：青党发〔2026〕12号"))
    from_on = Day(
        label=gettext_lazy("哪天起施行"), help_text=gettext_lazy("今天或以后。留几天，写错了还能在施行以前撤回。")
    )
    until_on = Day(
        label=gettext_lazy("到哪天为止"), required=False, help_text=gettext_lazy("这一天起不再施行；不填就一直有效。")
    )
    key = Words(
        label=gettext_lazy("编号"),
        required=False,
        max_length=60,
        help_text=gettext_lazy("不填就按名称起一个。小写字母、数字和连字符，末尾会加上本组织的代码。"),
    )
    kinds = forms.MultipleChoiceField(
        label=gettext_lazy("管哪几类组织"),
        choices=Kind.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": KINDS_AT_LEAST},
    )
    fields_of_work = forms.MultipleChoiceField(
        label=gettext_lazy("只管哪些领域（不选就都管）"),
        required=False,
        choices=Field.choices,
        widget=forms.CheckboxSelectMultiple,
    )
    who_more = expression(gettext_lazy("还要符合（表达式）"), gettext_lazy("例如 members >= 10，按“组织”表的列写。"))

    def __init__(self, data: Any = None, *, unit: Organisation, keys: tuple[str, str] | None = None, **more: Any):
        super().__init__(data, **more)
        self.unit, self.keys = unit, keys
        self.written_text = ""
        if keys:
            self.fields.pop("key", None)

    @classmethod
    def first_values(cls, today: date) -> dict[str, Any]:
        first = add_months(today.replace(day=1), 1)
        return {"from_on": first, "kinds": [kind.value for kind in BRANCH_KINDS[:2]]}

    def clean_key(self) -> str:
        key: str = self.cleaned_data["key"]
        holder = next((one for one in library().editions(key) if one.issued_by != self.unit.code), None)
        if holder is not None:
            raise ValidationError(str(held_by(holder, self.unit)))
        return key

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        self.check_expression("who_more", "organisation")
        until_on, from_on = cleaned.get("until_on"), cleaned.get("from_on")
        if until_on and from_on and until_on <= from_on:
            self.add_error("until_on", _("止要晚于起。"))
        self.clean_more(cleaned)
        if not self.errors:
            self.written_text = self.written(cleaned)
        return cleaned

    def clean_more(self, cleaned: dict[str, Any]) -> None:
        """What a form of its own kind still has to check."""

    def check_expression(self, name: str, table_name: str, wanted: Wanted = "condition") -> None:
        """Notes beside the field what the engine finds wrong in its expression."""
        table, words = catalogue.table(table_name), str(self.cleaned_data.get(name) or "").strip()
        if not words or table is None:
            return
        if fault := fault_of(words, table, wanted):
            self.add_error(name, fault)

    def rule_keys(self, cleaned: Mapping[str, Any]) -> tuple[str, str]:
        if self.keys:
            return self.keys
        first = drafting.stem(cleaned.get("key", ""), cleaned["title_zh"], cleaned["title_en"])
        ending = drafting.suffix(self.unit.code, self.unit.pk)
        first = first.removesuffix(f"-{ending}").removesuffix("-figure")
        return f"{first}-{ending}", f"{first}-figure-{ending}"

    def written(self, cleaned: dict[str, Any]) -> str:
        own, figure = self.rule_keys(cleaned)
        values = {**cleaned, "fields": cleaned["fields_of_work"]}
        parts = drafting.parts_of(self.form_kind, values, (own, figure))
        source = f"{cleaned['source']}（{cleaned['paper']}）"
        header = {
            "key": own,
            "title": drafting.two(cleaned["title_zh"], cleaned["title_en"]),
            "issued-by": self.unit.code,
            "source": source,
            "confidence": "verified",
            "from": cleaned["from_on"],
        }
        for entries in parts.values():
            for one in entries:
                one |= {"article": cleaned["article"] or None, "until": cleaned["until_on"]}
        return toml(header, parts)

    def kept(self) -> dict[str, Any]:
        """What was typed, to be asked again later."""
        figure = self.rule_keys(self.cleaned_data)[1]
        typed = {name: plain_value(item) for name, item in self.cleaned_data.items() if name in self.fields}
        return {**typed, "over": getattr(self, "over", ""), "figure_key": figure}


def plain_value(item: Any) -> Any:
    return item if isinstance(item, list | bool | int) or item is None else str(item)


def fault_of(words: str, table: FactTable, wanted: Wanted) -> str:
    """What is wrong with an expression, with the place of the sign; empty where nothing is."""
    try:
        check(words, table, wanted)
    except ExpressionMistake as mistake:
        place = _("（第%(number)s个字）") % {"number": mistake.offset + 1} if mistake.offset else ""
        return in_words(mistake.sentence) + place
    return ""

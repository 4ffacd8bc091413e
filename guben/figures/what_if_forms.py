"""What is to be tried, and where: a file, a pasted text, or an installed rule with other figures."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from guben.figures.models import Snapshot
from guben.figures.what_if_rules import changed_file, line_numbers
from guben.house.templatetags.house import day as day_words
from guben.organisations.models import Organisation
from guben.rulebook.errors import BrokenRulebook
from guben.rulebook.sources import RuleFile, decoded
from guben.rulebook_engine.entries import Duty, Entry
from guben.rulebook_engine.errors import Mistake

MOST_BYTES = 1_000_000
EVERY = [("month", _("每月")), ("quarter", _("每季度")), ("half_year", _("每半年")), ("year", _("每年"))]
NUMBER = re.compile(r"\d{1,12}(\.\d{1,9})?")


class WhereForm(forms.Form):
    """At which unit and on which records the rules are tried."""

    at = forms.ChoiceField(label=_("哪个组织"), help_text=_("连同下级一起算。"))
    snapshot = forms.ChoiceField(required=False, label=_("用哪份记录"))
    on = forms.DateField(
        required=False,
        label=_("哪天"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("用现在的记录时，可以看以前某一天的情况。"),
    )

    def __init__(
        self, *args: Any, units: Sequence[Organisation], snapshots: Sequence[Snapshot], today: date, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.units = {unit.code: unit for unit in units}
        self.snapshots = {str(one.pk): one for one in snapshots}
        self.fields["at"].choices = [(unit.code, unit.name) for unit in units]  # type: ignore[attr-defined]
        frozen = [(key, gettext("快照：%(on)s") % {"on": day_words(one.on)}) for key, one in self.snapshots.items()]
        self.fields["snapshot"].choices = [("", gettext("现在的记录")), *frozen]  # type: ignore[attr-defined]
        if not frozen:
            del self.fields["snapshot"]
        self.fields["on"].initial = today
        self.mistakes: tuple[Mistake, ...] = ()

    def clean_on(self) -> date:
        on: date = self.cleaned_data.get("on") or self.today
        if on > self.today:
            raise forms.ValidationError(_("%(on)s 还没到，选今天或以前的一天。"), params={"on": on})
        return on

    @property
    def unit(self) -> Organisation:
        return self.units[self.cleaned_data["at"]]

    @property
    def chosen_snapshot(self) -> Snapshot | None:
        return self.snapshots.get(self.cleaned_data.get("snapshot", ""))

    def refuse(self, broken: BrokenRulebook) -> None:
        """Shows the mistakes of the file."""
        self.mistakes = broken.mistakes
        self.add_error(None, gettext("制度文件有%(count)d处错，改好再试算。") % {"count": len(broken.mistakes)})


class FileForm(WhereForm):
    """A rulebook file, chosen or pasted."""

    file = forms.FileField(
        required=False, label=_("制度文件（.toml）"), help_text=_("也可以把内容贴在下面。最大1 MB。")
    )
    text = forms.CharField(
        required=False,
        strip=False,
        label=_("制度内容"),
        widget=forms.Textarea(attrs={"rows": 12, "spellcheck": "false", "class": "code-area"}),
    )
    field_order = ("file", "text", "at", "snapshot", "on")

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        file, text = cleaned.get("file"), str(cleaned.get("text") or "")
        if file and file.size > MOST_BYTES or len(text) > MOST_BYTES:
            raise forms.ValidationError(gettext("文件太大，制度文件最多1 MB。"))
        if file:
            try:
                cleaned["rules"] = RuleFile(file.name, decoded(file.name, file.read()))
            except BrokenRulebook as broken:
                self.refuse(broken)
        elif text.strip():
            cleaned["rules"] = RuleFile(gettext("贴上的制度"), text.replace("\r\n", "\n"))
        elif not self.errors:
            self.add_error("file", gettext("选一个文件，或者把内容贴在下面。"))
        return cleaned


class RuleForm(WhereForm):
    """An installed rule with some of its figures changed."""

    def __init__(self, *args: Any, rule: Entry, share: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rule = rule
        added = _duty_fields(rule) if isinstance(rule, Duty) else _number_fields(rule, share=share)
        begins = forms.DateField(
            label=_("从哪天起"),
            initial=self.today,
            widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            help_text=_("只写进试算的制度；记录按下面选的那天。"),
        )
        self.fields = {**added, "begins": begins, **self.fields}
        self.added = list(added)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if not self.errors:
            given = {name: cleaned[name] for name in self.added if cleaned[name] is not None}
            numbers = {name: value for name, value in given.items() if "-" in name and name != "due-after-days"}
            values = {name: value for name, value in given.items() if name not in numbers}
            cleaned["rules"] = changed_file(self.rule, values=values, numbers=numbers, from_on=cleaned["begins"])
        return cleaned


def _duty_fields(rule: Duty) -> dict[str, forms.Field]:
    found: dict[str, forms.Field] = {"every": forms.ChoiceField(label=_("多久一次"), choices=EVERY, initial=rule.every)}
    if isinstance(rule.times, int):
        found["times"] = forms.IntegerField(label=_("一期几次"), initial=rule.times, min_value=1, max_value=1000)
    found["minutes"] = forms.IntegerField(label=_("一次几分钟"), initial=rule.minutes, min_value=0, max_value=10_000)
    found["due-after-days"] = forms.IntegerField(
        label=_("期末以后还给几天"), initial=rule.due_after_days, min_value=0, max_value=366
    )
    return found


class NumberField(forms.CharField):
    """A number of a rule; 80% may stand for 0.80."""

    def clean(self, value: Any) -> str:
        typed = str(super().clean(value)).strip().replace("％", "%").replace(",", "")
        plain = typed.removesuffix("%").strip()
        if not NUMBER.fullmatch(plain):
            raise forms.ValidationError(gettext("写一个数，例如 0.8 或 80%。"))
        if not typed.endswith("%"):
            return plain
        return f"{float(plain) / 100:.9f}".rstrip("0").rstrip(".") or "0"


def _number_fields(rule: Entry, *, share: bool) -> dict[str, forms.Field]:
    numbers = line_numbers(rule)
    found: dict[str, forms.Field] = {}
    for one in numbers:
        help_text = gettext("现在是：%(line)s") % {"line": one.around if len(numbers) > 1 else one.text}
        if share:
            help_text += gettext("。也可以写成80%这样。")
        found[one.name] = NumberField(label=_("线"), initial=one.written, help_text=help_text, max_length=20)
    return found

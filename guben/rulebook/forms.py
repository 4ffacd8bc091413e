"""What is asked of somebody who writes a rule: words, days, a paper, lists to pick from. Text to values, no more."""

from __future__ import annotations

import tomllib
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from guben.access.roles import roles, title_of
from guben.kit.days import MONTHS_IN
from guben.organisations.models import Organisation
from guben.rulebook import conditions
from guben.rulebook.checking import mistakes_of_paste
from guben.rulebook.composing import dated, entry, named
from guben.rulebook.errors import BadCondition
from guben.rulebook.models import RuleForm
from guben.rulebook.naming import name_of
from guben.rulebook.queries import library
from guben.rulebook.rule_fields import Day, RuleFields, Words, expression, plain_value
from guben.rulebook.writing import PARTS, toml
from guben.rulebook_engine.entries import Indicator
from guben.rulebook_engine.facts import catalogue

EVERY = (
    ("month", gettext_lazy("每月")),
    ("quarter", gettext_lazy("每季度")),
    ("half_year", gettext_lazy("每半年")),
    ("year", gettext_lazy("每年")),
)
QUORUMS = (
    ("half", gettext_lazy("到会不少于应到的一半")),
    ("more_than_half", gettext_lazy("到会超过应到的一半")),
    ("two_thirds", gettext_lazy("到会不少于应到的三分之二")),
    ("all", gettext_lazy("应到的都到会")),
    ("somebody", gettext_lazy("有人到会就行")),
)
MEASURES = (
    ("share", gettext_lazy("占比：符合条件的占多少")),
    ("count", gettext_lazy("数目：符合条件的有几个")),
    ("mean", gettext_lazy("平均：某一列的平均数")),
    ("sum", gettext_lazy("合计：某一列加起来")),
    ("min", gettext_lazy("最小：某一列的最小值")),
    ("max", gettext_lazy("最大：某一列的最大值")),
)
LINE_SIGNS = (
    ("<=", gettext_lazy("不超过")),
    (">=", gettext_lazy("不低于")),
    ("<", gettext_lazy("低于")),
    (">", gettext_lazy("超过")),
)
SEVERITIES = (("low", gettext_lazy("提醒")), ("medium", gettext_lazy("越线")), ("high", gettext_lazy("越线，重")))
SIGN_WORDS = (
    ("=", gettext_lazy("等于")),
    ("<>", gettext_lazy("不等于")),
    ("<", gettext_lazy("小于")),
    ("<=", gettext_lazy("不大于")),
    (">", gettext_lazy("大于")),
    (">=", gettext_lazy("不小于")),
    (conditions.ABSENT, gettext_lazy("没有填")),
    (conditions.PRESENT, gettext_lazy("填了")),
)
NOT_ANSWERABLE = {"administrator", "operator", "auditor", "statistician", "inspector", "organiser", "member"}
WHERE_ROWS, WHAT_ROWS = 3, 2
MOST_TEXT = 100_000


class DutyForm(RuleFields):
    """A meeting to be held: which, how often, with how many, and how long it takes."""

    form_kind = RuleForm.DUTY

    meeting = forms.ChoiceField(label=gettext_lazy("开什么会"))
    every = forms.ChoiceField(label=gettext_lazy("多久一次"), choices=EVERY)
    times = forms.IntegerField(label=gettext_lazy("每期几次"), min_value=1, max_value=31, initial=1)
    due_after_days = forms.IntegerField(
        label=gettext_lazy("期末以后还给几天"), min_value=0, max_value=90, initial=0, required=False
    )
    quorum = forms.ChoiceField(label=gettext_lazy("到会多少才算"), choices=QUORUMS)
    has_minutes = forms.BooleanField(label=gettext_lazy("要有会议记录"), required=False)
    evidence_more = expression(
        gettext_lazy("记录还要符合（表达式）"), gettext_lazy("例如 present >= 5，按“会议”表的列写。")
    )
    minutes = forms.IntegerField(
        label=gettext_lazy("一次要花几分钟"),
        min_value=1,
        max_value=1440,
        help_text=gettext_lazy("从准备到记完。这个数算进每个组织的负担。"),
    )
    answerable = forms.ChoiceField(label=gettext_lazy("谁负责"))

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        meeting = catalogue.table("meeting")
        forms_held = meeting.column("form") if meeting else None
        codes = forms_held.values if forms_held else ()
        labels = forms_held.labels if forms_held else {}
        self._choose("meeting", [(code, labels.get(code, code)) for code in codes])
        self._choose("answerable", [(key, title_of(key)) for key in roles() if key not in NOT_ANSWERABLE])

    def _choose(self, name: str, choices: list[tuple[str, Any]]) -> None:
        found = self.fields[name]
        if isinstance(found, forms.ChoiceField):
            found.choices = choices

    def clean_more(self, cleaned: dict[str, Any]) -> None:
        self.check_expression("evidence_more", "meeting")
        cleaned["due_after_days"] = cleaned.get("due_after_days") or 0
        held = cleaned.get("times", 1) * 12 // MONTHS_IN.get(cleaned.get("every", ""), 12)
        if held * cleaned.get("minutes", 0) > 60 * 1000:
            self.add_error("minutes", _("照这样算一个组织一年要花一千多小时，核对次数和分钟。"))


class LineFields(forms.Form):
    """The line that is drawn on a figure."""

    line_sign = forms.ChoiceField(label=gettext_lazy("守住的线"), choices=LINE_SIGNS)
    line = forms.DecimalField(label=gettext_lazy("多少"), max_digits=12, decimal_places=4)
    line_unit = forms.ChoiceField(
        label=gettext_lazy("计量单位"),
        choices=(("percent", gettext_lazy("%（占比）")), ("plain", gettext_lazy("照数写"))),
    )
    severity = forms.ChoiceField(label=gettext_lazy("分量"), choices=SEVERITIES)
    remedy_zh = Words(label=gettext_lazy("越线了怎么办"), max_length=300)
    remedy_en = Words(label=gettext_lazy("怎么办（英文）"), required=False, max_length=600)

    def clean_line(self) -> Decimal:
        line: Decimal = self.cleaned_data["line"]
        if abs(line) > 10**9:
            raise ValidationError(_("这个数太大。"))
        return line


class LineForm(LineFields, RuleFields):
    """A line on a figure that is there already."""

    form_kind = RuleForm.LINE

    indicator = forms.ChoiceField(label=gettext_lazy("用哪个指标"))

    def __init__(self, *args: Any, indicators: list[Indicator] | None = None, **more: Any) -> None:
        super().__init__(*args, **more)
        found = self.fields["indicator"]
        if isinstance(found, forms.ChoiceField):
            found.choices = [(one.key, one.title.say(get_language() or "zh")) for one in indicators or _indicators()]


def _indicators() -> list[Indicator]:
    return list(
        {entry.key: entry for entry in library() if isinstance(entry, Indicator) and entry.is_national}.values()
    )


class MeasureFields(forms.Form):
    """A figure over the rows of one fact table, picked from its columns or written out."""

    measure = forms.ChoiceField(label=gettext_lazy("怎么算"), choices=MEASURES)
    measured = forms.ChoiceField(label=gettext_lazy("哪一列（平均、合计、最大、最小用）"), required=False)
    where_text = expression(gettext_lazy("还只算（表达式）"))
    what_text = expression(gettext_lazy("还要数（表达式）"))
    value_text = expression(gettext_lazy("整个算式（表达式，写了就不看上面的）"), gettext_lazy("例如 share(age <= 35)"))
    scope = forms.ChoiceField(
        label=gettext_lazy("范围"),
        choices=(("own", gettext_lazy("只算本级")), ("subtree", gettext_lazy("本级和所有下级合在一起"))),
    )


class IndicatorForm(MeasureFields, RuleFields):
    """A new figure."""

    form_kind = RuleForm.INDICATOR

    def __init__(self, *args: Any, over: str = "member", **more: Any) -> None:
        super().__init__(*args, **more)
        self.table = catalogue.table(over) or next(iter(catalogue))
        self.over = self.table.name
        names = [(column.name, f"{name_of(column)} {column.name}") for column in self.table.all_columns]
        numbers = [c for c in self.table.all_columns if c.type in ("integer", "number", "age")]
        measured = self.fields["measured"]
        if isinstance(measured, forms.ChoiceField):
            measured.choices = [("", "—"), *((column.name, f"{name_of(column)} {column.name}") for column in numbers)]
        for group, rows in (("where", WHERE_ROWS), ("what", WHAT_ROWS)):
            for number in range(1, rows + 1):
                self._add_row(f"{group}_{number}", names)
        self.fields["kinds"].required = False

    def _add_row(self, name: str, columns: list[tuple[str, str]]) -> None:
        row = {
            f"{name}_column": forms.ChoiceField(label=_("哪一列"), required=False, choices=[("", "—"), *columns]),
            f"{name}_sign": forms.ChoiceField(label=_("怎么比"), required=False, choices=SIGN_WORDS),
            f"{name}_value": Words(label=_("和什么比"), required=False, max_length=60),
        }
        self.fields.update(row)

    def rows(self) -> dict[str, list[list[forms.BoundField]]]:
        """The picked conditions, as the page shows them."""
        return {
            group: [[self[f"{group}_{n}_{part}"] for part in ("column", "sign", "value")] for n in range(1, rows + 1)]
            for group, rows in (("where", WHERE_ROWS), ("what", WHAT_ROWS))
        }

    def clean_more(self, cleaned: dict[str, Any]) -> None:
        super().clean_more(cleaned)
        for group, rows in (("where", WHERE_ROWS), ("what", WHAT_ROWS)):
            picked = [self._condition(cleaned, f"{group}_{number}") for number in range(1, rows + 1)]
            self.check_expression(f"{group}_text", self.over)
            cleaned[group] = conditions.joined([*picked, str(cleaned.get(f"{group}_text") or "").strip()])
        self.check_expression("value_text", self.over, "figure")
        cleaned["over"] = self.over
        if cleaned.get("value_text"):
            return
        how = cleaned.get("measure")
        if how in ("mean", "sum", "min", "max") and not cleaned.get("measured"):
            self.add_error("measured", _("选一列来算。"))
        if how == "share" and not cleaned["what"]:
            self.add_error("what_1_column", _("占比要说明数的是什么，选一列写上条件。"))

    def _condition(self, cleaned: dict[str, Any], name: str) -> str:
        column = cleaned.get(f"{name}_column")
        if not column:
            return ""
        try:
            sign, typed = cleaned.get(f"{name}_sign") or "", cleaned.get(f"{name}_value") or ""
            return conditions.condition(self.table, column, sign, typed)
        except BadCondition as fault:
            self.add_error(f"{name}_value", str(fault))
            return ""


class StandardForm(LineFields, IndicatorForm):
    """A new figure and the line on it."""

    form_kind = RuleForm.STANDARD


class TextForm(forms.Form):
    """A rulebook as TOML, pasted or uploaded, with its paper and its days."""

    form_kind = RuleForm.TEXT

    text = forms.CharField(
        label=gettext_lazy("制度文件"),
        required=False,
        strip=False,
        max_length=MOST_TEXT,
        widget=forms.Textarea(attrs={"rows": 18, "spellcheck": "false"}),
        help_text=gettext_lazy("贴上整份 TOML，或在下面选文件。机关和起止以这张表为准。"),
    )
    file = forms.FileField(label=gettext_lazy("或者选一个文件"), required=False)
    examples = forms.CharField(
        label=gettext_lazy("例子"),
        required=False,
        strip=False,
        max_length=MOST_TEXT,
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false"}),
        help_text=gettext_lazy("[[example]] 一个一个写；公布以前都要通过。"),
    )
    paper = Words(label=gettext_lazy("文号"), max_length=80, help_text=gettext_lazy("例如：青党发〔2026〕12号"))
    from_on = Day(
        label=gettext_lazy("哪天起施行"), help_text=gettext_lazy("今天或以后。留几天，写错了还能在施行以前撤回。")
    )
    until_on = Day(
        label=gettext_lazy("到哪天为止"), required=False, help_text=gettext_lazy("这一天起不再施行；不填就一直有效。")
    )

    def __init__(self, data: Any = None, *, unit: Organisation, keys: tuple[str, str] | None = None, **more: Any):
        super().__init__(data, **more)
        self.unit, self.keys = unit, keys
        self.written_text = ""

    first_values = RuleFields.first_values

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        given, day = self._given(cleaned), cleaned.get("from_on")
        if self.errors or day is None:
            return cleaned
        for fault in mistakes_of_paste(given):
            self.add_error("text", fault)
        if not self.errors:
            cleaned["text"] = given
            self.written_text = self._canonical(given, day, cleaned.get("until_on"))
        return cleaned

    @property
    def title(self) -> str:
        return str(tomllib.loads(self.written_text)["rulebook"]["title"]["zh"])

    def kept(self) -> dict[str, Any]:
        return {name: plain_value(item) for name, item in self.cleaned_data.items() if name != "file"}

    def _given(self, cleaned: dict[str, Any]) -> str:
        upload = self.files.get("file")
        if upload is None:
            given = str(cleaned.get("text") or "")
            if not given.strip() and "text" not in self.errors:
                self.add_error("text", _("贴上制度文件，或者选一个文件。"))
            return given
        if (upload.size or 0) > MOST_TEXT:
            self.add_error("file", _("文件太大，最多%(most)s个字。") % {"most": MOST_TEXT})
            return ""
        try:
            given = str(upload.read(), "utf-8-sig")
        except UnicodeDecodeError:
            self.add_error("file", _("这个文件不是 UTF-8 文字。另存为 UTF-8 再选。"))
            return ""
        if "\x00" in given:
            self.add_error("file", _("这个文件不是文字。"))
        return given

    def _canonical(self, given: str, from_on: date, until_on: date | None) -> str:
        """The same rules, written by us: with the issuer and the days that the form says."""
        data = tomllib.loads(given)
        header = named(data["rulebook"])
        parts = {
            kind: [dated(entry(raw, header), from_on, until_on) for raw in data.get(kind, [])]
            for kind in (*PARTS, "role")
        }
        if parts["role"]:
            self.add_error("text", _("角色和权限不能在这里定，去掉 [[role]]。"))
        key = self.keys[0] if self.keys else header["key"]
        header = {name: item for name, item in header.items() if name not in ("issued-by", "from")}
        return toml({**header, "key": key, "issued-by": self.unit.code, "from": from_on}, parts)


FORMS: dict[str, type[RuleFields] | type[TextForm]] = {
    RuleForm.DUTY: DutyForm,
    RuleForm.LINE: LineForm,
    RuleForm.STANDARD: StandardForm,
    RuleForm.INDICATOR: IndicatorForm,
    RuleForm.TEXT: TextForm,
}


class EndForm(forms.Form):
    """The day from which a rule no longer holds, and the paper that says so."""

    until_on = Day(label=gettext_lazy("哪天起废止"), help_text=gettext_lazy("这一天起不再施行；以前的日子不受影响。"))
    paper = Words(label=gettext_lazy("废止文号"), max_length=80, help_text=gettext_lazy("例如：青党发〔2026〕30号"))

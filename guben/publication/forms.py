"""Forms of publication: text into values."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from guben.access.roles import roles_with, title_of
from guben.kit.days import Period, parse_period
from guben.members.models import Person
from guben.organisations.models import Organisation
from guben.publication import policy
from guben.publication.choices import Audience, Finding, Way
from guben.publication.models import Notice

MOST = 10_000


def day_input() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def long_text(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class FilterForm(forms.Form):
    """The filters of the list; what cannot be read is left out."""

    state = forms.ChoiceField(
        label=_("状态"),
        required=False,
        choices=[
            ("", _("全部")), ("hanging", _("公示中")), ("over", _("已满期")), ("taken_down", _("提前撤下")),
            ("open", _("有反映没有处理完")),
        ],
    )  # fmt: skip


class NoticeForm(forms.Form):
    """A notice that belongs to no case."""

    title = forms.CharField(label=_("标题"), max_length=120, help_text=_("说清公示什么，例如：拟发放困难补助名单。"))
    text = forms.CharField(label=_("正文"), max_length=MOST, widget=long_text(6))
    lines = forms.CharField(
        label=_("列出的内容"),
        required=False,
        max_length=MOST,
        widget=long_text(4),
        help_text=_("一行一项，写成“名称：内容”。只写必须公开的，不写身份证和手机号码。"),
    )
    person = forms.ModelChoiceField(
        Person.objects.none(),
        label=_("公示对象"),
        required=False,
        help_text=_("写了对象，他本人就不能处理这个公示的反映。"),
    )
    audience = forms.ChoiceField(
        label=_("对谁公开"),
        choices=Audience.choices,
        help_text=_("比“本组织党员”更宽的，姓名自动写成“李某”。"),
    )
    posted_on = forms.DateField(label=_("哪天贴出"), widget=day_input())
    working_days = forms.IntegerField(label=_("公示几个工作日"), min_value=1, max_value=365, initial=5)
    objections_to = forms.ChoiceField(label=_("谁受理反映"))
    answer_days = forms.IntegerField(label=_("几个工作日内答复"), min_value=1, max_value=365, initial=10)
    channel = forms.CharField(
        label=_("反映渠道"), required=False, max_length=200, help_text=_("办公室地点、办公电话，印在公示上。")
    )
    places = forms.CharField(
        label=_("张贴地点"), required=False, max_length=600, widget=long_text(2), help_text=_("一行一处。")
    )
    source = forms.CharField(label=_("依据"), required=False, max_length=200)

    def __init__(self, unit: Organisation, *args: Any, sees_people: bool, **more: Any) -> None:
        super().__init__(*args, **more)
        role: Any = self.fields["objections_to"]
        role.choices = [(key, title_of(key)) for key in roles_with(policy.RECEIVE)]
        role.initial = "discipline_officer"
        person: Any = self.fields["person"]
        if sees_people:
            person.queryset = Person.objects.filter(
                affiliations__organisation=unit, affiliations__until_on=None
            ).order_by("pinyin", "pk")
        else:
            del self.fields["person"]

    def clean_lines(self) -> list[tuple[str, str]]:
        found = []
        for line in self.cleaned_data["lines"].splitlines():
            if not line.strip():
                continue
            label, sign, value = (
                line.replace(":", "：", 1).partition("：") if "：" not in line else line.partition("：")
            )
            if not sign or not label.strip():
                raise forms.ValidationError(
                    gettext("“%(line)s”没有冒号。写成“名称：内容”。") % {"line": line.strip()[:40]}
                )
            found.append((label.strip(), value.strip()))
        return found

    def clean_places(self) -> list[str]:
        return [line.strip() for line in self.cleaned_data["places"].splitlines() if line.strip()]


class ReasonForm(forms.Form):
    """Why something is taken down or withdrawn."""

    reason = forms.CharField(label=_("原因"), max_length=200, help_text=_("历史里看得到。"))


class ObjectionForm(forms.Form):
    """An objection on line."""

    text = forms.CharField(
        label=_("要反映的情况"),
        max_length=MOST,
        widget=long_text(8),
        help_text=_("写明什么事、什么时候、谁知道。越具体越好核实。"),
    )
    author = forms.CharField(
        label=_("您的姓名和联系方式"),
        required=False,
        max_length=200,
        help_text=_("可以不写。写了，只有受理的人看得到，便于向您核实。"),
    )


class ReceivedForm(ObjectionForm):
    """An objection that was brought, sent or told."""

    received_on = forms.DateField(label=_("收到日期"), widget=day_input())
    way = forms.ChoiceField(label=_("方式"), choices=[one for one in Way.choices if one[0] != Way.ONLINE])
    field_order = ("received_on", "way", "text", "author")

    def __init__(self, notice: Notice, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.notice = notice
        self.fields["author"].label = _("反映人和联系方式")
        self.fields["author"].help_text = _("不署名的空着。封存保管，只有受理的人看得到。")
        self.fields["text"].help_text = _("照原话记。封存保管，只有受理的人看得到。")


class DecisionForm(forms.Form):
    """What became of an objection."""

    finding = forms.ChoiceField(label=_("处理结果"), choices=Finding.choices, widget=forms.RadioSelect)
    answer = forms.CharField(
        label=_("给反映人的答复"),
        max_length=MOST,
        widget=long_text(5),
        help_text=_("反映人凭回执在网上看得到。不写别人的个人信息。"),
    )
    decided_on = forms.DateField(label=_("处理日期"), widget=day_input())


class ReceiptForm(forms.Form):
    """The receipt somebody typed."""

    receipt = forms.CharField(
        label=_("回执号"), max_length=40, widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"})
    )


class PublishForm(forms.Form):
    """Something a unit makes public, under a matter of its catalogue or besides it."""

    rule = forms.ChoiceField(label=pgettext_lazy("an item", "公开事项"), required=False)
    title = forms.CharField(label=_("标题"), max_length=120)
    text = forms.CharField(
        label=_("正文"),
        max_length=MOST,
        widget=long_text(8),
        help_text=_("写给党员和群众看：数字、日期、结果。不写身份证和手机号码；涉密的不公开。"),
    )
    audience = forms.ChoiceField(label=_("对谁公开"), choices=Audience.choices)
    published_on = forms.DateField(label=_("公开日期"), widget=day_input())
    period = forms.CharField(
        label=_("属于哪一期"),
        required=False,
        max_length=10,
        help_text=_("补以前的才写，例如2025、2026-H1。空着就算公开日期那一期。"),
    )
    until_on = forms.DateField(
        label=_("到哪天撤下"), required=False, widget=day_input(), help_text=_("空着就一直公开。")
    )

    def __init__(self, matters: list[tuple[str, str]], *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        rule: Any = self.fields["rule"]
        rule.choices = [("", gettext("目录以外的")), *matters]

    def clean_period(self) -> Period | None:
        typed = self.cleaned_data["period"].strip()
        try:
            return parse_period(typed) if typed else None
        except ValueError as error:
            raise forms.ValidationError(gettext("看不懂这一期。写2026、2026-H1、2026-Q2或2026-06。")) from error

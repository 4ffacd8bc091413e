"""Text to values for the pages of the tree. What is allowed is decided by the actions."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from guben.organisations.choices import Condition, Field, Kind, PostKind, Tenure, Territory


class Day(forms.DateInput):
    """A day, written as the browser's own date field wants it."""

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


def day_field(label: Any, *, required: bool = True, help_text: Any = "") -> forms.DateField:
    return forms.DateField(
        label=label,
        required=required,
        help_text=help_text,
        widget=Day(),
        error_messages={"invalid": _("这不是日期。按 2026-06-30 的样子写。")},
    )


def _or_all(choices: Any, label: Any) -> list[tuple[Any, Any]]:
    return [("", label), *choices]


class TreeForm(forms.Form):
    """What the tree page is asked for: a text, a kind, a field, a day."""

    q = forms.CharField(label=_("名称或代码"), required=False, max_length=60)
    kind = forms.ChoiceField(label=_("类别"), required=False, choices=_or_all(Kind.choices, _("全部类别")))
    field = forms.ChoiceField(label=_("领域"), required=False, choices=_or_all(Field.choices, _("全部领域")))
    on = day_field(_("看哪一天"), required=False)

    def __init__(self, data: Any, *, today: date) -> None:
        super().__init__(data)
        self.today = today
        self.fields["q"].widget.input_type = "search"
        self.fields["q"].widget.attrs["placeholder"] = _("名称或代码")
        self.fields["on"].widget.attrs["max"] = today.isoformat()

    def clean_on(self) -> date | None:
        on: date | None = self.cleaned_data["on"]
        if on and on > self.today:
            raise forms.ValidationError(_("%(day)s还没有到，看不到那天的组织。"), params={"day": on.isoformat()})
        return on

    @property
    def is_filtered(self) -> bool:
        return any(self.cleaned_data.get(name) for name in ("q", "kind", "field"))


class PaperForm(forms.Form):
    """The day and the paper of an act."""

    effective_on = day_field(_("生效日期"))
    paper = forms.CharField(label=_("批复文号"), required=False, max_length=80, help_text=_("例如：清党复〔2026〕12号"))


class FoundForm(forms.Form):
    """A new unit."""

    name = forms.CharField(label=_("名称"), max_length=120)
    short_name = forms.CharField(label=_("简称"), max_length=40, help_text=_("列表里用，不超过12个字最好读。"))
    code = forms.CharField(label=_("代码"), max_length=32, help_text=_("用过的代码不能再用，以后也不改。"))
    kind = forms.ChoiceField(label=_("组织类别"), choices=Kind.choices)
    field = forms.ChoiceField(label=_("所属领域"), choices=Field.choices)
    territory = forms.ChoiceField(
        label=_("所在层级"),
        required=False,
        choices=_or_all(Territory.choices, _("不是哪一级区划的组织")),
    )
    founded_on = day_field(_("成立日期"))
    kept_from = day_field(_("建账日"), required=False, help_text=_("此前的职责不算逾期，只算未建账。"))
    paper = forms.CharField(label=_("批复文号"), required=False, max_length=80, help_text=_("例如：清党复〔2026〕12号"))


class RenameForm(PaperForm):
    """Another name; kind and field where they changed with it."""

    name = forms.CharField(label=_("新名称"), max_length=120)
    short_name = forms.CharField(label=_("新简称"), max_length=40)
    kind = forms.ChoiceField(label=_("组织类别"), choices=Kind.choices)
    field = forms.ChoiceField(label=_("所属领域"), choices=Field.choices)
    territory = forms.ChoiceField(
        label=_("所在层级"),
        required=False,
        choices=_or_all(Territory.choices, _("不是哪一级区划的组织")),
    )
    field_order = ("name", "short_name", "kind", "field", "territory", "effective_on", "paper")


class MoveForm(PaperForm):
    """Another parent, by its code; the page offers those that are possible."""

    parent = forms.CharField(label=_("新的上级"), max_length=32, widget=forms.HiddenInput)
    note = forms.CharField(label=_("说明"), required=False, max_length=200)
    field_order = ("parent", "effective_on", "paper", "note")


class DissolveForm(PaperForm):
    """The end of a unit."""

    note = forms.CharField(label=_("说明"), required=False, max_length=200)


class KeepFromForm(forms.Form):
    """The day from which records are kept."""

    day = day_field(_("建账日"), required=False, help_text=_("空着就是还没有建账。"))


class TeamForm(forms.Form):
    """A newly elected team."""

    elected_on = day_field(_("选举日期"))
    term_months = forms.IntegerField(label=_("任期（月）"), min_value=1, max_value=120)
    seats = forms.IntegerField(label=_("职数"), min_value=1, max_value=60)


class PostForm(forms.Form):
    """A new post."""

    kind = forms.ChoiceField(label=_("职务"), choices=PostKind.choices)
    title = forms.CharField(
        label=_("职务名称"), required=False, max_length=60, help_text=_("和职务不同时才写，例如：兼居委会主任")
    )
    is_full_time = forms.BooleanField(label=_("专职"), required=False)
    on_grassroots_work = forms.BooleanField(label=_("直接从事基层党建"), required=False)
    from_on = day_field(_("从哪天起设"))


class GroupForm(forms.Form):
    """A new group."""

    name = forms.CharField(label=_("名称"), max_length=60, help_text=_("例如：第一党小组"))
    from_on = day_field(_("从哪天起设"))


class EndForm(forms.Form):
    """The first day without it."""

    on = day_field(_("从哪天起没有"))


class SiteForm(forms.Form):
    """What is known of a site."""

    name = forms.CharField(label=_("名称"), max_length=80)
    address = forms.CharField(label=_("地址"), required=False, max_length=120)
    area_m2 = forms.DecimalField(label=_("面积（平方米）"), min_value=Decimal("0.1"), max_digits=8, decimal_places=1)
    tenure = forms.ChoiceField(label=_("产权"), choices=Tenure.choices)
    lease_ends_on = day_field(_("租借到期"), required=False, help_text=_("租用或借用的才写。"))
    condition = forms.ChoiceField(label=_("房屋状况"), choices=Condition.choices)
    checked_on = day_field(_("最近检查"), required=False)


class NewSiteForm(SiteForm):
    """A site and the day from which it is used."""

    from_on = day_field(_("启用"))


class ChangeSiteForm(SiteForm):
    """Other facts about a site, from a day on."""

    on = day_field(
        _("从哪天起是这样"), required=False, help_text=_("以前的日子照旧。原来登记错了，写原来那次登记的起始日期。")
    )

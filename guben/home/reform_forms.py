"""Text to values for mergers and splits; what is allowed is decided by the acts themselves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from guben.members.models import Affiliation
from guben.organisations.carrying import Heir, Reform
from guben.organisations.choices import ActKind, Field, Kind, Territory
from guben.organisations.forms import day_field
from guben.organisations.models import Group, Organisation, Site

NEW = "new"
ENDS = ""
STAYS = "0"
NUMBERS = ("1", "2", "3")  # new units of one split
HANZI = {"1": "一", "2": "二", "3": "三"}
Choices = Sequence[tuple[str, Any]]


def _numeral(number: str) -> str:
    """一 in Chinese, 1 in English."""
    return HANZI[number] if (get_language() or "zh").startswith("zh") else number


class ReformForm(forms.Form):
    """The day, the paper and the reason of a merger or a split."""

    effective_on = day_field(_("生效日期"))
    paper = forms.CharField(label=_("批复文号"), max_length=80, help_text=_("例如：清党复〔2026〕12号"))
    note = forms.CharField(label=_("为什么"), max_length=200)
    grants = forms.BooleanField(label=_("原组织的授权一并转到新组织"), required=False)

    def choice(self, name: str, label: Any, choices: Choices, *, initial: str = "", required: bool = False) -> None:
        self.fields[name] = forms.ChoiceField(label=label, choices=choices, initial=initial, required=required)

    def chosen(self, prefix: str) -> dict[int, str]:
        """What was chosen for the rows of one kind, by their id; rows that end are left out."""
        start = len(prefix)
        return {
            int(name[start:]): value
            for name, value in self.cleaned_data.items()
            if name.startswith(prefix) and value not in (ENDS, None)
        }

    def fields_of(self, prefix: str) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name.startswith(prefix)]


class MergeForm(ReformForm):
    """Two or more units become one."""

    heir = forms.ChoiceField(label=_("合并成"), widget=forms.RadioSelect)
    name = forms.CharField(label=_("新组织的名称"), max_length=120, required=False)
    short_name = forms.CharField(label=_("新组织的简称"), max_length=40, required=False)
    code = forms.CharField(
        label=_("新组织的代码"),
        max_length=32,
        required=False,
        help_text=_("用过的代码不能再用，原组织的代码也不再用。"),
    )
    kind = forms.ChoiceField(label=_("组织类别"), choices=Kind.choices)
    field = forms.ChoiceField(label=_("所属领域"), choices=Field.choices)
    territory = forms.ChoiceField(
        label=_("所在层级"), required=False, choices=[("", _("不是哪一级区划的组织")), *Territory.choices]
    )
    keep_groups = forms.BooleanField(label=_("党小组照原样转到新组织"), required=False)

    def __init__(self, data: Any, *, units: Sequence[Organisation], **more: Any) -> None:
        super().__init__(data, **more)
        self.units = units
        own = [(str(unit.pk), gettext("“%(name)s”，其他组织并入它") % {"name": unit.name}) for unit in units]
        heir: Any = self.fields["heir"]
        heir.choices = [(NEW, _("一个新组织")), *own]
        parents = {unit.parent_id: unit.parent for unit in units if unit.parent}
        if len(parents) > 1:
            choices = [(str(pk), parent.name) for pk, parent in parents.items() if parent]
            self.choice("parent", _("新组织的上级"), choices, initial=choices[0][0], required=True)
        posts: Choices = [("carry", _("连同任职者转到新组织")), (ENDS, _("到那天结束"))]
        for number, unit in enumerate(units):
            label = gettext("%(name)s的岗位") % {"name": unit.short_name}
            self.choice(f"posts_{unit.pk}", label, posts, initial="carry" if number == 0 else ENDS)
        for site in Site.objects.filter(organisation__in=units, until_on=None).select_related("organisation"):
            label = f"{site.organisation.short_name}：{site.name}"
            kept: Choices = [("carry", _("转到新组织")), (ENDS, _("到那天停用"))]
            self.choice(f"site_{site.pk}", label, kept, initial="carry")

    def reform(self) -> Reform:
        """What was typed, as the paper would say it."""
        data = self.cleaned_data
        heir = _merged_into(data, self.units)
        parents = {str(unit.parent_id): unit.parent for unit in self.units}
        parent = parents.get(data.get("parent", ""), self.units[0].parent)
        groups = Group.objects.filter(organisation__in=self.units, until_on=None)
        below = Organisation.objects.filter(parent__in=self.units, dissolved_on=None)
        return Reform(
            kind=ActKind.MERGE,
            sources=tuple(self.units),
            heirs=(heir,),
            parent=parent,
            on=data["effective_on"],
            paper=data["paper"],
            note=data["note"],
            groups=dict.fromkeys(_keys(groups), 0) if data["keep_groups"] else {},
            posts=dict.fromkeys(self.chosen("posts_"), 0),
            sites=dict.fromkeys(self.chosen("site_"), 0),
            below=dict.fromkeys(_keys(below), 0),
            grants=data["grants"],
        )


def _merged_into(data: Mapping[str, Any], units: Sequence[Organisation]) -> Heir:
    existing = next((unit for unit in units if str(unit.pk) == data["heir"]), None)
    return Heir(unit=existing) if existing else _new(data, data["name"], data["short_name"], data["code"])


def _new(shape: Mapping[str, Any], name: str, short_name: str, code: str) -> Heir:
    return Heir(
        code=code.strip(),
        name=name.strip(),
        short_name=short_name.strip(),
        kind=shape["kind"],
        field=shape["field"],
        territory=shape["territory"],
    )


def _keys(rows: Any) -> list[int]:
    return list(rows.values_list("pk", flat=True))


class SplitForm(ReformForm):
    """One unit becomes two to four; it may go on itself."""

    stays = forms.BooleanField(
        label=_("原组织保留，只分出一部分"), required=False, help_text=_("不勾：原组织撤销，全部分到新组织。")
    )

    def __init__(self, data: Any, *, unit: Organisation, people: Sequence[Affiliation], **more: Any) -> None:
        super().__init__(data, **more)
        self.unit, self.people = unit, people
        goals: list[tuple[str, Any]] = [(STAYS, _("留在原组织"))]
        for number in NUMBERS:
            words = {"number": _numeral(number)}
            goals.append((number, gettext("新组织%(number)s") % words))
            self.fields[f"name_{number}"] = forms.CharField(
                label=gettext("新组织%(number)s的名称") % words, max_length=120, required=False
            )
            self.fields[f"short_{number}"] = forms.CharField(label=_("简称"), max_length=40, required=False)
            self.fields[f"code_{number}"] = forms.CharField(label=_("代码"), max_length=32, required=False)
            self.fields[f"list_{number}"] = forms.CharField(
                label=gettext("分到新组织%(number)s的人，一行一个姓名") % words,
                required=False,
                max_length=20_000,
                widget=forms.Textarea(attrs={"rows": 3}),
            )
        posts = [(ENDS, _("到那天结束")), *goals]
        self.choice("all_posts", _("岗位和任职"), posts, initial=STAYS)
        unset = [(ENDS, _("按人分")), *goals]
        for group in Group.objects.filter(organisation=unit, until_on=None):
            self.choice(f"group_{group.pk}", group.name, unset)
        for site in Site.objects.filter(organisation=unit, until_on=None):
            self.choice(f"site_{site.pk}", site.name, [(ENDS, _("到那天停用")), *goals], initial=STAYS)
        for below in unit.children.filter(dissolved_on=None).order_by("path"):
            self.choice(f"below_{below.pk}", below.name, [(ENDS, _("还没选")), *goals])
        for row in people:
            self.choice(f"person_{row.person_id}", row.person.name, [(ENDS, _("还没分")), *goals])

    def new_units(self) -> list[tuple[str, list[forms.BoundField]]]:
        """For each new unit its number and its fields."""
        return [(_numeral(n), [self[f"{part}_{n}"] for part in ("name", "short", "code", "list")]) for n in NUMBERS]

    def rows(self) -> list[tuple[Affiliation, forms.BoundField]]:
        return [(row, self[f"person_{row.person_id}"]) for row in self.people]

    def filled(self) -> tuple[dict[str, str], list[str]]:
        """Everybody's choice after the lists of names and the groups, and the names that were not found."""
        goes: dict[str, str] = {}
        for row in self.people:
            name = f"person_{row.person_id}"
            group = str(self.data.get(f"group_{row.group_id}", "")) if row.group_id else ""
            goes[name] = group or str(self.data.get(name, ""))
        unknown: list[str] = []
        for number in NUMBERS:
            for name in _names(str(self.data.get(f"list_{number}", ""))):
                same = [row for row in self.people if row.person.name == name]
                if len(same) == 1:
                    goes[f"person_{same[0].person_id}"] = number
                else:
                    unknown.append(name)
        return goes, unknown

    def reform(self) -> Reform:
        """What was typed, as the paper would say it; a choice of a unit that was not named stays unassigned."""
        data = self.cleaned_data
        heirs, places = self._heirs()
        group = {pk: places[value] for pk, value in self.chosen("group_").items() if value in places}
        posts = {self.unit.pk: places[data["all_posts"]]} if data["all_posts"] in places else {}
        return Reform(
            kind=ActKind.SPLIT,
            sources=(self.unit,),
            heirs=tuple(heirs),
            parent=self.unit.parent,
            on=data["effective_on"],
            paper=data["paper"],
            note=data["note"],
            people=_placed(self.chosen("person_"), places),
            groups=group,
            posts=posts,
            sites=_placed(self.chosen("site_"), places),
            below=_placed(self.chosen("below_"), places),
            grants=data["grants"],
        )

    def _heirs(self) -> tuple[list[Heir], dict[str, int]]:
        data, unit = self.cleaned_data, self.unit
        heirs: list[Heir] = []
        places: dict[str, int] = {}
        if data["stays"]:
            places[STAYS] = len(heirs)
            heirs.append(Heir(unit=unit))
        shape = {"kind": unit.kind, "field": unit.field, "territory": ""}
        for number in NUMBERS:
            typed = [data[f"{part}_{number}"] for part in ("name", "short", "code")]
            if any(one.strip() for one in typed):
                places[number] = len(heirs)
                heirs.append(_new(shape, *typed))
        return heirs, places


def _placed(chosen: Mapping[int, str], places: Mapping[str, int]) -> dict[int, int]:
    return {pk: places[value] for pk, value in chosen.items() if value in places}


def _names(text: str) -> Iterable[str]:
    return (
        name
        for part in text.replace("，", "\n").replace("、", "\n").replace(",", "\n").split("\n")
        if (name := part.strip())
    )


__all__ = ["MergeForm", "ReformForm", "SplitForm"]

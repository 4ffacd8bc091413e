"""Text to values for the pages of people. What is allowed is decided by the actions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from guben.members.actions import NewPerson
from guben.members.calculations import ADDRESS_ROOM, MOST_CORRECTION, TEXT_ROOM
from guben.members.choices import (
    ADDRESSES,
    EDUCATION,
    ETHNICITY,
    TEXTS,
    TYPED_WAYS,
    ContactWay,
    Degree,
    Occupation,
    Sex,
    StageKind,
    StandingKind,
    education_label,
)
from guben.members.models import Person
from guben.members.queries import Filters, RollEntry
from guben.organisations.models import Group, Organisation

ON_THE_WAY = (StageKind.APPLICANT, StageKind.ACTIVIST, StageKind.CANDIDATE)


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


def _educations() -> list[tuple[str, str]]:
    return [("", gettext("未填")), *((code, education_label(code)) for code in EDUCATION)]


class FilterForm(forms.Form):
    """What the list is narrowed to; the filters live in the address."""

    text = forms.CharField(label=_("姓名、拼音或首字母"), required=False, max_length=60)
    stage = forms.ChoiceField(
        label=_("人员类别"),
        required=False,
        choices=_or_all([c for c in StageKind.choices if c[0] != StageKind.ENDED], _("全部党员")),
    )
    standing = forms.ChoiceField(label=_("在册情况"), required=False, choices=_or_all(StandingKind.choices, _("全部")))
    age = forms.ChoiceField(
        label=_("年龄"),
        required=False,
        choices=[
            ("", _("全部")),
            ("45+", _("45岁及以上")),
            ("60+", _("60岁及以上")),
            ("35-", _("35岁及以下")),
            ("36-45", _("36—45岁")),
            ("46-54", _("46—54岁")),
            ("55-59", _("55—59岁")),
        ],
    )
    contact = forms.ChoiceField(
        label=_("联系"), required=False, choices=[("", _("全部")), ("overdue", _("逾期未联系"))]
    )
    # Reached from the bars of the structure page, and shown as filters that are set.
    sex = forms.ChoiceField(label=_("性别"), required=False, choices=_or_all(Sex.choices, ""), widget=forms.HiddenInput)
    ethnicity = forms.ChoiceField(
        label=_("民族"),
        required=False,
        choices=[("", ""), ("han", _("汉族")), ("minority", _("少数民族"))],
        widget=forms.HiddenInput,
    )
    education = forms.ChoiceField(label=_("学历"), required=False, widget=forms.HiddenInput)
    occupation = forms.ChoiceField(
        label=_("职业"),
        required=False,
        choices=_or_all([*Occupation.choices, ("unknown", _("职业未填"))], ""),
        widget=forms.HiddenInput,
    )

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        educations = [(code, education_label(code)) for code in EDUCATION]
        self.fields["education"].choices = [("", ""), *educations, ("unknown", gettext("学历未填"))]  # type: ignore[attr-defined]
        self.fields["text"].widget.input_type = "search"

    def filters(self) -> Filters:
        """The filters that are understood; what is not is left out."""
        self.is_valid()
        return Filters(**{name: self.cleaned_data.get(name) or "" for name in Filters.__dataclass_fields__})

    def set_ones(self) -> list[tuple[str, str]]:
        """The filters that are set, as (field, words)."""
        words = []
        for name, value in self.filters().set_ones().items():
            choices = dict(getattr(self.fields[name], "choices", ()))
            words.append((name, str(choices.get(value, value))))
        return words


# The columns of the national list beyond what every branch knows of its people; the last two are sealed.
MORE = (
    "degree", "professional_post", "stratum", "is_migrant_worker", "service_correction", "home", "domicile",
)  # fmt: skip


class PersonFields(forms.Form):
    """What stands in everybody's record."""

    name = forms.CharField(label=_("姓名"), max_length=60)
    id_number = forms.CharField(
        label=_("公民身份号码"),
        required=False,
        max_length=30,
        help_text=_("18位。出生日期和性别由号码得出。"),
    )
    sex = forms.ChoiceField(label=_("性别"), required=False, choices=[("", _("由号码得出")), *Sex.choices])
    born_on = day_field(_("出生日期"), required=False)
    phone = forms.CharField(label=_("电话"), required=False, max_length=30)
    ethnicity = forms.ChoiceField(label=_("民族"), choices=list(ETHNICITY.items()), initial="01")
    education = forms.ChoiceField(label=_("学历"), required=False)
    degree = forms.ChoiceField(label=_("学位"), required=False, choices=_or_all(Degree.choices, _("没有或未填")))
    occupation = forms.ChoiceField(label=_("工作岗位"), required=False, choices=_or_all(Occupation.choices, _("未填")))
    professional_post = forms.CharField(
        label=TEXTS["professional_post"],
        required=False,
        max_length=TEXT_ROOM,
        help_text=_("写聘任的职务，例如“中学高级教师”。"),
    )
    stratum = forms.CharField(
        label=TEXTS["stratum"],
        required=False,
        max_length=TEXT_ROOM,
        help_text=_("从提示中选，或照全国系统里的写。"),
        widget=forms.TextInput(attrs={"list": "strata"}),
    )
    is_migrant_worker = forms.TypedChoiceField(
        label=_("是否农民工"),
        required=False,
        choices=[("", _("未填")), ("1", _("是")), ("0", _("否"))],
        coerce=lambda text: text == "1",
        empty_value=None,
    )
    service_correction = forms.IntegerField(
        label=_("党龄校正值"),
        required=False,
        min_value=-MOST_CORRECTION,
        max_value=MOST_CORRECTION,
        help_text=_("整数，照全国系统里的写。"),
        error_messages={"invalid": _("这不是整数。照全国系统里的写，例如2。")},
    )
    home = forms.CharField(label=ADDRESSES["home"], required=False, max_length=ADDRESS_ROOM)
    domicile = forms.CharField(label=ADDRESSES["domicile"], required=False, max_length=ADDRESS_ROOM)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["education"].choices = _educations()  # type: ignore[attr-defined]
        for name in ("name", "id_number", "phone", *ADDRESSES):
            self.fields[name].widget.attrs["autocomplete"] = "off"
        self.fields["phone"].widget.attrs["inputmode"] = "tel"


class RegisterForm(PersonFields):
    """One new person on the roll of one branch."""

    stage = forms.ChoiceField(
        label=_("人员类别"),
        choices=[choice for choice in StageKind.choices if choice[0] != StageKind.ENDED],
        initial=StageKind.APPLICANT,
    )
    since_on = day_field(
        _("这一类别从哪天起"),
        help_text=_("申请人写递交申请书的日期，预备党员写支部大会通过的日期，正式党员写转正的日期。"),
    )
    joined_on = day_field(
        _("入党日期"), required=False, help_text=_("只有正式党员要填：支部大会通过接收为预备党员的日期。")
    )
    affiliated_on = day_field(_("编入本支部的日期"), required=False, help_text=_("空着就从上面最早的日期起。"))

    def __init__(self, *args: Any, unit: Organisation, groups: Sequence[Group], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.unit = unit
        if groups:
            self.fields["group"] = forms.TypedChoiceField(
                label=_("党小组"),
                required=False,
                coerce=int,
                empty_value=None,
                choices=[("", _("未编入党小组")), *((group.pk, group.name) for group in groups)],
            )

    def row(self) -> NewPerson:
        """The person to register."""
        data = self.cleaned_data
        stages = [(data["stage"], data["since_on"])]
        if data["stage"] == StageKind.FULL and data["joined_on"]:
            stages.insert(0, (StageKind.PROBATIONARY, data["joined_on"]))
        return NewPerson(
            name=data["name"],
            organisation_id=self.unit.pk,
            stages=tuple(stages),
            sex=data["sex"],
            born_on=data["born_on"],
            id_number=data["id_number"],
            phone=data["phone"],
            ethnicity=data["ethnicity"],
            education=data["education"],
            occupation=data["occupation"],
            affiliated_on=data["affiliated_on"],
            group_id=data.get("group"),
            **{name: data[name] for name in MORE},
        )


class ChangeForm(PersonFields):
    """The record of a person; numbers are not shown, and stay when left empty."""

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        kept = (
            "name",
            "sex",
            "born_on",
            "ethnicity",
            "education",
            "occupation",
            *(name for name in MORE if name not in ADDRESSES),
        )
        initial: dict[str, Any] = {name: getattr(person, name) for name in kept}
        if person.is_migrant_worker is not None:
            initial["is_migrant_worker"] = str(int(person.is_migrant_worker))
        super().__init__(*args, initial=initial, **kwargs)
        self.fields["sex"].choices = Sex.choices  # type: ignore[attr-defined]
        self.fields["sex"].required = self.fields["born_on"].required = True
        for name, mask in (("id_number", person.id_number_mask), ("phone", person.phone_mask)):
            self.fields[name].help_text = (
                gettext("现在是%(mask)s。不改就空着。") % {"mask": mask} if mask else gettext("还没有登记。")
            )
        for name in ADDRESSES:
            is_kept = getattr(person, f"{name}_cipher") is not None
            self.fields[name].help_text = gettext("已经登记，不改就空着。") if is_kept else gettext("还没有登记。")


class StandForm(forms.Form):
    """Where and how a member takes part, and who keeps contact."""

    kind = forms.ChoiceField(label=_("在册情况"), choices=StandingKind.choices)
    from_on = day_field(_("从哪天起"))
    contact_person = forms.TypedChoiceField(
        label=_("联系人"),
        required=False,
        coerce=int,
        empty_value=None,
        help_text=_("本支部的党员。在本地的不用联系人。"),
    )
    place = forms.CharField(label=_("去向"), required=False, max_length=60, help_text=_("写到市、县就够，例如“东莞”。"))

    def __init__(self, *args: Any, roll: Iterable[RollEntry], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = [(entry.person_id, entry.name) for entry in roll]
        self.fields["contact_person"].choices = [("", gettext("没有联系人")), *people]  # type: ignore[attr-defined]


class ContactForm(forms.Form):
    """One contact, in half a minute on the phone."""

    contacted_on = day_field(_("哪天联系的"))
    way = forms.ChoiceField(label=_("方式"), choices=TYPED_WAYS, widget=forms.RadioSelect, initial=ContactWay.TELEPHONE)
    note = forms.CharField(label=_("情况"), required=False, max_length=200, widget=forms.Textarea(attrs={"rows": 2}))


class StageForm(forms.Form):
    """What a person becomes, from a day."""

    kind = forms.ChoiceField(label=_("新的人员类别"), choices=StageKind.choices)
    from_on = day_field(_("从哪天起"))


class AffiliateForm(forms.Form):
    """To which branch and group a person belongs, from a day."""

    branch = forms.CharField(label=_("党支部代码"), max_length=32)
    group = forms.TypedChoiceField(label=_("党小组"), required=False, coerce=int, empty_value=None)
    from_on = day_field(_("从哪天起"))

    def __init__(self, *args: Any, groups: Sequence[Group], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["branch"].help_text = gettext("只调整党小组时不改。代码在支部页面的标题下。")
        names = [(group.pk, group.name) for group in groups]
        self.fields["group"].choices = [("", gettext("未编入党小组")), *names]  # type: ignore[attr-defined]


class AppointForm(forms.Form):
    """Who takes a post, from a day."""

    person = forms.TypedChoiceField(label=_("任职的人"), coerce=int, empty_value=None, widget=forms.RadioSelect)
    from_on = day_field(_("任职日期"))

    def __init__(self, *args: Any, people: Iterable[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].choices = list(people)  # type: ignore[attr-defined]


class RelieveForm(forms.Form):
    """From which day a person no longer holds a post."""

    until_on = day_field(_("免去日期"), help_text=_("从这天起不再任职。"))


class UnmaskForm(forms.Form):
    """Which number or address to open, and why."""

    field = forms.ChoiceField(
        choices=[("id_number", _("公民身份号码")), ("phone", _("电话")), *ADDRESSES.items()],
        error_messages={"invalid_choice": _("没有这一项。选要查看的一项。"), "required": _("没有选要查看哪一项。")},
    )
    reason = forms.CharField(label=_("查看原因"), max_length=100, widget=forms.TextInput(attrs={"list": "purposes"}))

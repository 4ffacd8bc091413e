"""How what is kept of a person is grouped: the fields of the forms, and what the page of the person shows."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from django import forms
from django.utils.translation import gettext as _

from guben.kit.days import completed_years
from guben.members.choices import STRATA, StageKind, education_label
from guben.members.forms import MORE
from guben.members.models import Person
from guben.members.queries import PersonRecord

Groups = list[tuple[str, list[Any]]]
Facts = list[tuple[str, str]]


class Shown(NamedTuple):
    """The groups of facts, those that are filled in, and what is not filled in, in words."""

    groups: list[tuple[str, Facts]]
    unknown: list[str]


def fields_to_register(form: forms.Form) -> Groups:
    """The fields without which nobody is registered, in groups, each with its title."""
    membership = ["stage", "since_on", "joined_on", "affiliated_on", *(["group"] if "group" in form.fields else [])]
    return _grouped(
        form,
        [
            (_("本人"), ["name", "id_number", "phone"]),
            (_("没有号码时填"), ["sex", "born_on"]),
            (_("情况"), ["ethnicity", "education", "occupation"]),
            (_("类别和支部"), membership),
        ],
    )


def more_fields(form: forms.Form) -> dict[str, Any]:
    """What may be added later; it opens by itself where one of it was refused or filled in."""
    fields = [form[name] for name in MORE]
    return {"fields": fields, "is_open": any(field.errors or field.data for field in fields)}


def fields_to_change(form: forms.Form) -> Groups:
    """All fields of a record, in groups, each with its title."""
    work = ["education", "degree", "occupation", "professional_post", "stratum", "is_migrant_worker"]
    return _grouped(
        form,
        [
            (_("本人"), ["name", "sex", "born_on", "ethnicity", "service_correction"]),
            (_("号码"), ["id_number", "phone"]),
            (_("住址"), ["home", "domicile"]),
            (_("学习和工作"), work),
        ],
    )


def strata() -> list[str]:
    """What may be offered under 新社会阶层类型."""
    return [_(name) for name in STRATA]


def facts_of(person: Person, record: PersonRecord) -> Shown:
    """What the page of a person shows; numbers masked, of the addresses only whether they are kept."""
    groups = [
        (_("本人"), [*_about_oneself(person, record), *_about_service(person, record)]),
        (_("学习和工作"), _about_work(person)),
        (_("号码和住址"), _about_numbers(person)),
    ]
    filled = [(title, [(name, text) for name, text in facts if text]) for title, facts in groups]
    may_be_none = (_("学位"), _("从事专业技术职务"), _("新社会阶层类型"), _("党龄校正值"))
    unknown = [name for _title, facts in groups for name, text in facts if not text and name not in may_be_none]
    return Shown([(title, facts) for title, facts in filled if facts], unknown)


def _about_oneself(person: Person, record: PersonRecord) -> Facts:
    born = _("%(day)s，%(age)d岁") % {"day": person.born_on.isoformat(), "age": record.age}
    return [
        (_("性别"), str(person.get_sex_display())),
        (_("出生日期"), born),
        (_("民族"), str(person.get_ethnicity_display())),
    ]


def _about_work(person: Person) -> Facts:
    migrant = {True: _("是"), False: _("否"), None: ""}[person.is_migrant_worker]
    return [
        (_("学历"), education_label(person.education)),
        (_("学位"), str(person.get_degree_display())),
        (_("工作岗位"), str(person.get_occupation_display())),
        (_("从事专业技术职务"), person.professional_post),
        (_("新社会阶层类型"), person.stratum),
        (_("是否农民工"), migrant),
    ]


def _about_service(person: Person, record: PersonRecord) -> Facts:
    """Counted from the day of full membership. Source: 党章 Art. 7."""
    full = next((row.from_on for row in record.stages if row.kind == StageKind.FULL), None)
    if record.stage is None or record.stage.kind != StageKind.FULL or full is None:
        return []
    years = _("%(years)d年") % {"years": completed_years(full, record.on)}
    correction = "" if person.service_correction is None else str(person.service_correction)
    return [(_("党龄"), years), (_("党龄校正值"), correction)]


def _about_numbers(person: Person) -> Facts:
    kept = _("已登记，不显示")
    return [
        (_("公民身份号码"), person.id_number_mask),
        (_("电话"), person.phone_mask),
        (_("现居住地"), kept if person.home_cipher else ""),
        (_("户籍所在地"), kept if person.domicile_cipher else ""),
    ]


def sealed_ones(person: Person) -> Facts:
    """What may be opened with a reason: the fields that are kept, with the words of their buttons."""
    ones = [
        ("id_number", _("查看身份号码"), person.id_number_mask),
        ("phone", _("查看电话"), person.phone_mask),
        ("home", _("查看现居住地"), person.home_cipher),
        ("domicile", _("查看户籍所在地"), person.domicile_cipher),
    ]
    return [(field, words) for field, words, kept in ones if kept]


def _grouped(form: forms.Form, groups: Iterable[tuple[str, list[str]]]) -> Groups:
    return [(title, [form[name] for name in names]) for title, names in groups]

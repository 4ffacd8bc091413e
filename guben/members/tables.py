"""The columns of the list of people in a workbook. Numbers are masked."""

from __future__ import annotations

from django.utils.translation import gettext as _

from guben.kit.tables import Written
from guben.members.choices import ETHNICITY, StageKind, StandingKind, education_label
from guben.members.queries import Row


def headers() -> list[str]:
    """The first line."""
    return [
        _("姓名"),
        _("党支部"),
        _("党小组"),
        _("性别"),
        _("出生日期"),
        _("年龄"),
        _("民族"),
        _("学历"),
        _("工作岗位"),
        _("人员类别"),
        _("入党日期"),
        _("转正日期"),
        _("在册情况"),
        _("联系人"),
        _("最近联系"),
        _("公民身份号码"),
        _("电话"),
    ]


def line(row: Row) -> list[Written]:
    """One person."""
    person = row.person
    return [
        person.name,
        person.unit_name,
        person.group_name or "",
        str(person.get_sex_display()),
        person.born_on,
        row.age,
        ETHNICITY.get(person.ethnicity, ""),
        education_label(person.education),
        str(person.get_occupation_display()),
        str(StageKind(person.stage).label),
        row.joined_on,
        row.full_on,
        str(StandingKind(person.standing).label),
        person.contact_name or "",
        row.last_contact_on,
        person.id_number_mask,
        person.phone_mask,
    ]

"""The list of cases as a sheet."""

from __future__ import annotations

from django.utils.translation import gettext as _

from guben.kit.tables import Written
from guben.procedures.listing import Row


def headers() -> list[str]:
    return [
        _("办件编号"),
        _("程序"),
        _("事由"),
        _("人员"),
        _("承办组织代码"),
        _("承办组织"),
        _("开始日期"),
        _("第几步"),
        _("当前步骤"),
        _("谁办"),
        _("最早"),
        _("期限"),
        _("状态"),
        _("办结日期"),
        _("办结结果"),
    ]


def line(row: Row) -> list[Written]:
    case = row.case
    return [
        case.number,
        row.procedure,
        case.title,
        case.person.name if case.person else "",
        case.organisation.code,
        case.organisation.name,
        case.begun_on,
        row.number,
        row.step,
        row.waits_for,
        case.opens_on,
        case.due_on,
        row.chip_words,
        case.ended_on,
        row.ended_as,
    ]

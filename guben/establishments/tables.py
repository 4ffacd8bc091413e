"""The columns of the list of establishments in a workbook."""

from __future__ import annotations

from django.utils.translation import gettext as _

from guben.establishments.queries import Row
from guben.kit.tables import Written


def headers() -> list[str]:
    """The first line."""
    return [
        _("名称"),
        _("统一社会信用代码"),
        _("类别"),
        _("所在地组织"),
        _("地址"),
        _("职工数"),
        _("已知党员数"),
        _("其中正式党员"),
        _("覆盖方式"),
        _("党组织"),
        _("党建指导员"),
        _("下一步"),
    ]


def line(row: Row) -> list[Written]:
    """One establishment."""
    one = row.establishment
    return [
        one.name,
        one.uscc or "",
        str(one.get_kind_display()),
        one.organisation.short_name,
        one.address,
        one.staff_count,
        row.members,
        row.full,
        row.way_words,
        row.cover_name,
        _("有") if row.has_instructor else _("没有"),
        str(row.step.label),
    ]

"""Taking the register of units out of the house: logged like every other act."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from guben.access import policy
from guben.accounts.models import User
from guben.audit import trail
from guben.organisations import queries
from guben.organisations.models import Organisation

Row = list[str | date | None]


@transaction.atomic
def export_units(unit: Organisation, *, on: date, by: User) -> tuple[list[str], list[Row]]:
    """The headers and one row for each unit that stood at or below this one on a day, in tree order.

    Raises:
        PermissionDenied, Http404: no `exports.run` at the unit.
    """
    policy.require(by, "exports.run", unit)
    headers = [
        _("代码"),
        _("名称"),
        _("简称"),
        _("上级代码"),
        _("上级"),
        _("组织类别"),
        _("所属领域"),
        _("所在层级"),
        _("成立日期"),
        _("建账日"),
    ]
    rows: list[Row] = [
        [
            place.organisation.code,
            place.name,
            place.short_name,
            place.parent.code if place.parent else "",
            place.parent.name if place.parent else "",
            place.get_kind_display(),
            place.get_field_display(),
            place.get_territory_display(),
            place.organisation.founded_on,
            place.organisation.kept_from,
        ]
        for place in queries.units_on(on, unit).filter(policy.within(by, "exports.run")).select_related("parent")
    ]
    trail.record(
        "organisations.exported",
        unit,
        by=by,
        organisation_id=unit.pk,
        right=policy.under_which_right(by, "exports.run", unit),
        details={"on": on.isoformat(), "rows": len(rows)},
    )
    return headers, rows

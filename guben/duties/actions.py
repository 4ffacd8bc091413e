"""Reminding units of what they still owe."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404
from django.utils.translation import gettext as _

from guben.access import policy
from guben.accounts.installation import today
from guben.accounts.models import User
from guben.audit import trail
from guben.duties import errors, queries
from guben.duties.models import Reminder
from guben.kit.days import parse_period
from guben.kit.errors import DomainError
from guben.organisations.models import Organisation


@dataclass(slots=True)
class RemindResult:
    """Who was reminded, and who was not and why."""

    sent: list[Reminder] = field(default_factory=list)
    refused: list[tuple[Organisation, str]] = field(default_factory=list)


@transaction.atomic
def remind(unit: Organisation, rule: str, period: str, *, by: User) -> Reminder:
    """Reminds a unit of one duty of one period (a label such as 2026-Q2), at most once a day.

    Raises:
        Http404, PermissionDenied: no `duties.remind` at the unit.
        NothingToRemind: the unit owes nothing there.
        RemindedToday: somebody reminded it today.
    """
    policy.require(by, "duties.remind", unit)
    day = today()
    if not _is_owed(unit, rule, period):
        raise errors.NothingToRemind(unit.short_name)
    reminder, is_new = Reminder.objects.get_or_create(
        organisation=unit, rule=rule, period=period, sent_on=day, defaults={"sent_by": by}
    )
    if not is_new:
        raise errors.RemindedToday(unit.short_name)
    trail.record(
        "duties.reminded",
        reminder,
        by=by,
        organisation_id=unit.pk,
        right=policy.under_which_right(by, "duties.remind", unit),
        details={"rule": rule, "period": period},
    )
    return reminder


@transaction.atomic
def remind_many(units: Iterable[Organisation], rule: str, period: str, *, by: User) -> RemindResult:
    """Reminds many units; one that is refused does not hold up the others."""
    result = RemindResult()
    for unit in units:
        try:
            with transaction.atomic():
                result.sent.append(remind(unit, rule, period, by=by))
        except DomainError as refusal:
            result.refused.append((unit, str(refusal)))
        except (PermissionDenied, Http404):
            result.refused.append((unit, _("您没有提醒%(unit)s的权限。") % {"unit": unit.short_name}))
    return result


@transaction.atomic
def export_items(
    unit: Organisation, below: Iterable[Organisation], *, first: date, by: User
) -> tuple[list[str], list[list[object]]]:
    """Every duty of a unit and the units below it since a day: headers, and one row for each.

    Raises:
        Http404, PermissionDenied: no `exports.run` at the unit.
    """
    policy.require(by, "exports.run", unit)
    units = [unit, *(one for one in below if policy.may(by, "exports.run", one))]
    headers = [
        _("代码"),
        _("组织"),
        _("事项"),
        _("依据"),
        _("哪一期"),
        _("期限"),
        _("状态"),
        _("哪天"),
        _("登记晚几天"),
        _("说明"),
    ]
    rows: list[list[object]] = [
        [
            item.unit.code,
            item.unit.name,
            queries.in_words(item.duty.title),
            item.duty.source_text,
            item.period.label,
            item.due_on,
            str(item.state.label),
            item.held_on,
            item.recorded_after_days,
            item.reason,
        ]
        for item in queries.items(units, today(), first=first)
    ]
    trail.record(
        "duties.exported",
        unit,
        by=by,
        organisation_id=unit.pk,
        right=policy.under_which_right(by, "exports.run", unit),
        details={"rows": len(rows)},
    )
    return headers, rows


def _is_owed(unit: Organisation, rule: str, label: str) -> bool:
    try:
        period = parse_period(label)
    except ValueError:
        return False
    found = queries.items([unit], today(), first=period.starts_on, last=period.ends_on, keys=[rule])
    return any(item.period == period and item.is_owed and not item.is_settled for item in found)

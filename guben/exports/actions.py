"""Taking sheets out of the house: asked for, written row by row, noted in the history before they can be fetched."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import BinaryIO, TypeVar

from django.db import transaction
from django.utils.translation import gettext as _

from guben.access import policy
from guben.accounts.installation import today
from guben.accounts.models import User
from guben.audit import trail
from guben.exports.choices import Format, What
from guben.exports.columns import headers
from guben.exports.errors import ReasonMissing, TooManyRows
from guben.exports.kinds import EXPORT, KIND, UNMASK
from guben.exports.plans import Plan
from guben.exports.rows import count_of, rows_of
from guben.jobs import actions as jobs
from guben.jobs.models import Job
from guben.kit.streaming import MAX_WORKBOOK_ROWS, write_csv, write_workbook
from guben.organisations.models import Organisation

SEE = {What.MEMBERS: "members.view", What.ORGANISATIONS: "units.view"}
REASON_LETTERS = 4
Progress = Callable[[int, int, str], None]
T = TypeVar("T")


def require(plan: Plan, unit: Organisation, by: User) -> None:
    """Lets pass who may take this sheet.

    Raises:
        PermissionDenied, Http404: no `exports.run`, not the right to see what it holds, or (for whole numbers) no
        `members.unmask` at the unit.
        ReasonMissing: whole numbers without a reason.
    """
    policy.require(by, EXPORT, unit)
    policy.require(by, SEE[What(plan.what)], unit)
    if plan.whole:
        policy.require(by, UNMASK, unit)
        if len(plan.reason.strip()) < REASON_LETTERS:
            raise ReasonMissing


@transaction.atomic
def start(plan: Plan, unit: Organisation, *, by: User) -> Job:
    """Queues the writing of a sheet.

    Raises:
        PermissionDenied, Http404, ReasonMissing: as `require`.
    """
    require(plan, unit, by)
    title = _("导出%(unit)s%(what)s") % {"unit": unit.short_name, "what": What(plan.what).label}
    return jobs.start(KIND, title, by, unit, {"at": unit.code, **plan.as_arguments()})


def write(plan: Plan, unit: Organisation, file: BinaryIO, *, by: User, progress: Progress | None = None) -> int:
    """Writes the sheet into an open file and returns how many rows it has. `note` goes before the file is handed out.

    Raises:
        TooManyRows: more than a workbook holds.
        PermissionDenied, Http404, ReasonMissing: as `require`.
    """
    require(plan, unit, by)
    on = today()
    total = count_of(plan, unit, by, on)
    if plan.format == Format.XLSX and total > MAX_WORKBOOK_ROWS:
        raise TooManyRows(total, MAX_WORKBOOK_ROWS)
    rows = _telling(rows_of(plan, unit, by, on), total, progress) if progress else rows_of(plan, unit, by, on)
    if plan.format == Format.XLSX:
        return write_workbook(file, headers(plan), rows, sheet_name=str(What(plan.what).label))
    return write_csv(file, headers(plan), rows, encoding="utf-8-sig" if plan.format == Format.CSV else "gb18030")


@transaction.atomic
def note(plan: Plan, unit: Organisation, rows: int, *, by: User) -> None:
    """Writes down that a sheet was taken: of which unit, with which columns, how many rows, and why with whole numbers.

    Source: 个人信息保护法 Art. 51, 54.
    """
    trail.record(
        f"exports.{plan.what}_whole" if plan.whole else f"exports.{plan.what}",
        unit,
        by=by,
        organisation_id=unit.pk,
        right=policy.under_which_right(by, UNMASK if plan.whole else EXPORT, unit),
        details={
            "rows": rows,
            "on": today().isoformat(),
            "columns": headers(plan),
            "format": plan.format,
            "reason": plan.reason.strip() if plan.whole else "",
        },
    )


def _telling(rows: Iterable[T], total: int, progress: Progress) -> Iterator[T]:
    for number, row in enumerate(rows, start=1):
        yield row
        progress(number, total, _("写出"))

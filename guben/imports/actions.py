"""Importing sheets: checked as a whole, then the good rows are saved: people in batches, units all or none."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from guben.access import policy
from guben.accounts import installation
from guben.accounts.models import User
from guben.audit import trail
from guben.imports import columns as c
from guben.imports import member_records, member_rows, unit_rows
from guben.imports.errors import DemoRefusesRosters, NothingToSave, RowNotSaved, SheetRefused
from guben.imports.layout import layout, named
from guben.imports.lines import Line, check_headers, lines_of, notes_on
from guben.imports.member_checks import Progress
from guben.imports.member_records import Plan as MemberPlan
from guben.imports.results import ImportResult
from guben.imports.saving import save_members
from guben.imports.scope import Scope
from guben.imports.table import Table
from guben.imports.unit_rows import UnitPlan
from guben.imports.withdrawable import note_registered
from guben.jobs import actions as jobs
from guben.jobs.models import Job, JobState
from guben.kit import collecting
from guben.kit.errors import DomainError
from guben.kit.tables import Sheet, UnreadableTable, read_sheet
from guben.members.choices import StageKind
from guben.organisations import actions as units
from guben.organisations.models import Organisation

RIGHTS = {"members": "members.change", "organisations": "units.change"}


def read(content: bytes, name: str = "", kind: str = "") -> Sheet:
    """The sheet of an uploaded file, with our headers in place of those that mean the same.

    Raises:
        SheetRefused: with a sentence that says how to save the file so that it can be read.
    """
    try:
        return read_sheet(content, name=name, layout=layout(kind))
    except UnreadableTable as cause:
        raise SheetRefused(cause) from cause


@collecting.put_off()
def import_members(
    sheet: Sheet,
    at: Organisation | None,
    by: User,
    *,
    dry_run: bool = False,
    progress: Progress | None = None,
    saved: Callable[[int], None] | None = None,
    job: Job | None = None,
) -> ImportResult:
    """Registers and updates the people of a roster at or below a unit (everywhere within reach without one).

    Rows are recognised by identity number, else by name, birth date and branch; so the same file again changes nothing,
    and goes on where an earlier run was interrupted. Saved in batches; `saved` is told how many rows are. Of a `job` is
    kept whom it registered, so that it can be withdrawn.

    Raises:
        DemoRefusesRosters, HeadersMissing, NoRows, RowNotSaved.
        PermissionDenied, Http404: no `imports.run` and `members.change` at the unit.

    Source: M1.1; 党员教育管理工作条例 Art. 25-26.
    """
    _refuse_in_open_demo()
    scope = Scope(by, at, RIGHTS["members"])
    report = progress or _silent
    sheet = _named(sheet, "members")
    check_headers(sheet, c.MEMBER_COLUMNS)
    table, today = Table(sheet, c.MEMBER_COLUMNS), installation.today()
    roster = member_rows.read_rows(table, scope, today, report)
    report(table.size, table.size, _("对照库里的记录"))
    plan = member_records.plan_for(roster, scope, by, today)
    notes = notes_on(sheet, c.MEMBER_COLUMNS) + _member_notes(sheet, plan)
    result = _member_result(table, plan, notes, dry_run=dry_run)
    if not dry_run and (plan.new or plan.updates):
        remember = partial(note_registered, job, by) if job else _nobody_asks
        save_members(plan, by, today, report, saved or _nobody_asks, remember)
        with transaction.atomic():
            _record("imports.members", at, by, result)
    return result


def import_organisations(
    sheet: Sheet,
    at: Organisation | None,
    by: User,
    *,
    dry_run: bool = False,
    progress: Progress | None = None,
    saved: Callable[[int], None] | None = None,
) -> ImportResult:
    """Founds and changes the units of a sheet below a unit; without one, within reach, and a root where allowed.

    Units are recognised by their code. What belongs to an act of its own (another parent, dissolving) is refused.

    Raises:
        DemoRefusesRosters, HeadersMissing, NoRows, RowNotSaved.
        PermissionDenied, Http404: no `imports.run` and `units.change` at the unit.

    Source: M2.1.
    """
    _refuse_in_open_demo()
    scope = Scope(by, at, RIGHTS["organisations"], may_be_empty=by.is_operator)
    report = progress or _silent
    lines, notes = lines_of(_named(sheet, "organisations"), c.UNIT_COLUMNS)
    rows = unit_rows.read_rows(lines, installation.today(), report)
    report(len(rows), len(rows), _("对照库里的记录"))
    plan = unit_rows.plan_for(rows, scope, by)
    result = _result(lines, plan, notes, unit_rows.shown_cells, dry_run=dry_run)
    if not dry_run and (plan.new or plan.updates):
        report(len(rows), len(rows), _("保存"))
        with transaction.atomic():
            units.found_many([row.new_unit() for row in plan.new], by=by)
            for row, unit, change in plan.updates:
                _change_unit(row, unit, change, by)
            _record("imports.organisations", at, by, result)
        (saved or _nobody_asks)(result.accepted + result.updated)
    return result


def start_preview(kind: str, at: Organisation | None, by: User, *, name: str, content: bytes) -> Job:
    """Keeps an upload and queues its check; nothing is saved before the reader confirms.

    Raises:
        SheetRefused, HeadersMissing, NoRows, DemoRefusesRosters, PermissionDenied, Http404: told before anything waits.
    """
    _refuse_in_open_demo()
    Scope.require(by, at, RIGHTS[kind], may_be_empty=kind == "organisations" and by.is_operator)
    lines_of(read(content, name, kind), c.COLUMNS[kind])
    arguments = {"at": at.code if at else "", "dry_run": True, "name": name[:120]}
    title = _("检查%(name)s") % {"name": name[:120]}
    return jobs.start(f"imports.{kind}", title, by, at, arguments, upload=(name, content))


def start_saving(preview: Job, *, by: User) -> Job:
    """Queues the saving of a file that was checked, without a second upload; asked twice it gives the same job.

    Raises:
        NothingToSave: the check found no good row.
    """
    with transaction.atomic():
        checked = Job.objects.select_for_update(no_key=True).get(pk=preview.pk, owner=by)
        saved = Job.objects.filter(pk=checked.result.get("saved_by"), owner=by).first()
        if saved and saved.state not in (JobState.FAILED, JobState.STOPPED):
            return saved
        if not (checked.result.get("accepted") or checked.result.get("updated")):
            raise NothingToSave
        upload = checked.arguments.get("upload_of") or str(checked.pk)
        arguments = {**checked.arguments, "dry_run": False, "upload_of": upload, "mends_of": str(checked.pk)}
        title = _("导入%(name)s") % {"name": checked.arguments["name"]}
        job = jobs.start(checked.kind, title, by, checked.organisation, arguments)
        checked.result["saved_by"] = str(job.pk)
        checked.save(update_fields=["result"])
    return job


def _refuse_in_open_demo() -> None:
    if not installation.roster_imports_open():
        raise DemoRefusesRosters


def _named(sheet: Sheet, kind: str) -> Sheet:
    try:
        return named(sheet, kind)
    except UnreadableTable as cause:
        raise SheetRefused(cause) from cause


def _nobody_asks(saved: object) -> None:
    """Nobody keeps account of what is saved."""


def _silent(done: int, total: int, message: str) -> None:
    """Nobody watches."""


def _member_result(table: Table, plan: MemberPlan, notes: Sequence[str], *, dry_run: bool) -> ImportResult:
    """Counts, faults in the order of the sheet, and the rows to show beside them."""
    table.in_order()
    rejected = sorted(table.faults)
    looked_at = [index for index in sorted(table.checks) if index not in table.faults]
    lines = {table.numbers[index]: table.line(index) for index in [*rejected, *looked_at]}
    return ImportResult(
        rows=table.size,
        accepted=len(plan.new),
        updated=len(plan.updates),
        unchanged=plan.unchanged,
        rejected_rows=len(rejected),
        faults=tuple(fault for index in rejected for fault in table.faults[index]),
        checks=tuple(check for index in looked_at for check in table.checks[index]),
        notes=tuple(notes),
        dry_run=dry_run,
        shown={number: member_rows.shown_cells(line) for number, line in lines.items()},
    )


def _result(
    lines: Sequence[Line],
    plan: UnitPlan,
    notes: Sequence[str],
    shown_cells: Callable[[Line], list[str]],
    *,
    dry_run: bool,
) -> ImportResult:
    """Counts, faults in the order of the sheet, and the rows to show beside them."""
    return ImportResult(
        rows=len(lines),
        accepted=len(plan.new),
        updated=len(plan.updates),
        unchanged=plan.unchanged,
        rejected_rows=sum(bool(line.faults) for line in lines),
        faults=tuple(fault for line in lines for fault in line.faults),
        checks=tuple(check for line in lines if not line.faults for check in line.checks),
        notes=tuple(notes),
        dry_run=dry_run,
        shown={line.number: shown_cells(line) for line in lines if line.faults or line.checks},
    )


def _member_notes(sheet: Sheet, plan: MemberPlan) -> list[str]:
    """What was assumed, in words: nothing is guessed silently."""
    notes = []
    stages, joined, full = (plan.roster[name] for name in ("stage", "joined_on", "full_on"))
    if c.ETHNIC not in sheet.headers and plan.new:
        notes.append(_("表里没有民族这一列，新登记的都按汉族。"))
    without_day = sum(full[row] is None and stages[row] == StageKind.FULL for row in plan.new)
    if without_day:
        sentence = ngettext(
            "%(count)d名正式党员没有转正日期，从入党日期起算正式党员。",
            "%(count)d名正式党员没有转正日期，从入党日期起算正式党员。",
            without_day,
        )
        notes.append(sentence % {"count": without_day})
    without_joining = sum(joined[row] is None for row in plan.new)
    if without_joining:
        sentence = ngettext(
            "%(count)d人还不是党员，表里没有列为这一类的日期，从今天算起。",
            "%(count)d人还不是党员，表里没有列为这一类的日期，从今天算起。",
            without_joining,
        )
        notes.append(sentence % {"count": without_joining})
    return notes


def _change_unit(row: unit_rows.UnitRow, unit: Organisation, change: dict[str, Any], by: User) -> None:
    shape = {name: value for name, value in change.items() if name != "kept_from"}
    try:
        if shape:
            units.rename(unit, effective_on=installation.today(), paper=row.paper, by=by, **shape)
        if "kept_from" in change:
            units.keep_from(unit, day=change["kept_from"], by=by)
    except DomainError as refused:
        raise RowNotSaved(row.line.number, refused) from refused


def _record(action: str, at: Organisation | None, by: User, result: ImportResult) -> None:
    right = policy.under_which_right(by, "imports.run", at) if at else ""
    organisation_id = at.pk if at else None
    trail.record(action, at or by, by=by, organisation_id=organisation_id, right=right, details=result.counts())

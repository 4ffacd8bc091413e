"""Importing sheets: checked as a whole, then the good rows are saved in one transaction, or nothing is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
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
from guben.imports.lines import Line, lines_of
from guben.imports.member_records import Plan as MemberPlan
from guben.imports.member_rows import MemberRow
from guben.imports.results import ImportResult
from guben.imports.scope import Scope
from guben.imports.unit_rows import UnitPlan
from guben.jobs import actions as jobs
from guben.jobs.models import Job
from guben.kit.errors import DomainError
from guben.kit.tables import Sheet, UnreadableTable, read_sheet
from guben.members import actions as people
from guben.members.actions import NewPerson
from guben.members.choices import StageKind, StandingKind
from guben.members.errors import RowRefused
from guben.members.models import Person, Standing
from guben.organisations import actions as units
from guben.organisations.models import Organisation

RIGHTS = {"members": "members.change", "organisations": "units.change"}


def read(content: bytes, name: str = "") -> Sheet:
    """The sheet of an uploaded file.

    Raises:
        SheetRefused: with a sentence that says how to save the file so that it can be read.
    """
    try:
        return read_sheet(content, name=name)
    except UnreadableTable as cause:
        raise SheetRefused(cause) from cause


def import_members(
    sheet: Sheet,
    at: Organisation | None,
    by: User,
    *,
    dry_run: bool = False,
    progress: member_rows.Progress | None = None,
) -> ImportResult:
    """Registers and updates the people of a roster at or below a unit (everywhere within reach without one).

    Rows are recognised by identity number, else by name, birth date and branch; so the same file again changes nothing.

    Raises:
        DemoRefusesRosters, HeadersMissing, NoRows, RowNotSaved.
        PermissionDenied, Http404: no `imports.run` and `members.change` at the unit.

    Source: M1.1; 党员教育管理工作条例 Art. 25-26.
    """
    _refuse_in_open_demo()
    scope = Scope(by, at, RIGHTS["members"])
    report = progress or _silent
    lines, notes = lines_of(sheet, c.MEMBER_COLUMNS)
    today = installation.today()
    rows = member_rows.read_rows(lines, scope, today, report)
    report(len(rows), len(rows), _("对照库里的记录"))
    plan = member_records.plan_for(rows, scope, by, today)
    notes += _member_notes(sheet, plan.new)
    result = _result(lines, plan, notes, member_rows.shown_cells, dry_run=dry_run)
    if not dry_run and (plan.new or plan.updates):
        report(len(rows), len(rows), _("保存"))
        with transaction.atomic():
            _register(plan.new, by)
            for update in plan.updates:
                _apply(update, by)
            _record("imports.members", at, by, result)
    return result


def import_organisations(
    sheet: Sheet,
    at: Organisation | None,
    by: User,
    *,
    dry_run: bool = False,
    progress: member_rows.Progress | None = None,
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
    lines, notes = lines_of(sheet, c.UNIT_COLUMNS)
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
    return result


def start_preview(kind: str, at: Organisation | None, by: User, *, name: str, content: bytes) -> Job:
    """Keeps an upload and queues its check; nothing is saved before the reader confirms.

    Raises:
        SheetRefused, HeadersMissing, NoRows, DemoRefusesRosters, PermissionDenied, Http404: told before anything waits.
    """
    _refuse_in_open_demo()
    Scope.require(by, at, RIGHTS[kind], may_be_empty=kind == "organisations" and by.is_operator)
    lines_of(read(content, name), c.COLUMNS[kind])
    arguments = {"at": at.code if at else "", "dry_run": True, "name": name[:120]}
    title = _("检查%(name)s") % {"name": name[:120]}
    return jobs.start(f"imports.{kind}", title, by, at, arguments, upload=(name, content))


def start_saving(preview: Job, *, by: User) -> Job:
    """Queues the saving of a file that was checked, without a second upload; asked twice it gives the same job.

    Raises:
        NothingToSave: the check found no good row.
    """
    with transaction.atomic():
        checked = Job.objects.select_for_update().get(pk=preview.pk, owner=by)
        if saved := Job.objects.filter(pk=checked.result.get("saved_by"), owner=by).first():
            return saved
        if not (checked.result.get("accepted") or checked.result.get("updated")):
            raise NothingToSave
        arguments = {**checked.arguments, "dry_run": False, "upload_of": str(checked.pk)}
        title = _("导入%(name)s") % {"name": checked.arguments["name"]}
        job = jobs.start(checked.kind, title, by, checked.organisation, arguments)
        checked.result["saved_by"] = str(job.pk)
        checked.save(update_fields=["result"])
    return job


def _refuse_in_open_demo() -> None:
    if not installation.roster_imports_open():
        raise DemoRefusesRosters


def _silent(done: int, total: int, message: str) -> None:
    """Nobody watches."""


def _result(
    lines: Sequence[Line],
    plan: MemberPlan | UnitPlan,
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


def _member_notes(sheet: Sheet, new: Sequence[MemberRow]) -> list[str]:
    """What was assumed, in words: nothing is guessed silently."""
    notes = []
    if c.ETHNIC not in sheet.headers and new:
        notes.append(_("表里没有民族这一列，新登记的都按汉族。"))
    without_day = sum(row.stage == StageKind.FULL and row.full_on is None for row in new)
    if without_day:
        sentence = ngettext(
            "%(count)d名正式党员没有转正日期，从入党日期起算正式党员。",
            "%(count)d名正式党员没有转正日期，从入党日期起算正式党员。",
            without_day,
        )
        notes.append(sentence % {"count": without_day})
    without_joining = sum(row.joined_on is None for row in new)
    if without_joining:
        sentence = ngettext(
            "%(count)d人还不是党员，表里没有列为这一类的日期，从今天算起。",
            "%(count)d人还不是党员，表里没有列为这一类的日期，从今天算起。",
            without_joining,
        )
        notes.append(sentence % {"count": without_joining})
    return notes


def _register(rows: Sequence[MemberRow], by: User) -> None:
    today = installation.today()
    try:
        people.register_many(
            [
                NewPerson(
                    name=row.name,
                    organisation_id=row.unit.pk if row.unit else 0,
                    stages=row.stages(today),
                    sex=row.sex,
                    born_on=row.born_on,
                    id_number=row.id_number,
                    phone=row.phone,
                    ethnicity=row.ethnicity or "01",
                    education=row.education,
                    occupation=row.occupation,
                    group_id=row.group.pk if row.group else None,
                    standing=row.standing or StandingKind.HOME,
                )
                for row in rows
            ],
            by=by,
        )
    except RowRefused as refused:
        raise RowNotSaved(rows[refused.row - 1].line.number, refused.reason) from refused


def _apply(update: member_records.Update, by: User) -> None:
    row, today = update.row, installation.today()
    person = Person.objects.get(pk=update.person_id)
    try:
        if update.change:
            person = people.change_person(person, by=by, **update.change)
        for kind, day in update.stages:
            people.enter_stage(person, kind, from_on=day, by=by)
        if update.new_group and row.unit:
            people.affiliate(person, row.unit, from_on=today, by=by, group=row.group)
        if update.standing:
            kept = Standing.objects.filter(person=person, until_on=None).first()
            people.take_standing(
                person,
                update.standing,
                from_on=today,
                by=by,
                contact_person=kept.contact_person if kept else None,
                place=kept.place if kept else "",
            )
    except DomainError as refused:
        raise RowNotSaved(row.line.number, refused) from refused


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

"""Mending the rows that a check refused: writing into them, leaving them out, checking again, taking up again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db import transaction
from django.utils.translation import gettext as _

from guben.accounts import installation
from guben.accounts.models import User
from guben.imports import actions, mends
from guben.imports.columns import COLUMNS
from guben.imports.errors import AllLeftOut, CheckedAgain, DemoRefusesRosters, NothingToTakeUp, UploadExpired
from guben.imports.mends import DRAFT_FILE, MENDED_FILE, Mends, RowMend
from guben.imports.scope import Scope
from guben.jobs import actions as jobs
from guben.jobs import files
from guben.jobs.models import Job, JobState
from guben.kit.tables import Sheet

WORKBOOK = "imports.workbook"
OVER = (JobState.FAILED, JobState.STOPPED)


@dataclass(frozen=True, slots=True)
class Written:
    """What the reader wrote into one row."""

    cells: Mapping[str, tuple[str, str]] = field(default_factory=dict)  # by header: what the check read, what it is now
    is_left_out: bool = False


def require(job: Job, by: User) -> None:
    """Lets pass the owner of an import who may still import there.

    Raises:
        DemoRefusesRosters, PermissionDenied, Http404.
    """
    kind = kind_of(job)
    if not installation.roster_imports_open():
        raise DemoRefusesRosters
    may_be_empty = kind == "organisations" and by.is_operator
    Scope.require(by, job.organisation, actions.RIGHTS[kind], may_be_empty=may_be_empty)


def kind_of(job: Job) -> str:
    """What the file holds: members or organisations."""
    return job.arguments.get("kind") or job.kind.removeprefix("imports.")


def sheet_of(job: Job) -> Sheet:
    """The sheet of an import job, with what was mended before the job was asked for.

    Raises:
        UploadExpired, SheetRefused.
    """
    content = files.read(mends.upload_of(job), job.arguments.get("sheet") or job.arguments["upload"])
    if content is None:
        raise UploadExpired
    sheet = actions.read(content, job.arguments["name"], kind_of(job))
    return mends.applied(sheet, mends.mends_of(job), COLUMNS[kind_of(job)])


def newest_check(job: Job) -> Job:
    """The newest check of the file that this job has checked or saved, those left aside that came to no end."""
    upload, own = mends.upload_of(job), Job.objects.filter(owner=job.owner)
    checks = own.filter(kind=f"imports.{kind_of(job)}", arguments__upload_of=str(upload), arguments__dry_run=True)
    newest = checks.exclude(state__in=OVER).order_by("-created_at").first()
    return newest or own.filter(pk=upload).first() or job


@transaction.atomic
def keep(check: Job, written: Mapping[int, Written], *, seen: int, by: User) -> list[int]:
    """Keeps what was written into rows of a check. `seen` is the revision of the draft that the reader saw.

    Rows that were written in another window since are not touched; their numbers come back.

    Raises:
        UploadExpired, DemoRefusesRosters, PermissionDenied, Http404.
    """
    require(check, by)
    _locked(check, by)
    draft = _draft(check)
    changed_since = []
    for number, row in written.items():
        now = draft.rows.get(number, RowMend())
        changed = {header: text for header, (read, text) in row.cells.items() if header in now.cells or text != read}
        after = now.cells | changed
        if (after, row.is_left_out) == (now.cells, now.is_left_out):
            continue
        if now.revision > seen:
            changed_since.append(number)
            continue
        draft.rows[number] = RowMend(after, row.is_left_out, draft.revision + 1)
    if any(row.revision > draft.revision for row in draft.rows.values()):
        draft.revision += 1
        _write(check, draft)
    return sorted(changed_since)


@transaction.atomic
def take_back(check: Job, number: int, *, by: User) -> None:
    """Puts a row that was left out back among those to import."""
    require(check, by)
    _locked(check, by)
    draft = _draft(check)
    if row := draft.rows.get(number):
        draft.revision += 1
        draft.rows[number] = RowMend(row.cells, is_left_out=False, revision=draft.revision)
        _write(check, draft)


@transaction.atomic
def check_again(check: Job, *, by: User) -> Job:
    """Queues a check of the same upload with all that was mended in it.

    Raises:
        CheckedAgain: another window was faster.
        AllLeftOut: not one row would be left.
        UploadExpired, DemoRefusesRosters, PermissionDenied, Http404.
    """
    require(check, by)
    upload = _locked(check, by)
    if newest_check(check).pk != check.pk:
        raise CheckedAgain
    draft = _draft(check)
    if draft.rows and len(draft.left_out()) >= _rows_of(check):
        raise AllLeftOut
    return _checked_with(check, upload, draft, by)


@transaction.atomic
def take_up(job: Job, *, by: User) -> Job:
    """Does again what was stopped or interrupted: the check, or the saving. What is saved already stays as it is.

    Raises:
        NothingToTakeUp: the job is still at work, or has ended well.
        UploadExpired, DemoRefusesRosters, PermissionDenied, Http404.
    """
    require(job, by)
    if job.state not in OVER:
        raise NothingToTakeUp
    if not job.arguments["dry_run"]:
        check = Job.objects.get(pk=job.arguments.get("mends_of") or mends.upload_of(job), owner=by)
        return actions.start_saving(check, by=by)
    upload = _locked(job, by)
    newest = newest_check(job)
    if newest.created_at > job.created_at:
        return newest
    return _checked_with(job, upload, mends.mends_of(job), by)


@transaction.atomic
def start_workbook(check: Job, *, by: User) -> Job:
    """Queues the workbook of all rows as they were read, with the faults marked; asked twice it gives the same job.

    Raises:
        UploadExpired, DemoRefusesRosters, PermissionDenied, Http404.
    """
    require(check, by)
    upload = _locked(check, by)
    same = Job.objects.filter(owner=by, kind=WORKBOOK, arguments__check=str(check.pk)).exclude(state__in=OVER).first()
    if same and (same.state != JobState.DONE or files.path(same.pk, same.result_file)):
        return same
    arguments = {
        "check": str(check.pk),
        "kind": kind_of(check),
        "name": check.arguments["name"],
        "upload_of": str(upload.pk),
        "sheet": _sheet_name(upload),
        "mends_of": check.arguments.get("mends_of") or str(check.pk),
    }
    title = _("标好的工作簿：%(name)s") % {"name": check.arguments["name"]}
    return jobs.start(WORKBOOK, title, by, check.organisation, arguments)


def _checked_with(check: Job, upload: Job, draft: Mends, by: User) -> Job:
    arguments = {name: check.arguments[name] for name in ("at", "dry_run", "name") if name in check.arguments}
    arguments |= {"dry_run": True, "upload_of": str(upload.pk), "sheet": _sheet_name(upload)}
    title = _("检查%(name)s") % {"name": check.arguments["name"]}
    job = jobs.start(check.kind, title, by, check.organisation, arguments, upload=(MENDED_FILE, draft.as_bytes()))
    upload.expires_on = job.expires_on
    upload.save(update_fields=["expires_on"])
    return job


def _sheet_name(upload: Job) -> str:
    name: str = upload.arguments["upload"]
    if files.path(upload.pk, name) is None:
        raise UploadExpired
    return name


def _rows_of(check: Job) -> int:
    """How many rows the upload has."""
    return int(check.result.get("rows", 0)) + len(mends.mends_of(check).left_out())


def _locked(check: Job, by: User) -> Job:
    """The job that holds the upload, locked: drafts of one file are written one after the other."""
    upload = Job.objects.select_for_update(no_key=True).filter(pk=mends.upload_of(check), owner=by).first()
    if upload is None:
        raise UploadExpired
    return upload


def _draft(check: Job) -> Mends:
    if mends.refused_rows(check) is None:
        raise UploadExpired
    return mends.draft_of(check)


def _write(check: Job, draft: Mends) -> None:
    files.write(mends.upload_of(check), DRAFT_FILE, draft.as_bytes())

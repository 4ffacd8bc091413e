"""Reading what an import told: kept in the job's own files, because it speaks of persons and expires."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import Http404

from guben.access import policy
from guben.accounts.models import User
from guben.imports.columns import COLUMNS
from guben.imports.errors import UploadExpired
from guben.imports.mends import upload_of
from guben.imports.results import Fault, ImportResult
from guben.imports.scope import IMPORT
from guben.jobs import files
from guben.jobs.models import Job, JobState
from guben.jobs.queries import job_of
from guben.organisations.models import Organisation

FAULTS_FILE = "faults.json"
KINDS = tuple(f"imports.{kind}" for kind in COLUMNS)


@dataclass(frozen=True, slots=True)
class ShownRow:
    """A rejected or doubtful row of the sheet: its cells as a reader may see them, and what was found in them."""

    number: int
    cells: list[tuple[str, str, bool]]  # header, text, is it marked
    faults: list[dict[str, Any]]
    is_rejected: bool


def preview_headers(kind: str) -> list[str]:
    return [column.header for column in COLUMNS[kind] if column.in_preview]


def shown_rows(job: Job, *, fault_kind: str = "") -> list[ShownRow]:
    """The rows of a finished import that need a look, in the order of the sheet; none once the files have expired."""
    content = files.read(job.pk, FAULTS_FILE)
    if content is None:
        return []
    told = json.loads(content)
    headers = preview_headers(job.kind.removeprefix("imports."))
    found: dict[int, list[dict[str, Any]]] = {}
    for fault in [*told["faults"], *told["checks"]]:
        found.setdefault(fault["row"], []).append(fault)
    rejected = {fault["row"] for fault in told["faults"]}
    rows = []
    for number in sorted(found):
        faults = found[number]
        if fault_kind and all(fault["kind"] != fault_kind for fault in faults):
            continue
        marked = {fault["column"] for fault in faults}
        texts = told["shown"][str(number)]
        cells = [(header, text, header in marked) for header, text in zip(headers, texts, strict=True)]
        rows.append(ShownRow(number, cells, faults, number in rejected))
    return rows


def import_of(user: User, pk: UUID) -> Job:
    """One of the user's own imports.

    Raises:
        Http404: there is none, or it is another kind of job, or somebody else's.
    """
    job = job_of(user, pk)
    if job.kind not in KINDS:
        raise Http404
    return job


def result_of(user: User, pk: UUID) -> ImportResult:
    """What a check found, as far as its files still tell.

    Raises:
        Http404: there is no such check of the user's own.
        UploadExpired: its files are gone.
    """
    check = import_of(user, pk)
    content = files.read(check.pk, FAULTS_FILE)
    if content is None:
        raise UploadExpired
    told = json.loads(content)
    counts = {name: check.result[name] for name in ("rows", "accepted", "updated", "unchanged", "rejected_rows")}
    faults, checks = (tuple(Fault(**fault) for fault in told[name]) for name in ("faults", "checks"))
    return ImportResult(**counts, faults=faults, checks=checks, dry_run=check.result["dry_run"])


def saved_by(check: Job) -> str:
    """The id of the job that saved a check, or is at it; empty where none has, or it was stopped."""
    saving = Job.objects.filter(pk=check.result.get("saved_by"), owner=check.owner).first()
    return str(saving.pk) if saving and saving.state not in (JobState.FAILED, JobState.STOPPED) else ""


def has_upload(job: Job) -> bool:
    """Is the uploaded file still there?"""
    upload = Job.objects.filter(pk=upload_of(job)).first()
    return upload is not None and files.path(upload.pk, upload.arguments["upload"]) is not None


def units_to_import_to(user: User, right: str = "") -> list[Organisation]:
    """The outermost units the user may import to: what the form offers before anything is typed."""
    return list(Organisation.objects.filter(path__in=policy.reach(user, IMPORT), dissolved_on=None).order_by("path"))

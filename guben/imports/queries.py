"""Reading what an import told: kept in the job's own files, because it speaks of persons and expires."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from guben.access import policy
from guben.accounts.models import User
from guben.imports.columns import COLUMNS
from guben.imports.scope import IMPORT
from guben.jobs import files
from guben.jobs.models import Job
from guben.organisations.models import Organisation

FAULTS_FILE = "faults.json"


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


def units_to_import_to(user: User, right: str = "") -> list[Organisation]:
    """The outermost units the user may import to: what the form offers before anything is typed."""
    return list(Organisation.objects.filter(path__in=policy.reach(user, IMPORT), dissolved_on=None).order_by("path"))

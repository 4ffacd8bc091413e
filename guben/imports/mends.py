"""Rows that were mended on the page: what is kept of them, in owner-only files beside the upload that go with it."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from guben.imports.columns import COLUMNS, Column
from guben.imports.results import Fault
from guben.jobs import files
from guben.jobs.models import Job
from guben.kit.tables import Sheet, cell_text

DRAFT_FILE = "mending.json"  # beside the upload: what the reader has written so far
MENDED_FILE = "mended.json"  # beside a check: what it read over the upload
ROWS_FILE = "rows.json"  # beside a check: the rows it refused, whole
MENDABLE_ROWS = 2000
MAX_LETTERS = 500


@dataclass(slots=True)
class RowMend:
    """What was written into a row, by the column's own header, and when (counted in revisions of the draft)."""

    cells: dict[str, str] = field(default_factory=dict)
    is_left_out: bool = False
    revision: int = 0


@dataclass(slots=True)
class Mends:
    """All that was mended in one file, and how often it was written."""

    revision: int = 0
    rows: dict[int, RowMend] = field(default_factory=dict)

    def left_out(self) -> list[int]:
        return sorted(number for number, row in self.rows.items() if row.is_left_out)

    def written_since(self, revision: int) -> list[int]:
        """The rows that were written since a check, which read that revision."""
        return sorted(number for number, row in self.rows.items() if row.revision > revision)

    def as_bytes(self) -> bytes:
        rows = {str(number): [row.cells, row.is_left_out, row.revision] for number, row in self.rows.items()}
        return json.dumps([self.revision, rows], ensure_ascii=False).encode()


def mends_in(content: bytes | None) -> Mends:
    """What a kept file says; nothing where there is none."""
    if not content:
        return Mends()
    revision, rows = json.loads(content)
    return Mends(revision, {int(number): RowMend(*row) for number, row in rows.items()})


def upload_of(job: Job) -> UUID:
    """The id of the job that holds the uploaded file, which all later checks and savings of it read."""
    return UUID(job.arguments.get("upload_of") or str(job.pk))


def draft_of(job: Job) -> Mends:
    """What the reader has written so far into the rows of a file."""
    return mends_in(files.read(upload_of(job), DRAFT_FILE))


def mends_of(job: Job) -> Mends:
    """What a check (or the saving of one) reads over the upload."""
    return mends_in(files.read(UUID(job.arguments.get("mends_of") or str(job.pk)), MENDED_FILE))


def applied(sheet: Sheet, mends: Mends, columns: Sequence[Column]) -> Sheet:
    """The sheet with what was mended written over it, and without the rows that are left out."""
    if not mends.rows:
        return sheet
    cells = {(number, header): text for number, row in mends.rows.items() for header, text in row.cells.items()}
    written = {header for _number, header in cells}
    new = tuple(column.header for column in columns if column.header in written and column.header not in sheet.headers)
    mended = _with_columns(sheet, new).mended(cells)
    out = set(mends.left_out())
    return replace(mended, rows=tuple(row for row in mended.rows if row.number not in out)) if out else mended


def _with_columns(sheet: Sheet, new: tuple[str, ...]) -> Sheet:
    """The sheet with a column of its own for what was written under headers that it has not."""
    if not new:
        return sheet
    rows = tuple(row._replace(cells=row.cells + (None,) * len(new)) for row in sheet.rows)
    return replace(sheet, headers=(*sheet.headers, *new), rows=rows)


def rows_file(sheet: Sheet, kind: str, faults: Iterable[Fault]) -> bytes:
    """The refused rows, whole, with their faults: what the mending page shows. At most MENDABLE_ROWS of them."""
    found: dict[int, list[Fault]] = {}
    for fault in faults:
        found.setdefault(fault.row, []).append(fault)
    wrong = {fault.column for row in found.values() for fault in row}
    headers = [column.header for column in COLUMNS[kind] if column.header in sheet.headers or column.header in wrong]
    places = [sheet.column(header) for header in headers]
    told: list[list[Any]] = []
    for row in sheet.rows:
        if row.number in found and len(told) < MENDABLE_ROWS:
            texts = [cell_text(row.cells[place]) if place is not None else "" for place in places]
            own = [[fault.column, fault.kind, fault.message, list(fault.choices)] for fault in found[row.number]]
            told.append([row.number, texts, own])
    return json.dumps([headers, told], ensure_ascii=False).encode()


def refused_rows(job: Job) -> tuple[list[str], list[list[Any]]] | None:
    """The headers and the refused rows of a check: [number, texts, [[column, kind, message, choices], …]].

    None once the files have expired.
    """
    content = files.read(job.pk, ROWS_FILE)
    if content is None:
        return None
    headers, rows = json.loads(content)
    return headers, rows


def cleaned(text: str) -> str:
    """What was typed, without control and direction characters, on one line."""
    kept = (" " if letter.isspace() else letter for letter in text)
    return " ".join("".join(letter for letter in kept if unicodedata.category(letter) not in ("Cc", "Cf")).split())

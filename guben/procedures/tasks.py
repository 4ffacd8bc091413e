"""What this app does every night."""

from __future__ import annotations

import time

from guben.accounts.installation import today
from guben.jobs.schedule import nightly
from guben.procedures import proving, reminding, storage
from guben.procedures.models import Paper

A_DAY = 86_400


@nightly("procedures.prove_cases", hour=3)
def prove() -> str:
    """Works out anew where each open case stands, and writes what differs."""
    proof = proving.prove(today(), mend=True)
    return f"{proof.cases} cases, {proof.late} late, {proof.mended} mended, {proof.milliseconds} ms"


@nightly("procedures.remind", hour=4)
def remind() -> str:
    """Notes the deadlines that are near or past."""
    return f"{reminding.remind(today())} deadlines noted"


@nightly("procedures.clear_files", hour=4)
def clear_files() -> str:
    """Removes the files that an undone act left behind."""
    left = list(storage.kept_names(time.time() - A_DAY))
    kept = set(Paper.objects.filter(file__in=left).values_list("file", flat=True)) if len(left) < 500 else None
    if kept is None:
        kept = set(Paper.objects.exclude(file="").values_list("file", flat=True))
    removed = [name for name in left if name not in kept]
    for name in removed:
        storage.remove(name)
    return f"{len(removed)} files removed"

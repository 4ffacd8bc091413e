"""What is done for the history every night; here, because the history and the jobs know nothing of each other."""

from __future__ import annotations

from guben.audit import proofs
from guben.jobs.schedule import nightly


class HistoryBroken(Exception):
    """The history is not as it was written; `guben audit verify` names the entries."""


@nightly("audit.prove_history", hour=3)
def prove_history() -> str:
    """Sums up the new entries and walks over all of them."""
    proofs.take_checkpoint()
    verdict = proofs.verify()
    if verdict.faults:
        raise HistoryBroken(f"{len(verdict.faults)} faults: run `guben audit verify`.")
    return f"{verdict.entries} entries, {verdict.checkpoints} checkpoints, no fault"

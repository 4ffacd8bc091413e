"""`guben audit verify|checkpoint|head`."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import asdict

from guben.audit import proofs
from guben.cli.context import print_json


def run(options: Namespace) -> int:
    return {"verify": _verify, "checkpoint": _checkpoint, "head": _head}[options.verb](options)


def _verify(options: Namespace) -> int:
    """Walks over the whole history; exit code 1 when anything of it was changed."""
    verdict = proofs.verify(head=options.head)
    if options.json:
        print_json(asdict(verdict))
    else:
        print(
            f"{verdict.entries} entries, {verdict.checkpoints} checkpoints, "
            f"{verdict.since_checkpoint} entries since the last one."
        )
        for fault in verdict.faults[:50]:
            print(f"BAD {fault.place} {fault.number}: {fault.problem}.")
        if len(verdict.faults) > 50:
            print(f"… and {len(verdict.faults) - 50} more.")
        print("The history is as it was written." if not verdict.faults else "The history was tampered with.")
    return 1 if verdict.faults else 0


def _checkpoint(options: Namespace) -> int:
    taken = proofs.take_checkpoint()
    if options.json:
        return print_json({"taken": bool(taken), "head": taken.digest if taken else ""})
    print(f"Checkpoint {taken.pk}: {taken.digest}" if taken else "Nothing new since the last checkpoint.")
    return 0


def _head(options: Namespace) -> int:
    """The digest to keep on paper or at another place; `verify --head` looks for it again."""
    last = proofs.newest_checkpoint()
    if options.json:
        return print_json({"number": last.pk if last else 0, "head": last.digest if last else ""})
    print(last.digest if last else "No checkpoint was taken yet: `guben audit checkpoint`.")
    return 0

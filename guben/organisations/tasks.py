"""What this app does every night."""

from __future__ import annotations

from guben.jobs.schedule import nightly
from guben.organisations.actions import prove_tree


@nightly("organisations.prove_tree", hour=2)
def prove() -> str:
    """Proves the tree."""
    proof = prove_tree()
    return f"{proof.units} units, {len(proof.faults)} faults, {proof.milliseconds} ms"

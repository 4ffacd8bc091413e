"""`guben tree check`: the proof of the tree, as it is made every night."""

from __future__ import annotations

from argparse import Namespace

from guben.cli.context import print_json


def tree(options: Namespace) -> int:
    """Proves the tree and keeps the result; 1 where it has a fault."""
    from guben.organisations.actions import prove_tree

    proof = prove_tree()
    if options.json:
        print_json({"units": proof.units, "milliseconds": proof.milliseconds, "faults": proof.faults})
    else:
        print(f"{proof.units} units in {proof.milliseconds} ms, {len(proof.faults)} faults.")
        for fault in proof.faults[:100]:
            print(f"  {'BROKEN' if fault['breaks'] else 'fault '} {fault['sentence']}")
    return 1 if proof.faults else 0

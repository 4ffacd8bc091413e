"""`guben transfers check`."""

from __future__ import annotations

from argparse import Namespace

from guben.cli.context import day_of, print_json


def check(options: Namespace) -> int:
    """Proves that each member has exactly one responsible unit; 1 where it does not hold."""
    from guben.transfers.proving import prove

    proof = prove(day_of(options))
    if options.json:
        print_json(
            {
                "members": proof.members,
                "left": proof.left,
                "wrong": proof.wrong,
                "milliseconds": proof.milliseconds,
                "faults": [{"kind": one.kind, "person": one.person, "detail": one.detail} for one in proof.faults],
            }
        )
    else:
        for one in proof.faults:
            print(f"person {one.person:<10} {one.kind:<14} {one.detail}")
        print(f"{proof.members:,} members, {proof.left:,} left, {proof.wrong:,} wrong, {proof.milliseconds:,} ms.")
    return 0 if proof.holds else 1

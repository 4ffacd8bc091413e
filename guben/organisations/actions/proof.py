"""The proof of the tree: run every night and by hand, its result kept; while it fails, the broken places are shut."""

from __future__ import annotations

import time

from django.db import transaction

from guben.accounts import installation
from guben.accounts.models import Installation
from guben.kit import tree
from guben.organisations.models import Organisation, TreeProof
from guben.organisations.proving import faults

KEPT = 60  # proofs


def check_tree() -> list[str]:
    """One sentence for each fault of the tree; empty when all is right. Nothing is kept."""
    return [fault.sentence for fault in faults()]


@transaction.atomic
def prove_tree() -> TreeProof:
    """Looks for every fault, keeps the result, and shuts the broken places until a later proof finds them whole.

    Source: architecture: The tree (a broken tree denies, never reveals).
    """
    started = time.monotonic()
    seen = faults()
    proof = TreeProof.objects.create(
        units=Organisation.objects.count(),
        milliseconds=round((time.monotonic() - started) * 1000),
        faults=[{"sentence": fault.sentence, "path": fault.path, "breaks": fault.breaks} for fault in seen],
    )
    broken = tree.outermost(fault.path for fault in seen if fault.breaks and fault.path)
    if broken or Installation.objects.filter(pk=1).exclude(broken_places=[]).exists():
        Installation.objects.update_or_create(pk=1, defaults={"broken_places": broken})
        installation.forget()
    kept = TreeProof.objects.order_by("-pk").values_list("pk", flat=True)[:KEPT]
    TreeProof.objects.exclude(pk__in=list(kept)).delete()
    return proof

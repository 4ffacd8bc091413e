"""Entries written by column are proved, and committed to, like entries written one by one."""

from __future__ import annotations

import hashlib
import json
from datetime import date

from django.db import transaction

from guben.audit import proofs, trail
from guben.audit.models import Entry
from guben.members.models import Person


def test_entries_by_column_prove_and_commit_like_single_ones(cast):
    names, days = ['何"某', "单\\小明"], [date(1990, 5, 3), None]
    homes, stages = [trail.LEFT_OUT, "a1"], [(("full", date(2010, 1, 1)),)] * 2
    changed = {"name": names, "born_on": days, "home": homes, "stages": stages, "is_migrant_worker": [None, True]}
    with transaction.atomic():
        trail.record_all(
            "members.registered",
            Person,
            [1, 2],
            by=cast.clerk,
            organisation_ids=[cast.branch.pk, None],
            rights=["members.change", ""],
            changed=changed,
            details=[{"stage": "full"}, {"z": 1, "a": "某"}],
        )
    entries = Entry.objects.filter(action="members.registered", object_id__in=["1", "2"]).order_by("-pk")[:2]
    for row, entry in zip((1, 0), entries, strict=True):
        assert entry.proof == proofs.proof_of(tuple(getattr(entry, name) for name in proofs.NAMES))
        values = {name: column[row] for name, column in changed.items() if column[row] is not trail.LEFT_OUT}
        assert entry.fields == sorted(values)
        text = json.dumps(values, sort_keys=True, default=str, ensure_ascii=False)
        assert entry.commitment == hashlib.sha256(f"{entry.salt}{text}".encode()).hexdigest()
    assert not proofs.verify().faults

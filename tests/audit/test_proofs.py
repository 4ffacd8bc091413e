"""A history row that was changed, taken out, added or put in another's place is found, and so is a cut end."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction

from guben.audit import proofs, trail
from guben.audit.models import Checkpoint, Entry
from guben.organisations.models import Organisation
from tests import cast as the_cast
from tests.command import guben

Tampering = Callable[[list[Entry]], object]


@pytest.fixture
def written(settings: Any, tmp_path: Path, transactional_db: None) -> list[Entry]:
    """Nine entries: two checkpoints over three each, three since then."""
    settings.DATA = tmp_path
    cast = the_cast.build()
    Entry.objects.all().delete()
    for part in range(3):
        with transaction.atomic():
            trail.record_many(
                trail.entry_for(
                    "x.done", cast.branch, by=cast.clerk, organisation_id=cast.branch.pk, details={"share": 0.1, "n": n}
                )
                for n in range(2)
            )
            trail.record("x.told", cast.village, by=cast.secretary, organisation_id=None, changed={"name": "张"})
        if part < 2:
            assert proofs.take_checkpoint()
    return list(Entry.objects.order_by("pk"))


def test_an_invented_history_carries_its_own_moment_and_its_proof(cast: the_cast.Cast) -> None:
    told = datetime(2020, 5, 4, 8, 30, tzinfo=UTC)
    with trail.dated(told), transaction.atomic():
        entry = trail.record("x.done", cast.branch, by=cast.clerk, organisation_id=cast.branch.pk)
        trail.record_all(
            "x.done", Organisation, [cast.village.pk], by=cast.clerk, organisation_ids=[None], rights=[""], changed={},
            details=[{}],
        )  # fmt: skip
    after = trail.record("x.done", cast.branch, by=cast.clerk, organisation_id=cast.branch.pk)
    rows = Entry.objects.filter(pk__gte=entry.pk)
    assert [row.at == told for row in rows.order_by("pk")] == [True, True, False]
    assert all(row.proof == proofs.proof_of(tuple(getattr(row, name) for name in proofs.NAMES)) for row in rows)
    assert after.at > told


def change(**values: Any) -> Tampering:
    return lambda entries: Entry.objects.filter(pk=entries[1].pk).update(**values)


def exchange(entries: list[Entry]) -> None:
    first, second = entries[0], entries[1]
    Entry.objects.filter(pk=first.pk).update(salt=second.salt, proof=second.proof, details=second.details)


def copy(entries: list[Entry]) -> None:
    Entry.objects.filter(pk=entries[4].pk).delete()
    spare = Entry.objects.get(pk=entries[3].pk)
    spare.pk = entries[4].pk
    spare.save(force_insert=True)


def forge(entries: list[Entry]) -> None:
    last = entries[-1]
    last.pk, last.proof = None, "0" * 64
    last.save(force_insert=True)


def cut(entries: list[Entry]) -> None:
    """The newest checkpoint and all it sums up are gone, as if never written."""
    Entry.objects.filter(pk__gt=entries[2].pk).delete()
    Checkpoint.objects.order_by("pk").last().delete()  # type: ignore[union-attr]


TAMPERINGS: dict[str, Tampering] = {
    "another action": change(action="x.else"),
    "another user": lambda entries: Entry.objects.filter(pk=entries[0].pk).update(user=entries[2].user_id),
    "another right": change(right="units.view"),
    "another unit": change(organisation=None),
    "another object": change(object_id="0"),
    "other fields": change(fields=["phone"]),
    "other details": change(details={"share": 0.2, "n": 1}),
    "another commitment": change(commitment="1" * 64),
    "another moment": lambda entries: Entry.objects.filter(pk=entries[1].pk).update(at=entries[8].at),
    "taken out": lambda entries: Entry.objects.filter(pk=entries[4].pk).delete(),
    "two exchanged": exchange,
    "one copied over another": copy,
    "one forged at the end": forge,
    "moved to the front": lambda entries: Entry.objects.filter(pk=entries[2].pk).update(id=entries[0].pk - 1000),
    "the end cut off": cut,
    "a checkpoint changed": lambda entries: Checkpoint.objects.update(root="2" * 64),
    "a checkpoint taken out": lambda entries: Checkpoint.objects.order_by("pk").first().delete(),  # type: ignore[union-attr]
}


def test_an_untouched_history_is_proved(written: list[Entry]) -> None:
    verdict = proofs.verify()
    assert (verdict.entries, verdict.checkpoints, verdict.since_checkpoint, verdict.faults) == (9, 2, 3, ())


@pytest.mark.parametrize("tampering", TAMPERINGS)
def test_tampering_is_found(written: list[Entry], tampering: str) -> None:
    TAMPERINGS[tampering](written)
    assert proofs.verify().faults, tampering
    answer = guben("audit", "verify")
    assert answer.code == 1
    assert "BAD" in answer.out


def test_the_faulty_entry_is_named(written: list[Entry]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE audit_entry SET action = 'x.nothing' WHERE id = %s", [written[7].pk])
    assert [(fault.place, fault.number) for fault in proofs.verify().faults] == [("entry", written[7].pk)]


def test_a_history_written_anew_with_the_key_disagrees_with_a_digest_kept_elsewhere(written: list[Entry]) -> None:
    head = guben("audit", "head").out.strip()
    assert guben("audit", "verify", "--head", head).code == 0
    Checkpoint.objects.all().delete()
    Entry.objects.filter(pk=written[1].pk).delete()
    (Path(proofs.settings.DATA) / proofs.HEADS).unlink()
    assert proofs.take_checkpoint()
    assert proofs.verify().faults == ()
    assert guben("audit", "verify", "--head", head).code == 1


def test_nothing_new_gives_no_checkpoint(written: list[Entry]) -> None:
    assert "Checkpoint " in guben("audit", "checkpoint").out
    assert "Nothing new" in guben("audit", "checkpoint").out
    assert proofs.verify().since_checkpoint == 0

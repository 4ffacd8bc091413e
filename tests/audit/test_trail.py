"""The history: in the transaction of its act, naming who and under which right, without personal values."""

from __future__ import annotations

import ast
import hashlib
import json
from pathlib import Path

import pytest
from django.db import transaction

from guben.audit import sentences, trail
from guben.audit.models import Entry
from tests.cast import Cast


def test_an_entry_keeps_names_of_fields_and_a_commitment_but_no_value(cast: Cast) -> None:
    person = cast.people["柏守田"]
    entry = trail.record(
        "members.changed",
        person,
        by=cast.secretary,
        organisation_id=cast.branch.pk,
        right="members.change secretary@x",
        changed={"name": "新名字", "education": "20"},
        details={"count": 1},
    )
    kept = Entry.objects.filter(pk=entry.pk).values().get()
    assert kept["fields"] == ["education", "name"]
    assert "新名字" not in json.dumps(kept, default=str, ensure_ascii=False)
    text = json.dumps({"name": "新名字", "education": "20"}, sort_keys=True, ensure_ascii=False)
    assert kept["commitment"] == hashlib.sha256(f"{kept['salt']}{text}".encode()).hexdigest()


def test_the_same_values_give_another_commitment_each_time(cast: Cast) -> None:
    both = [
        trail.entry_for("x.y", cast.branch, by=cast.clerk, organisation_id=None, changed={"name": "同"}) for _ in "ab"
    ]
    assert both[0].commitment != both[1].commitment


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_nothing_is_recorded() -> None:
    from tests import cast as the_cast

    cast = the_cast.build()
    with pytest.raises(RuntimeError):
        trail.record("x.y", cast.branch, by=cast.clerk, organisation_id=cast.branch.pk)
    with pytest.raises(RuntimeError):
        trail.record_many([])
    assert not Entry.objects.exists()


def test_an_act_that_fails_leaves_no_entry(cast: Cast) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        trail.record("x.y", cast.branch, by=cast.clerk, organisation_id=cast.branch.pk)
        raise ZeroDivisionError
    assert not Entry.objects.exists()


def test_many_entries_are_written_at_once(cast: Cast) -> None:
    entries = [
        trail.entry_for("x.y", person, by=cast.clerk, organisation_id=cast.branch.pk) for person in cast.people.values()
    ]
    assert trail.record_many(entries) == len(cast.people) == Entry.objects.count()


def test_every_action_has_a_name_in_the_history() -> None:
    """Read from the source: the first argument of each call that writes an entry."""
    import guben

    found: set[str] = set()
    for file in Path(guben.__file__).parent.rglob("*.py"):
        for call in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            name = getattr(getattr(call, "func", None), "attr", getattr(getattr(call, "func", None), "id", ""))
            if name in {"record", "_record", "_write_history"} and isinstance(call, ast.Call) and call.args:
                first = call.args[0]
                if isinstance(first, ast.Constant) and "." in str(first.value):
                    found.add(str(first.value))
    assert len(found) > 30
    assert sorted(found - set(sentences.known())) == []

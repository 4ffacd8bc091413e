"""Two people press the same button at the same moment: one rule comes of it."""

from __future__ import annotations

from collections.abc import Callable
from threading import Barrier, Thread

import pytest
from django.db import connection

from guben.rulebook import actions, errors
from guben.rulebook.models import Draft, Edition
from guben.rulebook.queries import library
from tests.cast import Cast
from tests.rulebook.local import KEY, drafted

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time"),
]


def at_once(*acts: Callable[[], object]) -> list[str]:
    """What became of acts that begin together, each on a connection of its own."""
    start, told = Barrier(len(acts)), []

    def run(act: Callable[[], object]) -> None:
        start.wait()
        try:
            act()
            told.append("done")
        except (errors.StaleDraft, errors.KeyTaken) as refusal:
            told.append(type(refusal).__name__)
        finally:
            connection.close()

    threads = [Thread(target=run, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return sorted(told)


def test_one_draft_is_issued_once(rules: None, cast: Cast) -> None:
    draft = drafted(cast)
    one, other = Draft.objects.get(pk=draft.pk), Draft.objects.get(pk=draft.pk)

    told = at_once(
        lambda: actions.issue(one, version=1, by=cast.organiser),
        lambda: actions.issue(other, version=1, by=cast.organiser),
    )
    assert told == ["StaleDraft", "done"]
    assert Edition.objects.count() == 1


def test_two_drafts_of_one_rule_do_not_both_pass(rules: None, cast: Cast) -> None:
    one, other = drafted(cast), drafted(cast, from_on="2026-08-01")

    told = at_once(
        lambda: actions.issue(one, version=1, by=cast.organiser),
        lambda: actions.issue(other, version=1, by=cast.organiser),
    )
    assert told == ["KeyTaken", "done"]
    assert len(library().editions(KEY)) == 1

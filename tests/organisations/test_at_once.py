"""Acts at the same moment on PostgreSQL wait for each other; none is lost, none is in the way of the other."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from threading import Barrier, Thread

import pytest
from django.db import connection

from guben.audit import proofs
from guben.audit.models import Checkpoint, Entry
from guben.organisations.actions import add_post, found, move
from guben.organisations.models import Organisation, Post
from tests.cast import BRANCH, Cast

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time"),
]


def at_once(*acts: Callable[[], object]) -> list[BaseException]:
    """Does each act in a thread of its own, all starting together; what they raised comes back."""
    start, raised = Barrier(len(acts)), list[BaseException]()

    def run(act: Callable[[], object]) -> None:
        try:
            start.wait(10)
            act()
        except BaseException as fault:  # noqa: BLE001 - handed back
            raised.append(fault)
        finally:
            connection.close()

    threads = [Thread(target=run, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return raised


def founding(cast: Cast, code: str) -> Callable[[], object]:
    facts = {"name": f"中共{code}支部", "short_name": code, "kind": "branch", "field": "rural"}
    return lambda: found(
        parent=cast.town,
        by=cast.organiser,
        code=code,
        founded_on=date(2026, 6, 1),
        **facts,  # type: ignore[misc]
    )


def test_units_founded_below_one_parent_at_once_get_places_of_their_own(cast: Cast) -> None:
    codes = [f"9900001017{number:02}" for number in range(6)]

    assert at_once(*(founding(cast, code) for code in codes)) == []

    paths = list(Organisation.objects.filter(code__in=codes).values_list("path", flat=True))
    assert len(set(paths)) == 6


def test_a_move_and_acts_below_it_at_once_all_come_through(cast: Cast) -> None:
    before = Entry.objects.count()

    raised = at_once(
        lambda: move(cast.village, parent=cast.street, effective_on=date(2026, 6, 15), by=cast.organiser),
        founding(cast, "990000101799"),
        lambda: add_post(cast.branch, kind="publicity", from_on=date(2026, 6, 1), by=cast.secretary),
    )

    assert raised == []
    assert Organisation.objects.get(code=BRANCH).path.startswith(cast.street.path)
    assert Post.objects.filter(organisation=cast.branch, kind="publicity").count() == 1
    assert Entry.objects.count() == before + 3


def test_checkpoints_taken_at_once_stay_one_chain(cast: Cast) -> None:
    founding(cast, "990000101798")()

    assert at_once(proofs.take_checkpoint, proofs.take_checkpoint, founding(cast, "990000101797")) == []

    assert Checkpoint.objects.exists()
    assert proofs.verify().faults == ()

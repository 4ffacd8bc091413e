"""Two at the same moment: one of them does it, the other hears that it is done."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.db import OperationalError, connection

from guben.kit.errors import DomainError
from guben.procedures import actions, proving
from guben.procedures.models import Case, Numbering
from tests import cast as the_cast
from tests.cast import Cast
from tests.postgres import URL
from tests.procedures import cases


@pytest.fixture
def lasting(transactional_db: None) -> Iterator[Cast]:
    cases.install()
    yield the_cast.build()


def together(*works: Callable[[], Any]) -> list[Any]:
    """What each of them gave, or what it was refused with; all begin at the same moment."""
    gate, found = threading.Barrier(len(works)), [None] * len(works)

    def run(number: int, work: Callable[[], Any]) -> None:
        gate.wait(timeout=20)
        try:
            found[number] = work()
        except (DomainError, OperationalError) as refusal:
            found[number] = refusal
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number, work)) for number, work in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return found


def test_a_step_is_taken_once_however_often_it_is_sent(lasting: Cast) -> None:
    case = cases.hall(lasting, begun_on=date(2026, 6, 1))
    values = {"people": 30, "when": "2026-06-20"}

    def send() -> Any:
        return cases.take(case, "ask", date(2026, 6, 2), cases.again(lasting.secretary), values=values)

    found = together(send, send, send)
    assert case.entries.count() == 1
    assert sum(not isinstance(one, Exception) for one in found) == 1
    for one in found:
        if isinstance(one, DomainError):
            assert "这一步已经登记过" in str(one)


def test_several_processes_share_the_proof(lasting: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """The other processes find the database of this test, as those of a server find theirs."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite is proved in one process.")
    server = urlsplit(os.environ[URL])._replace(path=f"/{connection.settings_dict['NAME']}")
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "guben.settings")
    monkeypatch.setenv("DATABASE_URL", urlunsplit(server))
    cases.install(cases.FILE.read_text(encoding="utf-8").replace('effect = "test-handed-over"', ""))
    for _number in range(4):
        cases.hall(lasting, begun_on=date(2026, 6, 1))
    wrong = Case.objects.order_by("pk").last()
    assert wrong is not None
    Case.objects.filter(pk=wrong.pk).update(step="review")
    proof = proving.prove(lasting.today, jobs=2, mend=True)
    assert (proof.cases, proof.wrong, proof.mended) == (4, 1, 1)
    assert proving.prove(lasting.today, jobs=2).wrong == 0


def test_numbers_are_given_once_and_one_person_has_one_open_case(lasting: Cast) -> None:
    names = ("单小禾", "仇月初", "单小禾", "敖石匠")

    def begin(name: str) -> Callable[[], Any]:
        return lambda: actions.begin(
            "trial", lasting.branch, by=cases.again(lasting.secretary), person=lasting.people[name]
        )

    together(*map(begin, names))
    numbers = list(Case.objects.values_list("number", flat=True))
    assert len(numbers) == len(set(numbers)) <= 3
    assert Case.objects.filter(person=lasting.people["单小禾"]).count() <= 1
    last = Numbering.objects.get(series="2026-PY").last
    assert last == max(int(number[-6:]) for number in numbers)

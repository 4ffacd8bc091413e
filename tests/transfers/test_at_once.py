"""Two at the same moment: one of them does it, and the member has exactly one responsible unit."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from guben.kit.errors import DomainError
from guben.procedures.models import Case
from guben.transfers import actions, proving
from guben.transfers.models import Inflow, Outflow
from tests import cast as the_cast
from tests.cast import NEIGHBOUR_BRANCH, OTHER_VILLAGE, TODAY, Cast
from tests.installed import install_shipped
from tests.procedures.test_at_once import together
from tests.transfers import moves
from tests.transfers.moves import NAME, homes, take


@pytest.fixture
def lasting(transactional_db: None) -> Iterator[Cast]:
    install_shipped()
    cast = the_cast.build()
    moves.people_of_two_towns(cast)
    moves.user(cast, "neighbour-clerk", "clerk", NEIGHBOUR_BRANCH)
    yield cast


def test_two_who_receive_at_once_receive_once(lasting: Cast) -> None:
    case = moves.agreed(lasting)

    def receive(name: str) -> Any:
        return lambda: take(Case.objects.get(pk=case.pk), "accept", 8, moves.again(lasting.users[name]))

    found = together(receive("neighbour"), receive("neighbour-clerk"))
    assert sum(not isinstance(one, Exception) for one in found) == 1
    assert homes(lasting.people[NAME]) == [NEIGHBOUR_BRANCH]
    assert proving.prove(TODAY).holds


def test_receiving_and_sending_back_at_once_do_one_of_them(lasting: Cast) -> None:
    case = moves.agreed(lasting)
    one, two = moves.again(lasting.neighbour), moves.again(lasting.users["neighbour-clerk"])
    found = together(
        lambda: take(Case.objects.get(pk=case.pk), "accept", 8, one),
        lambda: take(Case.objects.get(pk=case.pk), "accept", 8, two, "returned", reason="没有来"),
    )
    assert sum(not isinstance(answer, Exception) for answer in found) == 1
    assert len(homes(lasting.people[NAME])) == 1
    assert proving.prove(TODAY).holds


def test_two_requests_at_once_leave_one_way(lasting: Cast) -> None:
    def ask(code: str) -> Any:
        return lambda: moves.request(lasting, by=moves.again(lasting.secretary), host=lasting.units[code])

    found = together(ask(NEIGHBOUR_BRANCH), ask(OTHER_VILLAGE))
    assert Case.objects.filter(ended_on=None).count() == 1
    assert sum(isinstance(one, DomainError) for one in found) >= 0
    assert len(homes(lasting.people[NAME])) == 1


def test_two_ways_at_once_move_once(lasting: Cast) -> None:
    """A transfer and a paper letter for the same member, both begun at the same moment."""

    def ask(**more: Any) -> Any:
        return lambda: moves.request(lasting, by=moves.again(lasting.secretary), **more)

    together(ask(), ask(host=None, receiver="某省某县委组织部"))
    assert Case.objects.filter(ended_on=None, person=lasting.people[NAME]).count() == 1


def test_home_and_host_register_at_once_and_are_matched(lasting: Cast) -> None:
    def away() -> Any:
        return actions.register_outflow(
            lasting.people[NAME], from_on=moves.BEGUN, place="临江", by=moves.again(lasting.secretary)
        )

    def here() -> Any:
        return actions.register_inflow(
            lasting.neighbour_branch, name=NAME, home_words="", home=lasting.branch, from_on=moves.BEGUN,
            by=moves.again(lasting.neighbour),
        )  # fmt: skip

    together(away, here)
    outflows, inflows = Outflow.objects.count(), Inflow.objects.count()
    assert outflows <= 1
    assert inflows <= 1
    if outflows and inflows:
        assert Inflow.objects.get().outflow == Outflow.objects.get()
    assert len(homes(lasting.people[NAME])) == 1
